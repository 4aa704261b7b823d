"""What a statement declares on an app, by keys that only one declaration can have."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    Key = tuple[str, ...]

_METHODS = {"get": "GET", "post": "POST", "put": "PUT", "delete": "DELETE", "patch": "PATCH"}
# Methods that declare, and what their arguments are called.
_ADDING = {
    "add_url_rule": ("rule", "endpoint", "view_func"),
    "register_error_handler": ("code_or_exception", "f"),
    "add_template_filter": ("f", "name"),
    "add_template_test": ("f", "name"),
    "add_template_global": ("f", "name"),
}


def keys_of(node: ast.stmt) -> frozenset[Key]:
    """Give the keys of what a statement declares.

    ``("endpoint", owner, name)``, ``("rule", owner, rule, method)`` and, where they are given, the
    host and the subdomain, ``("error", owner, decorator, code)``, ``("filter", owner, name)``,
    ``("config", owner, key)``, ``("added", owner, method, ...)`` of what is called without a
    decorator; a later statement with one of them takes the earlier one's place.
    """
    if isinstance(node, (ast.Assign, ast.Expr)):
        return frozenset((*_config_keys(node), *_added_keys(node)))
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return frozenset()
    return frozenset(
        key for each in node.decorator_list for key in keys_of_decorator(node.name, each)
    )


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


def _added_keys(node: ast.Assign | ast.Expr) -> Iterator[Key]:
    """Give the key of a call that declares what decorators declare."""
    match node:
        case ast.Expr(
            value=ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=method)) as call
        ) if method in _ADDING:
            names = dict(zip(_ADDING[method], call.args, strict=False))
            given = names | {each.arg: each.value for each in call.keywords if each.arg}
            if not any(isinstance(each, ast.Starred) for each in call.args):
                yield "added", owner, method, *_identify(method, given)


def _identify(method: str, given: Mapping[str, ast.expr]) -> Key:
    """Give what tells one declaration of a method from another."""
    texts = {name: ast.unparse(each) for name, each in given.items()}
    if method == "register_error_handler":
        return (texts.get("code_or_exception", ""),)
    if method != "add_url_rule":
        return (texts.get("name") or repr(texts.get("f", "")),)
    match given.get("view_func"):
        # It makes a function each time: no two rules can have it.
        case ast.Call(func=ast.Attribute(attr="as_view"), args=[name, *_]):
            return (texts.get("endpoint") or ast.unparse(name),)
    view = texts.get("endpoint") or texts.get("view_func", "")
    return view, texts.get("rule", ""), texts.get("methods", ""), *find_place(texts)


def owners_of(node: ast.stmt) -> frozenset[str]:
    """Give the variables of the apps and blueprints that a statement declares on."""
    return frozenset(key[1] for key in keys_of(node))


def keys_of_decorator(function: str, decorator: ast.expr) -> Iterator[Key]:
    """Give the keys of what one decorator of a function declares."""
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


def find_place(options: Mapping[Any, object]) -> Key:
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
