"""What a later cell changes in a literal is written into the literal.

A notebook changes its data in a cell to show that the next request sees it. A module states what
the data are::

    temperatures = {"Quito": 14.5}
    temperatures["Quito"] = 15.0

Rule: only plain values under plain keys, of a dictionary that nothing looks at in between.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .edits import apply_edits, replacing
from .statements import rewrite

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .program import Piece


def fold_items(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Write items that are set to plain values into the dictionary that they are set in."""
    found: list[Piece] = []
    for piece in pieces:
        item = _read_item(piece)
        at = _find_dictionary(found, item.name) if item else None
        if item is None or at is None:
            found.append(piece)
        else:
            found[at] = _with_item(found[at], item)
    return tuple(found)


@dataclass(frozen=True, kw_only=True)
class _Item:
    """An item that a statement sets.

    :param name: The dictionary's variable.
    """

    name: str
    key: ast.Constant
    value: ast.expr


def _find_dictionary(above: Sequence[Piece], name: str) -> int | None:
    """Give the place of the literal that a variable is given; ``None`` if it may be another."""
    for at in range(len(above) - 1, -1, -1):
        statement = above[at].statement
        if name in statement.binds:
            return at if _is_literal(statement.node) else None
        if name in statement.uses_at_once:
            return None
    return None


def _read_item(piece: Piece) -> _Item | None:
    match piece.statement.node:
        case ast.Assign(
            targets=[ast.Subscript(value=ast.Name(id=name), slice=ast.Constant() as key)],
            value=value,
        ) if _is_plain(value) and "#" not in piece.statement.text:
            return _Item(name=name, key=key, value=value)
    return None


def _is_literal(node: ast.stmt) -> bool:
    match node:
        case ast.Assign(targets=[ast.Name()], value=ast.Dict(keys=keys)):
            return bool(keys) and all(isinstance(each, ast.Constant) for each in keys)
    return False


def _is_plain(value: ast.expr) -> bool:
    try:
        ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, RecursionError):
        return False
    return True


def _with_item(piece: Piece, item: _Item) -> Piece:
    text = piece.statement.text
    literal = ast.parse(text).body[0].value  # type: ignore[attr-defined]
    pairs = list(zip(literal.keys, literal.values, strict=True))
    same = [value for key, value in pairs if key.value == item.key.value]
    new = ast.unparse(item.value)
    if same:
        edit = replacing(same[-1], new)
    else:
        last = pairs[-1][1]
        edit = replacing(last, f"{ast.unparse(last)}, {ast.unparse(item.key)}: {new}")
    return replace(piece, statement=rewrite(piece.statement, apply_edits(text, [edit])))
