"""Whether an app can be built by a function, and which statements then stand in it.

A factory, as Flask's documentation calls it, builds an app anew for each test and each worker. It
can hold whatever needs the app and nothing else needs. A class that needs it, which other code
names, would have to stand in it too: such a notebook becomes a module with its app in a variable.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbflask.values.scope import DEFS, own_nodes

from .calling import Calls
from .extensions import needs_app
from .merging import merge_contexts
from .ordering import configured_first, joined_first, registered_in_order
from .own_names import FACTORY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .program import Piece


# Methods of lists, dicts and sets that change them.
_OF_DATA = frozenset(
    {
        *("append", "extend", "insert", "remove", "sort", "reverse", "add", "discard", "update"),
        *("pop", "popitem", "setdefault", "clear"),
    }
)
# A function of more lines is a module that is indented.
MAX_FACTORY_LINES = 120


@dataclass(frozen=True, kw_only=True)
class Arrangement:
    """Where each statement stands.

    :param outside: In the module.
    :param inside: In the factory; empty where there is none. The first makes the app.
    :param hindering: Functions that name the app where ``current_app`` would do, if nothing else
        is in a factory's way.
    """

    outside: tuple[Piece, ...]
    inside: tuple[Piece, ...] = ()
    hindering: tuple[Piece, ...] = ()

    @property
    def has_factory(self) -> bool:
        """Whether there is a factory."""
        return bool(self.inside)


def arrange(
    pieces: Sequence[Piece], app: str, extensions: frozenset[str] = frozenset()
) -> Arrangement:
    """Put what needs the app into a factory, where the pieces allow it.

    :param extensions: Variables of what is made without the app, and given it in the factory.
    """
    statements = tuple(each for each in pieces if not each.is_import)
    inside = _depending(statements, app, extensions)
    outside = tuple(each for each in statements if each not in inside)
    if not _allows_factory(inside, outside, app) or _reads_former(pieces, inside):
        return Arrangement(outside=statements)
    local = {name for each in inside for name in each.statement.binds}
    # What stands outside would look for names that only the factory has.
    if users := tuple(each for each in outside if each.statement.uses & local):
        at_once = frozenset().union(*(each.statement.uses_at_once for each in statements))
        can_ask = all(_can_ask(each, app, local, at_once) for each in users)
        return Arrangement(outside=statements, hindering=users if can_ask else ())
    # What the configuration needs stands outside by now.
    ordered = registered_in_order(joined_first(configured_first(inside, app), app))
    ordered = merge_contexts(ordered)
    return Arrangement(outside=outside, inside=ordered)


def _depending(pieces: Sequence[Piece], app: str, extensions: frozenset[str]) -> tuple[Piece, ...]:
    """Give the pieces that need the app while they run, or what was made with it."""
    names = {app}
    found: list[Piece] = []
    for piece in pieces:
        statement = piece.statement
        if names & (statement.uses_at_once | statement.binds) or needs_app(piece, extensions):
            found.append(piece)
            names |= statement.binds
    return tuple(found)


def _allows_factory(inside: Sequence[Piece], outside: Sequence[Piece], app: str) -> bool:
    if not inside or not _makes_app(inside[0], app):
        return False
    if any(FACTORY in each.statement.binds | each.statement.uses for each in (*inside, *outside)):
        return False
    if any(_makes_app(each, app) for each in inside[1:]):
        return False
    if sum(each.statement.text.count("\n") + 1 for each in inside) > MAX_FACTORY_LINES:
        return False
    local = {name for each in inside for name in each.statement.binds}
    return not any(_is_stated_for_all(each, local) or _is_held_weakly(each) for each in inside)


def _can_ask(piece: Piece, app: str, local: set[str], at_once: frozenset[str]) -> bool:
    """Whether a piece is a function that could ask for the app, as requests alone call it."""
    statement = piece.statement
    is_called = bool(statement.binds & at_once)
    return isinstance(statement.node, DEFS) and statement.uses & local == {app} and not is_called


def _reads_former(pieces: Sequence[Piece], inside: Sequence[Piece]) -> bool:
    """Whether a factory, which runs last, would read a value that its own has replaced by then."""
    calls = Calls.of(each.statement.node for each in pieces)
    bound: set[str] = set()
    read: set[str] = set()
    for piece in pieces:
        statement = piece.statement
        if piece in inside:
            # A name that is given a value only below is read there by nobody but the factory.
            read |= calls.read_at_once(statement) & bound
            continue
        if (statement.binds | _changed(statement.node)) & read:
            return True
        bound |= statement.binds
    return False


def _changed(node: ast.stmt) -> frozenset[str]:
    """Give the names whose items a statement changes, as text tells it of lists and dicts."""
    found: set[str] = set()
    for each in own_nodes(node):
        match each:
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                found.add(name)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)):
                found |= {name} if method in _OF_DATA else set()
    return frozenset(found)


def _makes_app(piece: Piece, app: str) -> bool:
    match piece.statement.node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id="Flask"))):
            return name == app
    return False


def _is_stated_for_all(piece: Piece, local: set[str]) -> bool:
    """Say whether a piece is one that modules have in the open, or that a factory would break."""
    node = piece.statement.node
    if isinstance(node, ast.ClassDef):
        return True
    named = (
        name
        for each in ast.walk(node)
        if isinstance(each, (ast.Global, ast.Nonlocal))
        for name in each.names
    )
    return any(name in local for name in named)


def _is_held_weakly(piece: Piece) -> bool:
    """Say whether a signal is given a function that nobody would hold once the factory is left."""
    decorators: list[ast.expr] = getattr(piece.statement.node, "decorator_list", [])
    called = (each.func if isinstance(each, ast.Call) else each for each in decorators)
    return any(
        isinstance(each, ast.Attribute) and each.attr in ("connect", "connect_via")
        for each in called
    )
