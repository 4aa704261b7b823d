"""What of a hook runs for a request: its conditions are decided as far as the text tells."""

from __future__ import annotations

import ast
import copy
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import Flask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ..program import Piece

#: Stands for what nobody can tell.
UNKNOWN: Any = object()
_ATTRIBUTES = frozenset({"method", "path", "endpoint", "blueprint"})
_COMPARING: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: lambda one, other: one == other,
    ast.NotEq: lambda one, other: one != other,
    ast.In: lambda one, other: one in other,
    ast.NotIn: lambda one, other: one not in other,
    ast.Is: lambda one, other: one is other,
    ast.IsNot: lambda one, other: one is not other,
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is known of a request; what nobody can tell is :data:`UNKNOWN`.

    :param settings: The app's configuration, as far as statements say it.
    :param has_more_settings: Other settings come from files or the environment.
    """

    method: Any = UNKNOWN
    path: Any = UNKNOWN
    endpoint: Any = UNKNOWN
    blueprint: Any = UNKNOWN
    settings: Mapping[str, Any] = field(default_factory=dict)
    has_more_settings: bool = True

    def setting(self, key: str, default: Any) -> Any:
        """Give a setting's value, a default where there is none."""
        if key in self.settings:
            return self.settings[key]
        # Tests set these themselves.
        is_own = self.has_more_settings or key in ("TESTING", "DEBUG", "PROPAGATE_EXCEPTIONS")
        return UNKNOWN if is_own else Flask.default_config.get(key, default)


def read_settings(pieces: Iterable[Piece], app: str) -> tuple[dict[str, Any], bool]:
    """Give the settings that statements give the app, and whether there may be others."""
    found: dict[str, Any] = {}
    has_more = False
    for piece in pieces:
        node = piece.statement.node
        match node:
            case ast.Assign(
                targets=[ast.Subscript(value=value, slice=ast.Constant(value=str(key)))], value=new
            ) if ast.unparse(value) == f"{app}.config":
                found[key] = new.value if isinstance(new, ast.Constant) else UNKNOWN
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                continue
            case _ if re.search(rf"(?<![\w.]){app}\.config\b", ast.unparse(node)):
                has_more = True
    return found, has_more


def prune(node: ast.AST, asked: Asked) -> ast.AST:
    """Give a function without what does not run for a request."""
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return node
    pruned = copy.copy(node)
    pruned.body = _prune_body(node.body, asked, {})[0] or [ast.Pass()]
    return pruned


def _prune_body(
    body: list[ast.stmt], asked: Asked, known: dict[str, Any]
) -> tuple[list[ast.stmt], bool]:
    """Give the statements that may run, and whether the function surely ends with them."""
    kept: list[ast.stmt] = []
    for each in body:
        match each:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                known[name] = _value(value, asked, known)
                kept.append(each)
            case ast.If(test=test) if (decided := _value(test, asked, known)) is not UNKNOWN:
                inner, ends = _prune_body(each.body if decided else each.orelse, asked, known)
                kept += inner
                if ends:
                    return kept, True
            case ast.Return() | ast.Raise():
                return [*kept, each], True
            case _:
                kept.append(each)
    return kept, False


def _value(node: ast.expr, asked: Asked, known: Mapping[str, Any]) -> Any:
    """Give an expression's value."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return known.get(name, UNKNOWN)
        case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
            values = [_value(each, asked, known) for each in items]
            return UNKNOWN if any(each is UNKNOWN for each in values) else tuple(values)
        case ast.Attribute(value=ast.Name(id="request"), attr=attr) if attr in _ATTRIBUTES:
            return getattr(asked, attr)
        case ast.Call() | ast.Subscript():
            return _call(node, asked, known)
    return _decide(node, asked, known)


def _decide(node: ast.expr, asked: Asked, known: Mapping[str, Any]) -> Any:
    """Give the value of an expression that is true or false."""
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            value = _value(operand, asked, known)
            return UNKNOWN if value is UNKNOWN else not value
        case ast.BoolOp(op=operation, values=parts):
            values = [_value(each, asked, known) for each in parts]
            return _combine(values, is_and=isinstance(operation, ast.And))
        case ast.Compare(left=left, ops=[operation], comparators=[right]):
            return _compare(operation, _value(left, asked, known), _value(right, asked, known))
    return UNKNOWN


def _combine(values: list[Any], *, is_and: bool) -> Any:
    decisive = [each for each in values if each is not UNKNOWN and bool(each) is not is_and]
    if decisive:
        return decisive[0]
    return UNKNOWN if any(each is UNKNOWN for each in values) else values[-1]


def _compare(operation: ast.cmpop, left: Any, right: Any) -> Any:
    compare = _COMPARING.get(type(operation))
    if compare is None or left is UNKNOWN or right is UNKNOWN:
        return UNKNOWN
    try:
        return compare(left, right)
    except TypeError:
        return UNKNOWN


def _call(node: ast.Call | ast.Subscript, asked: Asked, known: Mapping[str, Any]) -> Any:
    match node:
        case ast.Call(func=ast.Attribute(value=owner, attr="startswith" | "endswith" as attr)):
            text = _value(owner, asked, known)
            end = _value(node.args[0], asked, known) if node.args else UNKNOWN
            if isinstance(text, str) and isinstance(end, (str, tuple)):
                return getattr(text, attr)(end)
        case ast.Call(
            func=ast.Attribute(value=owner, attr="get"), args=[ast.Constant(value=str(key)), *rest]
        ) if ast.unparse(owner).endswith(".config"):
            default = _value(rest[0], asked, known) if rest else None
            return asked.setting(key, default)
        case ast.Subscript(value=owner, slice=ast.Constant(value=str(key))) if ast.unparse(
            owner
        ).endswith(".config"):
            return asked.setting(key, UNKNOWN)
    return UNKNOWN
