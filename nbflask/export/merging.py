"""Two blocks of the app's context that follow one another become one.

Rule: the first makes nothing but tables, which is done once it has been said: nothing of it waits
for the context's end.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from .statements import rewrite

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .program import Piece


def merge_contexts(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Give the pieces with one block in the place of two."""
    found: list[Piece] = []
    for piece in pieces:
        if found and _makes_tables(found[-1]) and _follows(piece, found[-1]):
            former = found.pop()
            body = piece.statement.text.partition("\n")[2]
            text = f"{former.statement.text}\n\n{body}"
            found.append(replace(former, statement=rewrite(former.statement, text)))
        else:
            found.append(piece)
    return tuple(found)


def _makes_tables(piece: Piece) -> bool:
    """Say whether a piece is ``with app.app_context():`` around ``db.create_all()`` alone."""
    match piece.statement.node:
        case ast.With(
            items=[ast.withitem(context_expr=ast.Call() as context, optional_vars=None)],
            body=[ast.Expr(value=ast.Call(func=ast.Attribute(attr="create_all")))],
        ):
            return isinstance(context.func, ast.Attribute) and context.func.attr == "app_context"
    return False


def _follows(piece: Piece, former: Piece) -> bool:
    """Say whether a piece is a block of the same context and section, on lines of its own."""
    node = piece.statement.node
    head = f"with {ast.unparse(former.statement.node.items[0])}:"  # type: ignore[attr-defined]
    return (
        isinstance(node, ast.With)
        and piece.heading == former.heading
        and piece.statement.text.startswith(f"{head}\n")
    )
