"""A cell that declares a view or a hook, as the function that a person would have written."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nbflask.values.cells import HOOKS, Answer, find_answers
from nbflask.values.rules import parse_rule

from .statements import indent, parse_statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .steps import Declare

# What Werkzeug's own converters give; what a converter of the notebook gives, its class knows.
_ANNOTATIONS = {
    "default": "str",
    "string": "str",
    "path": "str",
    "any": "str",
    "int": "int",
    "float": "float",
    "uuid": "UUID",
}
_SHORT_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, kw_only=True)
class Function:
    """A function with its decorator, as text.

    :param imports: Imports that stood in its body, to stand at the top of the module.
    """

    text: str
    imports: tuple[str, ...] = ()


def write_function(declare: Declare, owner: str, name: str) -> Function:
    """Write what a cell declares.

    :param owner: What it is declared on: the variable of the app or the blueprint.
    :param name: The function's name.
    """
    decorator = write_decorator(declare, owner, name)
    if not declare.body.is_body:
        return Function(text=f"{decorator}\n{_rename(declare, name)}")
    imports, body = _divide_body(declare)
    head = "async def" if declare.body.is_async else "def"
    parameters = ", ".join(_parameters(declare))
    if declare.body.is_streaming:
        body = f"def generate():\n{indent(body)}\n\nreturn stream_with_context(generate())"
        imports = (*imports, "from flask import stream_with_context")
    if any(each.endswith(": UUID") for each in _parameters(declare)):
        imports = (*imports, "from uuid import UUID")
    text = f"{decorator}\n{head} {name}({parameters}):\n{indent(body)}"
    return Function(text=text, imports=imports)


def write_decorator(declare: Declare, owner: str, name: str) -> str:
    """Write the decorator that declares a function."""
    given = declare.arguments
    if declare.kind != "route":
        words = [_write_error(given["error"])] if "error" in given else []
        if given.get("name", name) != name:
            words.append(repr(given["name"]))
        call = f"({', '.join(words)})" if words or declare.kind == "template_filter" else ""
        return f"@{owner}.{declare.kind}{call}"
    methods = given.get("methods", ())
    words = [repr(given["rule"])]
    short = methods[0] if len(methods) == 1 else "GET" if not methods else ""
    if short in _SHORT_METHODS:
        method = short.lower()
    else:
        method = "route"
        words.append(f"methods={list(methods)!r}")
    endpoint = given.get("endpoint") or declare.body.name
    if endpoint != name:
        words.append(f"endpoint={endpoint!r}")
    words += [
        f"{option}={given[option]!r}"
        for option in ("defaults", "strict_slashes", "host", "subdomain")
        if option in given
    ]
    return f"@{owner}.{method}({', '.join(words)})"


def _write_error(error: str) -> str:
    return error if error.isdecimal() or error.isidentifier() else repr(error)


def _parameters(declare: Declare) -> Iterator[str]:
    if declare.kind != "route":
        yield from HOOKS[declare.kind].parameters
        return
    rule = parse_rule(declare.arguments["rule"])
    known = dict(zip(rule.variables, rule.converters, strict=True))
    defaults: Mapping[str, Any] = declare.arguments.get("defaults") or {}
    for variable in dict.fromkeys((*rule.variables, *defaults)):
        annotation = _ANNOTATIONS.get(known.get(variable, ""), "")
        yield f"{variable}: {annotation}" if annotation else variable


def _divide_body(declare: Declare) -> tuple[tuple[str, ...], str]:
    """Give a body's imports, and the rest with its answers."""
    text = declare.text.strip("\n").rstrip()
    tree = ast.parse(text)
    lines = _insert_returns(text, _find_answers(declare, tree)).split("\n")
    imports: list[str] = []
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)) and not _shares_line(tree.body, node):
            begin, end = node.lineno - 1, node.end_lineno or node.lineno
            imports.append(ast.unparse(node))
            lines[begin:end] = [_GONE] * (end - begin)
    body = "\n".join(line for line in lines if line is not _GONE).strip("\n")
    if declare.body.globals:
        body = f"global {', '.join(declare.body.globals)}\n{body}"
    if not declare.body.is_streaming and _answer_of(declare) is Answer.FIRST_PARAMETER:
        body = f"{body}\nreturn {HOOKS[declare.kind].parameters[0]}"
    has_statement = bool(parse_statements(body)) if body.strip() else False
    return tuple(imports), body if has_statement else f"{body}\npass".lstrip("\n")


#: Marks a line that has left; a string of its own, told by identity.
_GONE = "\0gone"


def _answer_of(declare: Declare) -> Answer:
    return HOOKS[declare.kind].answer if declare.kind in HOOKS else Answer.LAST_EXPRESSION


def _find_answers(declare: Declare, tree: ast.Module) -> Sequence[ast.Expr]:
    if declare.body.is_streaming or _answer_of(declare) is not Answer.LAST_EXPRESSION:
        return ()
    return find_answers(tree)


def _insert_returns(text: str, answers: Sequence[ast.Expr]) -> str:
    """Write ``return`` before each expression that answers."""
    lines = text.split("\n")
    for each in sorted(answers, key=lambda node: (node.lineno, node.col_offset), reverse=True):
        line = lines[each.lineno - 1].encode()
        at = each.col_offset
        lines[each.lineno - 1] = (line[:at] + b"return " + line[at:]).decode()
    return "\n".join(lines)


def _shares_line(body: Sequence[ast.stmt], node: ast.stmt) -> bool:
    return any(
        other is not node
        and other.lineno <= (node.end_lineno or node.lineno)
        and (other.end_lineno or other.lineno) >= node.lineno
        for other in body
    )


def _rename(declare: Declare, name: str) -> str:
    """Give a function's text, under another name if it is to have one."""
    if declare.body.name == name:
        return declare.text
    lines = declare.text.split("\n")
    for at, line in enumerate(lines):
        words = line.split()
        if words[:1] == ["def"] or words[:2] == ["async", "def"]:
            lines[at] = line.replace(f"def {declare.body.name}", f"def {name}", 1)
            break
    return "\n".join(lines)
