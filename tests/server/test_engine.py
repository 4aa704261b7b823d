"""The engine against clients and views of every kind, over real sockets."""

from __future__ import annotations

import queue
import re
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
import websocket
from flask import Flask, Response, request, stream_with_context
from flask_sock import Sock
from werkzeug.exceptions import BadRequest

from nbflask.server.addresses import TcpAddress
from nbflask.server.gateway import Gateway
from nbflask.server.limits import Limits
from tests.server.conftest import QUICK
from tests.server.wire import Wire, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from nbflask.server.life import AppServer

    Serve = Callable[..., AppServer]
    Open = Callable[[AppServer], Wire]


class _Errors(list[BaseException]):
    """What the application raised."""

    def take(self, error: BaseException, _environ: WSGIEnvironment) -> None:
        self.append(error)


@pytest.fixture
def errors() -> _Errors:
    return _Errors()


@pytest.fixture
def app() -> Flask:
    app = Flask("app")

    @app.route("/", methods=["GET", "POST"])
    def index() -> str:
        return f"{request.method} {len(request.get_data())}"

    @app.post("/ignore")
    def ignore() -> str:
        return "ignored"

    @app.get("/environ")
    def environ() -> dict[str, Any]:
        names = ("SERVER_NAME", "SERVER_PORT", "REMOTE_ADDR", "SERVER_PROTOCOL", "QUERY_STRING")
        found: dict[str, Any] = {name: request.environ[name] for name in names}
        fields = {name: request.environ[f"HTTP_{name}"] for name in ("HOST", "X_ODD")}
        return {**found, "fields": fields, "url": request.url}

    return app


def _raw(*blocks: bytes, status: str = "200 OK", **headers: str) -> WSGIApplication:
    def application(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response(status, [(name.replace("_", "-"), headers[name]) for name in headers])
        return list(blocks)

    return application


# Requests


@pytest.mark.parametrize("address", [None, TcpAddress()], ids=["unix", "tcp"])
def test_a_connection_serves_one_request_after_the_other(
    app: Flask, serve: Serve, wire: Open, address: TcpAddress | None
) -> None:
    client = wire(serve(app, address=address))
    answers = [client.get("/") for _ in range(3)]
    assert [(each.code, each.content) for each in answers] == [(200, b"GET 0")] * 3


def test_requests_sent_at_once_are_answered_in_order(app: Flask, serve: Serve, wire: Open) -> None:
    client = wire(serve(app))
    client.send(
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc"
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"4;x=y\r\nabcd\r\n1\r\ne\r\n0\r\nTrailer: z\r\n\r\n"
        b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    answers = [client.read() for _ in range(3)]
    assert [each.content for each in answers] == [b"POST 3", b"POST 5", b"GET 0"]
    assert client.read_to_end() == b""


@pytest.mark.parametrize(
    ("address", "names"),
    [(None, ("localhost", "80")), (TcpAddress(), ("127.0.0.1", None))],
    ids=["unix", "tcp"],
)
def test_the_environment_is_sane(
    app: Flask,
    serve: Serve,
    wire: Open,
    address: TcpAddress | None,
    names: tuple[str, str | None],
) -> None:
    server = serve(app, address=address)
    port = names[1] or str(getattr(server.address, "port", ""))
    answer = wire(server).get("/environ?a=b", "x-ODD:  v ", "X-Odd: w")
    text = answer.content.decode()
    assert Flask.json_provider_class(app).loads(text) == {
        "SERVER_NAME": names[0],
        "SERVER_PORT": port,
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "QUERY_STRING": "a=b",
        "fields": {"HOST": "localhost", "X_ODD": "v,w"},
        "url": "http://localhost/environ?a=b",
    }


def test_a_head_request_gets_no_content(app: Flask, serve: Serve, wire: Open) -> None:
    client = wire(serve(app))
    answer = client.get("/", method="HEAD")
    assert (answer.code, answer.fields["content-length"]) == (200, "6")
    assert client.get("/").content == b"GET 0"


def test_a_client_that_waits_for_leave_gets_it_when_the_view_reads(
    app: Flask, serve: Serve, wire: Open
) -> None:
    client = wire(serve(app))
    head = (
        b"POST %b HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"
    )
    client.send(head % b"/")
    assert client.read().code == 100
    client.send(b"abc")
    assert client.read().content == b"POST 3"
    client.send(head % b"/ignore")
    assert client.read().content == b"ignored"
    assert client.read_to_end() == b""


def test_content_that_a_view_ignores_is_not_taken_for_a_request(
    app: Flask, serve: Serve, wire: Open
) -> None:
    client = wire(serve(app))
    smuggled = b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
    head = "POST /ignore HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
    client.send((head % len(smuggled)).encode() + smuggled)
    assert client.read().content == b"ignored"
    assert client.get("/").content == b"GET 0"


def test_an_upload_refused_for_its_size_still_gets_its_answer(
    app: Flask, serve: Serve, wire: Open
) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    client = wire(serve(app))
    size = 20_000_000
    client.send(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % size)
    for _ in range(20):
        client.send(b"x" * (size // 20))
    assert client.read().code == 413


def test_a_large_upload_passes_in_blocks(serve: Serve, wire: Open) -> None:
    largest = 0

    def count(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        nonlocal largest
        total = 0
        while block := environ["wsgi.input"].read1(1 << 30):
            largest = max(largest, len(block))
            total += len(block)
        content = str(total).encode()
        start_response("200 OK", [("Content-Length", str(len(content)))])
        return [content]

    client = wire(serve(count))
    size = 50_000_000
    client.send(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % size)
    for _ in range(50):
        client.send(bytes(size // 50))
    assert client.read().content == str(size).encode()
    assert largest <= 256 * 1024


@pytest.mark.parametrize("framing", [b"Content-Length: 10", b"Transfer-Encoding: chunked"])
def test_content_that_breaks_off_is_a_bad_request(
    app: Flask, serve: Serve, wire: Open, framing: bytes
) -> None:
    seen: list[type] = []

    @app.errorhandler(BadRequest)
    def bad(error: BadRequest) -> tuple[str, int]:
        seen.append(type(error))
        return "bad", 400

    client = wire(serve(app))
    client.send(b"POST / HTTP/1.1\r\nHost: localhost\r\n" + framing + b"\r\n\r\n")
    client.socket.shutdown(1)
    assert client.read().code == 400
    assert [issubclass(each, BadRequest) for each in seen] == [True]


_POST = b"POST %b HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize("path", [b"/", b"/ignore"])
@pytest.mark.parametrize(
    "content",
    [
        b"zz\r\nabc\r\n0\r\n\r\n",
        b"-1\r\nabc\r\n0\r\n\r\n",
        b"0x3\r\nabc\r\n0\r\n\r\n",
        b"3\r\nabcd\r\n0\r\n\r\n",
        b"3\nabc\r\n0\r\n\r\n",
        b"\r\n0\r\n\r\n",
        b"0\r\nno trailer\r\n\r\n",
        b"f" * 17 + b"\r\n\r\n",
    ],
)
def test_a_bad_chunk_is_answered_400_and_ends_the_connection(
    app: Flask, serve: Serve, wire: Open, errors: _Errors, path: bytes, content: bytes
) -> None:
    server = serve(app, on_error=errors.take)
    client = wire(server)
    client.send((_POST % path) + content + b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert client.read().code == 400
    assert client.read_to_end() == b""
    assert errors == []
    assert wire(server).get("/").code == 200


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"GARBAGE\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", 400),
        (b"GET / HTTP/1.1\n\n" + b"\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 70_000, 431),
    ],
)
def test_a_malformed_request_gets_one_answer_and_the_server_lives(
    app: Flask, serve: Serve, wire: Open, text: bytes, code: int
) -> None:
    server = serve(app)
    client = wire(server)
    client.send(text + b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert client.read().code == code
    assert client.read_to_end() == b""
    assert wire(server).get("/").code == 200


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/", "/"),
        ("//[", "/["),
        ("//[x]/a?b", "/[x]/a"),
        ("//evil.example/a", "/evil.example/a"),
        ("http://localhost/a", "/a"),
    ],
)
def test_no_part_of_a_path_is_taken_for_a_host(
    serve: Serve, wire: Open, target: str, path: str
) -> None:
    seen: dict[str, str] = {}

    def look(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        seen.update({name: environ[name] for name in ("PATH_INFO", "HTTP_HOST", "REQUEST_URI")})
        start_response("200 OK", [("Content-Length", "0")])
        return []

    assert wire(serve(look)).get(target).code == 200
    uri = target if target.startswith("/") else path
    assert seen == {"PATH_INFO": path, "HTTP_HOST": "localhost", "REQUEST_URI": uri}


def test_the_application_does_not_see_the_proxys_secret(serve: Serve, wire: Open) -> None:
    seen: list[str] = []

    def look(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        seen.append(repr(environ))
        start_response("200 OK", [("Content-Length", "0")])
        return []

    secret = "s" * 32
    server = serve(Gateway(look, secret=secret))
    assert wire(server).get("/", f"X-Nbflask-Secret: {secret}").code == 200
    assert [secret in it for it in seen] == [False]


@pytest.mark.parametrize(
    ("host", "code"),
    [
        ("localhost", 200),
        ("LOCALHOST:5000", 200),
        ("127.0.0.1:1", 200),
        ("[::1]:80", 200),
        ("app.localhost", 200),
        ("evil.example", 403),
        ("localhost.evil.example", 403),
        ("127.0.0.1.nip.io", 403),
    ],
)
def test_on_a_port_only_names_of_this_machine_are_served(
    app: Flask, serve: Serve, wire: Open, host: str, code: int
) -> None:
    client = wire(serve(app))
    client.send(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    assert client.read().code == code


@pytest.mark.parametrize("options", [{"address": None}, {"allowed_hosts": None}])
def test_a_socket_of_the_owner_serves_every_name(
    app: Flask, serve: Serve, wire: Open, options: dict[str, Any]
) -> None:
    client = wire(serve(app, **options))
    client.send(b"GET / HTTP/1.1\r\nHost: hub.example\r\n\r\n")
    assert client.read().code == 200


# Responses


def test_a_stream_reaches_the_client_block_by_block(serve: Serve, wire: Open) -> None:
    go_on = threading.Event()

    def stream(_: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield b"first"
        go_on.wait()
        yield b"second"

    client = wire(serve(stream))
    client.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    client.read_head()
    assert client.read_chunk() == b"first"
    go_on.set()
    assert [client.read_chunk(), client.read_chunk()] == [b"second", b""]
    assert client.get("/").content == b"firstsecond"


@pytest.mark.parametrize(
    ("blocks", "length", "content"),
    [((b"abc", b"def"), "4", b"abcd"), ((b"abc",), "5", b"abc")],
)
def test_content_of_another_length_than_promised_misleads_nobody(
    serve: Serve, wire: Open, blocks: tuple[bytes, ...], length: str, content: bytes
) -> None:
    server = serve(_raw(*blocks, Content_Length=length))
    client = wire(server)
    client.send(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    client.read_head()
    assert client.read_to_end() == content
    client = wire(server)
    client.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" * 2)
    client.read_head()
    rest = client.read_to_end() if len(content) < int(length) else content
    assert rest == content


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_content_without_a_length_has_an_end(serve: Serve, wire: Open, version: str) -> None:
    client = wire(serve(_raw(b"abc")))
    client.send(f"GET / HTTP/{version}\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert b"keep-alive" not in client.read_head()
    end = client.read_to_end()
    assert end == (b"abc" if version == "1.0" else b"3\r\nabc\r\n0\r\n\r\n")


@pytest.mark.parametrize(
    "error",
    [
        SystemExit(1),
        KeyboardInterrupt(),
        GeneratorExit(),
        MemoryError(),
        RecursionError(),
        ValueError("x"),
        ConnectionResetError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_whatever_a_view_raises_is_answered_and_handed_on(
    serve: Serve, wire: Open, errors: _Errors, error: BaseException
) -> None:
    app = Flask("app")
    app.config["PROPAGATE_EXCEPTIONS"] = True

    @app.get("/")
    def fail() -> str:
        raise error

    server = serve(app, on_error=errors.take)
    assert wire(server).get("/").code == 500
    assert errors == [error]
    assert wire(server).get("/").code == 500


@pytest.mark.parametrize(
    "result",
    [
        ("x", 99999),
        ("x", 200, {"X-Bad": "\ud800"}),
        ("x", 42),
        ("x", 101),
    ],
    ids=["status 99999", "lone surrogate", "status 42", "status 101"],
)
def test_what_http_cannot_carry_is_answered_500_and_handed_on(
    serve: Serve, wire: Open, errors: _Errors, result: Any
) -> None:
    app = Flask("app")

    @app.get("/")
    def view() -> Any:
        return result

    assert wire(serve(app, on_error=errors.take)).get("/").code == 500
    assert [type(error).__name__ for error in errors] == ["ResponseFault"]


def test_a_stream_that_fails_midway_is_cut_and_handed_on(
    serve: Serve, wire: Open, errors: _Errors
) -> None:
    def stream(_: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield b"first"
        raise ValueError("x")

    client = wire(serve(stream, on_error=errors.take))
    client.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    client.read_head()
    assert client.read_to_end() == b"5\r\nfirst\r\n"
    assert [type(error) for error in errors] == [ValueError]


def test_nothing_a_view_sets_in_its_context_is_left_for_the_next(serve: Serve, wire: Open) -> None:
    from contextvars import ContextVar

    variable: ContextVar[int] = ContextVar("variable", default=0)

    def count(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        variable.set(variable.get() + 1)
        start_response("200 OK", [("Content-Length", "1")])
        return [str(variable.get()).encode()]

    client = wire(serve(count))
    assert [client.get().content, client.get().content] == [b"1", b"1"]


# Clients that leave, that are slow, that are many


@pytest.mark.parametrize("address", [None, TcpAddress()], ids=["unix", "tcp"])
@pytest.mark.parametrize("timeout_s", [None, 3600.0])
def test_a_stream_that_waits_is_closed_when_its_client_leaves(
    serve: Serve, wire: Open, errors: _Errors, address: TcpAddress | None, timeout_s: float | None
) -> None:
    app = Flask("app")
    closed, began = threading.Event(), threading.Event()
    events: queue.Queue[str] = queue.Queue()

    @app.get("/")
    def events_() -> Response:
        def generate() -> Iterator[str]:
            try:
                yield "data: hello\n\n"
                began.set()
                while True:
                    yield events.get(timeout=timeout_s)
            finally:
                closed.set()

        return Response(stream_with_context(generate()), mimetype="text/event-stream")

    server = serve(app, address=address, on_error=errors.take)
    client = wire(server)
    client.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    began.wait()
    client.close()
    assert closed.wait(30)
    assert errors == []
    # The queue still works for others.
    events.put("later")
    assert events.get() == "later"


def test_stopping_the_server_closes_streams_that_wait(serve: Serve, wire: Open) -> None:
    closed, never = threading.Event(), threading.Event()

    def stream(_: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", [])
        try:
            yield b"first"
            never.wait()
        finally:
            closed.set()

    server = serve(stream)
    client = wire(server)
    client.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    client.read_head()
    client.read_chunk()
    assert server.stop(grace_s=30.0).views_left == 0  # type: ignore[union-attr]
    assert closed.is_set()


@pytest.mark.parametrize(
    "sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: loc"], ids=["nothing", "part", "more"]
)
def test_who_does_not_finish_a_head_in_time_is_dropped(
    app: Flask, serve: Serve, wire: Open, sent: bytes
) -> None:
    client = wire(serve(app, limits=Limits(head_s=0.05, tick_s=0.02, quiet_s=0.02)))
    client.send(sent)
    assert client.read_to_end() == b""


def test_bytes_one_by_one_do_not_put_the_deadline_off(app: Flask, serve: Serve, wire: Open) -> None:
    client = wire(serve(app, limits=Limits(head_s=0.2, tick_s=0.02)))
    client.socket.settimeout(0.02)
    give_up_at = time.monotonic() + 30
    dropped = False
    client.send(b"GET / HTTP/1.1\r\nX: ")
    while not dropped and time.monotonic() < give_up_at:
        try:
            client.send(b"x")
            dropped = client.socket.recv(1) == b""
        except TimeoutError:
            continue
        except OSError:
            dropped = True
    assert dropped


def test_content_that_nobody_reads_is_not_waited_for_byte_by_byte(
    app: Flask, serve: Serve, wire: Open
) -> None:
    client = wire(serve(app, limits=Limits(linger_s=0.2, tick_s=0.02)))
    client.send(b"POST /ignore HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200000\r\n\r\n")
    assert client.read().code == 200
    client.socket.settimeout(0.02)
    give_up_at = time.monotonic() + 30
    dropped = False
    while not dropped and time.monotonic() < give_up_at:
        try:
            client.send(b"x")
            dropped = client.socket.recv(1) == b""
        except TimeoutError:
            continue
        except OSError:
            dropped = True
    assert dropped


def test_a_quiet_connection_is_dropped_after_a_while(app: Flask, serve: Serve, wire: Open) -> None:
    client = wire(serve(app, limits=Limits(idle_s=0.05, tick_s=0.02, quiet_s=0.02)))
    assert client.get("/").code == 200
    assert client.read_to_end() == b""


def test_an_upload_that_stalls_is_a_bad_request(app: Flask, serve: Serve, wire: Open) -> None:
    client = wire(serve(app, limits=Limits(content_s=0.05, tick_s=0.02)))
    client.send(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc")
    assert client.read_to_end() == b""


def test_who_takes_no_response_is_dropped(serve: Serve, wire: Open) -> None:
    closed = threading.Event()

    def flood(_: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", [])
        try:
            while True:
                yield bytes(1 << 20)
        finally:
            closed.set()

    client = wire(serve(flood, limits=Limits(send_s=0.05, tick_s=0.02)))
    client.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert closed.wait(30)


def test_a_quiet_connection_holds_no_thread_and_is_served_again(
    app: Flask, serve: Serve, wire: Open
) -> None:
    server = serve(app, limits=Limits(quiet_s=0.01, worker_idle_s=0.01, tick_s=0.02))
    clients = [wire(server) for _ in range(20)]
    for client in clients:
        assert client.get("/").code == 200
    wait_until(lambda: _count_workers() == 0, "no thread serves")
    for client in clients:
        assert client.get("/").code == 200


def _count_workers() -> int:
    return sum(each.name.startswith("nbflask-request") for each in threading.enumerate())


def test_over_the_cap_a_quiet_connection_makes_room(app: Flask, serve: Serve, wire: Open) -> None:
    def is_served(client: Wire) -> bool:
        try:
            return client.get("/").code == 200
        except (AssertionError, OSError):
            return False

    server = serve(app, limits=Limits(max_connections=3, tick_s=0.02))
    clients = [wire(server) for _ in range(3)]
    for client in clients:
        assert client.get("/").code == 200
    assert wire(server).get("/").code == 200
    assert sum(is_served(client) for client in clients) == 2


def test_many_connections_that_say_nothing_keep_nobody_out(
    app: Flask, serve: Serve, wire: Open
) -> None:
    server = serve(app, limits=Limits(max_connections=20, tick_s=0.02))
    for _ in range(100):
        wire(server)
    assert [wire(server).get("/").code for _ in range(10)] == [200] * 10


def test_requests_at_once_are_all_served(serve: Serve, wire: Open) -> None:
    together = threading.Barrier(50)

    def meet(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        together.wait(30)
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    server = serve(meet)
    clients = [wire(server) for _ in range(50)]
    for client in clients:
        client.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert [client.read().code for client in clients] == [200] * 50


def test_running_out_of_descriptors_spins_nothing_and_passes(
    app: Flask, serve: Serve, wire: Open, tmp_path: Path
) -> None:
    import resource

    server = serve(app, limits=Limits(max_connections=500, tick_s=0.02, quiet_s=0.02))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    clients = [wire(server) for _ in range(10)]
    for client in clients:
        client.get("/")
    late = wire(server)
    late.send(b"")
    files = [(tmp_path / str(number)).open("w") for number in range(3)]
    highest = max(file.fileno() for file in files)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 1, hard))
        late.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert late.read().code == 200
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for file in files:
            file.close()


# Websockets


@pytest.fixture
def echo(serve: Serve) -> AppServer:
    app = Flask("app")
    # flask-sock has no types.
    make_sock: Any = Sock
    sock = make_sock(app)

    def echo_(ws: Any) -> None:
        while True:
            ws.send(ws.receive())

    sock.route("/echo")(echo_)
    return serve(app)


def test_websockets_work_and_end(echo: AppServer, errors: _Errors) -> None:
    port = getattr(echo.address, "port", 0)
    client = websocket.create_connection(f"ws://127.0.0.1:{port}/echo", timeout=30)
    for text in ("a", "b" * 100_000):
        client.send(text)
        assert client.recv() == text
    client.close()
    assert errors == []


def test_stopping_the_server_ends_websockets(echo: AppServer) -> None:
    port = getattr(echo.address, "port", 0)
    client = websocket.create_connection(f"ws://127.0.0.1:{port}/echo", timeout=30)
    client.send("a")
    assert client.recv() == "a"
    assert echo.stop(grace_s=30.0).views_left == 0  # type: ignore[union-attr]
    assert client.sock is not None
    client.sock.close()


def test_the_date_is_of_today(app: Flask, serve: Serve, wire: Open) -> None:
    date = wire(serve(app)).get("/").fields["date"]
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", date)
    assert QUICK.head_s == Limits().head_s
