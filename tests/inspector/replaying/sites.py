"""A recorded app for tests, on each of the ways to it."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, jsonify, request, session

from nbflask.inspector.replaying.replay import Replayer
from nbflask.inspector.replaying.sending import Loopback
from nbflask.recorder import Recorder, private
from nbflask.server.addresses import TcpAddress, connect
from nbflask.server.gateway import Gateway
from nbflask.server.life import AppServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

SECRET = "a secret of the registration"
WAYS = ("call", "unix", "tcp")


class Site:
    """An app, its recorder, and what sends its requests again.

    ``seen`` has the environ of each request, as the view saw it.
    """

    def __init__(self) -> None:
        self.app = _build_app(self)
        self.seen: list[dict[str, Any]] = []
        self.threads: list[threading.Thread] = []
        self.recorder = Recorder(self.app)
        self.way: Loopback | None = None
        self.replayer = Replayer(self.recorder, lambda: self.way)
        #: Lets the endless stream go on.
        self.tick = threading.Event()

    @property
    def client(self) -> FlaskClient:
        """A new client, without cookies."""
        return self.app.test_client()

    @property
    def last(self) -> int:
        """The newest exchange."""
        return self.recorder.exchanges()[-1].id


@contextmanager
def open_site(way: str = "call") -> Iterator[Site]:
    """Give a recorded app, that is served unless it is called."""
    site = Site()
    with site.recorder:
        if way == "call":
            yield site
            return
        gateway = Gateway(site.app, secret=SECRET, mount="nbflask/k/app/")
        address = TcpAddress() if way == "tcp" else None
        with AppServer(gateway, address=address, allowed_hosts=None) as server:
            assert server.address is not None
            site.way = Loopback(connect=partial(connect, server.address), secret=SECRET)
            yield site


def _build_app(site: Site) -> Flask:
    app = Flask("site")
    app.secret_key = "a key of the site"

    @app.before_request
    def note() -> None:
        site.seen.append(dict(request.environ))
        site.threads.append(threading.current_thread())

    @app.get("/")
    def index() -> str:
        return "hello\n"

    @app.route("/count", methods=["GET", "POST"])
    def count() -> str:
        # Without it two clients' cookies would be the same, byte by byte.
        session["user"] = request.args.get("user", "")
        session["count"] = session.get("count", 0) + 1
        return str(session["count"])

    @app.route("/echo", methods=["GET", "POST", "PUT", "PATCH"])
    def echo() -> Any:
        return jsonify(
            method=request.method,
            url=request.url,
            headers=sorted(request.headers),
            data=request.get_data().hex(),
            client=request.remote_addr,
            script_name=request.environ["SCRIPT_NAME"],
        )

    @app.post("/unread")
    def unread() -> str:
        return "no, thanks"

    @app.get("/private")
    @private
    def hidden() -> str:
        return "hidden"

    _add_oddities(app, site)
    return app


def _add_oddities(app: Flask, site: Site) -> None:
    @app.get("/stream")
    def stream() -> Response:
        def blocks() -> Iterator[str]:
            for number in range(100):
                yield f"{number}\n"
                site.tick.wait(5)

        return Response(blocks(), mimetype="text/plain")

    @app.get("/slow")
    def slow() -> str:
        site.tick.wait(30)
        return "at last"

    @app.get("/boom")
    def boom() -> str:
        form: dict[str, str] = {}
        return form["name"]

    @app.get("/etag")
    def etag() -> Any:
        response = Response("whole")
        response.set_etag("one")
        return response.make_conditional(request)
