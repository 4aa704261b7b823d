"""What a function changes of the module's names, as far as its text tells."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nbflask.values.scope import DEFS

from .standing import Standing, Standings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Methods that change a container of Python's own.
_METHODS = frozenset(
    {
        *("append", "appendleft", "extend", "extendleft", "insert", "remove", "pop", "popleft"),
        *("popitem", "clear", "sort", "reverse", "rotate", "add", "discard", "update", "subtract"),
        *("setdefault", "difference_update", "intersection_update", "put", "put_nowait"),
        *("get_nowait", "symmetric_difference_update", "write", "writelines"),
        *("__setitem__", "__delitem__", "__iadd__", "__ior__"),
    }
)
#: Functions that change their first argument.
_FUNCTIONS = frozenset({"heappush", "heappop", "heapify", "insort", "shuffle", "setattr"})
_CONTAINERS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)

How = Literal["bound", "stored", "attribute", "called", "next"]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change of a name of the module.

    :param how: It is bound anew; an item or an attribute is stored or deleted; a method is called;
        it is asked for its next item.
    :param method: What is called.
    :param attribute: The first attribute on the way from the name to what is changed.
    :param is_item: It is an item of what the name stands for, or under a local name.
    """

    name: str
    how: How
    node: ast.AST
    method: str = ""
    attribute: str = ""
    is_item: bool = False


def find_changes(
    function: ast.AST, functions: Mapping[str, ast.stmt] | None = None
) -> Iterator[Change]:
    """Give what a function, or the methods of a class, change outside of themselves.

    :param functions: The module's own: what they return is followed, and what they do to what
        they are given.
    """
    reader = _Reader(function, functions or {})
    for node in ast.walk(function):
        yield from reader.read(node)


class _Reader:
    """Reads what nodes change, one after the other."""

    def __init__(self, function: ast.AST, functions: Mapping[str, ast.stmt]) -> None:
        self._functions = functions
        self._standings = Standings(function, functions)

    def read(self, node: ast.AST) -> Iterator[Change]:
        """Give what a node changes by itself."""
        match node:
            case ast.Name(id=name) if not isinstance(node.ctx, ast.Load):
                if name in self._standings.globals:
                    yield Change(name=name, how="bound", node=node)
            case ast.Subscript(value=value) if not isinstance(node.ctx, ast.Load):
                yield from self._change(value, "stored", node)
            case ast.Attribute(value=value) if not isinstance(node.ctx, ast.Load):
                yield from self._change(value, "attribute", node)
            case ast.AugAssign(target=ast.Name() as target, value=value):
                # A list that is added to is the same list; a number is another one.
                if isinstance(value, _CONTAINERS) and target.id not in self._standings.globals:
                    yield from self._change(target, "stored", node)
            case ast.Call():
                yield from self._read_call(node)

    def _read_call(self, call: ast.Call) -> Iterator[Change]:
        name = ast.unparse(call.func).rpartition(".")[2]
        match call:
            case ast.Call(args=[value, *_]) if name in _FUNCTIONS:
                yield from self._change(value, "stored", call)
            case ast.Call(func=ast.Name(id="next"), args=[value, *_]):
                yield from self._change(value, "next", call)
            case ast.Call(func=ast.Attribute(value=value, attr=method)):
                yield from self._change(value, _how(call, method), call, method)
            case ast.Call(func=ast.Name(id=called)):
                if found := self._standings.method_of(called):
                    yield _make(found[0], "called", call, found[1])
                elif called not in self._functions:
                    yield from self._change(call.func, "called", call)
                yield from self._read_handed(call, called)

    def _read_handed(self, call: ast.Call, called: str) -> Iterator[Change]:
        """Give what a function of the module changes of what it is handed."""
        function = self._functions.get(called)
        if not isinstance(function, DEFS):
            return
        names = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
        given = dict(zip(names, call.args, strict=False))
        given |= {each.arg: each.value for each in call.keywords if each.arg}
        for change in find_changes_of_parameters(function):
            if change.name in given:
                found = self._standings.of(given[change.name])
                if found is not None and not found.is_copy:
                    yield _make(found, change.how, call, change.method)

    def _change(
        self, value: ast.expr, how: How, node: ast.AST, method: str = ""
    ) -> Iterator[Change]:
        found = self._standings.of(value)
        if found is not None and not found.is_copy:
            yield _make(found, how, node, method)


def find_changes_of_parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[Change]:
    """Give what a function changes of the objects that its parameters are given.

    A parameter that is given anew is no longer what the function was handed.
    """
    # Read without its parameters, it changes names from around it.
    body = ast.Module(body=function.body, type_ignores=[])
    own = function.args
    names = {each.arg for each in (*own.posonlyargs, *own.args, *own.kwonlyargs)}
    return [each for each in find_changes(body) if each.name in names and each.how != "bound"]


def _how(call: ast.Call, method: str) -> How:
    """Say how a method changes its object: some only if they are told to."""
    in_place = any(
        each.arg == "inplace" and isinstance(each.value, ast.Constant) and each.value.value is True
        for each in call.keywords
    )
    if method == "__next__":
        return "next"
    return "stored" if in_place else "called"


def _make(found: Standing, how: How, node: ast.AST, method: str = "") -> Change:
    return Change(
        name=found.name,
        how=how,
        node=node,
        method=method,
        attribute=found.attribute,
        is_item=found.is_item,
    )


def changes_container(change: Change) -> bool:
    """Say whether a change is one of a container of Python's own."""
    return change.how in ("bound", "stored", "attribute") or change.method in _METHODS
