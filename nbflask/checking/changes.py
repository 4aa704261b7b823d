"""What a function changes of the module's names, as far as its text tells.

Rule 1: a local name that is given an item of a container, or walks through one, stands for the
container: ``for item in ITEMS: item["seen"] = True`` changes ``ITEMS``. A copy does not.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Methods that change a container of Python's own.
_METHODS = frozenset(
    {
        *("append", "appendleft", "extend", "extendleft", "insert", "remove", "pop", "popleft"),
        *("popitem", "clear", "sort", "reverse", "rotate", "add", "discard", "update", "subtract"),
        *(
            "setdefault",
            "difference_update",
            "intersection_update",
            "put",
            "put_nowait",
            "get_nowait",
        ),
        *("symmetric_difference_update", "write", "writelines"),
    }
)
#: Functions that change their first argument.
_FUNCTIONS = frozenset({"heappush", "heappop", "heapify", "insort", "shuffle", "setattr"})
_WALKERS = frozenset({"enumerate", "reversed", "sorted", "list", "tuple", "iter", "filter"})
_VIEWS = frozenset({"values", "items"})
_GETTERS = frozenset({"get", "setdefault"})

How = Literal["bound", "stored", "attribute", "called", "next"]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change of a name of the module.

    :param how: It is bound anew; an item or an attribute is stored or deleted; a method is called;
        it is asked for its next item.
    :param method: What is called.
    :param is_item: It is an item of what the name stands for, under a local name.
    """

    name: str
    how: How
    node: ast.AST
    method: str = ""
    is_item: bool = False


def find_changes(function: ast.AST) -> Iterator[Change]:
    """Give what a function, or the methods of a class, change outside of themselves."""
    reader = _Reader(function)
    for node in ast.walk(function):
        yield from reader.read(node)


class _Reader:
    """Knows a function's own names, and what they stand for."""

    def __init__(self, function: ast.AST) -> None:
        nodes = list(ast.walk(function))
        self._globals = {
            name for each in nodes if isinstance(each, ast.Global) for name in each.names
        }
        stored = {
            each.id
            for each in nodes
            if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load)
        }
        self._local = (stored | {each.arg for each in nodes if isinstance(each, ast.arg)}) - (
            self._globals
        )
        self._aliases: dict[str, str] = {}
        for node in nodes:
            for target, source in _given(node):
                root, _ = self._root(source)
                if root:
                    self._aliases[target] = root

    def read(self, node: ast.AST) -> Iterator[Change]:
        """Give what a node changes by itself."""
        match node:
            case ast.Name(id=name) if name in self._globals and not isinstance(node.ctx, ast.Load):
                yield Change(name=name, how="bound", node=node)
            case ast.Subscript(value=value) if not isinstance(node.ctx, ast.Load):
                yield from self._change(value, "stored", node)
            case ast.Attribute(value=value) if not isinstance(node.ctx, ast.Load):
                yield from self._change(value, "attribute", node)
            case ast.Call(func=ast.Attribute(value=value, attr=method)) if method not in _FUNCTIONS:
                yield from self._change(value, "called", node, method)
            case ast.Call(func=ast.Name(id="next"), args=[value, *_]):
                yield from self._change(value, "next", node)
            case ast.Call(func=function, args=[value, *_]):
                if ast.unparse(function).rpartition(".")[2] in _FUNCTIONS:
                    yield from self._change(value, "stored", node)

    def _change(
        self, value: ast.expr, how: How, node: ast.AST, method: str = ""
    ) -> Iterator[Change]:
        root, is_item = self._root(value)
        if root:
            yield Change(name=root, how=how, node=node, method=method, is_item=is_item)

    def _root(self, value: ast.expr) -> tuple[str, bool]:
        """Give the module's name that an expression is, or is a part of; else ``""``."""
        match value:
            case ast.Name(id=name):
                if name in self._local:
                    return self._aliases.get(name, ""), True
                return name, False
            case ast.Subscript(slice=ast.Slice()):
                return "", False
            case ast.Attribute(value=inner) | ast.Subscript(value=inner):
                return self._root(inner)
            case ast.Call(func=ast.Attribute(value=inner, attr=method)) if method in _GETTERS:
                return self._root(inner)[0], True
            case ast.Call(func=ast.Name(id="next"), args=[inner, *_]):
                return self._root(inner) if isinstance(inner, ast.GeneratorExp) else ("", False)
            case ast.ListComp(elt=ast.Name()) | ast.GeneratorExp(elt=ast.Name()):
                return self._root(_walked(value.generators[0].iter))[0], True
        return "", False


def _given(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Give each name that a node gives a part of something, with that."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            yield name, value
        case ast.NamedExpr(target=ast.Name(id=name), value=value):
            yield name, value
        case ast.For(target=target, iter=walked) | ast.comprehension(target=target, iter=walked):
            for each in ast.walk(target):
                if isinstance(each, ast.Name):
                    yield each.id, _walked(walked)


def _walked(value: ast.expr) -> ast.expr:
    """Give the container whose items a loop is given."""
    match value:
        case ast.Call(func=ast.Name(id=name), args=[inner, *_]) if name in _WALKERS:
            return _walked(inner)
        case ast.Call(func=ast.Attribute(value=inner, attr=method), args=[]) if method in _VIEWS:
            return _walked(inner)
    return value


def changes_container(change: Change) -> bool:
    """Say whether a change is one of a container of Python's own."""
    return change.how in ("bound", "stored", "attribute") or change.method in _METHODS
