"""From a Flask project to a notebook: its files are read, and never run.

::

    sources     a path becomes modules, read when they are asked for
    dividing    a module's text becomes chunks: a declaration each, with its comments
    ordering    chunks of several modules, in the order in which Python would run them
    composing   chunks and files become cells
      apps, files   which app is the notebook's; which files are cells, and which lie beside it
        folders     where the app and its blueprints look for them
      leaving         what does not come along
    document    cells become a notebook's text
    placing     the notebook is put in its place, whole or not at all
"""

from .composing import import_project
from .document import ImportedNotebook
from .placing import place_notebook

__all__ = ["ImportedNotebook", "import_project", "place_notebook"]
