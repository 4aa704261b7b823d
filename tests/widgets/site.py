"""A page with one preview on it, and an app behind a prefix: what a front end gives the widget.

The preview's module, the browser, the app and the server are real; of Jupyter there is only
what the module sees of it: the page's base URL, the probe's answer and a widget model.
"""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlencode

from flask import Blueprint, Flask, current_app, redirect, request, stream_with_context
from markupsafe import escape
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from werkzeug.wrappers.response import Response as BaseResponse

WIDGETS = Path(__file__).parents[2] / "nbflask" / "widgets"
BASE_URL = "/user/ann/"
MOUNT = "nbflask/1234-abcd/app/"
#: Nothing listens there: it is reserved (RFC 6335 section 6).
DIRECT_PORT = 1023

PAGE = Path(__file__).with_name("page.html")


class _SilentHandler(WSGIRequestHandler):
    def log(self, *_args: object) -> None:
        """Keep the access log out of the tests' output."""


pages = Blueprint("pages", __name__)


@pages.get("/")
def index() -> str:
    """Answer without a doctype, as a first tutorial does."""
    return f"{_count_visit()}<a href='/about'>About</a>"


@pages.get("/about")
def about() -> str:
    return "<!doctype html><title>About</title><h1>About</h1>"


@pages.get("/hello/<name>")
def hello(name: str) -> str:
    return f"<!doctype html><h1>Hello, {escape(name)}!</h1>"


@pages.get("/rows/<int:count>")
def rows(count: int) -> str:
    body = "".join(f"<p>Row {row}</p>" for row in range(count))
    return f"<!doctype html>{_count_visit()}{body}"


@pages.get("/window")
def window() -> str:
    return "<!doctype html><body style='min-height: 100vh; padding: 20px'>As tall as the window"


@pages.route("/form", methods=["GET", "POST"])
def form() -> str | BaseResponse:
    if request.method == "POST":
        current_app.config["POSTS"].append(request.form["name"])
        if request.form["name"] == "redirect":
            return redirect("about")
    return (
        f"<!doctype html><p id=method>{request.method}</p><form method=post action=/form>"
        "<input name=name aria-label=Name><button>Send</button></form>"
    )


@pages.get("/stream")
@stream_with_context
def stream() -> Iterator[str]:
    # A browser may show nothing of a page before its first kilobyte.
    yield "<!doctype html><p>First</p>" + " " * 2048
    current_app.config["GO_ON"].wait(20)
    yield "<p>Last</p>"


@pages.get("/broken")
def broken() -> tuple[str, int]:
    return "<!doctype html><h1>Internal Server Error</h1>", 500


def _count_visit() -> str:
    current_app.config["COUNT"] += 1
    return f"<p id=count>Visit {current_app.config['COUNT']}</p>"


def build_app() -> Flask:
    """Make an app whose pages are of all the kinds that a preview meets."""
    app = Flask("app")
    app.config.update(COUNT=0, POSTS=[], GO_ON=threading.Event())
    app.register_blueprint(pages)
    return app


class Site:
    """The page, the probe and the app on one server."""

    def __init__(self) -> None:
        """Bind a free port; :meth:`__enter__` serves."""
        self.app = build_app()
        #: Whether the app is there, as far as the Jupyter server knows.
        self.is_app_there = True
        #: Whether the Jupyter server has nbflask's extension.
        self.is_extension_there = True
        #: What answers a probe by jupyter-server-proxy; ``""`` where the server has none.
        self.proof = ""
        self.probes = 0
        mounts: dict[str, WSGIApplication] = {
            f"{BASE_URL}{MOUNT}".rstrip("/"): self._answer_for_app,
            f"{BASE_URL}proxy/absolute/{DIRECT_PORT}": self._answer_for_port,
        }
        application = DispatcherMiddleware(self._answer, mounts)
        self._server = make_server(
            "127.0.0.1", 0, application, threaded=True, request_handler=_SilentHandler
        )
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def page_url(self, *, theme: str = "", **traits: object) -> str:
        """Address the page with a preview of these traits.

        :param theme: ``light`` or ``dark`` imitates JupyterLab's own colours; ``""`` a bare page.
        """
        query = urlencode({"traits": json.dumps(traits), "theme": theme})
        return f"{self.url}{BASE_URL[1:]}lab?{query}"

    def _answer_for_app(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        if not self.is_app_there:
            return Response("No app is running here.", 404)(environ, start_response)
        return self.app.wsgi_app(environ, start_response)

    def _answer_for_port(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer as jupyter-server-proxy does, with an app behind it that wants a ticket."""
        request = Request(environ)
        response = Response("No such page of Jupyter's", 404)
        if self.proof and not self.is_app_there:
            response = Response("Jupyter's page of an error", 500)
        elif self.proof and "nbflask_probe" in request.args:
            response = Response(self.proof if request.args["nbflask_token"] == "t" else "")
            response.set_cookie("ticket", "1")
        elif self.proof and "ticket" in request.cookies:
            return self.app.wsgi_app(environ, start_response)
        return response(environ, start_response)

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        response = self._route(Request(environ))
        return response(environ, start_response)

    def _route(self, request: Request) -> Response:
        match request.path.removeprefix(BASE_URL):
            case "nbflask/__probe__" if self.is_extension_there:
                return Response(status=204)
            case "nbflask/__probe__/1234-abcd/app" if self.is_extension_there:
                self.probes += 1
                return Response(status=204 if self.is_app_there else 404)
            case "preview.js" | "preview.css" as name:
                kind = "text/javascript" if name.endswith("js") else "text/css"
                return Response((WIDGETS / name).read_text(), mimetype=kind)
            case "lab":
                return Response(PAGE.read_text(), mimetype="text/html")
            case _:
                return Response("Jupyter's own page", 404)

    def __enter__(self) -> Self:
        """Serve."""
        self._thread.start()
        return self

    def __exit__(self, *_exc_info: object) -> None:
        """End the server and its thread."""
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()
