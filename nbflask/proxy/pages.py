"""The proxy's own pages: the list of running apps, and what stands in for an app that is gone."""

from __future__ import annotations

import secrets
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web

from nbflask.proxy.fields import choose_frame_ancestors
from nbflask.runtime.registrations import Alive
from nbflask.values.registration import MOUNT_ROOT

if TYPE_CHECKING:
    from nbflask.runtime.registrations import RegistrationDirectory

_GONE_TEXT = "The app {!r} is not running. Run its notebook's cells again.\n"


class _Page(JupyterHandler):
    """A page for the user of this Jupyter server alone."""

    def initialize(self, *, directory: RegistrationDirectory) -> None:
        """Take the registrations that the page is about."""
        self._directory = directory


class IndexHandler(_Page):
    """``{base_url}nbflask/``: the running apps of all kernels, by notebook."""

    @web.authenticated
    def get(self) -> None:
        """Give the list."""
        running = self._directory.list_alive()
        notebooks = [
            (notebook, list(apps)) for notebook, apps in groupby(running, lambda it: it.notebook)
        ]
        _render(self, "index.html", count=len(running), notebooks=notebooks)

    head = get


class ProbeHandler(_Page):
    """``{base_url}nbflask/__probe__``: 204, and so is the probe of an app that runs.

    That of an app that does not run is 200: a page asks again and again, and Jupyter's log and the
    browser's console would show each 404.
    """

    @web.authenticated
    def get(self, kernel_id: str | None = None, app_name: str | None = None) -> None:
        """Say whether the extension, or with names the app, is there. Nothing reaches the app."""
        is_there = kernel_id is None or isinstance(
            self._directory.find(kernel_id, app_name or ""), Alive
        )
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        if is_there:
            self.set_status(204)
            self.finish()
        else:
            self.finish("not running\n")

    head = get

    def check_xsrf_cookie(self) -> None:
        """Ask for no token against forgery: nothing changes, and the answer holds nothing.

        Behind a JupyterHub (4.1 and later) every ``fetch`` needs one, unless its handler says so.
        """

    def get_login_url(self) -> str:
        """Refuse instead: a script that asks has no use for a login page."""
        raise web.HTTPError(403)


class SlashHandler(JupyterHandler):
    """A mount without its closing slash, where relative links would go astray."""

    @web.authenticated
    def get(self, **_names: str) -> None:
        """Go to the mount."""
        path, question_mark, query = self.request.uri.partition("?")
        # 307, since browsers keep a permanent one, and the kernel's id will not last.
        self.redirect(f"{path}/{question_mark}{query}", status=307)

    head = get


def render_gone(handler: Any, status_code: int) -> None:
    """Answer for an app that is not there: with a page that reloads itself when it is back.

    :param handler: A handler whose route names ``kernel_id`` and ``app_name``.
    :param status_code: 404 for an app that is not known, 503 for one that went without a word.
    """
    kernel_id, app_name = handler.path_kwargs["kernel_id"], handler.path_kwargs["app_name"]
    handler.set_status(status_code)
    if "text/html" not in handler.request.headers.get("Accept", ""):
        handler.set_header("Cache-Control", "no-store")
        handler.set_header("Content-Type", "text/plain; charset=utf-8")
        handler.finish(_GONE_TEXT.format(app_name))
        return
    root = url_path_join(handler.base_url, MOUNT_ROOT)
    _render(
        handler,
        "gone.html",
        app_name=app_name,
        index_url=f"{root}/",
        probe_url=f"{root}/__probe__/{kernel_id}/{app_name}",
    )


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("nbflask.proxy"), autoescape=True, undefined=StrictUndefined
    )


def _render(handler: Any, name: str, **values: Any) -> None:
    """Answer with a page that can load nothing, and run no script but its own."""
    nonce = secrets.token_urlsafe(16)
    policy = [
        "default-src 'none'",
        f"style-src 'nonce-{nonce}'",
        f"script-src 'nonce-{nonce}'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        choose_frame_ancestors(handler.content_security_policy) or "frame-ancestors 'self'",
    ]
    handler.set_header("Content-Security-Policy", "; ".join(policy))
    handler.set_header("Content-Type", "text/html; charset=utf-8")
    handler.set_header("Cache-Control", "no-store")
    handler.set_header("Referrer-Policy", "no-referrer")
    page = _templates().get_template(name).render(nonce=nonce, **values)
    # A notebook's name on disk may hold bytes that are no UTF-8; Python keeps them as surrogates.
    handler.finish(page.encode("utf-8", "replace"))
