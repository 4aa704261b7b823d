"""How the site is built: ``make docs``.

Nothing is fetched, neither when it is built nor when it is read: no fonts, scripts or inventories
of other sites.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbflask

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "nbflask"
author = "the nbflask developers"
project_copyright = "2026, the nbflask developers"
version = release = nbflask.__version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "nbflask_docs.api",
    "nbflask_docs.filters",
    "nbflask_docs.magics",
    "nbflask_docs.notebooks",
]
exclude_patterns = ["_build", "_ext", "_static"]

autodoc_typehints_format = "short"
autodoc_member_order = "bysource"
# A signature that is longer has a line for each parameter.
maximum_signature_line_length = 110
python_use_unqualified_type_names = True

# Notebooks are run by the tests, which compare their outputs; the site shows what is stored.
nb_execution_mode = "off"
# What a cell wrote by several writes is one block.
nb_merge_streams = True
# Widgets are shown by what stands in their place; their scripts would come from a CDN.
nb_ipywidgets_js = {}
nb_code_prompt_show = "Show the solution"
nb_code_prompt_hide = "Hide the solution"

myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence", "deflist"]
# Code without a language, and indented blocks: diagrams and lists of files.
highlight_language = "none"

# Quotes in running text are often somebody's code.
smartquotes = False

html_theme = "furo"
html_title = "nbflask"
html_static_path = ["_static"]
html_css_files = ["nbflask.css"]
html_copy_source = False
html_show_sourcelink = False

# Jupyter's own variables, by which outputs are coloured, with the values that JupyterLab gives.
html_theme_options = {
    "light_css_variables": {
        "jp-success-color1": "#2e7d32",
        "jp-info-color1": "#0277bd",
        "jp-warn-color1": "#b45309",
        "jp-error-color1": "#c62828",
    },
    "dark_css_variables": {
        "jp-success-color1": "#66bb6a",
        "jp-info-color1": "#4fc3f7",
        "jp-warn-color1": "#ffb74d",
        "jp-error-color1": "#ef5350",
    },
}
