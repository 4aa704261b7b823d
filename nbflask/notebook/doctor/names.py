"""Variables, views and files that hide what others mean by the same name."""

from __future__ import annotations

import builtins
import sys
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

import flask

from nbflask.notebook.apps import is_a
from nbflask.notebook.doctor.finding import Finding
from nbflask.runtime.shadows import NEEDED, find_shadows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbflask.notebook.owner import Notebook


_FUNCTIONS = (FunctionType, BuiltinFunctionType, type)

#: Of the standard library's modules those that cells of web apps import. Nobody misses ``site``.
_IMPORTED = frozenset(
    {
        *("json", "os", "sys", "re", "io", "csv", "time", "datetime", "random", "math", "string"),
        *("uuid", "secrets", "hashlib", "base64", "logging", "sqlite3", "pathlib", "collections"),
        *("itertools", "functools", "html", "http", "urllib", "email", "asyncio", "threading"),
    }
)


def look_at_names(notebook: Notebook) -> Iterator[Finding]:
    """Give what is called as something else is that code here relies on."""
    namespace = dict(notebook.shell.user_ns)
    views = _views(notebook)
    yield from _lost_apps(notebook, namespace)
    yield from _flasks_names(namespace, views)
    yield from _builtins(namespace, views)
    yield from _apps_like_modules(notebook)
    yield from _files(notebook)


def _views(notebook: Notebook) -> list[Any]:
    return [
        view
        for app in notebook.apps.by_name().values()
        for view in app.view_functions.values()
        if isinstance(view, FunctionType)
    ]


def _lost_apps(notebook: Notebook, namespace: dict[str, Any]) -> Iterator[Finding]:
    """Find the names of apps that mean something else now."""
    found = notebook.apps.by_name()
    served = [each.name for each in notebook.status() if each.is_running]
    candidates = dict.fromkeys([*served, *([] if found else ["app"])])
    for name in candidates:
        value = namespace.get(name)
        if name not in namespace or is_a(value, flask.app.Flask):
            continue
        what = f"a {type(value).__name__}"
        if isinstance(value, ModuleType):
            what = f"the module {value.__name__!r}"
        yield _finding(
            f"name {name!r}",
            f"was an app's, and is now {what}",
            "Give that another name, and run the cell that makes the app again.",
        )


def _flasks_names(namespace: dict[str, Any], views: list[Any]) -> Iterator[Finding]:
    for name, value in _flask_names().items():
        own = namespace.get(name, value)
        # Werkzeug's `abort` and `redirect` are as good; what is imported is meant.
        # By its type: a proxy would be asked what it stands for.
        is_imported = issubclass(type(own), _FUNCTIONS) and own.__module__ != "__main__"
        if own is value or is_imported:
            continue
        is_view = any(own is each for each in views)
        what = "the view" if is_view else f"a {type(own).__name__}"
        yield _finding(
            f"name {name!r}",
            f"is {what} of the notebook, no longer Flask's",
            f"Give that another name, and write `from flask import {name}`.",
        )


def _flask_names() -> dict[str, Any]:
    """Give Flask's functions and proxies; a class such as ``Config`` is named by many."""
    return {
        name: value
        for name, value in vars(flask).items()
        if name.islower()
        and not name.startswith("_")
        and not isinstance(value, ModuleType)
        and name != "annotations"
    }


def _builtins(namespace: dict[str, Any], views: list[Any]) -> Iterator[Finding]:
    for name in dir(builtins):
        own = namespace.get(name)
        if name.islower() and any(own is each for each in views):
            yield _finding(
                f"name {name!r}",
                f"is a view, so cells cannot use Python's {name}()",
                f"Call the view otherwise, then run `del {name}`.",
            )


def _apps_like_modules(notebook: Notebook) -> Iterator[Finding]:
    for name in notebook.apps.by_name():
        if name in _IMPORTED or name in NEEDED:
            yield _finding(
                f"app {name!r}",
                "has the name of a module, which cells can then not use by it",
                "Give it to a variable of another name, such as 'app'.",
            )


def _files(notebook: Notebook) -> Iterator[Finding]:
    for name in find_shadows(Path.cwd(), used=sys.modules):
        yield _finding(
            f"file {name!r}",
            f"stands for the module {Path(name).stem!r} wherever that is imported from here",
            "Rename it, and restart the kernel.",
        )
    own = Path(notebook.surroundings.notebook)
    if own.suffix == ".ipynb" and own.stem.lower() in NEEDED:
        yield _finding(
            f"notebook {own.name!r}",
            f"is called as a module is: saved as a script, it would stand for {own.stem!r}",
            f"Rename it, to '{own.stem}_app.ipynb' for example.",
        )


def _finding(subject: str, found: str, remedy: str) -> Finding:
    return Finding(about="apps", subject=subject, found=found, remedy=remedy)
