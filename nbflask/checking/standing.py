"""What an expression in a function stands for of the module's names, as far as its text tells.

Rule 1: an item of a container, and a local name that is given it or walks through it, stands for
the container: ``for item in ITEMS: item["seen"] = True`` changes ``ITEMS``.

Rule 2: a copy is its own, and what it holds is not: ``list(ITEMS)[0]["seen"] = True`` does, too.

Rule 3: a call of the notebook's own function stands for what the function returns.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nbflask.values.scope import DEFS, own_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_WALKERS = frozenset({"enumerate", "reversed", "sorted", "list", "tuple", "iter", "filter", "zip"})
_COPIES = frozenset({"list", "dict", "set", "sorted", "tuple", "copy", "defaultdict", "deque"})
_VIEWS = frozenset({"values", "items"})
_GETTERS = frozenset({"get", "setdefault", "pop", "popitem", "popleft", "__getitem__"})


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What of the module an expression is, or is a part of.

    :param name: The module's name.
    :param attribute: The first attribute on the way from there; ``""`` for none.
    :param is_item: It is an item of what the name stands for, or under a local name.
    :param is_copy: It is a new container of what that holds.
    """

    name: str
    attribute: str = ""
    is_item: bool = False
    is_copy: bool = False

    def inside(self, attribute: str = "") -> Standing:
        """Give what an item or an attribute of it is."""
        is_item = self.is_item or self.is_copy
        return replace(self, attribute=self.attribute or attribute, is_item=is_item, is_copy=False)


class Standings:
    """Knows a function's own names, and what of the module they stand for.

    :param functions: The module's own.
    """

    def __init__(
        self,
        function: ast.AST,
        functions: Mapping[str, ast.stmt],
        seen: frozenset[str] = frozenset(),
    ) -> None:
        nodes = list(ast.walk(function))
        self._functions = functions
        self._seen = seen
        self.globals = frozenset(
            name for each in nodes if isinstance(each, ast.Global) for name in each.names
        )
        stored = {
            each.id
            for each in nodes
            if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load)
        }
        arguments = {each.arg for each in nodes if isinstance(each, ast.arg)}
        inner = {each.name for each in nodes if isinstance(each, DEFS) and each is not function}
        self._local = (stored | arguments | inner) - self.globals
        self._given: dict[str, Standing] = {}
        self._methods: dict[str, tuple[Standing, str]] = {}
        for node in nodes:
            for target, source in _given(node):
                self._take(target, source)

    def _take(self, target: str, source: ast.expr) -> None:
        found = self.of(source)
        if found is not None:
            self._given[target] = replace(found, is_item=True)
        if isinstance(source, ast.Attribute) and (owner := self.of(source.value)) is not None:
            self._methods[target] = owner, source.attr

    def method_of(self, name: str) -> tuple[Standing, str] | None:
        """Give the object and the method that a local name is given, ``add = TODOS.append``."""
        return self._methods.get(name)

    def of(self, value: ast.expr) -> Standing | None:
        """Give what an expression stands for; ``None`` for what is the function's own."""
        match value:
            case ast.Name(id=name):
                return self._given.get(name) if name in self._local else Standing(name=name)
            case ast.Attribute(value=inner, attr=attribute):
                found = self.of(inner)
                return found and found.inside(attribute)
            case ast.Subscript(value=inner, slice=place):
                found = self.of(inner)
                is_part = isinstance(place, ast.Slice)
                return self._copy(inner) if is_part else found and found.inside()
            case ast.BoolOp(values=[first, *_]) | ast.NamedExpr(value=first):
                return self.of(first)
            case ast.IfExp(body=one, orelse=other):
                return self.of(one) or self.of(other)
            case ast.ListComp() | ast.GeneratorExp():
                return self._of_walk(value)
            case ast.Call():
                return self._of_call(value)
        return None

    def _copy(self, value: ast.expr) -> Standing | None:
        found = self.of(value)
        return found and replace(found, is_item=True, is_copy=True)

    def _of_walk(self, value: ast.ListComp | ast.GeneratorExp) -> Standing | None:
        """Give what holds the items that a comprehension takes as they are."""
        if not isinstance(value.elt, ast.Name):
            return None
        first = value.generators[0]
        targets = {each.id for each in ast.walk(first.target) if isinstance(each, ast.Name)}
        return self._copy(walked(first.iter)) if value.elt.id in targets else None

    def _of_call(self, call: ast.Call) -> Standing | None:
        match call.func, call.args:
            case ast.Name(id="next"), [ast.GeneratorExp() as inner, *_]:
                found = self.of(inner)
                return found and found.inside()
            case ast.Name(id=name), [inner, *_] if name in _COPIES:
                return self._copy(walked(inner))
            case ast.Name(id="type"), [inner]:
                found = self.of(inner)
                return found and found.inside("__class__")
            case ast.Attribute(value=inner, attr="copy"), []:
                return self._copy(inner)
            case ast.Attribute(value=inner, attr=method), _ if method in _GETTERS:
                found = self.of(inner)
                return found and replace(found.inside(), is_item=True)
            case ast.Name(id=name), _ if name in self._functions and name not in self._local:
                return self._of_result(name)
        return None

    def _of_result(self, name: str) -> Standing | None:
        function = self._functions[name]
        if name in self._seen or not isinstance(function, DEFS):
            return None
        inside = Standings(function, self._functions, self._seen | {name})
        for part in function.body:
            for node in own_nodes(part):
                if isinstance(node, ast.Return) and node.value is not None:
                    found = inside.of(node.value)
                    if found is not None and found.name not in self._functions:
                        return replace(found, is_item=True)
        return None


def _given(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Give each name that a node gives a part of something, with that."""
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _paired(target, value)
        case (
            ast.NamedExpr(target=ast.Name(id=name), value=ast.expr() as value)
            | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
        ):
            yield name, value
        case ast.For(target=target, iter=source) | ast.comprehension(target=target, iter=source):
            for each in ast.walk(target):
                if isinstance(each, ast.Name):
                    item = ast.Subscript(value=walked(source), slice=ast.Constant(value=0))
                    yield each.id, item


def _paired(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, (ast.Tuple, ast.List)):
        for each, part in zip(target.elts, value.elts, strict=False):
            yield from _paired(each, part)


def walked(value: ast.expr) -> ast.expr:
    """Give the container whose items a loop is given."""
    match value:
        case ast.Call(func=ast.Name(id=name), args=[inner, *_]) if name in _WALKERS:
            return walked(inner)
        case ast.Call(func=ast.Attribute(value=inner, attr=method), args=[]) if method in _VIEWS:
            return walked(inner)
    return value
