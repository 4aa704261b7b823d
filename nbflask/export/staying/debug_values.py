"""Where code turns debugging on: each flag, and the edit that takes it out."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..edits import Edit, removing, replacing

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Settings of Flask, as keys and as variables of the environment.
_KEYS = frozenset(
    {"DEBUG", "TESTING", "TEMPLATES_AUTO_RELOAD", "EXPLAIN_TEMPLATE_LOADING", "FLASK_DEBUG"}
)
#: Those that matter only where they are on.
_KEYS_ON = frozenset(
    {"PROPAGATE_EXCEPTIONS", "TRAP_HTTP_EXCEPTIONS", "TRAP_BAD_REQUEST_ERRORS", "SQLALCHEMY_ECHO"}
    | {"DEBUG_TB_ENABLED", "DEBUG_TB_INTERCEPT_REDIRECTS"}
)
#: The same as attributes of the app, or of its Jinja environment.
_ATTRIBUTES = frozenset({"debug", "testing", "auto_reload"})
_CALLS = frozenset({"update", "from_mapping", "setdefault", "dict"})
_RUN_WORDS = frozenset({"debug", "use_debugger", "use_evalex"})
_DEBUGGERS = frozenset({"pdb", "ipdb", "pudb", "debugpy"})
_LIKELY = re.compile(
    "|".join([*_KEYS, *_KEYS_ON, *_ATTRIBUTES, "breakpoint", "set_trace", *_RUN_WORDS])
)


@dataclass(frozen=True, kw_only=True)
class Flag:
    """A flag in a text.

    :param node: What is nothing but the flag.
    :param edit: What takes it out.
    """

    text: str
    node: ast.AST
    edit: Edit


def finds_flag(text: str) -> bool:
    """Say whether there may be a flag in a text."""
    return bool(_LIKELY.search(text))


def is_name_of_flag(name: str, value: ast.expr) -> bool:
    """Say whether a variable is a flag that is on."""
    return name in _KEYS | _KEYS_ON and isinstance(value, ast.Constant) and bool(value.value)


def find_flags(tree: ast.Module, app: str, given: frozenset[str]) -> Iterator[Flag]:
    """Find the flags of a text.

    :param app: The app's variable; ``""`` where any may be an app's, and only what is on counts.
    :param given: Variables of dictionaries that are handed to the configuration.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and _is_flag(node, app):
            yield Flag(text=ast.unparse(node), node=node, edit=replacing(node, "pass"))
        elif isinstance(node, ast.Call):
            yield from _find_in_call(node)
        elif isinstance(node, ast.ClassDef):
            yield from _find_in_class(node)
        else:
            yield from _find_in_values(node, given)


def _is_flag(node: ast.stmt, app: str) -> bool:
    match node:
        case ast.Assign(targets=targets, value=value):
            return all(_is_target(each, value, app) for each in targets)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            return _is_target(target, value, app)
        case ast.Expr(value=ast.Call() as call):
            return _is_call(call, app)
        case ast.Import(names=names):
            return all(each.name in _DEBUGGERS for each in names)
    return False


def _is_target(target: ast.expr, value: ast.expr, app: str) -> bool:
    is_on = isinstance(value, ast.Constant) and bool(value.value)
    match target:
        case ast.Attribute(attr=name) if name in _ATTRIBUTES:
            owner = ast.unparse(target.value)
            return owner in (app, f"{app}.jinja_env") or (not app and is_on)
        case ast.Subscript(slice=ast.Constant(value=key)):
            is_setting = ast.unparse(target.value).endswith(("config", "environ"))
            return is_setting and (key in _KEYS or (key in _KEYS_ON and is_on))
    return False


def _is_call(call: ast.Call, app: str) -> bool:
    match call:
        case ast.Call(func=ast.Name(id="breakpoint")):
            return True
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="set_trace")):
            return name in _DEBUGGERS
        case ast.Call(func=ast.Name(id="setattr"), args=[owner, ast.Constant(value=name), value]):
            target = ast.Attribute(value=owner, attr=str(name))
            return _is_target(target, value, app)
        case ast.Call(func=ast.Attribute(attr="setdefault"), args=[key, *_]):
            return isinstance(key, ast.Constant) and key.value in _KEYS
    return False


def _find_in_call(call: ast.Call) -> Iterator[Flag]:
    called = ast.unparse(call.func)
    method = called.rpartition(".")[2]
    if method in ("run", "run_simple", "DebuggedApplication"):
        yield from _find_words(call, _RUN_WORDS)
    is_config = "config" in called or "environ" in called or called == "dict"
    if method not in _CALLS or not is_config:
        return
    yield from _find_words(call, _KEYS | _KEYS_ON)
    for argument in call.args:
        yield from _find_in_argument(argument)


def _find_words(call: ast.Call, names: frozenset[str]) -> Iterator[Flag]:
    words = [each for each in call.keywords if each.arg in names]
    rest = [*call.args, *(each for each in call.keywords if each not in words)]
    if words and not rest:
        called = ast.unparse(call.func)
        yield Flag(text=ast.unparse(call), node=call, edit=replacing(call, f"{called}()"))
        return
    for each in words:
        yield Flag(text=ast.unparse(each), node=each, edit=removing(each, [each, *rest]))


def _find_in_values(node: ast.AST, given: frozenset[str]) -> Iterator[Flag]:
    match node:
        case ast.AugAssign(target=target, op=ast.BitOr(), value=value) if ast.unparse(
            target
        ).endswith(("config", "environ")):
            yield from _find_in_argument(value)
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in given:
            yield from _find_in_argument(value)


def _find_in_argument(node: ast.expr) -> Iterator[Flag]:
    """Take out keys with their values: ``{"DEBUG": True, "A": 1}``, ``[("DEBUG", True)]``."""
    pairs: list[ast.expr] = []
    if isinstance(node, ast.Dict):
        pairs = [_pair(each, value) for each, value in zip(node.keys, node.values, strict=True)]
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                yield from _find_in_argument(value)
    elif isinstance(node, (ast.List, ast.Tuple)):
        pairs = node.elts
    flags = [each for each in pairs if isinstance(each, ast.Tuple) and _is_pair(each)]
    rest = [each for each in pairs if each not in flags]
    for each in flags:
        empty = "{}" if isinstance(node, ast.Dict) else "[]"
        edit = removing(each, [each, *rest]) if rest else replacing(node, empty)
        yield Flag(text=": ".join(map(ast.unparse, each.elts)), node=each, edit=edit)


def _is_pair(pair: ast.Tuple) -> bool:
    match pair.elts:
        case [ast.Constant(value=key), value]:
            is_on = isinstance(value, ast.Constant) and bool(value.value)
            return key in _KEYS or (key in _KEYS_ON and is_on)
    return False


def _pair(key: ast.expr | None, value: ast.expr) -> ast.Tuple:
    """Give a key and its value as one node that stands where both do; ``**value`` as one."""
    pair = ast.copy_location(ast.Tuple(elts=[key, value] if key else [value]), key or value)
    pair.col_offset -= 0 if key else len("**")
    pair.end_lineno, pair.end_col_offset = value.end_lineno, value.end_col_offset
    return pair


def _find_in_class(node: ast.ClassDef) -> Iterator[Flag]:
    """Take flags out of a class that ``config.from_object()`` reads."""
    flags = [each for each in node.body if _is_member(each)]
    for at, each in enumerate(flags):
        is_only = at == 0 and len(flags) == len(node.body)
        has_own_lines = [other for other in node.body if _share_line(other, each)] == [each]
        edit = replacing(each, "pass")
        if has_own_lines and not is_only:
            edit = Edit(start=(each.lineno, 0), end=((each.end_lineno or each.lineno) + 1, 0))
        yield Flag(text=ast.unparse(each), node=each, edit=edit)


def _share_line(one: ast.stmt, other: ast.stmt) -> bool:
    return one.lineno <= (other.end_lineno or 0) and other.lineno <= (one.end_lineno or 0)


def _is_member(node: ast.stmt) -> bool:
    match node:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=ast.expr() as value)
            | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
        ):
            return name in _KEYS or is_name_of_flag(name, value)
    return False
