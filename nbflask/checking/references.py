"""Templates that are rendered, and endpoints that are linked to, where nobody gives them."""

from __future__ import annotations

import ast
import difflib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, TemplateSyntaxError, nodes

from .calls import find_calls
from .endpoints import find_endpoints
from .filters import look_at_filters
from .finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbflask.export.steps import Keep, Place

    from .subject import Subject

_RENDERERS = frozenset({"render_template", "stream_template", "get_template_attribute"})
_ENDINGS = (".html", ".htm", ".xml", ".xhtml", ".svg", ".txt", ".j2", ".jinja", ".jinja2")
# What gives templates that no folder holds, or tags that Jinja itself has not.
_LOADERS = ("jinja_loader", "Loader(", "template_folder", "jinja_options")
_EXTENSIONS = ("add_extension", "extensions=", "jinja_options", "jinja_env =")

# It parses, and renders nothing.
_ENVIRONMENT = Environment(
    extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols", "jinja2.ext.i18n"], autoescape=True
)


@dataclass(frozen=True, kw_only=True)
class _Reference:
    """A template or an endpoint that something names."""

    kind: str
    name: str
    place: Place
    line: int


def look_at_references(subject: Subject) -> Iterator[Finding]:
    """Give the templates and endpoints that are named by a text, and that nobody gives."""
    references = [*_find_in_code(subject), *_find_login_views(subject)]
    for file in subject.program.files if subject.program else ():
        if file.folder == "templates" and file.name.endswith(_ENDINGS):
            found = list(_read_template(file, subject))
            yield from (each for each in found if isinstance(each, Finding))
            references += [each for each in found if isinstance(each, _Reference)]
    yield from _find_missing_templates(subject, references)
    yield from _find_missing_endpoints(subject, references)
    yield from look_at_filters(subject)


def _find_in_code(subject: Subject) -> Iterator[_Reference]:
    for call in find_calls(subject):
        name = call.text()
        if name is None:
            continue
        if call.last in _RENDERERS:
            yield _Reference(kind="template", name=name, place=call.unit.place, line=call.line)
        elif call.last == "url_for":
            yield _Reference(kind="endpoint", name=name, place=call.unit.place, line=call.line)
        elif call.last in ("render_template_string", "stream_template_string"):
            for kind, named, _ in _named_in_text(name):
                yield _Reference(kind=kind, name=named, place=call.unit.place, line=call.line)


def _find_login_views(subject: Subject) -> Iterator[_Reference]:
    for unit in subject.units:
        match unit.node:
            # Flask-Login's: where it sends whoever is not logged in.
            case ast.Assign(
                targets=[ast.Attribute(attr="login_view")], value=ast.Constant(value=str(name))
            ):
                line = unit.line_of(unit.node)
                yield _Reference(kind="endpoint", name=name, place=unit.place, line=line)


def _named_in_text(text: str) -> list[tuple[str, str, int]]:
    """Give what a template names that stands in code; one that cannot be read names nothing."""
    try:
        return _read_names(text)
    except TemplateSyntaxError:
        return []


def _read_names(text: str) -> list[tuple[str, str, int]]:
    """Give what a template names.

    :raises TemplateSyntaxError: It has a fault, or is nested more deeply than Jinja can read.
    """
    try:
        return list(_named_in(_ENVIRONMENT.parse(text)))
    except RecursionError:
        raise TemplateSyntaxError("it is nested too deeply", 1) from None


def _read_template(file: Keep, subject: Subject) -> Iterator[_Reference | Finding]:
    first = file.place.line
    try:
        names = _read_names(file.content)
    except TemplateSyntaxError as fault:
        if not _mentions(subject, _EXTENSIONS):
            yield Finding(
                kind="template-not-readable",
                level="error",
                text=f"The template {file.name!r} is not Jinja: {str(fault.message).rstrip('.')}.",
                remedy="Mend the template.",
                cell=file.place.cell,
                line=first + fault.lineno,
            )
        return
    for kind, name, line in names:
        yield _Reference(kind=kind, name=name, place=file.place, line=first + line)


def _named_in(tree: nodes.Template) -> Iterator[tuple[str, str, int]]:
    kinds = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
    for each in tree.find_all(kinds):
        named: nodes.Expr = each.template  # type: ignore[attr-defined]
        if isinstance(named, nodes.Const) and not getattr(each, "ignore_missing", False):
            yield "template", str(named.value), each.lineno
    for call in tree.find_all(nodes.Call):
        first = call.args[0] if call.args else None
        is_link = isinstance(call.node, nodes.Name) and call.node.name == "url_for"
        if is_link and isinstance(first, nodes.Const):
            yield "endpoint", str(first.value), call.lineno


def _find_missing_templates(subject: Subject, references: list[_Reference]) -> Iterator[Finding]:
    files = subject.program.files if subject.program else ()
    known = {each.name for each in files if each.folder == "templates"}
    # A package and a blueprint have such a folder of their own.
    beside = (f"/{each}".partition("/templates/")[2] for each in subject.notebook.files)
    known |= set(filter(None, beside))
    if _mentions(subject, _LOADERS):
        return
    for each in references:
        if each.kind != "template" or each.name in known or _is_elsewhere(subject, each.name):
            continue
        if _is_beside(subject, each.name):
            yield _describe_beside(each)
            continue
        close = difflib.get_close_matches(each.name, sorted(known), n=1)
        hint = f"Did you mean {close[0]!r}? Or write" if close else "Write"
        yield Finding(
            kind="template-missing",
            level="error",
            text=f"The template {each.name!r} is in no cell, and in no folder beside the notebook.",
            remedy=f"{hint} it in a `%%template {each.name}` cell.",
            cell=each.place.cell,
            line=each.line,
        )


def _is_beside(subject: Subject, name: str) -> bool:
    return subject.folder is not None and (subject.folder / "templates" / name).is_file()


def _describe_beside(reference: _Reference) -> Finding:
    return Finding(
        kind="file-beside-notebook",
        level="error",
        text=f"The template {reference.name!r} is a file beside the notebook, and the export "
        "leaves it there.",
        remedy=f"Keep it in a `%%template {reference.name}` cell, or name its path in the "
        "notebook's metadata, in the list `nbflask.files`.",
        cell=reference.place.cell,
        line=reference.line,
    )


def _is_elsewhere(subject: Subject, name: str) -> bool:
    """Say whether a template is one of a package that is imported."""
    for package in sorted(subject.packages - {"flask", ""}):
        try:
            found = find_spec(package)
        except (ImportError, ValueError):
            continue
        for folder in (found and found.submodule_search_locations) or ():
            if (Path(folder) / "templates" / name).is_file():
                return True
    return False


def _mentions(subject: Subject, words: tuple[str, ...]) -> bool:
    texts = (ast.unparse(each.node) for each in subject.units)
    return any(word in text for text in texts for word in words)


def _find_missing_endpoints(subject: Subject, references: list[_Reference]) -> Iterator[Finding]:
    endpoints = find_endpoints(subject)
    for each in references:
        if each.kind != "endpoint" or each.name in endpoints:
            continue
        close = [name for name in sorted(endpoints.names) if name.endswith(f"_{each.name}")]
        close += difflib.get_close_matches(each.name, sorted(endpoints.names), n=1)
        hint = f"Did you mean {close[0]!r}? Or declare" if close else "Declare"
        yield Finding(
            kind="endpoint-missing",
            level="error",
            text=f"The endpoint {each.name!r} belongs to no view.",
            remedy=f"{hint} a view of that name. An endpoint is a function's name, or what stands "
            "behind `--endpoint`.",
            cell=each.place.cell,
            line=each.line,
        )
