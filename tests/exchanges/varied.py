"""An app with answers of many kinds, and the requests that ask for each of them."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import TYPE_CHECKING

import flask
from flask import Flask, Response, flash, jsonify, redirect, request, session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient
    from werkzeug.wrappers import Response as BaseResponse

#: One red pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cf"
    "c0000003010100c9fe92ef0000000049454e44ae426082"
)
TEXT = "naïve café ☃ 😀\n" * 20


def build_app() -> Flask:
    """Make the app; what it answers depends on nothing but the request."""
    app = Flask(__name__)
    app.secret_key = "a key that guards nothing"
    for add in (_add_texts, _add_streams, _add_bytes, _add_forms, _add_faults, _add_state):
        add(app)
    return app


def _add_texts(app: Flask) -> None:
    @app.get("/")
    def index() -> str:
        return "<!doctype html><title>Hello</title><p>Hello, wörld!"

    @app.route("/json", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def as_json() -> Response:
        given = request.get_json() if request.is_json else None
        return jsonify(given=given, query=request.args.to_dict(flat=False), none=None, ok=True)

    @app.get("/text/<path:name>")
    def text(name: str) -> Response:
        return Response(f"{name}\n{TEXT}", mimetype="text/plain")

    @app.get("/latin")
    def latin() -> Response:
        return Response("café".encode("latin-1"), content_type="text/plain; charset=latin-1")

    @app.get("/svg")
    def svg() -> Response:
        return Response('<svg xmlns="http://www.w3.org/2000/svg"/>', mimetype="image/svg+xml")

    @app.route("/nothing", methods=["GET", "POST", "OPTIONS"])
    def nothing() -> tuple[str, int]:
        return "", 204


def _add_streams(app: Flask) -> None:
    @app.get("/events")
    def events() -> Response:
        def stream() -> Iterator[str]:
            yield from (f"id: {n}\nevent: tick\ndata: {n}\n\n" for n in range(31))

        return Response(stream(), mimetype="text/event-stream")


def _add_bytes(app: Flask) -> None:
    @app.get("/png")
    def png() -> Response:
        return Response(PNG, mimetype="image/png")

    @app.get("/bytes")
    def some_bytes() -> Response:
        return Response(bytes(range(256)), mimetype="application/octet-stream")

    @app.get("/gzip")
    def gzipped() -> Response:
        data = gzip.compress(TEXT.encode(), mtime=0)
        return Response(data, mimetype="text/plain", headers={"Content-Encoding": "gzip"})

    @app.get("/deflate")
    def deflated() -> Response:
        data = zlib.compress(TEXT.encode())
        return Response(data, mimetype="text/plain", headers={"Content-Encoding": "deflate"})

    @app.get("/unknown-encoding")
    def unknown_encoding() -> Response:
        return Response(b"?", mimetype="text/plain", headers={"Content-Encoding": "x-rot13"})

    @app.get("/no-type")
    def no_type() -> Response:
        response = Response(b"what is it?")
        del response.headers["Content-Type"]
        return response

    @app.get("/large")
    def large() -> Response:
        return Response((b"0123456789abcde\n" for _ in range(11_520)), mimetype="text/plain")


def _add_forms(app: Flask) -> None:
    @app.post("/form")
    def form() -> Response:
        return jsonify(request.form.to_dict(flat=False))

    @app.post("/upload")
    def upload() -> Response:
        # Left open, the file of a test client's request would be found by the garbage collector.
        with request:
            sizes = {name: len(file.read()) for name, file in request.files.items()}
            return jsonify(sizes=sizes, form=request.form.to_dict())

    @app.route("/put", methods=["PUT", "POST", "QUERY"])
    def put() -> Response:
        return jsonify(size=len(request.get_data()), type=request.content_type)

    @app.post("/unread")
    def unread() -> str:
        return "I did not look."


def _add_faults(app: Flask) -> None:
    @app.get("/broken")
    def broken() -> str:
        raise KeyError("name")

    @app.get("/broken-stream")
    def broken_stream() -> Response:
        def stream() -> Iterator[str]:
            yield "some"
            raise ValueError("no more")

        return Response(stream(), mimetype="text/plain")

    @app.get("/teapot")
    def teapot() -> tuple[dict[str, str], int]:
        return {"error": "short and stout"}, 418


def _add_state(app: Flask) -> None:
    @app.get("/cookies")
    def cookies() -> Response:
        response = jsonify(request.cookies)
        response.set_cookie("plain", "1")
        response.set_cookie("all", "a b", max_age=60, path="/x", secure=True, httponly=True)
        response.headers.add("Set-Cookie", "dated=1; Expires=Wed, 21 Oct 2035 07:28:00 GMT")
        response.headers.add("Set-Cookie", "odd=1; Expires=soon; SameSite=Lax")
        return response

    @app.post("/login")
    def login() -> BaseResponse:
        session["user"] = request.form.get("name", "nobody")
        flash("Welcome")
        return redirect("/me")

    @app.get("/me")
    def me() -> Response:
        return jsonify(user=session.get("user"))

    @app.get("/cached")
    def cached() -> BaseResponse:
        response = flask.make_response("the same as ever")
        response.add_etag()
        return response.make_conditional(request)

    @app.get("/logged")
    def logged() -> str:
        app.logger.warning("a warning about %s", "something")
        return "logged"


def ask_everything(client: FlaskClient) -> None:
    """Send a request of each kind, and read each answer to its end."""
    _ask_for_texts(client)
    _ask_for_bytes(client)
    _send_contents(client)
    _ask_with_state(client)


def _ask_for_texts(client: FlaskClient) -> None:
    for target in (
        *("/", "/json", "/json?a=1&a=2&b=&c", "/json?q=%C3%A9+%26&%20=x", "/text/a%20b/%E2%98%83"),
        *("/latin", "/svg", "/events", "/nothing", "/teapot", "/missing/%20page", "/json/"),
    ):
        client.get(target).get_data()
    client.head("/text/x").get_data()
    client.options("/nothing").get_data()
    client.get("/json", headers=[("X-Twice", "1"), ("X-Twice", "2"), ("X-Empty", "")]).get_data()


def _ask_for_bytes(client: FlaskClient) -> None:
    for target in (
        "/png",
        "/bytes",
        "/gzip",
        "/deflate",
        "/unknown-encoding",
        "/no-type",
        "/large",
    ):
        client.get(target).get_data()


def _send_contents(client: FlaskClient) -> None:
    client.post("/json", json={"name": "Ada", "list": [1, 2.5, None], "é": "☃"}).get_data()
    client.put("/json", data=b"{broken", content_type="application/json").get_data()
    client.patch("/json", data="text", content_type="text/plain").get_data()
    client.delete("/json?id=1").get_data()
    client.post("/form", data={"name": "Ada", "x": ["1", "2"], "empty": ""}).get_data()
    files = {"f": (io.BytesIO(bytes(range(256))), "b.bin"), "name": "Ada"}
    client.post("/upload", data=files, content_type="multipart/form-data").get_data()
    client.put("/put", data=bytes(range(256)), content_type="application/octet-stream").get_data()
    client.put("/put", data="café".encode("latin-1"), content_type="text/plain; charset=latin-1")
    client.put("/put", data=b"x" * 200_000, content_type="application/octet-stream").get_data()
    client.post("/put", data=b"no type").get_data()
    client.open("/put", method="QUERY", data="select 1", content_type="application/sql").get_data()
    client.post("/unread", data=b"nobody reads this").get_data()
    client.post("/put", data=gzip.compress(b"{}"), headers={"Content-Encoding": "gzip"}).get_data()


def _ask_with_state(client: FlaskClient) -> None:
    client.get("/cookies").get_data()
    client.get("/cookies").get_data()
    client.post("/login", data={"name": "Ada", "password": "secret"}).get_data()
    client.get("/me").get_data()
    tag = client.get("/cached").headers["ETag"]
    client.get("/cached", headers={"If-None-Match": tag}).get_data()
    client.get("/logged").get_data()
    client.get("/broken").get_data()
    try:
        client.get("/broken-stream").get_data()
    except ValueError:
        return
    raise AssertionError("The stream did not break.")
