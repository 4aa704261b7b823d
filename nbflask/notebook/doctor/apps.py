"""The notebook's apps: how each is reached, and what it lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflask.app import Flask
from nbflask.errors import AppError
from nbflask.notebook.doctor.finding import Finding, app_option
from nbflask.values.base_url import choose_base_url
from nbflask.values.registration import is_app_name
from nbflask.values.ticket import PARAMETER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.app import Flask as PlainFlask

    from nbflask.notebook.doctor.environments import Environment
    from nbflask.notebook.owner import Notebook
    from nbflask.notebook.surroundings import Surroundings

_AT_A_PORT = {
    "voila": "as Voila by itself passes nothing on",
    "vscode": "as VS Code reaches it straight",
    "colab": "which the page reaches by Colab's own proxy",
}


def look_at_apps(
    notebook: Notebook, kernel: Environment, server: Environment | None = None
) -> Iterator[Finding]:
    """Say of each app where it is, whether it has websockets, and what is missing.

    :param server: The Jupyter server's environment; ``None`` where there is none or nobody knows.
    """
    has_proxy = server is None or "jupyter-server-proxy" in server.versions
    try:
        notebook.apps.current()
    except AppError as fault:
        yield Finding(about="apps", subject="apps", found="none", remedy=str(fault))
    apps = notebook.apps.by_name()
    for each in notebook.status():
        found = (
            _ways(notebook, each.name, has_proxy=has_proxy) if each.is_running else "not running"
        )
        hint = "" if each.is_running else f" (`%flask_run {each.name}` starts it)"
        yield _finding(each.name, f"{found}{hint}")
        if each.name in apps:
            yield from _shortcomings(each.name, apps[each.name], app_option(notebook, each.name))
    yield from _websockets(notebook, kernel, has_proxy=has_proxy)
    yield from _stray_blueprints(notebook)


def _ways(notebook: Notebook, name: str, *, has_proxy: bool) -> str:
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
        socket = "" if direct else ", on a private socket"
        return f"{mount}, or {direct}" if direct else f"{mount}{socket}"
    if around.is_behind_jupyter and has_proxy:
        proxied = f"{root}proxy/absolute/{serving.port}/"
        reason = "through jupyter-server-proxy, as the Jupyter server has not loaded nbflask"
        return f"{proxied} ({reason}), or {direct}"
    reason = _AT_A_PORT.get(around.front_end, "as no Jupyter server is there")
    if around.is_behind_jupyter:
        reason = "as the Jupyter server has neither nbflask nor jupyter-server-proxy"
    return f"{direct[:-1]}, {reason})"


def _shortcomings(name: str, app: PlainFlask, option: str) -> Iterator[Finding]:
    if not isinstance(app, Flask):
        yield _finding(
            name,
            "made before `%load_ext nbflask`, so cells cannot change it while it runs",
            "Run the cell that makes it again.",
        )
    if not is_app_name(name):
        yield _finding(
            name,
            "its name cannot be a part of a URL",
            "Give it to a variable of ASCII letters, digits and '_'.",
        )
    if all(rule.endpoint == "static" for rule in app.url_map.iter_rules()):
        yield _finding(name, "has no routes", f"Write a `%%route /{option}` cell.")


def _websockets(notebook: Notebook, kernel: Environment, *, has_proxy: bool) -> Iterator[Finding]:
    """Say how the apps' websockets get to the page, if they have any."""
    rules = {
        name: sorted(rule.rule for rule in app.url_map.iter_rules() if rule.websocket)
        for name, app in notebook.apps.by_name().items()
    }
    served = ", ".join(f"{name} {' '.join(each)}" for name, each in rules.items() if each)
    if not served:
        has_sock = "flask-sock" in kernel.versions
        how = "flask-sock is installed" if has_sock else "flask-sock would bring them"
        yield Finding(about="apps", subject="websockets", found=f"no app has any; {how}")
        return
    way, remedy = _way_of_websockets(notebook.surroundings, has_proxy=has_proxy), ""
    if "simple-websocket" not in kernel.versions:
        way = "nothing here speaks them: simple-websocket is not installed"
        remedy = "Run `%pip install flask-sock`, and restart the kernel."
    found = f"{served}: {way}"
    yield Finding(about="apps", subject="websockets", found=found, remedy=remedy)


def _way_of_websockets(around: Surroundings, *, has_proxy: bool) -> str:
    if around.front_end == "colab":
        # https://github.com/googlecolab/colabtools/issues/2529
        return "Colab's proxy passes none on"
    if around.has_extension:
        return "passed on by nbflask in the Jupyter server"
    if around.is_behind_jupyter and has_proxy:
        return "passed on by jupyter-server-proxy: messages up to 10 MB, and no close codes"
    return "straight to the app's port"


def _stray_blueprints(notebook: Notebook) -> Iterator[Finding]:
    apps = notebook.apps.by_name().values()
    registered = [each for app in apps for each in app.blueprints.values()]
    for name, blueprint in notebook.blueprints().items():
        if not any(blueprint is each for each in registered):
            yield Finding(
                about="apps",
                subject=f"blueprint {name!r}",
                found="on no app, so nothing of it is served",
                remedy=f"Write `app.register_blueprint({name})`.",
            )


def _finding(name: str, found: str, remedy: str = "") -> Finding:
    return Finding(about="apps", subject=f"app {name!r}", found=found, remedy=remedy)
