"""What silences an app's log, so that a notebook shows no tracebacks: it stays in the notebook.

Rule: whoever serves the app has nothing but the log to learn from why a request failed. Flask's own
handler may go where another one takes its place.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ..project import Note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..program import Piece

_SETTING_UP = frozenset({"basicConfig", "dictConfig", "fileConfig"})
_HIGHEST = frozenset({"CRITICAL", "FATAL", "50"})


def without_silence(
    pieces: Sequence[Piece], app: str
) -> tuple[tuple[Piece, ...], tuple[Note, ...]]:
    """Give the pieces that leave an app's log on, and say which ones do not."""
    has_handler = any(_handles(each) for piece in pieces for each in ast.walk(piece.statement.node))
    silent = [each for each in pieces if _silences(each.statement.node, app, has_handler)]
    notes = tuple(
        Note(
            text=f"`{ast.unparse(each.statement.node)}` is left out. Where the app is served, the "
            "log says why a request failed.",
            place=each.place,
        )
        for each in silent
    )
    return tuple(each for each in pieces if each not in silent), notes


def _handles(node: ast.AST) -> bool:
    """Say whether a call gives a log a handler that writes."""
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=given):
            if name == "addHandler":
                return not any(map(_is_silent_handler, given))
            return name in _SETTING_UP
    return False


def _silences(node: ast.stmt, app: str, has_handler: bool) -> bool:
    match node:
        case ast.Assign(
            targets=[ast.Attribute(value=owner, attr="disabled")], value=ast.Constant(value=True)
        ):
            return _is_log(owner, app)
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner, attr=method), args=[given])):
            if not _is_log(owner, app):
                return False
            if method == "removeHandler":
                return not has_handler and _last_name(given) == "default_handler"
            if method == "setLevel":
                return _last_name(given) in _HIGHEST
            return method == "addHandler" and _is_silent_handler(given)
    return False


def _is_log(node: ast.expr, app: str) -> bool:
    return ast.unparse(node) == f"{app}.logger"


def _is_silent_handler(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and _last_name(node.func) == "NullHandler"


def _last_name(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ast.unparse(node).split(".")[-1]
