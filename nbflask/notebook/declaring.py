"""What the cell magics declare on an app: views, hooks, templates, static files."""

from __future__ import annotations

import functools
import inspect
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
from flask import Blueprint
from flask.globals import current_app
from flask.helpers import stream_with_context
from werkzeug import exceptions
from werkzeug.security import safe_join

from nbflask.app import Flask
from nbflask.errors import AppError, CellError, OptionError, RuleError, TemplateError
from nbflask.inspector.templates import build_fault
from nbflask.notebook.cell_source import find_cell_source
from nbflask.values.cells import HOOKS, Cell, read_cell
from nbflask.values.rules import build_view_name, parse_rule
from nbflask.values.words import did_you_mean

if TYPE_CHECKING:
    import builtins
    from collections.abc import Callable, Mapping

    from nbflask.notebook.owner import Notebook

__all__ = ["Declared", "Route", "declare_hook", "declare_route", "keep_static", "keep_template"]


@dataclass(frozen=True)
class Declared:
    """What a cell has declared, in words."""

    text: str

    def __repr__(self) -> str:
        """Say it."""
        return self.text


@dataclass(frozen=True, kw_only=True)
class Route:
    """A rule and its options, as :meth:`flask.Flask.add_url_rule` takes them.

    :param methods: Empty means GET.
    """

    rule: str
    methods: tuple[str, ...] = ()
    endpoint: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


def declare_route(notebook: Notebook, target: Any, route: Route, text: str, magic: str) -> Declared:
    """Make a cell's text the view of a rule.

    :param target: The app or blueprint.
    :param magic: The magic with its line, for tracebacks.
    :raises CellError: The rule or the cell is not what Flask takes. Nothing is declared.
    """
    variables = parse_rule(route.rule).variables
    defaults = route.options.get("defaults") or {}
    cell, view = _define(
        notebook,
        text,
        magic,
        name=build_view_name(route.rule, route.methods),
        parameters=tuple(dict.fromkeys((*variables, *defaults))),
    )
    if cell.is_streaming:
        view = _streaming(view)
    endpoint = route.endpoint or cell.name
    try:
        target.add_url_rule(
            route.rule,
            endpoint=endpoint,
            view_func=view,
            methods=list(route.methods) or None,
            **route.options,
        )
    except (LookupError, ValueError, TypeError, AssertionError) as fault:
        raise RuleError(_describe_refusal(target, route, fault)) from fault
    # The app puts the blueprint's name before the endpoint, and so does `url_for`.
    scope = f"{target.name}." if isinstance(target, Blueprint) else ""
    return Declared(f"{' '.join(route.methods) or 'GET'} {route.rule} → {scope}{endpoint}")


def _describe_refusal(target: Any, route: Route, fault: Exception) -> str:
    text = f"Flask refuses the rule {route.rule!r}: {str(fault).rstrip('.')}."
    url_map = getattr(target, "url_map", None)
    if isinstance(fault, LookupError) and url_map is not None:
        return f"{text} Known converters: {', '.join(sorted(url_map.converters))}."
    return text


def declare_hook(
    notebook: Notebook, target: Any, hook: str, text: str, magic: str, *, argument: Any = None
) -> Declared:
    """Make a cell's text one of Flask's hooks.

    :param hook: ``"before_request"`` and so on, a key of :data:`~nbflask.values.cells.HOOKS`.
    :param argument: The code or exception of an error handler, the name of a filter.
    """
    kind = HOOKS[hook]
    name = argument if hook == "template_filter" and argument else hook
    cell, function = _define(
        notebook, text, magic, name=name, parameters=kind.parameters, answer=kind.answer
    )
    match hook:
        case "errorhandler":
            target.register_error_handler(argument, function)
            handled = argument if isinstance(argument, int) else argument.__name__
            return Declared(f"errorhandler {handled} → {cell.name}")
        case "template_filter":
            name = argument or cell.name
            target.add_template_filter(function, name=name)
            return Declared(f"template_filter {name} → {cell.name}")
    getattr(target, hook)(function)
    return Declared(f"{hook} → {cell.name}")


def keep_template(app: Flask, name: str, source: str, *, save: bool) -> Declared:
    """Keep a template in the app, and in its folder too if it is to be saved.

    :raises TemplateError: It is not a template, or its name leads out of the folder.
    """
    _check_name(name, "template")
    try:
        app.jinja_env.parse(source, name)
    except jinja2.TemplateSyntaxError as fault:
        fault.source = source
        raise TemplateError(str(build_fault(fault, app.jinja_env))) from None
    if save:
        _save(Path(app.root_path, app.template_folder or "templates"), name, source.encode())
    app.templates[name] = source
    return Declared(f"template {name}")


def keep_static(app: Flask, path: str, content: bytes, *, save: bool) -> Declared:
    """Keep a static file in the app, and in its folder too if it is to be saved.

    :raises TemplateError: Its path leads out of the folder.
    """
    _check_name(path, "static file")
    if save:
        _save(Path(app.static_folder or Path(app.root_path, "static")), path, content)
    app.static_files[path] = content
    return Declared(f"static file {path}")


def find_target(notebook: Notebook, app: str | None, blueprint: str | None) -> Any:
    """Give the app or blueprint that a cell declares on.

    :raises AppError: There is none of that name, or it is a plain app that cannot be changed.
    """
    if blueprint is not None:
        return _find_blueprint(notebook, blueprint)
    return find_live_app(notebook, app)


def find_live_app(notebook: Notebook, app: str | None) -> Flask:
    """Give an app that cells can change.

    :raises AppError: There is none of that name, or it is a plain app.
    """
    name, found = notebook.resolve(app)
    if not isinstance(found, Flask):
        raise AppError(
            f"The app {name!r} was made before `%load_ext nbflask`, so cells cannot change it. "
            "Run the cell that makes it again."
        )
    return found


def find_exception(notebook: Notebook, text: str) -> int | builtins.type[BaseException]:
    """Give what ``%%errorhandler`` handles: a status code, or the exception of a name.

    :raises OptionError: No exception has that name.
    """
    if text.isdecimal():
        if int(text) in exceptions.default_exceptions:
            return int(text)
        raise OptionError(f"{text} is not the code of an HTTP error. Write one such as 404.")
    known = _known_exceptions(notebook.shell.user_ns)
    if text in known:
        return known[text]
    raise OptionError(f"{text!r} is not an exception.{did_you_mean_few(text, known)}")


def did_you_mean_few(name: str, known: Mapping[str, Any]) -> str:
    """Give the close match of a name, or a hint; never the whole list."""
    sentence = did_you_mean(name, known)
    return sentence if "Did you" in sentence else " Write a code such as 404, or a name."


def _known_exceptions(namespace: Mapping[str, Any]) -> dict[str, type[BaseException]]:
    import builtins

    spaces = (vars(exceptions), vars(builtins), namespace)
    return {
        name: value
        for space in spaces
        for name, value in space.items()
        if isinstance(value, type) and issubclass(value, Exception)
    }


def _find_blueprint(notebook: Notebook, name: str) -> Any:
    found = notebook.blueprints()
    by_own_name = {it.name: it for it in found.values()}
    blueprint = found.get(name) or by_own_name.get(name)
    if blueprint is None:
        offer = did_you_mean(name, [*found, *by_own_name])
        raise AppError(f"The notebook has no blueprint {name!r}.{offer}")
    return blueprint


def _define(
    notebook: Notebook, text: str, magic: str, **options: Any
) -> tuple[Cell, Callable[..., Any]]:
    source = find_cell_source(notebook.shell, magic, text)
    try:
        cell = read_cell(
            source.text,
            filename=source.filename,
            first_line=source.first_line,
            flags=source.flags,
            **options,
        )
    except SyntaxError as fault:
        # IPython would show the way through this package, and the fault below it.
        line = (fault.text or "").strip()
        raise CellError(f"Line {fault.lineno} is not Python, {fault.msg}: {line!r}.") from None
    return cell, cell.define(notebook.shell.user_ns)


def _streaming(view: Callable[..., Any]) -> Callable[..., Any]:
    if inspect.isasyncgenfunction(view):
        raise CellError("The cell has both `await` and `yield`, and Flask streams no such view.")

    @functools.wraps(view)
    def stream(**values: Any) -> Any:
        return current_app.response_class(stream_with_context(view(**values)))

    return stream


def _check_name(name: str, kind: str) -> None:
    if not name or name.endswith("/") or safe_join("/", name) is None or "\\" in name:
        raise TemplateError(
            f"{name!r} cannot name a {kind}. Write a path inside the folder, such as 'a/b.html'."
        )


def _save(folder: Path, name: str, content: bytes) -> None:
    path = folder / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as fault:
        raise TemplateError(f"{str(path)!r} cannot be written: {fault.strerror}.") from fault
