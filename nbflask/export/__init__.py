"""From a notebook to a plain Flask project: its cells are read, and never run.

::

    notebooks       a file becomes cells
    interpreting    cells become steps: what each says of the app
      magics, python    what a magic, and what a statement means
    collecting      steps become the program of one app
      prose           its title, and what it is about
      functions       views and hooks as functions; endpoints, hook_names: what they are called
      made_apps, extensions         what makes an app, and what is given one
      own_modules, module_names     modules that the notebook holds
      program, declared             which statements the app needs
      reaching, origins             what they change; written_files: also in files
      replacing, registering, classes     each once, unless something keeps a list
      rivals, folding, merging      what would be told twice
      ordering                      in an order that a module allows
    staying         what of it stays in the notebook
    secrecy         secrets and paths of the machine stay out
    environment, variables, own_settings, set_variables     what the app is told from outside
    data_folder, static_files       where it keeps and finds files
    rich            what shows objects outside of a notebook
    module          a program becomes the text of a module
      arranging, calling, own_names   what stands in a factory; what it may be called
      layout, comments                blank lines and comments
      imports, names                  what is imported
    rules           what Flask would list
    testing         its requests become tests
    around          the files around the code
    building        a notebook becomes a project, a value
    placing         a project is put into its folder, whole or not at all

    statements, edits     Python's text, and changes to it
    soundness, wording    what is refused, and how a cell is named
"""

from .building import build_project
from .notebooks import SourceNotebook, parse_notebook, read_notebook
from .placing import place
from .project import Note, Project

__all__ = [
    "Note",
    "Project",
    "SourceNotebook",
    "build_project",
    "parse_notebook",
    "place",
    "read_notebook",
]
