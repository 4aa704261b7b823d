"""The routes that a module declares, as far as its text tells."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .declared import keys_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, kw_only=True)
class Route:
    """A rule, and what answers it.

    :param rule: With the prefix of its blueprint.
    :param view: The function's name.
    :param purpose: The first line of its docstring, or ``""``.
    """

    rule: str
    methods: tuple[str, ...]
    view: str
    purpose: str = ""


def find_routes(nodes: Iterable[ast.AST]) -> tuple[Route, ...]:
    """Find the routes that are declared by decorators, in the order of the text."""
    inner = [each for node in nodes for each in ast.walk(node)]
    prefixes = dict(_find_prefixes(inner))
    found: dict[tuple[str, str], Route] = {}
    for node in inner:
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        rules: dict[tuple[str, str], list[str]] = {}
        for key in keys_of(node):
            if key[0] == "rule":
                rules.setdefault((key[1], key[2]), []).append(key[3])
        for (owner, rule), methods in sorted(rules.items()):
            whole = f"{prefixes.get(owner, '')}{rule}"
            purpose = (ast.get_docstring(node) or "").partition("\n")[0]
            route = Route(
                rule=whole, methods=tuple(sorted(methods)), view=node.name, purpose=purpose
            )
            found[whole, ",".join(route.methods)] = route
    return tuple(found.values())


def _find_prefixes(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    """Give the prefix of each blueprint, by its variable; what registers it says it last."""
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call):
                if ast.unparse(call.func).endswith("Blueprint"):
                    yield name, _prefix(call)
            case ast.Call(func=ast.Attribute(attr="register_blueprint"), args=[ast.Name(id=name)]):
                if prefix := _prefix(node):
                    yield name, prefix


def _prefix(call: ast.Call) -> str:
    for word in call.keywords:
        if word.arg == "url_prefix" and isinstance(word.value, ast.Constant):
            return str(word.value.value or "").rstrip("/")
    return ""
