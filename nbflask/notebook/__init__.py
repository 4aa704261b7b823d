"""The owner of a notebook's apps, servers and previews, in the kernel."""

from __future__ import annotations

from nbflask.notebook.owner import Notebook, attach, detach, get_notebook

__all__ = ["Notebook", "attach", "detach", "get_notebook"]
