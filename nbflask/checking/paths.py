"""The paths that code writes, put together by `/`, `os.path.join()` and names of the module."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .subject import Unit

#: The module's own folder, whose files lie beside the notebook.
_HERE = frozenset(
    {
        *("Path(__file__).parent", "pathlib.Path(__file__).parent", "app.root_path"),
        *("Path(__file__).resolve().parent", "Path(__file__).absolute().parent"),
        *("os.path.dirname(__file__)", "os.path.dirname(os.path.abspath(__file__))"),
        *("Path.cwd()", "Path()", "os.getcwd()", "Path('.')"),
    }
)
_MAX_STEPS = 8


def read_path(value: ast.expr | None, makers: Mapping[str, Unit], steps: int = 0) -> str | None:
    """Give the path that an expression is, from the notebook's folder if it is relative.

    :param makers: What gives the module's names their values.
    :returns: ``None`` if text does not tell.
    """
    if value is None or steps > _MAX_STEPS:
        return None
    if ast.unparse(value) in _HERE:
        return ""
    match value:
        case ast.Constant(value=str(path)):
            return path
        case ast.Name(id=name) if name in makers:
            node = makers[name].node
            is_given = isinstance(node, ast.Assign) and len(node.targets) == 1
            return read_path(node.value, makers, steps + 1) if is_given else None  # type: ignore[attr-defined]
        case ast.Call(func=function, args=[inner]) if _name(function) in ("Path", "str", "fspath"):
            return read_path(inner, makers, steps + 1)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _join([left, right], makers, steps)
        case ast.Call(func=function, args=parts) if ast.unparse(function) == "os.path.join":
            return _join(parts, makers, steps)
    return None


def _join(parts: list[ast.expr], makers: Mapping[str, Unit], steps: int) -> str | None:
    found = [read_path(each, makers, steps + 1) for each in parts]
    known = [each for each in found if each is not None]
    return "/".join(filter(None, known)) if len(known) == len(found) else None


def _name(function: ast.expr) -> str:
    return ast.unparse(function).rpartition(".")[2]
