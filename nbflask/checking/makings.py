"""What a name of the module is given, as far as that matters to a second worker."""

from __future__ import annotations

import ast
import enum
from typing import TYPE_CHECKING

from nbflask.values.scope import DEFS, own_nodes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .subject import Unit


class Making(enum.Enum):
    """What a name is made by."""

    APP = enum.auto()
    CONTAINER = enum.auto()
    FRAME = enum.auto()
    ITERATOR = enum.auto()
    LOCK = enum.auto()
    CONNECTION = enum.auto()
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
            *("WeakValueDictionary", "zeros", "ones", "empty", "deepcopy", "fromkeys"),
        ),
        Making.CONTAINER,
    ),
    **dict.fromkeys(("DataFrame", "Series"), Making.FRAME),
    **dict.fromkeys(("iter", "count", "cycle", "map", "filter", "zip", "chain"), Making.ITERATOR),
    **dict.fromkeys(("Lock", "RLock", "Semaphore", "BoundedSemaphore", "Condition"), Making.LOCK),
    **dict.fromkeys(("Flask",), Making.APP),
}
_LITERALS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)


def find_making(name: str, makers: Mapping[str, Unit]) -> Making:
    """Say what a name is made by; an import is unknown."""
    node = makers[name].node
    if isinstance(node, (*DEFS, ast.ClassDef)):
        return Making.DEFINITION
    value = getattr(node, "value", None)
    if not isinstance(node, (ast.Assign, ast.AnnAssign)) or value is None:
        return Making.UNKNOWN
    if isinstance(value, _LITERALS):
        return Making.CONTAINER
    if isinstance(value, ast.GeneratorExp):
        return Making.ITERATOR
    if isinstance(value, ast.Call):
        return _find_called(value, makers)
    return Making.PLAIN


def _find_called(call: ast.Call, makers: Mapping[str, Unit]) -> Making:
    dotted = ast.unparse(call.func)
    last = dotted.rpartition(".")[2]
    if dotted in makers and not makers[dotted].piece.is_import:
        node = makers[dotted].node
        if isinstance(node, ast.ClassDef):
            return Making.INSTANCE
        return Making.ITERATOR if _is_generator(node) else Making.UNKNOWN
    if dotted == "sqlite3.connect":
        return Making.CONNECTION
    if last.startswith("read_"):
        return Making.FRAME
    return _CALLS.get(last, Making.UNKNOWN)


def _is_generator(node: ast.stmt) -> bool:
    body: list[ast.stmt] = getattr(node, "body", [])
    inner = (each for part in body for each in own_nodes(part))
    return any(isinstance(each, (ast.Yield, ast.YieldFrom)) for each in inner)
