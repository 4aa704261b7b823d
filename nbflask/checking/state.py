"""State of the module that requests change: each worker has its own, and a restart loses it."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from nbflask.export.statements import free_names, root_name
from nbflask.values.scope import DEFS

from .changes import changes_container, find_changes
from .closures import SHARED, look_at_closures
from .finding import Finding, label_of
from .instances import OwnClass
from .makings import Making, find_making, making_of, values_of
from .process import look_at_process
from .serving import find_served

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from nbflask.values.request_spec import RequestSpec

    from .changes import Change
    from .serving import Served
    from .subject import Subject, Unit

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
#: What the app has one of, and that holds whatever is put there.
_OF_APPS = frozenset({"config", "extensions"})


def look_at_state(subject: Subject) -> Iterator[Finding]:
    """Give the state that views and hooks change, and objects that serve one worker only."""
    served = find_served(subject)
    yield from _find_changed(subject, served)
    yield from look_at_closures(subject, served)
    yield from look_at_process(served)
    yield from _find_single(subject, served)
    yield from _find_caches(served)


def _find_changed(subject: Subject, served: Sequence[Served]) -> Iterator[Finding]:
    first: dict[str, tuple[Served, Change]] = {}
    functions: dict[str, dict[str, None]] = {}
    for each in served:
        for change in _changes_of(subject, each):
            first.setdefault(change.name, (each, change))
            functions.setdefault(change.name, {})[_name_of(each, change)] = None
    for name, (where, change) in first.items():
        yield _describe_changed(subject, name, where, change, list(functions[name]))


def _changes_of(subject: Subject, served: Served) -> Iterator[Change]:
    """Give what code changes of the module's state."""
    makers = subject.makers
    for change in find_changes(served.node, subject.functions):
        is_app = change.name == "current_app" and change.name not in makers
        own = replace(change, name=subject.app) if is_app else change
        if _is_kept(own, makers) or (own.name == subject.app and _is_of_app(subject, own)):
            yield own
    if isinstance(served.node, ast.ClassDef) and not _has_object(served.name, makers):
        made = OwnClass.find(served.name, makers)
        yield from made.changes_of_class() if made else ()


def _has_object(name: str, makers: Mapping[str, Unit]) -> bool:
    """Say whether the module has an object of a class, whose changes are told under its name."""
    return any(
        isinstance(value, ast.Call) and root_name(value) == name
        for each, unit in makers.items()
        for value in values_of(each, unit.node)
    )


def _name_of(served: Served, change: Change) -> str:
    """Name the function that changes something, or the method."""
    for method in served.node.body if isinstance(served.node, ast.ClassDef) else ():
        if isinstance(method, DEFS) and any(each is change.node for each in ast.walk(method)):
            return f"{served.name}.{method.name}"
    return served.name


def _is_kept(change: Change, makers: Mapping[str, Unit]) -> bool:
    """Say whether a change is one of the module's state, as far as text tells."""
    unit = makers.get(change.name)
    if unit is None or unit.piece.is_import:
        return False
    if change.how == "bound":
        return True
    making = find_making(change.name, makers)
    is_stored = change.how in ("stored", "attribute")
    kept = {
        Making.CONTAINER: changes_container(change),
        Making.ITERATOR: change.how == "next",
        Making.METHOD: change.how == "called" and not change.method,
        Making.INSTANCE: _is_own(change, makers),
        # A part of a frame is a copy.
        Making.FRAME: is_stored and not change.is_item,
        Making.APP: is_stored or change.method == "update",
        Making.LOCK: False,
        Making.CONNECTION: False,
        Making.LOCAL: False,
        Making.DEFINITION: _is_of_class(change, makers),
    }
    # An item of an unknown object may be stored in a database.
    return kept.get(making, change.how == "attribute" and not change.is_item)


def _is_own(change: Change, makers: Mapping[str, Unit]) -> bool:
    """Say whether a change is one of an object's state whose class is the notebook's."""
    for value in values_of(change.name, makers[change.name].node):
        if isinstance(value, ast.Call) and (own := OwnClass.find(root_name(value), makers)):
            return own.keeps(change)
    return False


def _is_of_class(change: Change, makers: Mapping[str, Unit]) -> bool:
    own = OwnClass.find(change.name, makers)
    return own.keeps_in_class(change) if own else change.how == "attribute"


def _is_of_app(subject: Subject, change: Change) -> bool:
    """Say whether a change is one of what the notebook has put on the app."""
    if not changes_container(change) or not change.attribute:
        return False
    put = {
        target.attr
        for unit in subject.units
        if isinstance(unit.node, ast.Assign)
        for target in unit.node.targets
        if isinstance(target, ast.Attribute)
        and root_name(target) == subject.app
        and making_of(unit.node.value, subject.makers) is Making.CONTAINER
    }
    return change.attribute in put | _OF_APPS


def _describe_changed(
    subject: Subject, name: str, where: Served, change: Change, functions: list[str]
) -> Finding:
    made = subject.makers[name].place
    who = " and ".join(f"`{each}()`" for each in functions)
    verb = "change" if len(functions) > 1 else "changes"
    text = (
        f"{who} {verb} {name!r}, made in {label_of(made.cell)}: each worker has its own, and a "
        "restart loses what was changed."
    )
    if any(spec.method not in _SAFE_METHODS for ask in _asks(subject) for spec in ask):
        text += " It begins as that cell makes it, without what the notebook's requests changed."
    remedy = SHARED
    if find_making(name, subject.makers) is Making.APP:
        remedy = f"Set it in a cell, before the first request. Otherwise: {SHARED}"
    return Finding(
        kind="state-changed-by-requests",
        level="warning",
        text=text,
        remedy=remedy,
        cell=where.unit.place.cell,
        line=where.unit.line_of(change.node),
    )


def _asks(subject: Subject) -> list[tuple[RequestSpec, ...]]:
    return [each.requests for each in subject.program.asks] if subject.program else []


def _find_single(subject: Subject, served: Sequence[Served]) -> Iterator[Finding]:
    """Give objects that requests use and that no second worker or thread shares."""
    used = {name for each in served for name in free_names(each.node)}
    for name, unit in subject.makers.items():
        if name not in used or unit.piece.is_import:
            continue
        match find_making(name, subject.makers):
            case Making.CONNECTION:
                yield Finding(
                    kind="connection-shared",
                    level="warning",
                    text=f"Requests use the connection {name!r}, which is made once: SQLite gives "
                    "it to one thread only, and workers must not share one.",
                    remedy="Connect in a function that keeps the connection in `g`, and close it "
                    "in a `teardown_appcontext` hook.",
                    cell=unit.place.cell,
                    line=unit.place.line,
                )
            case Making.LOCK:
                yield Finding(
                    kind="lock-of-one-worker",
                    level="info",
                    text=f"The lock {name!r} holds the threads of one worker; other workers have "
                    "their own.",
                    remedy="Where only one request of all may pass, let the database hold it.",
                    cell=unit.place.cell,
                    line=unit.place.line,
                )


def _find_caches(served: Sequence[Served]) -> Iterator[Finding]:
    for each in served:
        for decorator in each.node.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            if ast.unparse(called).rpartition(".")[2] in ("lru_cache", "cache"):
                if isinstance(called, ast.Attribute) and ast.unparse(called.value) != "functools":
                    continue
                yield Finding(
                    kind="cache-of-one-worker",
                    level="info",
                    text=f"`{each.name}()` is cached in memory: each worker fills its own "
                    "cache, and empties it when it starts.",
                    remedy="Keep it, if a value may differ between workers; else use a cache that "
                    "they share.",
                    cell=each.unit.place.cell,
                    line=each.unit.line_of(each.node),
                )
