"""What a later cell says again, in the place of what it replaces.

Rule 1: what a later cell declares or defines again is the later cell's, as in the notebook.

Rule 2: it stands where the first of them stood, as if that cell had been changed, wherever all that
it needs while it is defined is there by then.

Rule 3: what ends or empties an object, such as ``sensor.stop()``, is left out where functions use
the object or it is made anew: a module makes it once, and nobody has used it yet.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from .calling import Calls
from .program import BINDINGS
from .registering import Registers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .declared import Key
    from .program import Piece

# Methods that end what an object does, or empty it.
_ENDING = frozenset(
    {*("stop", "close", "shutdown", "terminate", "kill", "cancel", "cleanup", "unlink"), "clear"}
)


def latest(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Leave out what a later piece declares or defines again, and what ends what is used."""
    pieces = [each for at, each in enumerate(pieces) if not _ends_in_vain(pieces, at)]
    registers = Registers.of(pieces)
    kept: list[Piece] = []
    latest_of: dict[Key | str, Piece] = {}
    used: set[str] = set()
    calls = Calls.of(each.statement.node for each in pieces)
    replaced: list[tuple[Piece, Piece]] = []
    for piece in reversed(pieces):
        successor = _find_successor(piece, latest_of, used, registers)
        if successor is not None:
            replaced.append((piece, successor))
            continue
        kept.append(piece)
        statement = piece.statement
        latest_of |= dict.fromkeys(piece.keys, piece)
        if isinstance(key := registers.key_of(statement.node), tuple):
            latest_of[key] = piece
        # Whatever runs between two definitions of a name needs the first of them.
        used |= calls.read_at_once(statement)
        if isinstance(statement.node, BINDINGS):
            fresh = statement.binds - statement.uses_at_once
            latest_of |= dict.fromkeys(fresh, piece)
            used -= fresh
    return _in_place(pieces, kept, replaced)


def _find_successor(
    piece: Piece, latest_of: dict[Key | str, Piece], used: set[str], registers: Registers
) -> Piece | None:
    """Give the later piece that takes a piece's place; ``None`` if the piece stays."""
    if piece.keys:
        # An endpoint may be a later view's, and the rules still the earlier one's.
        rest = sorted(key for key in piece.keys if key[0] != "endpoint")
        is_whole = bool(rest) and all(key in latest_of for key in rest)
        return latest_of[rest[0]] if is_whole else None
    node = piece.statement.node
    binds = piece.statement.binds
    if not isinstance(node, BINDINGS) or not binds or binds & used:
        return None
    if not isinstance(node, (ast.Assign, ast.AnnAssign)):
        key = registers.key_of(node)
        return latest_of.get(key) if key is not None else None
    return latest_of[min(binds)] if all(name in latest_of for name in binds) else None


def _in_place(
    pieces: Sequence[Piece], kept: Sequence[Piece], replaced: Sequence[tuple[Piece, Piece]]
) -> tuple[Piece, ...]:
    """Put each successor where the first that it replaces stood, if it can stand there."""
    places = {id(each): at for at, each in enumerate(pieces)}
    headings = {id(each): each.heading for each in kept}
    own = dict(places)
    for former, successor in replaced:
        at = places[id(former)]
        if at < places[id(successor)] and _fits(successor, at, pieces, kept):
            places[id(successor)] = at
            headings[id(successor)] = former.heading
    ordered = sorted(kept, key=lambda each: (places[id(each)], own[id(each)]))
    return tuple(replace(each, heading=headings[id(each)]) for each in ordered)


def _fits(piece: Piece, at: int, pieces: Sequence[Piece], kept: Sequence[Piece]) -> bool:
    """Whether a definition may stand further up: nothing that it needs is made or changed later."""
    node = piece.statement.node
    if not isinstance(node, BINDINGS):
        return False
    needs = piece.statement.uses_at_once
    between = pieces[at : next(n for n, each in enumerate(pieces) if each is piece)]
    for each in between:
        if not any(each is one for one in kept) or each.is_import:
            continue
        statement = each.statement
        # What declares on an app, or configures it, hinders no other declaration.
        changes = frozenset() if each.keys else statement.changes
        if (statement.binds | changes) & needs and not each.is_declared:
            return False
        if statement.binds & piece.statement.binds:
            return False
    return True


def _ends_in_vain(pieces: Sequence[Piece], at: int) -> bool:
    name, method = _find_ending(pieces[at])
    if not name:
        return False
    if method in ("cleanup", "unlink"):
        return True
    statements = [each.statement for each in pieces]
    if any(name in each.binds for each in statements[at + 1 :]):
        return True
    others = [each for number, each in enumerate(statements) if number != at]
    if method == "clear" and any(
        name in each.changes for each in others if not _is_same(each.node, pieces[at])
    ):
        return False
    return any(name in each.uses - each.uses_at_once for each in others)


def _is_same(node: ast.stmt, piece: Piece) -> bool:
    return ast.dump(node) == ast.dump(piece.statement.node)


def _find_ending(piece: Piece) -> tuple[str, str]:
    match piece.statement.node:
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(value=ast.Name(id=name), attr=method), args=[], keywords=[]
            )
        ) if method in _ENDING:
            return name, method
    return "", ""
