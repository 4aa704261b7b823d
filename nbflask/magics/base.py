"""What all our magics share: the shell's notebook, and the options that most of them take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from IPython.core.magic import Magics

from nbflask.errors import AppError
from nbflask.magics.arguments import argument
from nbflask.notebook import attach

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from nbflask.notebook import Notebook

APP_OPTION = argument(
    "--app", metavar="A", completes="apps", help="the app; by default the current one"
)
APP_WORD = argument(
    "app", nargs="?", metavar="APP", completes="apps", help="the app; by default the current one"
)
BLUEPRINT_OPTION = argument(
    "--blueprint", metavar="B", completes="blueprints", help="declare on a blueprint"
)
SAVE_OPTION = argument("--save", action="store_true", help="write the file into its folder, too")


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
