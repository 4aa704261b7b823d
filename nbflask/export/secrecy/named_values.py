"""Which values code gives to which names, wherever names are: variables, settings, keys, words.

::

    API_KEY = "..."                 app.secret_key = "..."          config["KEY"] = "..."
    connect(password="...")         {"token": "..."}                def f(token="..."):
    headers.get("X-Token") == "..." config.setdefault("KEY", "...") os.environ.get("KEY", "...")
    os.environ.get("KEY") or "..."  hmac.new(b"...", message)       setattr(app, "key", "...")
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Calls that are given a secret without its name: the number of the argument, and what it is.
_POSITIONS = {
    "hmac.new": (0, "HMAC_SECRET"),
    "hmac.digest": (0, "HMAC_SECRET"),
    "jwt.encode": (1, "JWT_SECRET"),
    "jwt.decode": (1, "JWT_SECRET"),
    "Fernet": (0, "FERNET_SECRET"),
    "Signer": (0, "SIGNING_SECRET"),
    "TimestampSigner": (0, "SIGNING_SECRET"),
    "URLSafeSerializer": (0, "SIGNING_SECRET"),
    "URLSafeTimedSerializer": (0, "SIGNING_SECRET"),
    "HTTPBasicAuth": (1, "PASSWORD"),
    "BasicAuth": (1, "PASSWORD"),
    "HTTPDigestAuth": (1, "PASSWORD"),
    "login": (1, "PASSWORD"),
}
_ENVIRONMENT = ("os.environ.get", "environ.get", "os.getenv", "getenv", "os.environ.setdefault")
#: Calls that hash what they are given first, as a user's password.
_HASHING = frozenset({"generate_password_hash", "hashpw"})


@dataclass(frozen=True, kw_only=True)
class Named:
    """A value, and the name that it is given.

    :param is_setting: The name is a variable's or a setting's; else it is a key or a word in a
        call, which may be of any text.
    """

    name: str
    value: ast.expr
    is_setting: bool = False


def find_named(tree: ast.AST) -> Iterator[Named]:
    """Give each name in a tree with what it is given."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Assign, ast.AnnAssign, ast.NamedExpr)):
            for each in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if node.value is not None:
                    yield from _of_target(each, node.value)
        elif isinstance(node, ast.Call):
            yield from _of_call(node)
            yield from _of_positions(node)
        else:
            yield from _of_expression(node)


def _of_expression(node: ast.AST) -> Iterator[Named]:
    match node:
        case ast.Dict():
            yield from _of_items(node)
        case ast.BoolOp(values=[ast.Call(args=[ast.Constant(value=name), *_]) as first, *_]):
            if reads_environment(first):
                yield Named(name=str(name), value=node, is_setting=True)
        case ast.arguments():
            yield from _of_defaults(node)
        case ast.Compare(left=left, comparators=[right]):
            yield from _of_pair(left, right)
        case ast.Match():
            yield from _of_match(node)


def _of_items(node: ast.Dict) -> Iterator[Named]:
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(key, ast.Constant):
            name = str(key.value)
            yield Named(name=name, value=value, is_setting=name.isupper())
            if isinstance(value, ast.Dict):
                # Before the inner name alone, which does not say whose a value is.
                for each in _of_items(value):
                    yield replace(each, name=f"{name}_{each.name}")


def _of_match(node: ast.Match) -> Iterator[Named]:
    patterns = (each for case in node.cases for each in ast.walk(case.pattern))
    for each in patterns:
        if isinstance(each, ast.MatchValue):
            yield Named(name=name_of(node.subject), value=each.value)


def name_of(node: ast.expr) -> str:
    """Give the name that an expression reads or stores: the last one in it; ``""`` for none."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
        case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=str(name)), *_]):
            return name
        case ast.Call(func=ast.Attribute(attr="encode" | "strip", value=inner)):
            return name_of(inner)
    return ""


def reads_environment(node: ast.AST) -> bool:
    """Say whether an expression is a call that reads a variable of the environment."""
    return isinstance(node, ast.Call) and ast.unparse(node.func) in _ENVIRONMENT


def _of_target(target: ast.expr, value: ast.expr) -> Iterator[Named]:
    if isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, (ast.Tuple, ast.List)):
        for each, part in zip(target.elts, value.elts, strict=False):
            yield from _of_target(each, part)
        return
    is_key = isinstance(target, ast.Subscript) and "config" not in ast.unparse(target.value)
    yield Named(name=name_of(target), value=value, is_setting=not is_key)


def _of_call(call: ast.Call) -> Iterator[Named]:
    called = ast.unparse(call.func)
    method = called.rpartition(".")[2]
    is_config = "config" in called or method == "from_mapping"
    yield from _of_words(call, is_config)
    match call.args:
        case [ast.Constant(value=str(name)), value, *_] if reads_environment(call):
            yield Named(name=name, value=call, is_setting=True)
        case [ast.Constant(value=str(name)), value] if method in ("setdefault", "putenv"):
            yield Named(name=name, value=value, is_setting=is_config or method == "putenv")
        case [_, ast.Constant(value=str(name)), value] if called == "setattr":
            yield Named(name=name, value=value, is_setting=True)
        case [left, right] if method == "compare_digest":
            yield from _of_pair(left, right)


def _of_words(call: ast.Call, is_config: bool) -> Iterator[Named]:
    for word in call.keywords:
        match word:
            case ast.keyword(arg="auth", value=ast.Tuple(elts=[_, password])):
                yield Named(name="password", value=password)
            case ast.keyword(arg=str(name), value=value):
                yield Named(name=name, value=value, is_setting=is_config)


def _of_positions(call: ast.Call) -> Iterator[Named]:
    called = ast.unparse(call.func)
    if called.rpartition(".")[2] in _HASHING and call.args:
        yield Named(name="PASSWORD", value=call.args[0])
    for ending, (at, name) in _POSITIONS.items():
        if (called == ending or called.endswith(f".{ending}")) and len(call.args) > at:
            yield Named(name=name, value=call.args[at])


def _of_defaults(arguments: ast.arguments) -> Iterator[Named]:
    plain = [*arguments.posonlyargs, *arguments.args]
    plain = plain[len(plain) - len(arguments.defaults) :]
    for each, value in zip(plain, arguments.defaults, strict=True):
        yield Named(name=each.arg, value=value)
    for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if default is not None:
            yield Named(name=each.arg, value=default)


def _of_pair(left: ast.expr, right: ast.expr) -> Iterator[Named]:
    """Give what is compared with something that has a name."""
    for one, other in ((left, right), (right, left)):
        if name := name_of(one):
            yield Named(name=name, value=other)
