"""Temporary folders that requests only read: that each worker has its own does no harm."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from nbflask.export.data_folder import derived_names, names_data

if TYPE_CHECKING:
    from nbflask.export.collecting import Program
    from nbflask.export.program import Piece

#: What is given a path, and writes nothing there.
_READING = frozenset({"Path", "PurePath", "Blueprint", "Flask", "FileSystemLoader"})


def is_only_read(program: Program, node: ast.AST) -> bool:
    """Say whether requests only read the temporary folder or file that a statement makes."""
    wanted = ast.unparse(node)
    making = [each for each in program.pieces if wanted in ast.unparse(each.statement.node)]
    names = {name for each in making for name in each.statement.binds}
    if not names or not all(isinstance(each.statement.node, ast.Assign) for each in making):
        return False
    names = derived_names(program.pieces, names)
    users = [each for each in program.pieces if each.statement.uses & names]
    return not names_data(program, names) and not any(map(_hands_over, users))


def _hands_over(piece: Piece) -> bool:
    """Say whether an object is made that may write where it is told to."""
    value = getattr(piece.statement.node, "value", None)
    called = ast.unparse(value.func).rpartition(".")[2] if isinstance(value, ast.Call) else ""
    return called[:1].isupper() and called not in _READING
