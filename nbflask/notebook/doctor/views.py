"""What the code of views says by itself: no view is called."""

from __future__ import annotations

import dis
import inspect
from types import CodeType, FunctionType, MethodType
from typing import TYPE_CHECKING, Any

from nbflask.inspector.templates import Templates
from nbflask.notebook.doctor.finding import Finding
from nbflask.values.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.app import Flask

    from nbflask.notebook.owner import Notebook

_RENDERERS = frozenset({"render_template", "stream_template"})
_LOADS = frozenset({"LOAD_GLOBAL", "LOAD_NAME", "LOAD_ATTR", "LOAD_METHOD", "LOAD_DEREF"})
#: Between a function and its first argument, as Python 3.11 to 3.14 write a call.
_FILLERS = frozenset({"PUSH_NULL", "CACHE", "NOP", "EXTENDED_ARG"})


def look_at_templates(notebook: Notebook) -> Iterator[Finding]:
    """Give the templates that are named and not there, and those that cannot be read."""
    for name, app in notebook.apps.by_name().items():
        # To look would make the app's environment, whose options may still be set up.
        if "jinja_env" in vars(app) or _named_by_views(app):
            yield from _templates_of(name, app)


def _templates_of(app_name: str, app: Flask) -> Iterator[Finding]:
    templates = Templates(app, name=app_name)
    for endpoint, template in sorted(_named_by_views(app)):
        if template not in templates:
            yield _missing(app_name, f"the view {endpoint!r} names", template, templates.names)
    for name in templates.names:
        text = templates.text(name)
        if text is not None and text.reading.error is not None:
            yield Finding(
                about="apps",
                subject=f"app {app_name!r}",
                found=f"the template {name!r} has a fault in line {text.reading.error.lineno}",
                remedy=f"`%flask_templates {name}` shows it in its line.",
            )
        for each in templates.family.parents(name):
            if each.name is not None and not each.is_found and not each.is_optional:
                verb = f"the template {name!r} {each.kind}s".replace("extendss", "extends")
                others = tuple(it for it in templates.names if it != name)
                yield _missing(app_name, verb, each.name, others)


def _missing(app_name: str, who: str, template: str, known: tuple[str, ...]) -> Finding:
    offer = did_you_mean(template, known) if known else ""
    hint = f"{offer.strip()} Or write" if "Did you" in offer else "Write"
    return Finding(
        about="apps",
        subject=f"app {app_name!r}",
        found=f"{who} the template {template!r}, which is not there",
        remedy=f"{hint} it in a `%%template {template}` cell.",
    )


def is_named_by_views(app: Flask, names: set[str]) -> bool:
    """Say whether a view's code has one of the names in it."""
    return any(names & set(code.co_names) for _, code in _codes_of(app))


def _named_by_views(app: Flask) -> set[tuple[str, str]]:
    """Give (endpoint, template) of each call such as ``render_template("hello.html")``."""
    return {
        (endpoint, template)
        for endpoint, code in _codes_of(app)
        for template in read_rendered(code)
    }


def read_rendered(code: CodeType) -> Iterator[str]:
    """Give the names that code renders by; those that only a run makes are not to be seen."""
    is_next = False
    for each in dis.get_instructions(code):
        if is_next and each.opname == "LOAD_CONST" and isinstance(each.argval, str):
            yield each.argval
        if each.opname not in _FILLERS:
            is_next = each.opname in _LOADS and each.argval in _RENDERERS


def _codes_of(app: Flask) -> Iterator[tuple[str, CodeType]]:
    for endpoint, view in app.view_functions.items():
        for code in _codes_in(view):
            yield endpoint, code


def _codes_in(view: Any) -> Iterator[CodeType]:
    """Give the code of a view, of its class's methods, and of what is defined inside them."""
    view_class = getattr(view, "view_class", None)
    functions = vars(view_class).values() if view_class is not None else [inspect.unwrap(view)]
    # By its type: a proxy, as `session` is, would be asked what it stands for.
    kinds = (FunctionType, MethodType)
    pending = [each.__code__ for each in functions if issubclass(type(each), kinds)]
    while pending:
        code = pending.pop()
        yield code
        pending += [each for each in code.co_consts if isinstance(each, CodeType)]
