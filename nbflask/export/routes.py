"""The routes of modules that a notebook holds in cells of their own, as far as their text tells."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from .declared import keys_of
from .rules import DeclaredRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .own_modules import OwnModule


def find_routes(modules: Iterable[OwnModule]) -> tuple[DeclaredRule, ...]:
    """Find the routes that are declared by decorators, in the order of the text."""
    modules = tuple(modules)
    nodes = (inner for module in modules for each in module.nodes for inner in ast.walk(each))
    registered = dict(_find_registered(nodes))
    found = (each for module in modules for each in _find_routes(module, registered))
    return tuple(dict.fromkeys(found))


def _find_routes(module: OwnModule, registered: Mapping[str, str]) -> Iterator[DeclaredRule]:
    nodes = [each for node in module.nodes for each in ast.walk(node)]
    last = module.path.name.rpartition(".")[2]
    blueprints = {
        variable: (name, registered.get(f"{last}.{variable}", registered.get(variable, prefix)))
        for variable, name, prefix in _find_blueprints(nodes)
    }
    for node in nodes:
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        rules: dict[tuple[str, str], list[str]] = {}
        endpoints: dict[str, str] = {}
        for key in keys_of(node):
            if key[0] == "rule":
                rules.setdefault((key[1], key[2]), []).append(key[3])
            elif key[0] == "endpoint":
                endpoints[key[1]] = key[2]
        for (owner, rule), methods in sorted(rules.items()):
            name, prefix = blueprints.get(owner, ("", ""))
            yield DeclaredRule(
                rule=f"{prefix}{rule}",
                endpoint=f"{name}{endpoints[owner]}",
                methods=tuple(sorted(methods)),
                cell=None,
                purpose=(ast.get_docstring(node) or "").partition("\n")[0],
            )


def _find_blueprints(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str, str]]:
    """Give each blueprint's variable, and what its endpoints and its rules begin with."""
    for node in nodes:
        match node:
            case ast.Assign(
                targets=[ast.Name(id=variable)],
                value=ast.Call(args=[ast.Constant(value=str(name)), *_]) as call,
            ) if ast.unparse(call.func).endswith("Blueprint"):
                yield variable, f"{name}.", _prefix(call)


def _find_registered(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    """Give the prefix that registering says, by the blueprint as it is named there."""
    for node in nodes:
        match node:
            case ast.Call(func=ast.Attribute(attr="register_blueprint"), args=[blueprint]):
                if prefix := _prefix(node):
                    yield ast.unparse(blueprint), prefix


def _prefix(call: ast.Call) -> str:
    for word in call.keywords:
        if word.arg == "url_prefix" and isinstance(word.value, ast.Constant):
            return str(word.value.value or "").rstrip("/")
    return ""
