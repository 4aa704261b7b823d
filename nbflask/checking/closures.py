"""State that no name of the module has: in a function's defaults, and around an inner function."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from nbflask.export.statements import free_names
from nbflask.values.scope import DEFS, Scope, own_nodes

from .changes import changes_container, find_changes, find_changes_of_parameters
from .finding import Finding
from .makings import Making, making_of, values_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .serving import Served
    from .subject import Subject, Unit

    Function = ast.FunctionDef | ast.AsyncFunctionDef

SHARED = "Keep it in a database, in the session, or in a cache that all workers share."
_EACH_HAS = "each worker has its own, and a restart loses what was changed."


def look_at_closures(subject: Subject, served: Sequence[Served]) -> Iterator[Finding]:
    """Give state that outlives a request because a function is made once."""
    for each in served:
        if isinstance(each.node, DEFS):
            yield from _find_defaults(each.unit, each.node)
    used = {name for each in served for name in free_names(each.node)} | {subject.app}
    own = {id(each.unit) for each in served}
    told: set[str] = set()
    for unit in subject.units:
        if id(unit) in own or unit.binds & used:
            for name in sorted(_called_while_loading(unit) - told):
                maker = subject.makers.get(name)
                if maker is not None and isinstance(maker.node, DEFS):
                    told.add(name)
                    yield from _find_around(maker, maker.node, subject.makers)


def _find_defaults(unit: Unit, function: Function) -> Iterator[Finding]:
    own = function.args
    plain = [*own.posonlyargs, *own.args]
    pairs = list(zip(reversed(plain), reversed(own.defaults), strict=False))
    pairs += [
        (it, value) for it, value in zip(own.kwonlyargs, own.kw_defaults, strict=True) if value
    ]
    mutable = {it.arg for it, value in pairs if making_of(value, {}) is Making.CONTAINER}
    for change in find_changes_of_parameters(function):
        if change.name in mutable and changes_container(change):
            mutable.discard(change.name)
            yield _finding(
                unit,
                change.node,
                f"`{function.name}()` changes the default value of {change.name!r}, which is the "
                f"same in all its calls: {_EACH_HAS}",
            )


def _called_while_loading(unit: Unit) -> set[str]:
    decorators = {id(each) for each in getattr(unit.node, "decorator_list", ())}
    names = set()
    for node in own_nodes(unit.node):
        called = (
            node.func if isinstance(node, ast.Call) else node if id(node) in decorators else None
        )
        if isinstance(called, ast.Name):
            names.add(called.id)
    return names


def _find_around(unit: Unit, outer: Function, makers: Mapping[str, Unit]) -> Iterator[Finding]:
    """Give what inner functions change of the names of the function that makes them."""
    body = ast.Module(body=outer.body, type_ignores=[])
    bound = Scope.of(body).bound
    told: set[str] = set()
    for inner in (each for each in ast.walk(body) if isinstance(each, DEFS)):
        for name, node in _changes_around(inner):
            values = list(values_of(name, body))
            kinds = {making_of(each, makers) for each in values}
            is_state = isinstance(node, ast.Nonlocal) or kinds & {Making.CONTAINER, Making.ITERATOR}
            if name in bound and name not in told and is_state:
                told.add(name)
                yield _finding(
                    unit,
                    node,
                    f"`{inner.name}()` changes {name!r} of `{outer.name}()`, which is called while "
                    f"the app is loaded: {_EACH_HAS}",
                )


def _changes_around(inner: Function) -> Iterator[tuple[str, ast.AST]]:
    for node in ast.walk(inner):
        if isinstance(node, ast.Nonlocal):
            yield from ((name, node) for name in node.names)
    for change in find_changes(inner):
        if change.how == "next" or changes_container(change):
            yield change.name, change.node


def _finding(unit: Unit, node: ast.AST, text: str) -> Finding:
    return Finding(
        kind="state-changed-by-requests",
        level="warning",
        text=text,
        remedy=SHARED,
        cell=unit.place.cell,
        line=unit.line_of(node),
    )
