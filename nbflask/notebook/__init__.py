"""The owner of a notebook's apps, servers, recorders and widgets, in the kernel."""

from __future__ import annotations

from nbflask.notebook.attaching import attach, detach, find_notebook, get_notebook
from nbflask.notebook.owner import Notebook

__all__ = ["Notebook", "attach", "detach", "find_notebook", "get_notebook"]
