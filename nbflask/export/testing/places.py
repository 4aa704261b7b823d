"""Where code keeps data, as far as its text tells: the paths and addresses that it writes to.

Rule 1: a place is followed from the call that opens it through variables, parameters, functions and
settings to where it is named.

Rule 2: of a database each place counts, of files only those that are written.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from ..data_folder import VARIABLE
from .configured import find_set, read_setting

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Kind = Literal["relative", "instance", "fixed", "variable", "safe", "unknown"]
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_PASSED_ON = frozenset(
    {
        *(
            "str",
            "Path",
            "PurePath",
            "fspath",
            "join",
            "abspath",
            "realpath",
            "normpath",
            "dirname",
        ),
        "expanduser",
    }
)
_OF_PATHS = frozenset(
    {
        *("resolve", "absolute", "as_posix", "with_suffix", "with_name", "joinpath", "expanduser"),
        *("as_uri", "format"),
    }
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where data are kept.

    :param kind: From the working directory, below the instance folder, always the same, as the
        environment says, in memory or for a while, or nobody can tell.
    :param name: The file's, or the variable's of the environment.
    :param key: The setting that names it; ``""`` for none.
    :param is_uri: The setting is an address of SQLAlchemy's.
    :param is_path: The setting is a path, and no text.
    :param is_folder: The setting is a folder, and the place is in it.
    """

    kind: Kind
    name: str = ""
    key: str = ""
    is_uri: bool = False
    is_path: bool = False
    is_folder: bool = False


@dataclass(frozen=True, kw_only=True)
class _Scope:
    """A function around code, or the module."""

    node: ast.AST
    around: _Scope | None = None


class Finder:
    """Finds the places of what expressions name in modules."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.trees = [ast.parse(each) for each in texts]
        self.settings: dict[str, list[tuple[ast.expr, _Scope]]] = defaultdict(list)
        self.calls: list[tuple[ast.Call, _Scope]] = []
        self._values: dict[tuple[ast.AST | None, str], list[tuple[ast.expr, _Scope]]] = defaultdict(
            list
        )
        self._functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = {}
        for tree in self.trees:
            self._read(tree, _Scope(node=tree))

    def _read(self, node: ast.AST, scope: _Scope) -> None:
        for each in ast.iter_child_nodes(node):
            inner = scope
            if isinstance(each, _FUNCTIONS):
                self._functions[each.name] = each
                inner = _Scope(node=each, around=scope)
            elif isinstance(each, ast.Call):
                self.calls.append((each, scope))
            for name, value in _bindings(each):
                owner = None if isinstance(scope.node, ast.Module) else scope.node
                self._values[owner, name].append((value, scope))
            for key, value in find_set(each):
                self.settings[key].append((value, scope))
            self._read(each, inner)

    def resolve(self, node: ast.expr, scope: _Scope, seen: frozenset[int]) -> Iterator[Place]:
        """Give the places that an expression may name."""
        if id(node) in seen:
            return
        seen |= {id(node)}
        found = self._resolve_leaf(node)
        if found is not None:
            yield found
            return
        if key := read_setting(node):
            yield from self.of_setting(key, seen)
            return
        inner = list(self._inner(node, scope))
        if not inner:
            yield Place(kind="unknown")
        for each, where in inner:
            for place in self.resolve(each, where, seen):
                yield _below(place, node)

    def of_setting(self, key: str, seen: frozenset[int] = frozenset()) -> Iterator[Place]:
        """Give the places that a setting may name."""
        is_uri = key.startswith("SQLALCHEMY_")
        values = self.settings.get(key, [])
        if not values:
            yield Place(kind="unknown", key=key, is_uri=is_uri)
        for value, scope in values:
            is_path = any(map(_makes_path, self._follow(value, scope)))
            for place in self.resolve(value, scope, seen):
                yield replace(place, key=key, is_uri=is_uri, is_path=is_path)

    def _follow(self, node: ast.expr, scope: _Scope) -> Iterator[ast.expr]:
        yield node
        if isinstance(node, ast.Name):
            yield from (value for value, _ in self._look_up(node.id, scope))

    def _resolve_leaf(self, node: ast.expr) -> Place | None:
        match node:
            case ast.Constant(value=str(text)):
                return _place_of(text)
            case ast.Constant():
                return Place(kind="safe")
            case ast.Attribute(attr="instance_path"):
                return Place(kind="instance")
            case ast.Attribute(attr="root_path" | "static_folder") | ast.Name(id="__file__"):
                return Place(kind="fixed", name=ast.unparse(node))
            case ast.Call(func=function):
                return _place_of_call(node, ast.unparse(function))
            case ast.Subscript(value=owner, slice=ast.Constant(value=str(name))) if ast.unparse(
                owner
            ).endswith("environ"):
                return Place(kind="safe" if name == VARIABLE else "variable", name=name)
        return None

    def _inner(self, node: ast.expr, scope: _Scope) -> Iterator[tuple[ast.expr, _Scope]]:
        """Give the expressions that say where the place of an expression is."""
        match node:
            case ast.Name(id=name):
                yield from self._look_up(name, scope)
            case ast.Call():
                yield from self._inner_of_call(node, scope)
            case _:
                yield from ((each, scope) for each in _parts(node))

    def _inner_of_call(self, node: ast.Call, scope: _Scope) -> Iterator[tuple[ast.expr, _Scope]]:
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in self._functions:
                function = self._functions[name]
                inner = _Scope(node=function, around=_Scope(node=self.trees[0]))
                for each in ast.walk(function):
                    if isinstance(each, ast.Return) and each.value is not None:
                        yield each.value, inner
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[first, *_]) if (
                name in _PASSED_ON
            ):
                yield first, scope
            case ast.Call(func=ast.Attribute(value=value, attr=name)) if name in _OF_PATHS:
                yield value, scope

    def _look_up(self, name: str, scope: _Scope) -> list[tuple[ast.expr, _Scope]]:
        at: _Scope | None = scope
        while at is not None and not isinstance(at.node, ast.Module):
            if found := [*self._values[at.node, name], *self._given(at.node, name)]:
                return found
            at = at.around
        return self._values[None, name]

    def _given(self, function: ast.AST, name: str) -> Iterator[tuple[ast.expr, _Scope]]:
        """Give what a parameter is given by default and by the calls of its function."""
        if not isinstance(function, _FUNCTIONS):
            return
        names = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
        if name not in names:
            return
        at, defaults = names.index(name), function.args.defaults
        if at >= len(names) - len(defaults):
            yield defaults[at - len(names)], _Scope(node=self.trees[0])
        for call, scope in self.calls:
            if isinstance(call.func, ast.Name) and call.func.id == function.name:
                if at < len(call.args):
                    yield call.args[at], scope
                yield from ((each.value, scope) for each in call.keywords if each.arg == name)


_SCHEME = re.compile(r"(?:sqlite(?:\+\w+)?|duckdb):///|file:")


def _place_of(text: str) -> Place:
    path = _SCHEME.sub("", text)
    if path in ("", ":memory:", "sqlite://", "duckdb://") or ":memory:" in path:
        return Place(kind="safe")
    if "mode=memory" in path or path == "/dev/null":
        return Place(kind="safe")
    if path.startswith(("/", "~")) or "://" in path:
        return Place(kind="fixed", name=text)
    return Place(kind="relative", name=path.rpartition("/")[2].partition("?")[0])


def _place_of_call(node: ast.Call, called: str) -> Place | None:
    last = called.rpartition(".")[2]
    if called in ("os.environ.get", "environ.get", "os.getenv", "getenv") and node.args:
        name = str(getattr(node.args[0], "value", ""))
        return Place(kind="safe" if name == VARIABLE else "variable", name=name)
    if called in ("Path.cwd", "os.getcwd", "pathlib.Path.cwd") or (
        last == "Path" and not node.args
    ):
        return Place(kind="relative")
    if called.endswith("Path.home"):
        return Place(kind="fixed", name="~")
    if called.startswith("tempfile.") or last in (
        *("mkdtemp", "mkstemp", "TemporaryDirectory", "NamedTemporaryFile", "gettempdir"),
        *("BytesIO", "StringIO"),
    ):
        return Place(kind="safe")
    return None


def _bindings(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    match node:
        case ast.Assign(targets=targets, value=value):
            yield from ((each.id, value) for each in targets if isinstance(each, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            yield name, value
        case ast.NamedExpr(target=ast.Name(id=name), value=value):
            yield name, value
        case ast.withitem(context_expr=value, optional_vars=ast.Name(id=name)):
            yield name, value


def _makes_path(node: ast.expr) -> bool:
    match node:
        case ast.BinOp(op=ast.Div()):
            return True
        case ast.Call(func=ast.Name(id="Path") | ast.Attribute(attr="Path")):
            return True
    return False


def _parts(node: ast.expr) -> Sequence[ast.expr]:
    """Give the parts of an expression that begin the paths which it may be."""
    match node:
        case ast.JoinedStr(
            values=[ast.Constant(value=str(text)), ast.FormattedValue(value=part), *_]
        ):
            return [part if _SCHEME.fullmatch(text) else ast.Constant(value=text)]
        case ast.JoinedStr(values=[ast.FormattedValue(value=part), *_]):
            return [part]
        case ast.BinOp(left=ast.Constant(value=str(text)), right=right) if _SCHEME.fullmatch(text):
            return [right]
        case ast.BinOp(left=part) | ast.Attribute(value=part) | ast.Subscript(value=part):
            return [part]
        case ast.BoolOp(values=parts) | ast.Dict(values=parts):
            return parts
        case ast.IfExp(body=body, orelse=orelse):
            return [body, orelse]
    return []


def _below(place: Place, node: ast.expr) -> Place:
    """Give the place that a path leads to from one that it begins with."""
    match node:
        case ast.BinOp(left=ast.Constant()) | ast.JoinedStr(values=[_] | [ast.Constant(), _]):
            return place
        case (
            ast.BinOp(right=last) | ast.Call(args=[_, *_, last]) | ast.JoinedStr(values=[*_, last])
        ):
            pass
        case _:
            return place
    if place.key:
        return replace(place, is_folder=True)
    text = str(last.value) if isinstance(last, ast.Constant) else ""
    return replace(place, name=text.rpartition("/")[2] or place.name)
