"""What all our magics share: the shell's notebook, and the app that most of them take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from IPython.core.magic import Magics

from nbflask.errors import AppError
from nbflask.notebook import attach
from nbflask.values.lines import APP_OPTION, APP_WORD

__all__ = ["APP_OPTION", "APP_WORD", "NotebookMagics"]

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from nbflask.notebook import Notebook


class NotebookMagics(Magics):
    """Magics that work on the shell's notebook."""

    @property
    def notebook(self) -> Notebook:
        """The notebook of the shell that the magics are registered with."""
        return attach(self._shell)

    @property
    def _shell(self) -> InteractiveShell:
        if self.shell is None:
            raise AppError("These magics belong to no shell. Write `%load_ext nbflask` in a cell.")
        return self.shell
