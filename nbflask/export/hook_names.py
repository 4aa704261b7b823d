"""What a hook is called whose cell is a body: by what it does, where that is plain.

Rule: one thing that it gives to templates, sets, closes or checks gives the name. A body that does
more is called as its decorator.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .steps import Declare

_MAX_NAMES = 2
_MAX_CHARS = 40


def name_hook(step: Declare) -> str:
    """Give a name that says what a hook does; ``""`` where that is not plain."""
    nodes = list(ast.walk(step.body.tree))
    match step.kind:
        case "context_processor":
            name = _join("inject", _given_keys(nodes))
        case "before_request":
            is_set, is_checked = set(_set_on_g(nodes)), set(_checked_keys(nodes))
            name = "" if is_set and is_checked else _join("set", is_set, 1)
            name = name or ("" if is_set else _join("check", is_checked, 1))
        case "after_request":
            name = _join("set", _set_headers(nodes), 1)
        case "teardown_request":
            name = _join("close", _closed(nodes), 1)
        case _:
            name = ""
    return name if name.isidentifier() and len(name) <= _MAX_CHARS else ""


def _join(verb: str, names: set[str] | list[str], most: int = _MAX_NAMES) -> str:
    words = [re.sub(r"\W+", "_", each).strip("_").lower() for each in names]
    return f"{verb}_{'_and_'.join(words)}" if 0 < len(words) <= most and all(words) else ""


def _given_keys(nodes: list[ast.AST]) -> list[str]:
    """Give the keys of the only dictionary that is returned."""
    match [each for each in nodes if isinstance(each, ast.Return)]:
        case [ast.Return(value=ast.Dict(keys=keys))]:
            names = [each.value for each in keys if isinstance(each, ast.Constant)]
            return [str(each) for each in names] if len(names) == len(keys) else []
        case [ast.Return(value=ast.Call(func=ast.Name(id="dict"), args=[], keywords=words))]:
            return [each.arg or "" for each in words]
    return []


def _set_on_g(nodes: list[ast.AST]) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.Attribute(value=ast.Name(id="g"), attr=name, ctx=ast.Store()):
                yield name


def _checked_keys(nodes: list[ast.AST]) -> Iterator[str]:
    """Give what a body reads of the request, if that may end the request."""
    ends = any(
        isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id == "abort"
        for each in nodes
    )
    for node in nodes if ends else ():
        match node:
            case (
                ast.Call(
                    func=ast.Attribute(
                        value=ast.Attribute(value=ast.Name(id="request")), attr="get"
                    ),
                    args=[ast.Constant(value=str(key)), *_],
                )
                | ast.Subscript(
                    value=ast.Attribute(value=ast.Name(id="request")),
                    slice=ast.Constant(value=str(key)),
                )
            ):
                yield key


def _set_headers(nodes: list[ast.AST]) -> set[str]:
    """Give the header fields that a body sets, if it changes nothing else of the response."""
    found: set[str] = set()
    for node in nodes:
        match node:
            case ast.Subscript(
                value=ast.Attribute(value=ast.Name(id="response"), attr="headers"),
                slice=ast.Constant(value=str(key)),
                ctx=ast.Store(),
            ):
                found.add(key)
            case (
                ast.Call(func=ast.Attribute())
                | ast.Attribute(value=ast.Name(id="response"), ctx=ast.Store())
            ):
                if "response" in ast.unparse(node):
                    return set()
    return found


def _closed(nodes: list[ast.AST]) -> set[str]:
    """Give what a body takes off ``g``, if it closes it."""
    taken: set[str] = set()
    for node in nodes:
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="g"), attr="pop" | "get"),
                args=[ast.Constant(value=str(key)), *_],
            ):
                taken.add(key)
    is_closed = any(isinstance(each, ast.Attribute) and each.attr == "close" for each in nodes)
    return taken if is_closed else set()
