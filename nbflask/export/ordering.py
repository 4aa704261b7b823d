"""The order in which a module has to state what a notebook may say at any time."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from nbflask.values.scope import DEFS

from .statements import root_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .program import Piece

_CONFIGURING = ("config", "secret_key", "json", "jinja_options", "static_folder")


def in_order(pieces: Sequence[Piece], app: str) -> tuple[Piece, ...]:
    """Put the app's configuration below the app, and registrations below what they register."""
    return registered_last(configured_first(defined_first(pieces), app))


def defined_first(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Put variables above the functions that use them, where a reader of a module looks for them.

    A notebook may give a name its value in any later cell, as nobody calls the function before.
    """
    found: list[Piece] = []
    for piece in pieces:
        found.insert(_above_users(piece, found), piece)
    return tuple(found)


def _above_users(piece: Piece, above: Sequence[Piece]) -> int:
    """Give the place above the first function that uses a variable, or below all."""
    functions = {name for each in above if _is_definition(each) for name in each.statement.binds}
    # What a function of the notebook's own reads, the call does not show.
    if not _is_variable(piece) or functions & piece.statement.uses:
        return len(above)
    first = at = len(above)
    while at and not _holds_down(above[at - 1], piece):
        at -= 1
        if piece.statement.binds & above[at].statement.uses:
            first = at
    users = {name for each in above[first:] for name in each.statement.binds}
    # What calls one of them by now had another value, or none.
    is_called = any(users & each.statement.uses_at_once for each in above[first:])
    return len(above) if is_called else first


def _is_variable(piece: Piece) -> bool:
    match piece.statement.node:
        case ast.Assign(targets=[ast.Name()]):
            return not piece.keys
    return False


def _holds_down(former: Piece, piece: Piece) -> bool:
    """Whether a variable may not be given its value above another piece."""
    above, statement = former.statement, piece.statement
    if former.is_import:
        # All of them stand at the top.
        return False
    if above.binds & statement.uses or (above.changes & statement.uses and not former.keys):
        return True
    if (above.binds | above.uses_at_once | above.changes) & statement.binds:
        return True
    # What is done for its effect may be what a call relies on.
    is_quiet = former.keys or _is_definition(former) or not _calls(former)
    return _calls(piece) and not is_quiet


def _is_definition(piece: Piece) -> bool:
    return isinstance(piece.statement.node, (*DEFS, ast.ClassDef))


def _calls(piece: Piece) -> bool:
    return any(isinstance(each, ast.Call) for each in ast.walk(piece.statement.node))


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
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return all(_is_of_config(each, app) for each in targets)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return _is_of_config(node.value.func, app)
    return False


def find_end_of_settings(pieces: Sequence[Piece], app: str) -> int:
    """Give the place below the last setting that nothing stands above which reads settings.

    A setting may need a folder that is made first; views and hooks read settings when they run.
    """
    end = 0
    for at, piece in enumerate(pieces):
        waits = isinstance(piece.statement.node, (ast.Assign, ast.AugAssign, ast.Expr, *DEFS))
        if configures(piece, app):
            end = at + 1
        elif not waits or is_call_of(piece, "init_app", "register_blueprint"):
            break
    return end


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
    if is_call_of(piece, "from_prefixed_env", "from_envvar"):
        needs |= {"os", "environ"}
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


def joined_first(pieces: Sequence[Piece], app: str) -> tuple[Piece, ...]:
    """Put what gives extensions their app right below its configuration, as far as that may be.

    Only hooks are asked in the order in which they are declared, and an extension may have some.
    """
    found: list[Piece] = []
    for piece in pieces:
        at = len(found)
        if is_call_of(piece, "init_app"):
            while at and not (configures(found[at - 1], app) or _holds_up(found[at - 1], app)):
                at -= 1
        found.insert(at, piece)
    return tuple(found)


def is_call_of(piece: Piece, *methods: str) -> bool:
    """Whether a piece calls one of these methods, and does nothing else."""
    match piece.statement.node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr=method))):
            return method in methods
    return False


def _holds_up(piece: Piece, app: str) -> bool:
    """Whether an extension may not be given its app before what the piece does."""
    if is_call_of(piece, "init_app") or app in piece.statement.binds:
        return True
    if isinstance(piece.statement.node, ast.With):
        return False
    return not any(key[0] == "endpoint" for key in piece.keys)


def registered_last(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Put each registration of a blueprint below what is declared on it.

    In a notebook a blueprint takes views at any time; Flask's takes none once it is registered.
    """
    rest = [each for each in pieces if not _registered_blueprint(each)]
    waiting = [each for each in pieces if _registered_blueprint(each)]
    # A blueprint within a blueprint goes first: the outer one passes it on when it is registered.
    for piece in sorted(waiting, key=lambda each: _depth(each, waiting), reverse=True):
        blueprint = _registered_blueprint(piece)
        last = max(
            (at for at, each in enumerate(rest) if blueprint in each.statement.uses_at_once),
            default=-1,
        )
        rest.insert(max(_own_place(piece, rest, pieces), last + 1), piece)
    return tuple(rest)


def _own_place(piece: Piece, rest: Sequence[Piece], pieces: Sequence[Piece]) -> int:
    """Give the place below what the piece stood below, registrations left aside."""
    above = pieces[: pieces.index(piece)]
    stayed = [
        at for at, each in enumerate(rest) if each in above and not _registered_blueprint(each)
    ]
    at = max(stayed, default=-1) + 1
    while at < len(rest) and rest[at] in above:
        at += 1
    return at


def registered_in_order(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Put registrations back into the notebook's order, where nothing else needs blueprints."""
    joining = [each for each in pieces if _registered_blueprint(each)]
    names = {_registered_blueprint(each) for each in joining}
    if any(names & each.statement.uses_at_once for each in pieces if each not in joining):
        return tuple(pieces)
    ordered = iter(sorted(joining, key=lambda each: (each.place.cell.number, each.place.line)))
    return tuple(next(ordered) if each in joining else each for each in pieces)


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
