"""Which names a module's pieces need from elsewhere."""

from __future__ import annotations

import builtins
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .program import Piece

BUILTINS = frozenset(vars(builtins)) | {"__name__", "__file__", "__doc__", "__spec__"}


def flask_names() -> frozenset[str]:
    """Give the names that ``%load_ext nbflask`` puts into a notebook: Flask's public ones."""
    import flask

    return frozenset(
        name
        for name, value in vars(flask).items()
        # Not isinstance(): a proxy would look for the request that it stands for.
        if not name.startswith("_") and type(value) is not ModuleType
    )


def missing_names(pieces: Iterable[Piece], imported: Iterable[str]) -> Mapping[str, Piece]:
    """Give the names that nothing in the module binds, each with the first piece that uses it."""
    pieces = tuple(pieces)
    bound = {name for each in pieces for name in each.statement.binds} | set(imported) | BUILTINS
    found: dict[str, Piece] = {}
    for piece in pieces:
        for name in sorted(piece.statement.uses - bound):
            found.setdefault(name, piece)
    return found
