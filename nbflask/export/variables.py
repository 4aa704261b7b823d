"""What an app reads from the environment besides what it cannot do without."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbflask.values.secret_names import is_secret_setting

from .declared import keys_of
from .secrecy.named_values import reads_environment
from .secrecy.secret_values import is_generated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, kw_only=True)
class Prefix:
    """What the names of variables begin with that are settings.

    :param setting: One that such a variable overrides, or ``""``.
    """

    text: str
    setting: str = ""


def find_optional(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Give the variables that the code can do without."""
    for node in (inner for each in nodes for inner in ast.walk(each)):
        match node:
            case ast.Call(func=function, args=[ast.Constant(value=str(name)), *_]):
                if ast.unparse(function) in ("os.environ.get", "os.getenv"):
                    yield name


def find_made_up(tree: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Give the variables in whose place a process makes up a secret, which nobody else knows.

    :returns: With the expression that does so.
    """
    for node in ast.walk(tree):
        match node:
            case ast.BoolOp(
                op=ast.Or(), values=[ast.Call(args=[ast.Constant(value=str(name)), *_]) as read, *_]
            ) if reads_environment(read):
                made = node.values[-1]
            case ast.Call(args=[ast.Constant(value=str(name)), made]) if reads_environment(node):
                pass
            case _:
                continue
        if is_secret_setting(name) and is_generated(made):
            yield name, node


def find_prefixes(nodes: Iterable[ast.AST]) -> Iterator[Prefix]:
    """Give what the variables begin with that the configuration is read from.

    :param nodes: In the order in which they run.
    """
    inner = [each for node in nodes for each in ast.walk(node)]
    for at, node in enumerate(inner):
        if (text := _prefix(node)) is None:
            continue
        below = {name for each in inner[at:] for name in _settings(each)}
        overridden = (
            name
            for each in inner[:at]
            for name in _settings(each)
            if name not in below and not name.startswith(f"{text}_")
        )
        yield Prefix(text=text, setting=next(overridden, ""))


def _prefix(node: ast.AST) -> str | None:
    match node:
        case ast.Call(func=ast.Attribute(attr="from_prefixed_env"), args=[]):
            return "FLASK"
        case ast.Call(
            func=ast.Attribute(attr="from_prefixed_env"), args=[ast.Constant(value=str(name))]
        ):
            return name
    return None


def _settings(node: ast.AST) -> Iterator[str]:
    """Give the settings that a statement sets by their names."""
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="from_mapping"), keywords=words)):
            yield from (each.arg for each in words if each.arg)
        case ast.stmt():
            keys = (key[2] for key in keys_of(node) if key[0] == "config")
            # The call of another method stands there as a whole.
            yield from filter(str.isidentifier, keys)
