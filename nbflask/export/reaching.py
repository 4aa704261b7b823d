"""What statements change, and calls of what a notebook defines, as far as its text tells.

What ``inner = nested["x"]`` names is a part of ``nested``: whoever changes ``inner`` changes both.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nbflask.values.scope import own_nodes

from .origins import Origins
from .statements import free_names, root_name
from .written_files import changes_data, path_names, written_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

#: Methods that change their object.
CHANGING = frozenset(
    {
        *("add", "append", "clear", "commit", "create", "discard", "execute", "executemany"),
        *("executescript", "extend", "init_app", "insert", "pop", "popitem", "push", "register"),
        *("remove", "save", "seed", "setdefault", "start", "update", "write", "write_bytes"),
        *("write_text", "connect", "fit", "partial_fit", "mkdir", "touch", "add_url_rule"),
        *("add_command", "create_all", "register_blueprint", "subscribe", "put", "send"),
        # Of a configuration; they tell whether there was something, which a cell then shows.
        *("from_envvar", "from_file", "from_mapping", "from_object", "from_prefixed_env"),
        "from_pyfile",
    }
)


#: Functions that change what they are given first.
_CHANGING_FIRST = frozenset(
    {"heappush", "heappop", "heapify", "insort", "shuffle", "setattr", "delattr", "next"}
)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass
class Reach:
    """Finds what statements and the calls of functions change.

    :param definitions: The notebook's functions and classes, by name.
    :param origins: What the notebook's paths and open files were made of.
    :param objects: What the notebook's objects are, or are a part of, and what they call.
    :param methods: Names that stand for a method which changes its object.
    """

    definitions: Mapping[str, ast.stmt | ast.Lambda]
    origins: Origins
    objects: Origins
    methods: frozenset[str]
    known: dict[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, nodes: Iterable[ast.stmt]) -> Reach:
        """Find what statements define."""
        inner = [each for node in nodes for each in own_nodes(node)]
        definitions = dict(part for each in inner for part in _definitions(each))
        return cls(
            definitions=definitions,
            origins=Origins.of(inner, path_names),
            objects=Origins.of(inner, lambda value: _object_names(value, definitions)),
            methods=frozenset(name for each in inner for name in _methods(each)),
        )

    def changed_by(self, names: Iterable[str]) -> frozenset[str]:
        """Give the names whose objects may be changed by calling these."""
        held = self.objects.trace(names)
        return frozenset(changed for name in held for changed in self._changed_by(name))

    def changed_in(self, node: ast.stmt) -> frozenset[str]:
        """Give the names whose objects a statement changes while it runs."""
        nodes = list(own_nodes(node))
        calls = [each for each in nodes if isinstance(each, ast.Call)]
        called = {each.func.id for each in calls if isinstance(each.func, ast.Name)}
        handed = {name for each in calls for name in _handed(each)}
        changed = {*_changes(nodes), *(called & self.methods)}
        changed |= {name for each in calls if self._changes_given(each) for name in _handed(each)}
        held = self.objects.trace(changed)
        return held | self.changed_by(held | called | handed)

    def written_by(self, node: ast.stmt) -> frozenset[str]:
        """Give the names that the paths of the files were made of which a statement writes."""
        nodes = list(own_nodes(node))
        given = {
            part.id
            for each in nodes
            if isinstance(each, ast.Call) and self._writes(each.func)
            for argument in (*each.args, *(word.value for word in each.keywords))
            for part in ast.walk(argument)
            if isinstance(part, ast.Name)
        }
        return self.origins.trace(given.union(written_names(nodes)))

    def _writes(self, function: ast.expr) -> bool:
        """Say whether a call is one of a function of the notebook's that writes a file."""
        definition = self.definitions.get(function.id) if isinstance(function, ast.Name) else None
        return definition is not None and any(written_names(ast.walk(definition)))

    def _changes_given(self, call: ast.Call) -> bool:
        """Say whether a call is one of a function here that changes what it is given."""
        function = self.definitions.get(call.func.id) if isinstance(call.func, ast.Name) else None
        if not isinstance(function, _FUNCTIONS):
            return False
        given = {each.arg for each in ast.walk(function.args) if isinstance(each, ast.arg)}
        return not given.isdisjoint(_changes(ast.walk(function)))

    def _changed_by(self, name: str) -> frozenset[str]:
        if name not in self.definitions:
            return frozenset()
        if name not in self.known:
            self.known[name] = frozenset()  # Of a function that calls itself.
            node = self.definitions[name]
            outer = frozenset(free_names(node)) - {name}
            nodes = list(ast.walk(node))
            inner = Origins.of(nodes, lambda value: _object_names(value, self.definitions))
            own = inner.trace(_changes(nodes)) & (outer | _globals(nodes))
            written = Origins.of(nodes, path_names).trace(written_names(nodes)) & outer
            self.known[name] = (
                self.objects.trace(own) | self.origins.trace(written) | self.changed_by(outer)
            )
        return self.known[name]


def _definitions(node: ast.AST) -> Iterator[tuple[str, ast.stmt | ast.Lambda]]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name, node
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda() as function):
            yield name, function


def _methods(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Attribute(attr=method)):
            if method in CHANGING:
                yield name


def _object_names(value: ast.expr, definitions: Mapping[str, ast.AST]) -> Iterator[str]:
    """Give the names that an expression's object may have, or be a part of, or call."""
    match value:
        case ast.Name(id=name):
            yield name
        case ast.Call(func=function):
            # Thread(target=tick) calls its function, and an object its class's methods.
            yield from (name for name in _handed(value) if name in definitions)
            if isinstance(definitions.get(root_name(function)), ast.ClassDef):
                yield root_name(function)
    for part in _parts(value):
        yield from _object_names(part, definitions)


def _parts(value: ast.expr) -> list[ast.expr]:
    """Give the expressions whose object an expression's is, or is a part of."""
    match value:
        case ast.Attribute(value=inner):
            return [inner]
        case ast.Subscript(value=inner, slice=key) if not _selects(key):
            return [inner]
        case ast.IfExp(body=first, orelse=second):
            return [first, second]
        case ast.BoolOp(values=parts):
            return parts
    return []


def _selects(key: ast.expr) -> bool:
    """Say whether what a key gives is a copy, as it is of a frame's rows or columns."""
    return any(
        isinstance(each, (ast.Compare, ast.List, ast.Call, ast.BitAnd, ast.BitOr, ast.Invert))
        for each in ast.walk(key)
    )


def _handed(call: ast.Call) -> Iterator[str]:
    """Give the names that a call is given as they are, or a part of what they name."""
    for each in (*call.args, *(word.value for word in call.keywords)):
        if isinstance(each, (ast.Name, ast.Attribute, ast.Subscript)):
            yield root_name(each)


def changes_something(node: ast.AST) -> bool:
    """Say whether an expression calls what changes an object."""
    return any(_changes(own_nodes(node)))


def _changes(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Give the names whose objects code changes by itself, and those that it declares global."""
    for each in nodes:
        match each:
            case ast.Attribute(ctx=context) | ast.Subscript(ctx=context):
                if not isinstance(context, ast.Load):
                    yield root_name(each)
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                yield from names
            case ast.Call(func=ast.Attribute(attr=method) as function):
                if _changes_owner(each, method):
                    yield root_name(function)
        if isinstance(each, ast.Call) and each.args and _called(each) in _CHANGING_FIRST:
            yield root_name(each.args[0])


def _changes_owner(call: ast.Call, method: str) -> bool:
    if method in CHANGING:
        return method != "execute" or changes_data(call)
    return any(
        each.arg == "inplace" and isinstance(each.value, ast.Constant) and each.value.value is True
        for each in call.keywords
    )


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else root_name(call.func)


def _globals(nodes: Iterable[ast.AST]) -> frozenset[str]:
    return frozenset(name for each in nodes if isinstance(each, ast.Global) for name in each.names)
