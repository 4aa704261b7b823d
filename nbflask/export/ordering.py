"""The order in which a module has to state what a notebook may say at any time."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from .statements import root_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .program import Piece

_CONFIGURING = ("config", "secret_key", "json", "jinja_options", "static_folder")


def in_order(pieces: Sequence[Piece], app: str) -> tuple[Piece, ...]:
    """Put the app's configuration below the app, and registrations below what they register."""
    return registered_last(configured_first(pieces, app))


def configured_first(pieces: Sequence[Piece], app: str) -> tuple[Piece, ...]:
    """Put what configures the app right below it, or below what the values are made of.

    Extensions read the configuration when they are made; in a notebook they are made anew.
    """
    found: list[Piece] = []
    for piece in pieces:
        found.insert(_place(piece, found, app) if configures(piece, app) else len(found), piece)
    return tuple(found)


def configures(piece: Piece, app: str) -> bool:
    """Whether a piece sets configuration, and nothing else."""
    node = piece.statement.node
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return all(_is_of_config(each, app) for each in targets)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return _is_of_config(node.value.func, app)
    return False


def _is_of_config(node: ast.expr, app: str) -> bool:
    """Whether an expression is ``app.config`` or ``app.json``, or a part of it."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            return node.value.id == app and node.attr in _CONFIGURING
        node = node.value
    return False


def _place(piece: Piece, above: Sequence[Piece], app: str) -> int:
    """Give the place below the last piece that this one needs."""
    needs = piece.statement.uses_at_once
    for at in range(len(above), 0, -1):
        former = above[at - 1]
        statement = former.statement
        if configures(former, app):
            return at
        if former.is_declared or former.is_import:
            continue
        # What declares on the app uses its configuration when it is asked.
        if statement.binds & needs or statement.changes & (needs - {app}):
            return at
    return 0


def registered_last(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Put each registration of a blueprint below what is declared on it.

    In a notebook a blueprint takes views at any time; Flask's takes none once it is registered.
    """
    rest = [each for each in pieces if not _registered_blueprint(each)]
    waiting = [each for each in pieces if _registered_blueprint(each)]
    # A blueprint within a blueprint goes first: the outer one passes it on when it is registered.
    waiting.sort(key=lambda each: _depth(each, waiting), reverse=True)
    for piece in waiting:
        blueprint = _registered_blueprint(piece)
        last = max(
            (at for at, each in enumerate(rest) if blueprint in each.statement.uses_at_once),
            default=-1,
        )
        own = pieces.index(piece)
        at = sum(1 for each in rest if pieces.index(each) < own)
        rest.insert(max(at, last + 1), piece)
    return tuple(rest)


def _registered_blueprint(piece: Piece) -> str:
    """Give the variable of the blueprint that a statement registers, or ``""``."""
    match piece.statement.node:
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(attr="register_blueprint"), args=[ast.Name(id=name), *_]
            )
        ):
            return name
    return ""


def _depth(piece: Piece, registrations: Sequence[Piece]) -> int:
    """Count the blueprints that the blueprint is within; a circle counts once."""
    depth, around, waiting = 0, {id(piece)}, [piece]
    while waiting:
        owners = {root_name(each.statement.node.value.func) for each in waiting}  # type: ignore[attr-defined]
        waiting = [
            each
            for each in registrations
            if _registered_blueprint(each) in owners and id(each) not in around
        ]
        around |= {id(each) for each in waiting}
        depth += 1
    return depth
