"""Values of an app's configuration that bite in a notebook."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from werkzeug.exceptions import SecurityError
from werkzeug.test import create_environ

from nbflask.notebook.doctor.finding import Finding, app_option
from nbflask.notebook.doctor.views import is_named_by_views

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.app import Flask

    from nbflask.notebook.owner import Notebook
    from nbflask.notebook.surroundings import Surroundings

# A browser sends the host of Jupyter's own address: any name that is not the app's.
_HOST = "127.0.0.1:8888"


def look_at_settings(notebook: Notebook) -> Iterator[Finding]:
    """Give what is set so that the app does not work here as it would."""
    for name, app in notebook.apps.by_name().items():
        subject = f"app {name!r}"
        for found, remedy in _faults(app, notebook.surroundings, app_option(notebook, name)):
            yield Finding(about="apps", subject=subject, found=found, remedy=remedy)


def _faults(app: Flask, around: Surroundings, option: str) -> Iterator[tuple[str, str]]:
    config = app.config
    if app.debug:
        yield (
            "DEBUG is on",
            f"Run `%flask_config DEBUG=false{option}` before anybody else uses the app.",
        )
    yield from _hosts(app)
    root = config.get("APPLICATION_ROOT")
    if root not in (None, "", "/") and not config.get("SESSION_COOKIE_PATH"):
        yield (
            f"APPLICATION_ROOT is {root!r}, so the session's cookie is for pages below it alone",
            "Leave it at '/': the app is told its prefix with each request.",
        )
    uses_session = is_named_by_views(app, {"session", "flash"})
    if not app.secret_key and uses_session:
        yield (
            "has no secret key, and its views use the session",
            f"Run `%flask_config --rotate-key{option}`, or set its secret_key.",
        )
    if config.get("SESSION_COOKIE_SECURE") and uses_session and _is_plain_http(around):
        yield (
            "SESSION_COOKIE_SECURE is on, and the pages come by http: browsers may keep no session",
            f"Run `%flask_config SESSION_COOKIE_SECURE=false{option}` here; set it where https is.",
        )


def _hosts(app: Flask) -> Iterator[tuple[str, str]]:
    """Ask the app whether it knows itself under the host of a notebook's page."""
    name = app.config.get("SERVER_NAME")
    trusted = app.config.get("TRUSTED_HOSTS")
    if not name and not trusted:
        return
    request = app.request_class(create_environ(base_url=f"http://{_HOST}/"))
    try:
        with warnings.catch_warnings():
            # Werkzeug warns of what is said below, with its remedy.
            warnings.simplefilter("ignore", UserWarning)
            adapter = app.create_url_adapter(request)
    except SecurityError:
        yield (
            f"TRUSTED_HOSTS is {trusted!r}, so requests under Jupyter's address are refused (400)",
            "Leave it unset in the notebook, and set it where the app is deployed.",
        )
        return
    # Werkzeug: the subdomain of a host that is not the server's name. No rule is of it.
    if adapter is not None and adapter.subdomain == "<invalid>":
        yield (
            f"SERVER_NAME is {name!r}, so pages under Jupyter's address are not found (404)",
            "Leave it unset in the notebook, and set it where the app is deployed.",
        )


def _is_plain_http(around: Surroundings) -> bool:
    """Whether nothing says that https may be in front of the app."""
    server = around.server
    has_proxy = bool(server.hub) or server.explicit.startswith("https:")
    return not has_proxy and around.front_end != "colab"
