"""What is on for whoever writes an app, and off for whoever serves it: it stays in the notebook."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .edits import Edit, apply_edits, removing, replacing
from .project import Note
from .statements import parse_statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .collecting import Program
    from .program import Piece

#: Settings of Flask, as keys and as variables of the environment.
_KEYS = frozenset(
    {"DEBUG", "TESTING", "TEMPLATES_AUTO_RELOAD", "EXPLAIN_TEMPLATE_LOADING", "FLASK_DEBUG"}
)
#: The same as attributes of the app, or of its Jinja environment.
_ATTRIBUTES = frozenset({"debug", "testing", "auto_reload"})
_CALLS = frozenset({"update", "from_mapping", "setdefault", "dict"})


@dataclass(frozen=True, kw_only=True)
class _Flag:
    """A flag in a statement.

    :param edit: What takes it out; ``None`` if the statement is nothing else.
    """

    text: str
    edit: Edit | None = None


def without_debug_flags(program: Program) -> tuple[Program, tuple[Note, ...]]:
    """Give a program that leaves debugging and testing to whoever runs it."""
    kept: list[Piece] = []
    notes: list[Note] = []
    for piece in program.pieces:
        tree = ast.parse(piece.statement.text)
        flags = list(_find_flags(tree, tree.body[0], program.app))
        notes += [_describe(each.text, piece) for each in flags]
        if any(each.edit is None for each in flags):
            continue
        kept.append(_without(piece, [each.edit for each in flags if each.edit is not None]))
    return replace(program, pieces=tuple(kept)), tuple(notes)


def _describe(text: str, piece: Piece) -> Note:
    return Note(
        text=f"`{text}` is left out. `flask --app wsgi run --debug` debugs, and tests set TESTING.",
        place=piece.place,
    )


def _without(piece: Piece, edits: Sequence[Edit]) -> Piece:
    if not edits:
        return piece
    (statement,) = parse_statements(apply_edits(piece.statement.text, edits))
    return replace(piece, statement=replace(statement, line=piece.statement.line))


def _find_flags(tree: ast.Module, whole: ast.stmt, app: str) -> Iterator[_Flag]:
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and _is_flag(node, app):
            edit = None if node is whole else replacing(node, "pass")
            yield _Flag(text=ast.unparse(node), edit=edit)
        elif isinstance(node, ast.Call):
            yield from _find_in_call(node, whole)
        elif isinstance(node, ast.ClassDef):
            yield from _find_in_class(node)


def _is_flag(node: ast.stmt, app: str) -> bool:
    match node:
        case ast.Assign(targets=[ast.Attribute() as target]):
            owner = ast.unparse(target.value)
            return target.attr in _ATTRIBUTES and owner in (app, f"{app}.jinja_env")
        case ast.Assign(targets=[ast.Subscript(slice=ast.Constant(value=key)) as target]):
            return key in _KEYS and ast.unparse(target.value).endswith(("config", "environ"))
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="setdefault"), args=[key, *_])):
            return isinstance(key, ast.Constant) and key.value in _KEYS
    return False


def _find_in_call(call: ast.Call, whole: ast.stmt) -> Iterator[_Flag]:
    called = ast.unparse(call.func)
    if called.rpartition(".")[2] not in _CALLS or ("config" not in called and called != "dict"):
        return
    words = [each for each in call.keywords if each.arg in _KEYS]
    rest = [*call.args, *(each for each in call.keywords if each not in words)]
    if words and not rest:
        is_all = isinstance(whole, ast.Expr) and whole.value is call
        edit = None if is_all else replacing(call, f"{called}()")
        yield _Flag(text=ast.unparse(call), edit=edit)
    else:
        for each in words:
            yield _Flag(text=ast.unparse(each), edit=removing(each, [each, *rest]))
    for argument in call.args:
        if isinstance(argument, ast.Dict):
            yield from _find_in_dict(argument)


def _find_in_dict(node: ast.Dict) -> Iterator[_Flag]:
    """Take out keys with their values: ``{"DEBUG": True, "A": 1}``."""
    if None in node.keys:
        return
    pairs = [_pair(key, value) for key, value in zip(node.keys, node.values, strict=True) if key]
    flags = [each for each in pairs if getattr(each.elts[0], "value", None) in _KEYS]
    rest = [each for each in pairs if each not in flags]
    for each in flags:
        key, value = map(ast.unparse, each.elts)
        edit = removing(each, [each, *rest]) if rest else replacing(node, "{}")
        yield _Flag(text=f"{key}: {value}", edit=edit)


def _pair(key: ast.expr, value: ast.expr) -> ast.Tuple:
    """Give a key and its value as one node that stands where both do."""
    pair = ast.copy_location(ast.Tuple(elts=[key, value]), key)
    pair.end_lineno, pair.end_col_offset = value.end_lineno, value.end_col_offset
    return pair


def _find_in_class(node: ast.ClassDef) -> Iterator[_Flag]:
    """Take flags out of a class that ``config.from_object()`` reads."""
    flags = [
        each
        for each in node.body
        if isinstance(each, ast.Assign)
        and isinstance(each.targets[0], ast.Name)
        and each.targets[0].id in _KEYS
    ]
    for at, each in enumerate(flags):
        is_only = at == 0 and len(flags) == len(node.body)
        edit = replacing(each, "pass") if is_only else _removing_lines(each)
        yield _Flag(text=ast.unparse(each), edit=edit)


def _removing_lines(node: ast.stmt) -> Edit:
    """Take out a statement that has its lines for itself."""
    return Edit(start=(node.lineno, 0), end=((node.end_lineno or node.lineno) + 1, 0))
