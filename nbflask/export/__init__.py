"""From a notebook to a plain Flask project: its cells are read, and never run.

::

    notebooks       a file becomes cells
    interpreting    cells become steps: what each says of the app
      magics, python    what a magic, and what a statement means
    collecting      steps become the program of one app
      prose           its title, and what it is about
      functions       views and hooks as functions
      program, declared             which statements the app needs
      reaching, origins             what they change; written_files, drawing, idle: or do not
      replacing, rivals, ordering     each once, and in an order that a module allows
    module          a program becomes the text of a module
      arranging, calling, own_names   what stands in a factory; what it may be called
      layout, imports, names          blank lines and comments; what is imported
    building        a notebook becomes a project, a value
      failed                        the rules of cells that failed, which are nowhere
    placing         a project is put into its folder, whole or not at all
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
