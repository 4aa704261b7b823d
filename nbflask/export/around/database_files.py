"""The database files that an app opens in whatever folder it is started from.

Flask-SQLAlchemy is not asked: it puts such a file into the instance folder.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ..secrecy.named_values import find_named, name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_URL = "sqlite:///"
_OPENERS = frozenset({"create_engine", "create_async_engine", "SqliteDatabase"})
_MAX_STEPS = 8


def find_opened(
    nodes: Iterable[ast.AST], values: Mapping[str, ast.expr]
) -> Iterator[tuple[ast.Call, str]]:
    """Give the calls that open such a file, each with the file's path.

    :param values: Those of variables and settings, from :func:`read_values`.
    """
    for node in (inner for each in nodes for inner in ast.walk(each)):
        if isinstance(node, ast.Call) and _opens(ast.unparse(node.func)):
            first = next(iter([*node.args, *(each.value for each in node.keywords)]), None)
            if path := _read_file(_read_text(first, values)):
                yield node, path


def read_values(nodes: Iterable[ast.AST]) -> dict[str, ast.expr]:
    """Give the value of each variable and each setting that has one and no other."""
    found: dict[str, dict[str, ast.expr]] = {}
    for each in (named for node in nodes for named in find_named(node)):
        found.setdefault(each.name, {})[ast.unparse(each.value)] = each.value
    return {name: next(iter(given.values())) for name, given in found.items() if len(given) == 1}


def _opens(called: str) -> bool:
    return called == "sqlite3.connect" or called.rpartition(".")[2] in _OPENERS


def _read_text(value: ast.expr | None, values: Mapping[str, ast.expr], steps: int = 0) -> str:
    """Give the text that an expression is; ``""`` if its code does not tell."""
    match value:
        case ast.Constant(value=str(text)):
            return text
        case ast.Call(func=ast.Name(id="Path" | "str"), args=[inner]):
            return _read_text(inner, values, steps + 1)
        case ast.Name() | ast.Subscript() | ast.Call(func=ast.Attribute(attr="get")):
            name = name_of(value)
            is_known = name in values and steps < _MAX_STEPS
            return _read_text(values[name], values, steps + 1) if is_known else ""
    return ""


def _read_file(text: str) -> str:
    """Give the path in a database's name if it begins where the app is started."""
    path = text.removeprefix(_URL).partition("?")[0]
    return "" if not path or path.startswith(("/", "~")) or ":" in path else path
