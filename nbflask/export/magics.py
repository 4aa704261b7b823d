"""What the magics of a cell mean to the app that leaves the notebook.

Ours are read by the same lines that they are run by. Of the others a table says which only a
notebook needs, and which hold Python; whatever is in no table is refused rather than lost.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from nbflask.errors import CellError, NbflaskError, OptionError
from nbflask.values.cells import HOOKS, read_cell
from nbflask.values.http_text import parse_http_text
from nbflask.values.lines import (
    APP,
    CONFIG,
    HOOK_LINES,
    HTTP,
    MODULE,
    REQUEST_LINES,
    ROUTE,
    STATIC,
    TEMPLATE,
    LineParser,
    read_request_options,
)
from nbflask.values.module_path import parse_module_path
from nbflask.values.request_spec import build_request, build_text_request
from nbflask.values.rules import build_view_name, parse_rule
from nbflask.values.settings import parse_setting
from nbflask.values.syntax import describe_syntax

from .steps import Ask, Configure, Declare, Keep, Leave, MakeApp, Part, Place, Refuse, Step

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbflask.values.lines import Namespace
    from nbflask.values.request_spec import RequestSpec


#: Cell magics whose text is the Python that would be there without them.
TRANSPARENT_CELLS = frozenset({"time", "capture", "prun", "python", "python3", "ipytest"})
#: Cell magics of ours whose text is Python.
PYTHON_CELLS = frozenset({"route", *HOOKS})
#: Line magics before a statement that would be there without them.
TRANSPARENT_LINES = frozenset({"time", "prun"})

# What shows, asks or arranges, and leaves nothing behind that an app could need.
_FOR_NOTEBOOKS = frozenset(
    {
        *("load_ext", "unload_ext", "reload_ext", "autoreload", "matplotlib", "config", "pip"),
        *("conda", "mamba", "uv", "pinfo", "pinfo2", "psearch", "pdoc", "pdef", "psource", "pfile"),
        *("timeit", "memit", "mprun", "lprun", "xmode", "precision", "who", "whos", "who_ls"),
        *("history", "hist", "debug", "pdb", "tb", "colors", "page", "pprint", "quickref"),
        *("lsmagic", "magic", "reset_selective", "doctest_mode", "logstart", "logstop", "aimport"),
        *("pwd", "ls", "ll", "dirs", "system", "sx", "sc", "bookmark", "less", "more", "cat"),
        *("man", "save", "notebook", "edit", "alias", "unalias", "alias_magic", "automagic", "gui"),
        *("autocall", "killbgscripts", "tensorboard", "watermark", "ai"),
        *("flask_run", "flask_stop", "flask_restart", "flask_status", "flask_preview"),
        *("flask_routes", "flask_inspect", "flask_session", "flask_templates", "flask_requests"),
        *("flask_replay", "flask_debug", "flask_har", "flask_export", "flask_doctor"),
    }
)
_CELLS_FOR_NOTEBOOKS = frozenset(
    {
        *("timeit", "html", "HTML", "javascript", "js", "markdown", "latex", "svg", "SVG"),
        *("bash", "sh", "script", "cmd", "!", "sx", "system", "perl", "ruby", "pypy", "debug"),
        *("flask_replay", "memit", "mprun", "lprun", "mermaid", "ai"),
    }
)
_WHY = {
    "cd": "A module has no folder of its own: write paths from the module's, `Path(__file__)`.",
    "env": "Set it in the environment that the app is started in, and read `os.environ`.",
    "set_env": "Set it in the environment that the app is started in, and read `os.environ`.",
    "dotenv": "Write `from dotenv import load_dotenv`, and `load_dotenv()` above what reads it.",
    "run": "Import what the other file defines.",
    "writefile": "Write `%%module`, `%%static` or `%%template`, or put a file beside the notebook.",
    "file": "Write `%%module`, `%%static` or `%%template`, or put a file beside the notebook.",
    "flask_reset": "Delete the cells above it: in a module nothing is withdrawn.",
}
_UNKNOWN = "Write what it does in Python."


@dataclass(frozen=True, kw_only=True)
class Written:
    """A magic as it is written.

    :param line: The rest of its first line.
    :param text: What stands below; ``None`` for a line magic.
    :param at: The number of its line in the cell.
    :param name: The variable that is given what it returns, or ``""``.
    """

    place: Place
    magic: str
    line: str
    text: str | None = None
    name: str = ""

    @property
    def what(self) -> str:
        """The magic and its line."""
        if self.magic == "system" and self.text is None:
            return f"!{self.line}"
        sign = "%" if self.text is None else "%%"
        return f"{sign}{self.magic} {self.line}".rstrip()


def interpret_magic(written: Written) -> Step:
    """Say what a magic means.

    :raises CellError: It is one of ours, and its line or its cell is not what it takes.
    """
    try:
        return _interpret(written)
    except OptionError as fault:
        raise CellError(str(fault)) from fault


def _interpret(written: Written) -> Step:
    magic, text = written.magic, written.text
    own = (_OWN_LINES if text is None else _OWN_CELLS).get(magic)
    if own is not None:
        return own(written)
    is_shown = magic in ("env", "set_env") and not re.search(r"[\s=]", written.line)
    known = _FOR_NOTEBOOKS if text is None else _CELLS_FOR_NOTEBOOKS | {"capture"}
    if is_shown or magic in known:
        return Leave(place=written.place, what=written.what)
    return Refuse(place=written.place, what=written.what, why=_WHY.get(magic, _UNKNOWN))


def _read_loading(written: Written) -> Step:
    if written.line.split()[:1] == ["nbflask"]:
        return MakeApp(place=written.place, name="app", is_default=True)
    return Leave(place=written.place, what=written.what)


def _read_app(written: Written) -> Step:
    name = LineParser(APP).parse_line(written.line).name
    if name is None:
        return Leave(place=written.place, what=written.what)
    return MakeApp(place=written.place, name=name)


def _read_route(written: Written) -> Declare:
    options = LineParser(ROUTE).parse_line(written.line)
    variables = parse_rule(options.rule).variables
    parameters = tuple(dict.fromkeys((*variables, *(options.defaults or {}))))
    methods = tuple(dict.fromkeys(options.methods))
    chosen = {
        "rule": options.rule,
        "methods": methods,
        "endpoint": options.endpoint,
        "defaults": options.defaults,
        "strict_slashes": False if options.no_strict_slashes else None,
        "host": options.host,
        "subdomain": options.subdomain,
    }
    return _declare(
        written,
        "route",
        options,
        {name: value for name, value in chosen.items() if value is not None},
        name=build_view_name(options.rule, methods),
        parameters=parameters,
    )


def _read_hook(written: Written) -> Declare:
    options = LineParser(HOOK_LINES[written.magic]).parse_line(written.line)
    hook = HOOKS[written.magic]
    arguments: dict[str, Any] = {}
    name = written.magic
    if written.magic == "errorhandler":
        arguments["error"] = options.error
        name = f"handle_{_to_snake_case(options.error)}"
    elif written.magic == "template_filter" and options.name:
        arguments["name"] = name = options.name
    return _declare(
        written,
        written.magic,
        options,
        arguments,
        name=name,
        parameters=hook.parameters,
        answer=hook.answer,
    )


def _to_snake_case(name: str) -> str:
    """Write ``HTTPException`` as ``http_exception``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _declare(
    written: Written, kind: str, options: Namespace, arguments: dict[str, Any], **form: Any
) -> Declare:
    text = written.text or ""
    try:
        body = read_cell(text, filename="<cell>", first_line=written.place.line + 1, **form)
    except (SyntaxError, ValueError, RecursionError) as fault:
        raise CellError(describe_syntax(fault)) from None
    return Declare(
        place=replace(written.place, line=written.place.line + 1),
        kind=kind,
        text=text,
        body=body,
        arguments=arguments,
        app=options.app or "",
        blueprint=getattr(options, "blueprint", None) or "",
    )


def _read_file(written: Written) -> Keep:
    is_template = written.magic == "template"
    options = LineParser(TEMPLATE if is_template else STATIC).parse_line(written.line)
    name = options.name if is_template else options.path
    _check_inside(name)
    return Keep(
        place=written.place,
        folder="templates" if is_template else "static",
        name=name,
        content=written.text or "",
        app=options.app or "",
    )


def _read_module(written: Written) -> Part:
    path = parse_module_path(LineParser(MODULE).parse_line(written.line).path)
    text = written.text or ""
    tree = ast.parse("\n" * written.place.line + text)
    return Part(place=written.place, path=path, text=text, nodes=tuple(tree.body))


def _check_inside(name: str) -> None:
    parts = name.split("/")
    if not name or "\\" in name or "\0" in name or any(each in ("", ".", "..") for each in parts):
        raise CellError(
            f"{name!r} cannot name a file of the project. Write a path inside the folder, such as "
            "'a/b.html'."
        )


def _read_requests(written: Written) -> Step:
    try:
        if written.magic == "http":
            options = LineParser(HTTP).parse_line(written.line)
            specs = tuple(
                each.build(_no_file, follow=options.follow)
                for each in parse_http_text(written.text or "", first_line=written.place.line + 1)
            )
        else:
            options = LineParser(REQUEST_LINES[written.magic]).parse_line(written.line)
            specs = (_read_request(written, options),)
    except _NeedsFileError:
        return Leave(place=written.place, what=written.what)
    except NbflaskError as fault:
        raise CellError(str(fault)) from fault
    return Ask(place=written.place, requests=specs, app=options.app or "", name=written.name)


def _read_request(written: Written, options: Namespace) -> RequestSpec:
    given = read_request_options(options)
    method = written.magic.removeprefix("flask_").upper()
    if written.text is None:
        return build_request(method, options.path, given, _no_file)
    return build_text_request(method, options.path, written.text, given)


class _NeedsFileError(Exception):
    """A request sends a file of the machine, which a test elsewhere has not."""


def _no_file(path: str) -> bytes:
    raise _NeedsFileError(path)


def _read_configuration(written: Written) -> Step:
    options = LineParser(CONFIG).parse_line(written.line)
    values = dict(parse_setting(each) for each in options.settings if "=" in each)
    places = (options.from_file, options.from_object, options.prefixed_env)
    if not values and not any(places):
        return Leave(place=written.place, what=written.what)
    file, source, prefix = (each or "" for each in places)
    return Configure(
        place=written.place,
        values=values,
        file=file,
        object=source,
        environment=prefix,
        app=options.app or "",
    )


_OWN_LINES: dict[str, Callable[[Written], Step]] = {
    "load_ext": _read_loading,
    "flask_app": _read_app,
    "flask_config": _read_configuration,
    **dict.fromkeys(REQUEST_LINES, _read_requests),
}
_OWN_CELLS: dict[str, Callable[[Written], Step]] = {
    "route": _read_route,
    "module": _read_module,
    "template": _read_file,
    "static": _read_file,
    "http": _read_requests,
    **dict.fromkeys(HOOKS, _read_hook),
    **dict.fromkeys(REQUEST_LINES, _read_requests),
}
