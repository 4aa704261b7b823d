"""The filters and tests of Jinja that templates use, and that nobody gives."""

from __future__ import annotations

import ast
import difflib
import re
from typing import TYPE_CHECKING

from jinja2 import Environment, TemplateSyntaxError, nodes

from nbflask.export.steps import Part

from .calls import find_calls
from .finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nbflask.export.steps import Place

    from .subject import Subject

_ENVIRONMENT = Environment(
    extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols", "jinja2.ext.i18n"], autoescape=True
)
#: These extensions bring neither; of any other one nobody knows.
_MAY_BRING = re.compile(
    r"\b(?:import|from) flask_(?!(?:sqlalchemy|login|session|caching|sock|wtf)\b)"
    r"|jinja_env|jinja_options|Environment\("
)
_RENDERERS = ("render_template_string", "stream_template_string")


def look_at_filters(subject: Subject) -> Iterator[Finding]:
    """Give the filters and tests that a template cannot find."""
    # Whatever module declares one, all templates have it.
    statements = list(_all_statements(subject))
    text = "\n".join(map(ast.unparse, statements))
    if _MAY_BRING.search(text):
        return
    known = {"filter": set(_ENVIRONMENT.filters), "test": set(_ENVIRONMENT.tests)}
    for node in (inner for each in statements for inner in ast.walk(each)):
        for kind, name in _find_given(node):
            known[kind].add(name)
    for kind, name, place, line in _find_used(subject):
        if name not in known[kind]:
            yield Finding(
                kind="filter-missing",
                level="error",
                text=f"A template uses the {kind} {name!r}, which nobody gives.",
                remedy=f"{_hint(name, known[kind])} it: `@app.template_{kind}({name!r})`.",
                cell=place.cell,
                line=line,
            )


def _hint(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, sorted(known), n=1)
    return f"Did you mean {close[0]!r}? Or declare" if close else "Declare"


def _all_statements(subject: Subject) -> Iterator[ast.stmt]:
    yield from (each.statement.node for each in (subject.program.pieces if subject.program else ()))
    for step in subject.steps:
        if isinstance(step, Part):
            yield from step.nodes


def _find_given(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Give what a function or a call declares."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        for each in node.decorator_list:
            call = each if isinstance(each, ast.Call) else None
            if kind := _kind_of(call.func if call else each):
                yield kind, (_name_in(call) if call else "") or node.name
    elif isinstance(node, ast.Call) and (kind := _kind_of(node.func)):
        yield kind, _name_in(node) or (ast.unparse(node.args[0]) if node.args else "")


def _kind_of(function: ast.expr) -> str:
    name = ast.unparse(function)
    return next((each for each in ("filter", "test") if name.endswith(f"template_{each}")), "")


def _name_in(call: ast.Call) -> str:
    values = [*call.args, *(each.value for each in call.keywords if each.arg == "name")]
    texts = (each.value for each in values if isinstance(each, ast.Constant))
    return next((each for each in texts if isinstance(each, str)), "")


def _find_used(subject: Subject) -> Iterator[tuple[str, str, Place, int]]:
    for file in subject.program.files if subject.program else ():
        # With the app's own module, and not again with each other one.
        if file.folder == "templates" and subject.path is None:
            for kind, name, line in _read(file.content):
                yield kind, name, file.place, file.place.line + line
    for call in find_calls(subject):
        if call.last in _RENDERERS:
            for kind, name, _ in _read(call.text() or ""):
                yield kind, name, call.unit.place, call.line


def _read(text: str) -> list[tuple[str, str, int]]:
    """Give the filters and tests in a template; none if it cannot be read."""
    try:
        tree = _ENVIRONMENT.parse(text)
        found = [("filter", each.name, each.lineno) for each in tree.find_all(nodes.Filter)]
        found += [("test", each.name, each.lineno) for each in tree.find_all(nodes.Test)]
    except (TemplateSyntaxError, RecursionError):
        return []
    return found
