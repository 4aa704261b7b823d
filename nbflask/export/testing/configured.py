"""Which settings of an app code reads, and which it sets."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def find_set(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Give the settings that a statement or a call sets."""
    match node:
        case ast.Assign(targets=targets, value=value):
            yield from ((key, value) for each in targets if (key := read_setting(each)))
        case ast.Call(
            func=ast.Attribute(value=owner, attr="from_mapping" | "update"), args=given
        ) if _is_config(owner):
            yield from ((each.arg, each.value) for each in node.keywords if each.arg)
            for each in given:
                if isinstance(each, ast.Dict):
                    for name, value in zip(each.keys, each.values, strict=True):
                        if isinstance(name, ast.Constant):
                            yield str(name.value), value
        case ast.Call(func=ast.Attribute(value=owner, attr="setdefault")) if (
            _is_config(owner) and len(node.args) == 2
        ):
            yield str(getattr(node.args[0], "value", "")), node.args[1]


def read_setting(node: ast.AST) -> str:
    """Give the key of a setting of the app that an expression reads; ``""`` where it does not."""
    match node:
        case (
            ast.Subscript(value=owner, slice=ast.Constant(value=str(key)))
            | ast.Call(
                func=ast.Attribute(value=owner, attr="get"),
                args=[ast.Constant(value=str(key)), *_],
            )
        ) if _is_config(owner):
            return key
    return ""


def _is_config(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "config"
