"""The commands that an app adds to ``flask``, as its code names them."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Click takes them off a function's name since 8.2.
_SUFFIXES = ("-command", "-cmd", "-group", "-grp")


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command.

    :param line: What stands behind ``flask --app wsgi``.
    :param purpose: The first line of its docstring, or ``""``.
    """

    line: str
    purpose: str = ""


def find_commands(nodes: Sequence[ast.AST]) -> tuple[Command, ...]:
    """Find an app's commands, in the order of the text."""
    inner = [each for node in nodes for each in ast.walk(node)]
    groups = dict(_find_groups(inner))
    added = set(_find_added(inner))
    found = []
    for node in inner:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for line in _find_lines(node, groups, added):
                purpose = (ast.get_docstring(node) or "").partition("\n")[0]
                found.append(Command(line=line, purpose=purpose))
    return tuple(dict.fromkeys(found))


def _find_groups(nodes: Sequence[ast.AST]) -> Iterator[tuple[str, str]]:
    """Give what commands begin with, by the variable of the group or the blueprint."""
    for node in nodes:
        match node:
            case ast.Assign(
                targets=[ast.Name(id=variable)],
                value=ast.Call(func=function, args=[ast.Constant(value=str(name)), *_]),
            ):
                made = ast.unparse(function).rpartition(".")[2]
                if made in ("AppGroup", "Blueprint"):
                    yield f"{variable}.cli" if made == "Blueprint" else variable, f"{name} "


def _find_added(nodes: Sequence[ast.AST]) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Attribute(attr="cli"), attr="add_command"),
                args=[command, *_],
            ):
                yield ast.unparse(command).rpartition(".")[2]


def _find_lines(
    node: ast.FunctionDef | ast.AsyncFunctionDef, groups: dict[str, str], added: set[str]
) -> Iterator[str]:
    calls = [each for each in node.decorator_list if isinstance(each, ast.Call)]
    words = "".join(f" {each}" for call in calls for each in _find_arguments(call))
    for call in calls:
        owner, _, method = ast.unparse(call.func).rpartition(".")
        is_added = node.name in added if owner == "click" else owner in added
        if method == "command" and (owner.endswith(".cli") or is_added):
            yield f"{groups.get(owner, '')}{_read_name(call) or _name_of(node.name)}{words}"


def _find_arguments(call: ast.Call) -> Iterator[str]:
    if ast.unparse(call.func) in ("click.argument", "argument") and (name := _read_name(call)):
        yield name.upper()


def _read_name(call: ast.Call) -> str:
    given = [*call.args[:1], *(each.value for each in call.keywords if each.arg == "name")]
    value = given[0] if given else None
    return str(value.value) if isinstance(value, ast.Constant) else ""


def _name_of(function: str) -> str:
    """Give the name that click gives a command whose decorator has none."""
    name = function.lower().replace("_", "-")
    major, minor = metadata.version("click").split(".")[:2]
    if (int(major), int(minor)) >= (8, 2):
        name = next((name.removesuffix(each) for each in _SUFFIXES if name.endswith(each)), name)
    return name
