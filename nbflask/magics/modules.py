"""The cell magic for apps of several modules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from IPython.core.magic import cell_magic, magics_class

from nbflask.magics.arguments import Namespace, arguments
from nbflask.magics.base import NotebookMagics
from nbflask.notebook.modules import define_in_module
from nbflask.values.lines import MODULE
from nbflask.values.module_path import parse_module_path

if TYPE_CHECKING:
    from nbflask.notebook.declaring import Declared


@magics_class
class ModuleMagics(NotebookMagics):
    """``%%module``."""

    @cell_magic
    @arguments(MODULE)
    def module(self, options: Namespace, cell: str) -> Declared:
        """Run the cell as a part of a module, which other cells import by its name.

        A module may stand in several cells; the path is its file's in an exported project.
        """
        return define_in_module(self._shell, parse_module_path(options.path), cell)
