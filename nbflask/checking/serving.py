"""The code that requests run: views, hooks, and all that they call."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbflask.export.declared import keys_of
from nbflask.export.statements import free_names, root_name
from nbflask.values.scope import DEFS

from .makings import values_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .subject import Subject, Unit

    Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, kw_only=True)
class Served:
    """A function or a class that requests run.

    :param unit: Where it is written.
    """

    node: Definition
    unit: Unit

    @property
    def name(self) -> str:
        """What it is called in the module."""
        # The export gives a view whose cell names none a name of its own.
        return self.unit.piece.statement.node.name if self._is_whole else self.node.name  # type: ignore[attr-defined]

    @property
    def _is_whole(self) -> bool:
        return self.node is self.unit.node


def find_served(subject: Subject) -> tuple[Served, ...]:
    """Give what requests run, in the order of the notebook."""
    found = {id(each.node): each for each in _find_roots(subject)}
    pending = list(found.values())
    while pending:
        node = pending.pop().node
        for name in free_names(node):
            for served in _define(name, subject):
                if _is_called(name, served, node) and id(served.node) not in found:
                    found[id(served.node)] = served
                    pending.append(served)
    order = {id(unit): at for at, unit in enumerate(subject.units)}
    return tuple(sorted(found.values(), key=lambda each: order[id(each.unit)]))


def _find_roots(subject: Subject) -> Iterator[Served]:
    for unit in subject.units:
        node = unit.node
        if isinstance(node, DEFS) and (unit.piece.is_declared or _is_registered(unit)):
            yield Served(node=node, unit=unit)
        elif isinstance(node, DEFS):
            yield from (
                Served(node=each, unit=unit)
                for each in ast.walk(node)
                if isinstance(each, DEFS) and keys_of(each)
            )
        elif isinstance(node, ast.Expr) and _owner(node.value) in subject.owners:
            yield from (
                served
                for name in unit.piece.statement.uses_at_once
                for served in _define(name, subject)
            )


def _is_registered(unit: Unit) -> bool:
    """Say whether a function is handed to an app, a blueprint or an extension for requests."""
    decorators: list[ast.expr] = getattr(unit.node, "decorator_list", [])
    called = [each.func if isinstance(each, ast.Call) else each for each in decorators]
    methods = [each for each in called if isinstance(each, ast.Attribute)]
    return any("cli" not in ast.unparse(each).split(".") for each in methods) or bool(
        keys_of(unit.piece.statement.node)
    )


def _is_called(name: str, served: Served, by: Definition) -> bool:
    """Say whether code calls what it names, rather than being decorated by it once.

    A decorator that puts another function in a function's place is called with it.
    """
    named = {each.id for part in by.body for each in ast.walk(part) if isinstance(each, ast.Name)}
    return name in named or any(
        isinstance(each, DEFS) and any("wraps" in ast.unparse(it) for it in each.decorator_list)
        for each in ast.walk(served.node)
    )


def _owner(value: ast.expr) -> str:
    return root_name(value) if isinstance(value, ast.Call) else ""


def _define(name: str, subject: Subject) -> Iterator[Served]:
    """Give what a name is: a function, a class, or that of an object of the notebook's."""
    unit = subject.makers.get(name)
    if unit is None:
        return
    node = unit.node if isinstance(unit.node, ast.ClassDef) else subject.functions.get(name)
    if node is not None:
        yield Served(node=node, unit=unit)
    for value in values_of(name, unit.node):
        made = subject.makers.get(root_name(value)) if isinstance(value, ast.Call) else None
        if made is not None and isinstance(made.node, ast.ClassDef):
            yield Served(node=made.node, unit=made)
