"""An app that tells what reached it, and does everything that a proxy can get wrong."""

from __future__ import annotations

import gzip
import hashlib
import threading
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, jsonify, redirect, request, session, url_for
from flask_sock import Sock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simple_websocket import Server
    from werkzeug.wrappers import Response as BaseResponse

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
MEBIBYTE = b"x" * 2**20


def create_app(name: str) -> Flask:
    """Make an app whose answers say the name."""
    app = Flask("sample")
    app.secret_key = "the same for all, so that a session can get mixed up"
    _add_echo(app)
    _add_redirects(app)
    _add_sessions(app, name)
    _add_content(app)
    _add_streams(app)
    _add_websockets(app)
    return app


def _add_echo(app: Flask) -> None:
    @app.route("/echo", methods=METHODS, provide_automatic_options=False)
    @app.route("/echo/<path:_rest>", methods=METHODS, provide_automatic_options=False)
    def echo(_rest: str = "") -> Response:
        environ = {k: v for k, v in request.environ.items() if isinstance(v, str)}
        response = jsonify(
            method=request.method,
            raw=request.environ["REQUEST_URI"],
            path=request.path,
            query=request.query_string.decode(),
            root=request.root_path,
            url=request.url,
            client=request.remote_addr,
            fields=dict(request.headers),
            cookies=dict(request.cookies),
            environ=environ,
            content=hashlib.sha256(request.get_data()).hexdigest(),
            content_bytes=len(request.get_data()),
        )
        response.headers["X-Method"] = request.method
        return response


def _add_redirects(app: Flask) -> None:
    @app.get("/target/")
    def target() -> str:
        return url_for("target")

    @app.get("/go/<how>")
    def go(how: str) -> BaseResponse:
        places = {
            "url_for": url_for("target"),
            "external": url_for("target", _external=True),
            "hard": "/target/",
            "relative": "../target/",
            "elsewhere": "https://example.org/target/",
            "network": "//example.org/target/",
        }
        return redirect(places[how])


def _add_sessions(app: Flask, name: str) -> None:
    @app.get("/login/<user>")
    def login(user: str) -> str:
        session["user"] = f"{user} of {name}"
        return "welcome"

    @app.get("/me")
    def me() -> str:
        return str(session.get("user", "nobody"))

    @app.get("/cookies")
    def cookies() -> Response:
        response = Response("crumbs", mimetype="text/event-stream")
        response.set_cookie("a", "1")
        response.set_cookie("b", "2", path="/sub", domain="example.org", httponly=True)
        return response


def _add_content(app: Flask) -> None:
    @app.get("/large/<int:count>")
    def large(count: int) -> Response:
        return Response((MEBIBYTE for _ in range(count)), mimetype="application/octet-stream")

    @app.post("/upload")
    def upload() -> Response:
        total = 0
        while chunk := request.stream.read(2**16):
            total += len(chunk)
        return jsonify(total=total, length=request.headers.get("Content-Length"))

    @app.post("/refuse")
    def refuse() -> tuple[str, int]:
        return "too much", 413

    @app.get("/gzip")
    def compressed() -> Response:
        return Response(gzip.compress(b"packed " * 100), headers={"Content-Encoding": "gzip"})

    @app.get("/fields")
    def fields() -> Response:
        response = Response("<p>fields", status=299)
        response.headers["Service-Worker-Allowed"] = "/"
        response.headers["Clear-Site-Data"] = '"cookies"'
        response.headers["NEL"] = response.headers["Report-To"] = "{}"
        response.headers["Content-Security-Policy"] = request.args.get("csp", "default-src 'self'")
        response.headers["ETag"] = '"own"' if "etag" in request.args else ""
        if "etag" not in request.args:
            del response.headers["ETag"]
        return response


def _add_streams(app: Flask) -> None:
    go_on, closed = threading.Event(), threading.Event()

    @app.get("/events")
    def events() -> Response:
        go_on.clear()
        closed.clear()

        def generate() -> Iterator[str]:
            try:
                yield "data: first\n\n"
                while not go_on.wait(0.05):
                    yield ": still here\n\n"
                yield "data: last\n\n"
            finally:
                closed.set()

        return Response(generate(), mimetype=request.args.get("type", "text/event-stream"))

    @app.get("/events/go")
    def let_go() -> str:
        go_on.set()
        return "gone"

    @app.get("/events/closed")
    def is_closed() -> Response:
        return jsonify(closed.wait(float(request.args.get("wait_s", 0))))

    @app.get("/die")
    def die() -> Response:
        def generate() -> Iterator[bytes]:
            yield MEBIBYTE
            raise RuntimeError("on purpose")

        return Response(generate())


def _add_websockets(app: Flask) -> None:
    app.config["SOCK_SERVER_OPTIONS"] = {"subprotocols": ["second", "third"]}
    sock: Any = Sock(app)

    @sock.route("/ws/echo")
    def ws_echo(ws: Server) -> None:
        while True:
            ws.send(ws.receive())

    @sock.route("/ws/close")
    def ws_close(ws: Server) -> None:
        ws.close(reason=4001, message="as asked")

    @sock.route("/ws/where")
    def ws_where(ws: Server) -> None:
        ws.send(f"{url_for('target')} {request.headers.get('Cookie', '')}")

    codes: list[Any] = []

    @sock.route("/ws/record")
    def ws_record(ws: Server) -> None:
        try:
            ws.receive()
        except Exception as error:
            codes.append([getattr(error, "reason", None), getattr(error, "message", None)])
            raise

    @app.get("/ws/recorded")
    def ws_recorded() -> Response:
        return jsonify(codes)
