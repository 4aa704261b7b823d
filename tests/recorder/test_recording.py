"""What is recorded of an exchange, field by field."""

from __future__ import annotations

import copy
import hashlib
import io
import logging
import sys
import threading
from typing import TYPE_CHECKING, Any

import flask
import jinja2
import pytest
from flask import (
    Blueprint,
    abort,
    copy_current_request_context,
    flash,
    render_template_string,
    request,
    session,
)
from flask.views import MethodView, View
from werkzeug.exceptions import HTTPException

import nbflask.app
from nbflask.exchanges.exchange import (
    Content,
    ErrorKind,
    FormFile,
    NoRoute,
    Source,
    Stage,
    State,
    Summary,
)
from nbflask.recorder import Bounds, Recorder, private, record, recorder_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nbflask.exchanges.exchange import Exchange

HERE = __name__


@pytest.fixture(params=[flask.Flask, nbflask.app.Flask], ids=["plain", "live"])
def app(request: pytest.FixtureRequest) -> flask.Flask:
    app: flask.Flask = request.param("app")
    app.secret_key = "key"
    return app


def ask(app: flask.Flask, *args: Any, **options: Any) -> Exchange:
    """Send one request, read its response, and give what was recorded."""
    with record(app) as seen:
        app.test_client().open(*args, **options).get_data()
    return seen[-1]


def test_the_request_is_recorded_as_it_was_sent(app: flask.Flask) -> None:
    app.add_url_rule("/é/<name>", view_func=lambda name: name, endpoint="e", methods=["PUT"])
    with record(app) as seen:
        app.test_client().put(
            "/%C3%A9/b%20c?q=%20&q=2", data=b"content", headers={"X-A": "1"}, content_type="a/b"
        )
    asked = seen[0].request
    assert (asked.method, asked.url) == ("PUT", "http://localhost/%C3%A9/b%20c?q=%20&q=2")
    assert (asked.path, asked.query_string) == ("/é/b c", "q=%20&q=2")
    assert (asked.script_name, asked.http_version) == ("", "HTTP/1.1")
    assert asked.headers.get_all("x-a") == ("1",)
    assert asked.headers.get("content-type") == "a/b"
    assert asked.headers_source == "environ"


def test_field_lines_of_our_server_are_kept_in_their_order_and_case(app: flask.Flask) -> None:
    lines = (("x-B", "1"), ("Host", "localhost"), ("X-b", "2"))
    with record(app) as seen:
        app.test_client().get("/", environ_overrides={"nbflask.field_lines": lines})
    assert (tuple(seen[0].request.headers), seen[0].request.headers_source) == (lines, "wire")


class Elsewhere(io.BytesIO):
    """A content that is not known to be in memory."""


def test_a_content_is_recorded_as_far_as_the_app_reads_it(app: flask.Flask) -> None:
    @app.post("/<int:size>")
    def read(size: int) -> str:
        request.stream.read(size)
        return "read"

    with record(app) as seen:
        for size in (0, 3, 100):
            stream = Elsewhere(b"content")
            given: Any = {"input_stream": stream, "content_length": 7}
            app.test_client().post(f"/{size}", content_type="text/plain", **given)
    digest = hashlib.sha256(b"content").hexdigest()
    assert [each.request.content.is_unread for each in seen] == [True, True, False]
    assert [each.request.content.data for each in seen] == [b"", b"con", b"content"]
    assert seen[2].request.content == Content(
        size=7, data=b"content", sha256=digest, media_type="text/plain"
    )


def test_what_a_view_leaves_unread_is_recorded_where_it_is_in_memory(app: flask.Flask) -> None:
    streams = []

    @app.post("/<int:size>")
    def read(size: int) -> str:
        streams.append(request.environ["wsgi.input"])
        request.stream.read(size)
        return "read"

    with record(app) as seen:
        for size in (0, 3):
            app.test_client().post(f"/{size}", data=b"content")
    assert [each.request.content.data for each in seen] == [b"content"] * 2
    assert [each.request.content.is_unread for each in seen] == [False] * 2
    # For whoever goes on to read it is where it was, and nothing is recorded twice.
    assert [stream.read() for stream in streams] == [b"content", b"tent"]
    assert seen[0].request.content.size == 7


def test_a_view_that_reads_while_it_streams_is_recorded_once(app: flask.Flask) -> None:
    @app.post("/")
    def echo() -> Any:
        stream = request.stream
        return flask.Response(iter(lambda: stream.read(2), b""))

    with record(app) as seen:
        assert app.test_client().post("/", data=b"content").data == b"content"
    assert seen[0].request.content.data == b"content"


def test_of_a_large_content_what_a_view_leaves_unread_stays_unread(app: flask.Flask) -> None:
    app.add_url_rule("/", view_func=lambda: "", methods=["POST"])
    with Recorder(app, bounds=Bounds(content_bytes=10)) as recorder:
        app.test_client().post("/", data=b"x" * 11)
    content = recorder.exchange(1).request.content
    assert (content.size, content.is_unread) == (0, True)


@pytest.mark.parametrize("how", ["read", "readline", "readlines", "readinto", "iterate", "data"])
def test_every_way_of_reading_is_seen(app: flask.Flask, how: str) -> None:
    ways: dict[str, Callable[[Any], Any]] = {
        "read": lambda stream: stream.read(),
        "readline": lambda stream: [stream.readline(), stream.readline(100)],
        "readlines": lambda stream: stream.readlines(),
        "readinto": lambda stream: stream.readinto(bytearray(100)),
        "iterate": list,
        "data": lambda _stream: request.get_data(),
    }

    @app.post("/")
    def read() -> str:
        ways[how](request.environ["wsgi.input"])
        return ""

    seen = ask(app, "/", method="POST", data=b"one\ntwo")
    assert (seen.request.content.data, seen.request.content.is_unread) == (b"one\ntwo", False)


def test_a_form_and_its_files_are_what_the_app_has_parsed(app: flask.Flask) -> None:
    @app.post("/<any(yes, no):parses>")
    def upload(parses: str) -> str:
        return str(len(request.form)) if parses == "yes" else ""

    def form() -> dict[str, Any]:
        return {"a": ["1", "2"], "file": (io.BytesIO(b"data"), "f.txt", "text/x")}

    with record(app) as seen:
        app.test_client().post("/yes", data=form())
        app.test_client().post("/no", data=form())
    parsed, unparsed = (each.request for each in seen)
    digest = hashlib.sha256(b"data").hexdigest()
    assert parsed.form == (("a", "1"), ("a", "2"))
    assert parsed.files == (
        FormFile(name="file", filename="f.txt", content_type="text/x", size=4, sha256=digest),
    )
    assert (unparsed.form, unparsed.files) == (None, ())


def test_the_response_is_recorded_with_all_its_lines(app: flask.Flask) -> None:
    @app.get("/")
    def index() -> Any:
        return "content", 299, [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]

    answered = ask(app, "/").response
    assert answered is not None
    assert answered.status_code == 299
    assert answered.headers.get_all("set-cookie") == ("a=1", "b=2")
    assert (answered.content.data, answered.content.size) == (b"content", 7)
    assert answered.content.media_type == "text/html; charset=utf-8"
    assert (answered.chunk_count, answered.chunks[0].size) == (1, 7)


def test_a_stream_is_recorded_block_by_block_in_its_exchange(app: flask.Flask) -> None:
    @app.get("/")
    def index() -> Any:
        def blocks() -> Iterator[bytes]:
            for number in range(3):
                print("block", number)
                yield b"x" * number

        return flask.Response(blocks())

    states = []
    with record(app) as seen:
        response = app.test_client().get("/")
        for _ in response.response:
            states.append(seen[0].state)
    (exchange,) = seen
    assert exchange.response is not None
    assert states == [State.RESPONDING] * 3
    assert (exchange.state, exchange.response.content.data) == (State.COMPLETE, b"xxx")
    assert [chunk.size for chunk in exchange.response.chunks] == [0, 1, 2]
    assert "".join(each.text for each in exchange.output) == "block 0\nblock 1\nblock 2\n"


def test_states_of_what_nobody_reads_leaves_or_breaks(app: flask.Flask) -> None:
    @app.get("/<kind>")
    def index(kind: str) -> Any:
        if kind == "text":
            return "ab"
        if kind == "two":
            return flask.Response([b"a", b"b"])

        def blocks() -> Iterator[bytes]:
            yield b"a"
            if kind == "broken":
                raise ValueError(kind)
            yield b"b"

        return flask.Response(blocks())

    client = app.test_client()
    with record(app) as seen:
        assert client.get("/two").status_code == 200
        left = client.get("/left")
        next(iter(left.response))
        left.close()
        with pytest.raises(ValueError, match="broken"):
            client.get("/broken").get_data()
        client.get("/whole").get_data()
    states = [State.UNREAD, State.ABORTED, State.FAILED, State.COMPLETE]
    assert [each.state for each in seen] == states
    assert seen[0].response is not None
    assert seen[0].response.content.data == b"ab"
    assert [error.kind for each in seen for error in each.errors] == [ErrorKind.STREAM]


def test_the_route_names_view_and_arguments(app: flask.Flask) -> None:
    blueprint = Blueprint("shop", __name__)

    @blueprint.get("/items/<int:number>")
    def item(number: int) -> str:
        return str(number)

    app.register_blueprint(blueprint)
    route = ask(app, "/items/7").route
    assert route is not None
    assert (route.rule, route.endpoint, route.blueprint) == (
        "/items/<int:number>", "shop.item", "shop",
    )  # fmt: skip
    assert (route.view, tuple(route.view_args)) == (
        f"{HERE}.test_the_route_names_view_and_arguments.<locals>.item", (("number", "7"),),
    )  # fmt: skip
    assert (route.file, route.line) == (__file__, item.__code__.co_firstlineno)
    assert route.methods == ("GET", "HEAD", "OPTIONS")


def test_what_matches_nothing_says_what_would(app: flask.Flask) -> None:
    app.add_url_rule("/items/", view_func=lambda: "", endpoint="items", methods=["POST"])
    assert ask(app, "/item").no_route == NoRoute(status_code=404, nearest=("/items/",))
    assert ask(app, "/items/").no_route == NoRoute(status_code=405, allowed=("OPTIONS", "POST"))
    redirected = ask(app, "/items", method="POST")
    assert redirected.no_route == NoRoute(status_code=308)
    assert redirected.errors == ()


def test_spans_follow_the_requests_way(app: flask.Flask) -> None:
    @app.before_request
    def load() -> None: ...

    @app.after_request
    def add(response: Any) -> Any:
        return response

    @app.teardown_request
    def end(_error: Any) -> None: ...

    @app.context_processor
    def more() -> dict[str, Any]:
        return {}

    @app.get("/")
    async def index() -> str:
        return render_template_string("x")

    spans = ask(app, "/").spans
    shown = [(it.stage.value, it.name.rpartition(".")[2], it.depth) for it in spans]
    assert [it for it in shown if it[1] != "_default_template_ctx_processor"] == [
        ("session_open", "open_session", 0),
        ("routing", "routing", 0),
        ("before", "load", 0),
        ("view", "index", 0),
        ("context_processor", "more", 1),
        ("template", "(a string)", 1),
        ("after", "add", 0),
        ("session_save", "save_session", 0),
        ("teardown", "end", 0),
        ("stream", "stream", 0),
    ]
    assert all(it.duration_us >= 0 for it in spans)


def test_a_class_based_view_is_the_views_span_with_its_method_within(app: flask.Flask) -> None:
    class Page(MethodView):
        def get(self) -> str:
            return "got"

    app.add_url_rule("/", view_func=Page.as_view("page"))
    spans = [it for it in ask(app, "/").spans if it.stage is Stage.VIEW]
    assert [(it.name.rpartition(".")[2], it.depth) for it in spans][-1] == ("get", len(spans) - 1)


def test_errors_say_what_became_of_them(app: flask.Flask) -> None:
    @app.get("/<kind>")
    def fail(kind: str) -> str:
        if kind == "abort":
            abort(403, "no")
        raise {"key": KeyError, "value": ValueError}[kind](kind)

    @app.errorhandler(KeyError)
    def on_key(_error: KeyError) -> tuple[str, int]:
        return "", 400

    @app.errorhandler(500)
    def on_500(_error: Any) -> tuple[str, int]:
        return "", 500

    found = [error for kind in ("key", "value", "abort", "a/b") for error in ask(app, kind).errors]
    where = "test_errors_say_what_became_of_them.<locals>."
    assert [(it.kind, it.type, it.message, it.handled_by) for it in found] == [
        (ErrorKind.HANDLED, "KeyError", "'key'", f"{where}on_key"),
        (ErrorKind.UNHANDLED, "ValueError", "value", f"{where}on_500"),
        (ErrorKind.HANDLED, "werkzeug.exceptions.Forbidden", "no", ""),
        (ErrorKind.ROUTING, "werkzeug.exceptions.NotFound", found[3].message, ""),
    ]
    own = [frame for frame in found[1].frames if not frame.is_library]
    assert [(it.file, it.function, it.code) for it in own] == [
        (__file__, "fail", 'raise {"key": KeyError, "value": ValueError}[kind](kind)')
    ]
    assert "nbflask/recorder" not in found[1].text
    assert found[1].text.endswith("ValueError: value\n")


def test_an_error_that_leaves_the_app_is_recorded_once(app: flask.Flask) -> None:
    app.testing = True

    @app.teardown_request
    def end(_error: Any) -> None:
        assert 1 / request.args.get("by", 1, int)

    @app.get("/")
    def index() -> str:
        if "fail" in request.args:
            raise ValueError("view")
        return "x"

    with record(app) as seen:
        for target, kind in (("/?fail=1", ValueError), ("/?by=0", ZeroDivisionError)):
            with pytest.raises(kind):
                app.test_client().get(target)
    found = [(it.state, it.response, [error.kind for error in it.errors]) for it in seen]
    assert found == [
        (State.FAILED, None, [ErrorKind.UNHANDLED]),
        (State.FAILED, None, [ErrorKind.TEARDOWN]),
    ]


def test_the_newest_error_is_kept_with_its_frames(app: flask.Flask) -> None:
    @app.get("/<name>")
    def fail(name: str) -> str:
        raise ValueError(name)

    with Recorder(app) as recorder:
        for name in ("one", "two"):
            app.test_client().get(f"/{name}")
    error = recorder.error_of(2)
    assert isinstance(error, ValueError)
    assert error.__traceback__ is not None
    assert recorder.error_of(1) is None


def test_the_session_is_recorded_before_and_after_and_not_touched(app: flask.Flask) -> None:
    @app.get("/write")
    def write() -> str:
        session["cart"] = {"items": [1]}
        return ""

    @app.get("/nested")
    def nested() -> str:
        session["cart"]["items"].append(2)
        session.modified = True
        return ""

    @app.get("/none")
    def none() -> str:
        return ""

    with record(app) as seen, app.test_client() as client:
        answers = [client.get(f"/{name}") for name in ("write", "nested", "none")]
    first, second, third = (copy.copy(it.session) for it in seen)
    assert first is not None
    assert second is not None
    assert third is not None
    one, two = {"cart": {"items": [1]}}, {"cart": {"items": [1, 2]}}
    assert [(it.before, it.after) for it in (first, second, third)] == [
        ({}, one), (one, two), (two, two),
    ]  # fmt: skip
    assert (first.is_modified, first.is_accessed, third.is_accessed) == (True, True, False)
    assert first.backend == "SecureCookieSessionInterface"
    assert first.cookie_bytes == len(answers[0].headers["Set-Cookie"])
    assert first.cookie_flags == ("HttpOnly", "Path=/")
    assert (third.cookie_bytes, answers[2].headers.get("Vary")) == (0, None)


def test_without_a_secret_key_there_is_no_session(app: flask.Flask) -> None:
    app.secret_key = None
    app.add_url_rule("/", view_func=lambda: "x", endpoint="x")
    assert ask(app, "/").session is None


def test_templates_are_recorded_with_what_they_were_given(app: flask.Flask) -> None:
    class Thing:
        def __repr__(self) -> str:
            raise AssertionError("Nobody may ask it.")

    deep: dict[str, Any] = {"a": [{"b": [1]}]}

    @app.get("/")
    def index() -> str:
        xs = [1, "é"]
        text = render_template_string("{{ xs }}", xs=xs, thing=Thing(), deep=deep, long="x" * 300)
        xs.append("later")
        return text

    (template,) = ask(app, "/").templates
    assert (template.name, template.file, template.variable_count) == (None, "", 4)
    assert template.context == (
        Summary(name="xs", type="list", text="[1, 'é']"),
        Summary(
            name="thing",
            type=f"{HERE}.{Thing.__qualname__}",
            text=f"<{HERE}.{Thing.__qualname__}>",
            is_exact=False,
        ),
        Summary(name="deep", type="dict", text="{'a': [{'b': <list of 1>}]}", is_exact=False),
        Summary(name="long", type="str", text=f"'{'x' * 198}…", is_exact=False),
    )
    assert template.duration_us is not None


def test_a_template_that_fails_says_with_what(app: flask.Flask) -> None:
    app.add_url_rule("/", view_func=lambda: render_template_string("{{ 1 / 0 }}"), endpoint="x")
    assert [it.error for it in ask(app, "/").templates] == ["ZeroDivisionError"]


def test_the_last_context_of_a_template_is_held(app: flask.Flask) -> None:
    thing = object()
    app.jinja_loader = jinja2.DictLoader({"a.html": "{{ x }}"})
    app.add_url_rule("/", view_func=lambda: flask.render_template("a.html", x=thing), endpoint="x")
    with Recorder(app) as recorder:
        app.test_client().get("/")
    context = recorder.last_context("a.html")
    assert context is not None
    assert context["x"] is thing
    assert recorder.last_context("b.html") is None


def test_flashes_logs_and_output_belong_to_their_exchange(app: flask.Flask) -> None:
    logger = logging.getLogger("nbflask.test.apart")
    logger.propagate = False

    @app.get("/")
    def index() -> str:
        flash("saved", "ok")
        print("to", "stdout")
        print("to stderr", file=sys.stderr)
        app.logger.warning("it is %s", "late")
        logger.error("apart")
        logging.getLogger("nbflask.test").debug("nobody wants it")
        return ""

    print("before")
    seen = ask(app, "/")
    print("after")
    assert tuple(seen.flashes) == (("ok", "saved"),)
    logged = [(it.level, it.logger, it.message) for it in seen.logs]
    assert logged == [
        ("WARNING", "app", "it is late"),
        ("ERROR", "nbflask.test.apart", "apart"),
    ]
    assert [(it.stream, it.text) for it in seen.output] == [
        ("stdout", "to stdout\n"),
        ("stderr", "to stderr\n"),
    ]


def test_a_thread_with_the_requests_context_prints_into_its_exchange(app: flask.Flask) -> None:
    @app.get("/")
    def index() -> str:
        @copy_current_request_context
        def work() -> None:
            print("in a thread")

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        return ""

    with record(app) as seen:
        app.test_client().get("/").get_data()
    assert [it.text for it in seen[0].output] == ["in a thread\n"]


def test_what_is_printed_after_a_request_is_not_its_output(app: flask.Flask) -> None:
    app.add_url_rule("/", view_func=lambda: "x", endpoint="x")
    with record(app) as seen, app.test_client() as client:
        client.get("/").get_data()
        print("the context is kept, the exchange is over")
    assert seen[0].output == ()


@pytest.mark.parametrize(
    ("headers", "source"),
    [
        ({"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, Source.NAVIGATION),
        ({"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}, Source.FETCH),
        ({"X-Requested-With": "XMLHttpRequest"}, Source.FETCH),
        ({"HX-Request": "true", "Sec-Fetch-Dest": "empty"}, Source.HTMX),
        ({"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, Source.SUBRESOURCE),
        ({}, Source.EXTERNAL),
    ],
)
def test_the_initiator_is_read_from_the_request(
    app: flask.Flask, headers: dict[str, str], source: Source
) -> None:
    seen = ask(app, "/", headers=headers | {"Referer": "/from"})
    assert (seen.initiator.source, seen.initiator.referer) == (source, "/from")


def test_a_replay_is_marked_by_context_or_by_environ(app: flask.Flask) -> None:
    with Recorder(app) as recorder:
        with recorder.replaying(7):
            app.test_client().get("/")
        app.test_client().get("/", environ_overrides={"nbflask.replay_of": 8})
    found = [(it.replay_of, it.initiator.source) for it in recorder.exchanges()]
    assert found == [(7, Source.REPLAY), (8, Source.REPLAY)]


def test_of_a_private_view_only_metadata_are_recorded(app: flask.Flask) -> None:
    secret = "hunter2-very-long"

    @app.post("/login")
    @private
    def login() -> str:
        print(secret)
        app.logger.error(secret)
        flash(secret)
        session["password"] = request.form["password"]
        render_template_string("x", password=secret)
        raise ValueError(secret)

    with record(app) as seen:
        client = app.test_client()
        client.set_cookie("a", secret)
        client.post(f"/login?q={secret}", data={"password": secret})
    (exchange,) = seen
    assert secret not in str(vars(exchange)) + str(
        [vars(each) for each in (exchange.request, exchange.response, exchange.session)]
    )
    assert (exchange.is_private, exchange.request.path) == (True, "/login")
    assert exchange.response is not None
    assert (exchange.response.status_code, exchange.request.content.size) == (500, 26)
    assert exchange.route is not None
    assert [it.type for it in exchange.errors] == ["ValueError"]


def test_the_environ_of_an_exchange_pushes_its_context_again(app: flask.Flask) -> None:
    app.add_url_rule("/x", view_func=lambda: request.form["a"], endpoint="x", methods=["POST"])
    with Recorder(app) as recorder:
        app.test_client().post("/x?q=1", data={"a": "é"}, headers={"X-A": "1"})
    environ = recorder.environ_of(1)
    assert environ is not None
    with app.request_context(environ):
        assert (request.endpoint, request.args["q"], request.form["a"]) == ("x", "1", "é")
        assert request.headers["X-A"] == "1"
    assert recorder.environ_of(2) is None


def test_a_session_is_replaced_when_its_client_asks_next(app: flask.Flask) -> None:
    app.add_url_rule("/", view_func=lambda: dict(session), endpoint="x")
    app.add_url_rule("/set", view_func=lambda: session.update(a=1) or "", endpoint="set")
    with Recorder(app) as recorder:
        client, other = app.test_client(), app.test_client()
        for each in (client, other):
            each.get("/set")
        cookie = client.get_cookie("session")
        assert cookie is not None
        other.set_cookie("session", cookie.value + "x")
        recorder.replace_session(cookie.value, {"b": [2]})
        assert other.get("/").get_json() == {}
        replaced = client.get("/")
        assert (replaced.get_json(), "Set-Cookie" in replaced.headers) == ({"b": [2]}, True)
        assert client.get("/").get_json() == {"b": [2]}


def test_a_recording_lists_what_it_has_seen(app: flask.Flask) -> None:
    with record(app) as seen:
        app.test_client().get("/nowhere")
    assert repr(seen) == "[<Exchange 1: GET 404>]"


def test_a_view_that_is_a_class_is_named_by_what_answers(app: flask.Flask) -> None:
    class Items(MethodView):
        def get(self) -> str:
            return "items"

    class Page(View):
        def dispatch_request(self) -> str:
            return "page"

    app.add_url_rule("/items", view_func=Items.as_view("items"))
    app.add_url_rule("/page", view_func=Page.as_view("page"))
    names = {}
    for method, path in (("GET", "/items"), ("HEAD", "/items"), ("GET", "/page")):
        route = ask(app, path, method=method).route
        assert route is not None
        names[method, path] = route.view.rpartition("<locals>.")[2]
        assert (route.file, route.line is not None) == (__file__, True)
    assert list(names.values()) == ["Items.get", "Items.get", "Page.dispatch_request"]


class AnsweringItself(flask.Flask):
    """Answers exceptions as Flask-RESTX does."""

    def handle_user_exception(self, e: Exception) -> Any:
        if isinstance(e, HTTPException):
            flask.got_request_exception.send(self, exception=e)
            return e
        return "answered", 418


def test_an_exception_that_an_extension_answers_is_told_as_handled() -> None:
    app = AnsweringItself("itself")

    @app.get("/<path:name>")
    def view(name: str) -> str:
        if name == "abort":
            abort(409)
        raise KeyError(name)

    kinds = {}
    for path in ("/abort", "/key"):
        seen = ask(app, path)
        kinds[path] = [(each.kind, each.type.rpartition(".")[2]) for each in seen.errors]
        assert recorder_of(app) is None
    assert kinds == {
        "/abort": [(ErrorKind.HANDLED, "Conflict")],
        "/key": [(ErrorKind.HANDLED, "KeyError")],
    }


def test_an_answer_of_a_middleware_that_nobody_reads_is_over(app: flask.Flask) -> None:
    def answer(_environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [b"mid", b"dle"]

    app.wsgi_app = answer  # type: ignore[assignment,method-assign]
    with record(app) as seen:
        app.test_client().get("/")
    response = seen[0].response
    assert response is not None
    assert (seen[0].state, response.content.data) == (State.UNREAD, b"middle")


def test_a_url_that_matches_nothing_is_no_error_even_with_a_handler(app: flask.Flask) -> None:
    app.register_error_handler(HTTPException, lambda error: error)
    (error,) = ask(app, "/nowhere").errors
    assert (error.kind, error.status_code, error.is_answer) == (ErrorKind.ROUTING, 404, True)
    assert "<lambda>" in error.handled_by
