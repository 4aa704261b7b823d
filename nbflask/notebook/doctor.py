"""What is as it should be in this set-up, what is not, and how to mend it."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING

from nbflask.app import Flask
from nbflask.errors import AppError
from nbflask.values.base_url import choose_base_url
from nbflask.values.registration import is_app_name
from nbflask.values.ticket import PARAMETER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbflask.notebook.owner import Notebook
    from nbflask.notebook.surroundings import ServerExtension

_PACKAGES = (
    "nbflask",
    "flask",
    "werkzeug",
    "ipython",
    "ipykernel",
    "anywidget",
    "jupyter-server",
    "jupyter-server-proxy",
    "jupyterlab",
    "notebook",
)
_FRONT_ENDS = {
    "jupyter": "a notebook of a Jupyter server",
    "vscode": "VS Code",
    "colab": "Google Colab",
    "terminal": "a terminal",
    "none": "a kernel without a Jupyter server (nbclient, nbval, a test)",
}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    :param remedy: What to do about it; ``""`` if all is well.
    """

    subject: str
    found: str
    remedy: str = ""


def examine(notebook: Notebook) -> tuple[Finding, ...]:
    """Look at versions, the way to the app, and common mistakes."""
    return (
        *_versions(),
        *_way_through_jupyter(notebook),
        *_servers(notebook),
        *_mistakes(notebook),
    )


def _versions() -> Iterator[Finding]:
    yield Finding(subject="Python", found=platform.python_version())
    for name in _PACKAGES:
        try:
            yield Finding(subject=name, found=metadata.version(name))
        except metadata.PackageNotFoundError:
            yield Finding(subject=name, found="not in the kernel's environment")


def _way_through_jupyter(notebook: Notebook) -> Iterator[Finding]:
    around = notebook.surroundings
    yield Finding(subject="front end", found=_FRONT_ENDS[around.front_end])
    extension = around.extension
    where = f"disabled by {extension.file}" if extension.file else "not enabled in any file"
    if extension.is_enabled:
        where = f"enabled by {extension.file}"
    if around.has_extension:
        yield Finding(subject="server extension", found="loaded by the Jupyter server")
    elif around.is_behind_jupyter:
        found = f"not loaded by the Jupyter server (for the kernel's environment: {where})"
        yield Finding(subject="server extension", found=found, remedy=_remedy(extension))
    else:
        remedy = "" if extension.is_enabled else _remedy(extension)
        yield Finding(subject="server extension", found=where, remedy=remedy)


def _remedy(extension: ServerExtension) -> str:
    if extension.file and not extension.is_enabled:
        return "Run `jupyter server extension enable nbflask`, and restart the Jupyter server."
    return "Install nbflask in the Jupyter server's environment and restart it."


def _servers(notebook: Notebook) -> Iterator[Finding]:
    for each in notebook.status():
        if each.is_running:
            yield Finding(subject=f"app {each.name!r}", found=_ways(notebook, each.name))
        else:
            remedy = f"Start it with `%flask_run {each.name}`."
            yield Finding(subject=f"app {each.name!r}", found="not running", remedy=remedy)


def _ways(notebook: Notebook, name: str) -> str:
    """Name the ways to an app that is served, in the order in which a preview tries them."""
    around, serving = notebook.surroundings, notebook.serving(name)
    base = choose_base_url(around.server)
    root = base.value if base is not None else ""
    # The token lets in whoever reads it, and what a doctor says is pasted into reports.
    url = serving.direct_url.partition("?")[0]
    url += f"?{PARAMETER}=…" if "?" in serving.direct_url else ""
    direct = f"{url} (a port of this machine)" if serving.port else ""
    if around.has_extension:
        mount = f"{root}{serving.mount} (through the Jupyter server)"
        return f"{mount}, or {direct}" if direct else mount
    if around.is_behind_jupyter:
        proxied = f"{root}proxy/absolute/{serving.port}/"
        reason = "through jupyter-server-proxy, as the Jupyter server has not loaded nbflask"
        return f"{proxied} ({reason}), or {direct}"
    return f"{direct[:-1]}, as no Jupyter server is there)"


def _mistakes(notebook: Notebook) -> Iterator[Finding]:
    try:
        notebook.apps.current()
    except AppError as fault:
        yield Finding(subject="apps", found="none", remedy=str(fault))
    for name, app in notebook.apps.by_name().items():
        subject = f"app {name!r}"
        if not isinstance(app, Flask):
            yield Finding(
                subject=subject,
                found="made before `%load_ext nbflask`, so cells cannot change it while it runs",
                remedy="Run the cell that makes it again.",
            )
        if not is_app_name(name):
            yield Finding(
                subject=subject,
                found="its name cannot be a part of a URL",
                remedy="Give it to a variable of ASCII letters, digits and '_'.",
            )
        if all(rule.endpoint == "static" for rule in app.url_map.iter_rules()):
            yield Finding(
                subject=subject, found="has no routes", remedy="Write a `%%route /` cell."
            )
    yield from _stray_blueprints(notebook)


def _stray_blueprints(notebook: Notebook) -> Iterator[Finding]:
    apps = notebook.apps.by_name().values()
    registered = [each for app in apps for each in app.blueprints.values()]
    for name, blueprint in notebook.blueprints().items():
        if not any(blueprint is each for each in registered):
            yield Finding(
                subject=f"blueprint {name!r}",
                found="on no app, so nothing of it is served",
                remedy=f"Write `app.register_blueprint({name})`.",
            )
