"""An app that does many of the things that apps do, made anew for each server."""

from __future__ import annotations

import gzip
import io
from typing import TYPE_CHECKING, Any

import flask
from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    redirect,
    render_template_string,
    request,
    send_file,
    session,
    stream_template_string,
    stream_with_context,
    url_for,
)
from flask_sock import Sock
from werkzeug.exceptions import Conflict

if TYPE_CHECKING:
    from collections.abc import Iterator

PICTURE = bytes(range(256)) * 400


class Closed:
    """Blocks that raise when they are closed."""

    def __init__(self) -> None:
        self._blocks = iter([b"one", b"two"])

    def __iter__(self) -> Iterator[bytes]:
        return self._blocks

    def close(self) -> None:
        raise RuntimeError("closed")


pages = Blueprint("pages", __name__)


@pages.route("/", methods=["GET", "POST"])
def index() -> str:
    return "<h1>Hello</h1>"


@pages.get("/items/<int:number>/")
def item(number: int) -> dict[str, Any]:
    return {"number": number, "args": request.args.to_dict(flat=False)}


@pages.get("/go")
def go() -> Any:
    return redirect(url_for("pages.item", number=3))


@pages.get("/template")
def template() -> str:
    return render_template_string("{% for x in xs %}{{ x }},{% endfor %}{{ y }}", xs=[1, 2])


@pages.get("/cookies")
def cookies() -> Response:
    response = Response("cookies")
    response.set_cookie("a", "1", httponly=True)
    response.set_cookie("b", "2; 3", path="/x")
    return response


@pages.get("/nothing")
def nothing() -> tuple[str, int]:
    return "", 204


@pages.get("/async")
async def late() -> str:
    return "late"


@pages.get("/wsgi")
def wsgi() -> Any:
    return Response("another app", headers={"X-Two": "1"}, status="299 Strange")


content = Blueprint("content", __name__)


@content.post("/form")
def form() -> dict[str, Any]:
    return request.form.to_dict(flat=False)


@content.post("/json")
def json() -> Any:
    return {"got": request.get_json()}


@content.post("/upload")
def upload() -> dict[str, Any]:
    return {name: len(file.read()) for name, file in request.files.items()}


@content.post("/raw")
def raw() -> bytes:
    return request.get_data()


@content.post("/lines")
def lines() -> dict[str, Any]:
    stream = request.environ["wsgi.input"]
    return {"first": stream.readline().decode(), "rest": len(stream.read())}


@content.post("/first")
def first() -> str:
    return str(request.environ["wsgi.input"].readline())


@content.post("/ignored")
def ignored() -> str:
    return "not read"


@content.get("/picture")
def picture() -> Any:
    file = io.BytesIO(PICTURE)
    return send_file(file, "image/png", conditional=True, etag="tag", max_age=60)


@content.get("/big")
def big() -> bytes:
    return b"x" * 1_000_000


@content.get("/zipped")
def zipped() -> Response:
    data = gzip.compress(b"text " * 1000, mtime=0)
    return Response(data, headers={"Content-Encoding": "gzip", "Vary": "Accept-Encoding"})


sessions = Blueprint("sessions", __name__)


@sessions.get("/session/read")
def read() -> dict[str, Any]:
    return {"name": session.get("name"), "all": dict(session)}


@sessions.get("/session/write")
def write() -> str:
    session["name"] = "Ada"
    session["cart"] = {"items": [1, 2]}
    return "written"


@sessions.get("/session/nested")
def nested() -> str:
    session.setdefault("cart", {"items": []})["items"].append(3)
    session.modified = True
    return str(session["cart"])


@sessions.get("/session/permanent")
def permanent() -> str:
    session.permanent = True
    return "permanent"


@sessions.get("/session/clear")
def clear() -> str:
    session.clear()
    return "cleared"


@sessions.get("/flash")
def flashed() -> str:
    flash("done", "ok")
    return "flashed"


streams = Blueprint("streams", __name__)


@streams.get("/stream")
def stream() -> Response:
    return Response((f"line {n}\n" for n in range(5)), mimetype="text/plain")


@streams.get("/stream/context")
def with_context() -> Response:
    def blocks() -> Iterator[str]:
        yield request.path
        yield str(session.get("name"))

    return Response(stream_with_context(blocks()))


@streams.get("/stream/template")
def template_stream() -> Any:
    return stream_template_string("{% for n in ns %}{{ n }} {% endfor %}", ns=range(10))


@streams.get("/events")
def events() -> Response:
    return Response((f"data: {n}\n\n" for n in range(4)), mimetype="text/event-stream")


@streams.get("/stream/breaks")
def breaks() -> Response:
    def blocks() -> Iterator[str]:
        yield "one"
        raise RuntimeError("in the midst")

    return Response(blocks())


@streams.get("/stream/never")
def never() -> Response:
    def blocks() -> Iterator[str]:
        yield from ()
        raise RuntimeError("at once")

    return Response(blocks())


@streams.get("/stream/closed")
def closed() -> Response:
    return Response(Closed())


@streams.get("/stream/short")
def short() -> Response:
    return Response((b for b in (b"12", b"34")), headers={"Content-Length": "10"})


errors = Blueprint("errors", __name__)


@errors.get("/error/view")
def view_error() -> str:
    raise ValueError("view")


@errors.get("/error/async")
async def async_error() -> str:
    raise ValueError("async")


@errors.get("/error/handled")
def handled() -> str:
    raise KeyError("handled")


@errors.get("/error/handler")
def handler_fails() -> str:
    raise LookupError("its handler fails")


@errors.get("/error/abort")
def aborted() -> str:
    abort(418)


@errors.get("/error/conflict")
def conflict() -> str:
    raise Conflict("taken")


@errors.post("/error/missing")
def missing() -> str:
    return str(request.form["not there"])


@errors.get("/error/none")
def none() -> Any:
    return None


@errors.app_errorhandler(KeyError)
def on_key_error(error: KeyError) -> tuple[str, int]:
    return f"no {error}", 400


@errors.app_errorhandler(LookupError)
def on_lookup_error(error: LookupError) -> str:
    raise RuntimeError("handler") from error


@errors.app_errorhandler(409)
def on_conflict(error: Conflict) -> tuple[dict[str, Any], int]:
    return {"error": error.description}, 409


def wants(stage: str) -> bool:
    return request.args.get("fail") == stage


hooks = Blueprint("hooks", __name__)


@hooks.before_app_request
def before() -> Any:
    if wants("before"):
        raise ValueError("before")
    return "early" if wants("early") else None


@hooks.after_app_request
def after(response: Response) -> Response:
    if wants("after"):
        raise ValueError("after")
    response.headers["X-After"] = "1"
    return response


@hooks.teardown_app_request
def teardown(_error: Any) -> None:
    if wants("teardown"):
        raise ValueError("teardown")


@hooks.app_context_processor
def context() -> dict[str, Any]:
    if wants("context"):
        raise ValueError("context")
    return {"y": "why"}


def _answer_backwards(ws: Any) -> None:
    ws.send(ws.receive()[::-1])


def make_app(kind: type[flask.Flask] = flask.Flask) -> flask.Flask:
    """Make one, whose responses depend on the request only."""
    app = kind("many", static_folder=None)
    app.secret_key = "the key"
    app.config["MAX_CONTENT_LENGTH"] = 4 * 1024 * 1024
    for each in (pages, content, sessions, streams, errors, hooks):
        app.register_blueprint(each)
    Sock(app).route("/socket")(_answer_backwards)
    return app
