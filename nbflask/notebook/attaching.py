"""A shell has one notebook, and owns it: when the shell goes, so does all that is in there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbflask.errors import AppError
from nbflask.notebook.owner import Notebook

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_ATTRIBUTE = "_nbflask_notebook"


def attach(shell: InteractiveShell) -> Notebook:
    """Give the shell a notebook, or give the one that it has."""
    notebook = getattr(shell, _ATTRIBUTE, None)
    if not isinstance(notebook, Notebook):
        notebook = Notebook(shell)
        setattr(shell, _ATTRIBUTE, notebook)
    return notebook


def detach(shell: InteractiveShell) -> None:
    """Close the shell's notebook and forget it. May be called twice."""
    notebook = getattr(shell, _ATTRIBUTE, None)
    if isinstance(notebook, Notebook):
        notebook.close()
        delattr(shell, _ATTRIBUTE)


def get_notebook() -> Notebook:
    """Give the notebook of this kernel.

    :raises AppError: The extension is not loaded, or this is no notebook.
    """
    notebook = find_notebook()
    if notebook is None:
        raise AppError("nbflask is not loaded here. Write `%load_ext nbflask` in a cell first.")
    return notebook


def find_notebook() -> Notebook | None:
    """Give the notebook of this kernel; ``None`` where the extension is not loaded."""
    from IPython.core.getipython import get_ipython

    shell: Any = get_ipython()
    notebook = getattr(shell, _ATTRIBUTE, None)
    return notebook if isinstance(notebook, Notebook) else None
