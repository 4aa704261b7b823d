"""What a name of the module is given, as far as that matters to a second worker."""

from __future__ import annotations

import ast
import enum
from typing import TYPE_CHECKING

from nbflask.values.scope import DEFS, own_nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .subject import Unit


class Making(enum.Enum):
    """What a name is made by."""

    APP = enum.auto()
    CONTAINER = enum.auto()
    FRAME = enum.auto()
    ITERATOR = enum.auto()
    METHOD = enum.auto()  # Of a container or an iterator: called, it changes that.
    LOCK = enum.auto()
    CONNECTION = enum.auto()
    LOCAL = enum.auto()  # To each thread its own.
    INSTANCE = enum.auto()  # Of a class of the notebook.
    DEFINITION = enum.auto()
    PLAIN = enum.auto()
    UNKNOWN = enum.auto()  # By a call of a library, whose objects may live in a database.


_CALLS = {
    **dict.fromkeys(
        (
            *("list", "dict", "set", "bytearray", "deque", "defaultdict", "Counter", "array"),
            *("OrderedDict", "ChainMap", "Queue", "SimpleQueue", "LifoQueue", "PriorityQueue"),
            *("SimpleNamespace", "StringIO", "BytesIO", "TTLCache", "LRUCache", "UserDict"),
            *("WeakValueDictionary", "zeros", "ones", "empty", "deepcopy", "fromkeys", "sorted"),
            *("split", "splitlines", "asdict"),
        ),
        Making.CONTAINER,
    ),
    **dict.fromkeys(("DataFrame", "Series"), Making.FRAME),
    **dict.fromkeys(("iter", "count", "cycle", "map", "filter", "zip", "chain"), Making.ITERATOR),
    **dict.fromkeys(("Lock", "RLock", "Semaphore", "BoundedSemaphore", "Condition"), Making.LOCK),
    **dict.fromkeys(("Flask",), Making.APP),
    **dict.fromkeys(("local", "Local", "LocalStack", "ContextVar"), Making.LOCAL),
}
#: Classes whose objects are containers, as bases of a class of the notebook.
CONTAINER_BASES = frozenset(
    {"list", "dict", "set", "deque", "defaultdict", "Counter", "OrderedDict", "UserDict"}
    | {"UserList"}
)
_LITERALS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
_SURE = (Making.CONTAINER, Making.ITERATOR, Making.FRAME, Making.INSTANCE, Making.APP)
# Names that stand for each other, or functions that call each other, end somewhere.
_MAX_STEPS = 8


def find_making(name: str, makers: Mapping[str, Unit], steps: int = 0) -> Making:
    """Say what a name is made by; an import is unknown."""
    node = makers[name].node
    if isinstance(node, (*DEFS, ast.ClassDef)):
        return Making.DEFINITION
    values = list(values_of(name, node))
    if not values or steps > _MAX_STEPS:
        return Making.UNKNOWN
    return _surest(_find(value, makers, steps) for value in values)


def values_of(name: str, node: ast.AST) -> Iterator[ast.expr]:
    """Give the expressions that a statement gives a name, in branches too."""
    for each in own_nodes(node):
        match each:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    yield from _given(name, target, value)
            case ast.AnnAssign(target=ast.Name(id=id_), value=ast.expr() as value) if id_ == name:
                yield value
            case ast.NamedExpr(target=ast.Name(id=id_), value=value) if id_ == name:
                yield value


def _given(name: str, target: ast.expr, value: ast.expr) -> Iterator[ast.expr]:
    if isinstance(target, ast.Name) and target.id == name:
        yield value
    elif isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, (ast.Tuple, ast.List)):
        for each, part in zip(target.elts, value.elts, strict=False):
            yield from _given(name, each, part)


def making_of(value: ast.expr, makers: Mapping[str, Unit]) -> Making:
    """Say what an expression makes."""
    return _find(value, makers, 0)


def _find(value: ast.expr, makers: Mapping[str, Unit], steps: int) -> Making:
    match value:
        case ast.List() | ast.Dict() | ast.Set() | ast.ListComp() | ast.DictComp() | ast.SetComp():
            return Making.CONTAINER
        case ast.GeneratorExp():
            return Making.ITERATOR
        case ast.Call():
            return _find_called(value, makers, steps)
        case ast.Name(id=name) if name in makers and not makers[name].piece.is_import:
            return find_making(name, makers, steps + 1)
        case ast.Name():
            return Making.UNKNOWN
        case ast.Attribute(value=inner, attr=attribute):
            return _find_attribute(inner, attribute, makers, steps)
    return _surest(_find(each, makers, steps) for each in _parts(value))


def _parts(value: ast.expr) -> Iterable[ast.expr]:
    """Give what an expression may be, or what its object is made of."""
    match value:
        case ast.IfExp(body=one, orelse=other):
            return [one, other]
        case ast.BoolOp(values=values):
            return values
        case ast.BinOp(left=left, right=right, op=ast.Add() | ast.Mult() | ast.BitOr()):
            return [each for each in (left, right) if isinstance(each, _LITERALS)]
        case ast.NamedExpr(value=inner):
            return [inner]
    return []


def _surest(makings: Iterable[Making]) -> Making:
    found = list(makings)
    sure = [each for each in found if each in _SURE]
    return (sure or found or [Making.PLAIN])[0]


def _find_attribute(
    inner: ast.expr, attribute: str, makers: Mapping[str, Unit], steps: int
) -> Making:
    """Say what ``items.append`` or ``count().__next__`` is; other attributes are no state."""
    making = _find(inner, makers, steps)
    is_next = making is Making.ITERATOR and attribute == "__next__"
    return Making.METHOD if is_next or making is Making.CONTAINER else Making.PLAIN


def _find_called(call: ast.Call, makers: Mapping[str, Unit], steps: int) -> Making:
    dotted = ast.unparse(call.func)
    last = dotted.rpartition(".")[2]
    if dotted in makers and not makers[dotted].piece.is_import:
        node = makers[dotted].node
        if isinstance(node, ast.ClassDef):
            return Making.INSTANCE
        return Making.ITERATOR if _is_generator(node) else _find_returned(node, makers, steps)
    if dotted == "sqlite3.connect":
        return Making.CONNECTION
    if dotted in ("json.load", "json.loads"):
        return Making.CONTAINER
    if last.startswith("read_"):
        return Making.FRAME
    return _CALLS.get(last, Making.UNKNOWN)


def _find_returned(node: ast.stmt, makers: Mapping[str, Unit], steps: int) -> Making:
    """Say what a function of the notebook makes, if it surely is a container or the like."""
    if steps > _MAX_STEPS or not isinstance(node, DEFS):
        return Making.UNKNOWN
    inner = ast.Module(body=node.body, type_ignores=[])
    own = [each for part in node.body for each in own_nodes(part)]
    values = [each.value for each in own if isinstance(each, ast.Return) and each.value]
    named = [each.id for each in values if isinstance(each, ast.Name)]
    values += [value for name in named for value in values_of(name, inner)]
    found = _surest(_find(each, makers, steps + 1) for each in values)
    return found if found in _SURE else Making.UNKNOWN


def _is_generator(node: ast.stmt) -> bool:
    body: list[ast.stmt] = getattr(node, "body", [])
    inner = (each for part in body for each in own_nodes(part))
    return any(isinstance(each, (ast.Yield, ast.YieldFrom)) for each in inner)
