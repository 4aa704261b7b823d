"""What a statement declares on an app, by keys that only one declaration can have."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    Key = tuple[str, ...]

_METHODS = {"get": "GET", "post": "POST", "put": "PUT", "delete": "DELETE", "patch": "PATCH"}


def keys_of(node: ast.stmt) -> frozenset[Key]:
    """Give the keys of what a statement declares.

    ``("endpoint", owner, name)``, ``("rule", owner, rule, method)`` and, where they are given, the
    host and the subdomain, ``("error", owner, decorator, code)``, ``("filter", owner, name)``,
    ``("config", owner, key)``; a later statement with one of them takes the earlier one's place.
    """
    if isinstance(node, (ast.Assign, ast.Expr)):
        return frozenset(_config_keys(node))
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return frozenset()
    return frozenset(key for each in node.decorator_list for key in _keys(node.name, each))


def _config_keys(node: ast.Assign | ast.Expr) -> Iterator[Key]:
    """Give the keys of the configuration that a statement sets."""
    match node:
        case ast.Assign(
            targets=[
                ast.Subscript(
                    value=ast.Attribute(value=ast.Name(id=owner), attr="config"),
                    slice=ast.Constant(value=str(key)),
                )
            ]
        ):
            yield "config", owner, key
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(
                    value=ast.Attribute(value=ast.Name(id=owner), attr="config"), attr=method
                ),
                args=arguments,
                keywords=words,
            )
        ):
            if method == "update" and not arguments and all(each.arg for each in words):
                yield from (("config", owner, str(each.arg)) for each in words)
            elif method.startswith("from_"):
                yield "config", owner, ast.unparse(node)


def owners_of(node: ast.stmt) -> frozenset[str]:
    """Give the variables of the apps and blueprints that a statement declares on."""
    return frozenset(key[1] for key in keys_of(node))


def _keys(function: str, decorator: ast.expr) -> Iterator[Key]:
    call = decorator if isinstance(decorator, ast.Call) else None
    target = call.func if call else decorator
    if not isinstance(target, ast.Attribute) or not isinstance(target.value, ast.Name):
        return
    owner, method = target.value.id, target.attr
    arguments = [_literal(each) for each in call.args] if call else []
    options = {each.arg: _literal(each.value) for each in call.keywords} if call else {}
    if method == "route" or method in _METHODS:
        words = {each.arg: ast.unparse(each.value) for each in call.keywords} if call else {}
        for key in _route_keys(owner, method, arguments, options, function):
            yield (*key, *find_place(words)) if key[0] == "rule" else key
    elif method in ("errorhandler", "app_errorhandler") and call and call.args:
        yield "error", owner, method, ast.unparse(call.args[0])
    elif method in ("template_filter", "app_template_filter"):
        name = arguments[0] if arguments else options.get("name", function)
        yield "filter", owner, str(name)


def find_place(options: Mapping[str | None, object]) -> Key:
    """Give where a rule holds, beside its path: rules of several hosts are several rules."""
    return tuple(f"{each} {options[each]}" for each in ("host", "subdomain") if each in options)


def _route_keys(
    owner: str,
    method: str,
    arguments: list[Any],
    options: Mapping[str | None, Any],
    function: str,
) -> Iterator[Key]:
    rule = arguments[0] if arguments else options.get("rule")
    methods = options.get("methods") or [_METHODS.get(method, "GET")]
    if not isinstance(rule, str) or not isinstance(methods, (list, tuple, set)):
        return
    for each in methods:
        yield "rule", owner, rule, str(each).upper()
    yield "endpoint", owner, str(options.get("endpoint") or function)


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError):
        return None
