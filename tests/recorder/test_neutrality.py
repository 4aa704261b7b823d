"""The bytes on the wire are the same with a recorder and without."""

from __future__ import annotations

import contextlib
import re
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import flask
import pytest
from itsdangerous import TimestampSigner
from websocket import create_connection

import nbflask.app
from nbflask.recorder import Recorder
from nbflask.server.addresses import TcpAddress
from nbflask.server.life import AppServer
from tests.recorder.many_apps import make_app
from tests.server.wire import PATIENCE_S, connect, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbflask.exchanges.exchange import Exchange

# The second may change between the two answers.
_TIME = re.compile(rb"(Date: |Expires[:=] ?)[^\r;]*")
#: Signed at the time that the tests have.
SESSION = "eyJjYXJ0Ijp7Iml0ZW1zIjpbMSwyXX0sIm5hbWUiOiJBZGEifQ"


def ask(target: str, *fields: str, method: str = "GET", content: bytes = b"") -> bytes:
    """Write a request that ends the connection."""
    lines = [f"{method} {target} HTTP/1.1", "Host: localhost", *fields, "Connection: close"]
    if content:
        lines.append(f"Content-Length: {len(content)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + content


def post(target: str, media_type: str, content: bytes, *fields: str) -> bytes:
    return ask(target, f"Content-Type: {media_type}", *fields, method="POST", content=content)


def part(name: str, filename: str, content: bytes) -> bytes:
    disposition = f'form-data; name="{name}"; filename="{filename}"'
    return f"--b\r\nContent-Disposition: {disposition}\r\n\r\n".encode() + content + b"\r\n"


FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"
CHUNKED = (
    b"POST /raw HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n"
    b"\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nTrailer: 1\r\n\r\n"
)

REQUESTS = {
    "a page": ask("/"),
    "a page by HTTP/1.0": b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n",
    "two requests over one connection": ask("/").replace(b"Connection: close\r\n", b"") + ask("/"),
    "HEAD": ask("/", method="HEAD"),
    "HEAD of a stream": ask("/stream", method="HEAD"),
    "OPTIONS": ask("/", method="OPTIONS"),
    "JSON with arguments": ask("/items/7/?a=1&a=2&b=%C3%A9&c="),
    "an odd target": ask("/items/7/?q=%FF&%zz=1;b"),
    "a redirect": ask("/go"),
    "a redirect to the slash": ask("/items/7"),
    "no such page": ask("/none/%41%2F"),
    "no such method": ask("/form", method="DELETE"),
    "a template": ask("/template"),
    "cookies": ask("/cookies", "Cookie: x=1", "Cookie: y=2"),
    "no content": ask("/nothing"),
    "an async view": ask("/async"),
    "a strange status": ask("/wsgi"),
    "a form": post("/form", FORM, b"a=1&b=%C3%A9&a=2"),
    "a form nobody reads": post("/ignored", FORM, b"a=1"),
    "a large content nobody reads": post("/ignored", "text/plain", b"x" * 400_000),
    "JSON": post("/json", "application/json", b'{"a": [1, "\xc3\xa9"]}'),
    "malformed JSON": post("/json", "application/json", b"{"),
    "a file": post("/upload", MULTIPART, part("f", "a.txt", b"file") + b"--b--\r\n"),
    "a large file": post("/upload", MULTIPART, part("f", "a", b"x" * 2_000_000) + b"--b--\r\n"),
    "too large a content": post("/raw", "text/plain", b"x" * 5_000_000),
    "bytes": post("/raw", "application/octet-stream", bytes(range(256)) * 10),
    "one line of two": post("/first", "text/plain", b"one\ntwo"),
    "lines": post("/lines", "text/plain", b"one\ntwo\nthree"),
    "chunks": CHUNKED,
    "a client that waits for 100": post("/raw", "text/plain", b"content", "Expect: 100-continue"),
    "a picture": ask("/picture"),
    "a picture's head": ask("/picture", method="HEAD"),
    "a picture that is known": ask("/picture", 'If-None-Match: "tag"'),
    "a range": ask("/picture", "Range: bytes=10-19"),
    "a range that is not there": ask("/picture", "Range: bytes=999999-"),
    "a large content": ask("/big"),
    "a content with a coding": ask("/zipped", "Accept-Encoding: gzip"),
    "a session that is not looked at": ask("/", f"Cookie: session={SESSION}"),
    "a session that is read": ask("/session/read"),
    "a session that was forged": ask("/session/read", "Cookie: session=e30.forged"),
    "a session that is written": ask("/session/write"),
    "a session that is cleared": ask("/session/clear"),
    "a session that is permanent": ask("/session/permanent"),
    "a session changed within": ask("/session/nested"),
    "a flash": ask("/flash"),
    "a stream": ask("/stream"),
    "a stream with context": ask("/stream/context"),
    "a template's stream": ask("/stream/template"),
    "events": ask("/events"),
    "a stream that breaks": ask("/stream/breaks"),
    "a stream that breaks at once": ask("/stream/never"),
    "a stream whose close fails": ask("/stream/closed"),
    "a stream that is too short": ask("/stream/short"),
    "an error in the view": ask("/error/view"),
    "an error in an async view": ask("/error/async"),
    "an error that is handled": ask("/error/handled"),
    "an error in the handler": ask("/error/handler"),
    "abort()": ask("/error/abort"),
    "abort() that is handled": ask("/error/conflict"),
    "a form's missing key": post("/error/missing", FORM, b"a=1"),
    "a view that gives nothing": ask("/error/none"),
    "an answer before the view": ask("/?fail=early"),
    "an error before the view": ask("/?fail=before"),
    "an error after the view": ask("/?fail=after"),
    "an error in teardown": ask("/?fail=teardown"),
    "an error in a context processor": ask("/template?fail=context"),
}


@dataclass(frozen=True)
class Pair:
    """The same app twice, one of them recorded."""

    bare: AppServer
    recorded: AppServer
    recorder: Recorder


@pytest.fixture(scope="module", params=[flask.Flask, nbflask.app.Flask], ids=["plain", "live"])
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    recorder = Recorder(make_app(request.param))
    with (
        serve(make_app(request.param)) as bare,
        serve(recorder.app) as recorded,
        recorder,
    ):
        yield Pair(bare, recorded, recorder)


@contextlib.contextmanager
def serve(app: flask.Flask) -> Iterator[AppServer]:
    with AppServer(app, address=TcpAddress(), on_error=lambda *_: None) as server:
        yield server


@pytest.fixture(autouse=True)
def time_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sign sessions at one time: the cookie holds it."""
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _self: 1_700_000_000)


def exchange_bytes(server: AppServer, sent: bytes) -> bytes:
    """Send bytes, and give all that comes back, but for the time."""
    assert server.address is not None
    with connect(server.address) as sock:
        received = b""
        with contextlib.suppress(ConnectionError):
            sock.sendall(sent)
        with contextlib.suppress(ConnectionError):
            while block := sock.recv(1 << 20):
                received += block
    return _TIME.sub(rb"\1-", received)


def last_exchange(recorder: Recorder) -> Exchange:
    wait_until(lambda: recorder.exchanges()[-1].state.is_over, "the exchange is over")
    return recorder.exchanges()[-1]


@pytest.mark.parametrize("name", REQUESTS)
def test_the_bytes_on_the_wire_are_the_same(pair: Pair, name: str) -> None:
    before = pair.recorder.last_id
    assert exchange_bytes(pair.recorded, REQUESTS[name]) == exchange_bytes(
        pair.bare, REQUESTS[name]
    )
    assert pair.recorder.last_id > before
    assert last_exchange(pair.recorder).state.is_over


def test_a_session_that_goes_from_one_request_to_the_next_is_the_same(pair: Pair) -> None:
    answers = []
    for server in (pair.bare, pair.recorded):
        written = exchange_bytes(server, ask("/session/write"))
        found = re.search(rb"Set-Cookie: (session=[^;]*)", written)
        assert found is not None
        cookie = f"Cookie: {found[1].decode()}"
        targets = ("/", "/session/read", "/session/nested", "/stream/context", "/session/clear")
        answers.append([exchange_bytes(server, ask(target, cookie)) for target in targets])
    assert answers[0] == answers[1]
    assert b"Ada" in answers[0][1]


def test_what_a_view_leaves_unread_is_recorded_when_the_server_reads_it(pair: Pair) -> None:
    contents = {"/ignored": b"a=1", "/ignored?": b"x" * 100_000, "/first": b"one\ntwo"}
    for target, content in contents.items():
        unread = post(target, FORM, content).replace(b"Connection: close\r\n", b"")
        answers = [
            exchange_bytes(server, unread + ask("/")) for server in (pair.bare, pair.recorded)
        ]
        assert answers[0] == answers[1]
        assert answers[0].endswith(b"<h1>Hello</h1>")
        seen = pair.recorder.exchange(pair.recorder.last_id - 1).request.content
        assert (seen.data[:3], seen.size) == (content[:3], len(content))
        assert not seen.is_unread


def test_a_websocket_is_the_same(pair: Pair) -> None:
    answers = []
    for server in (pair.bare, pair.recorded):
        address: Any = server.address
        ws = create_connection(f"ws://127.0.0.1:{address.port}/socket", timeout=PATIENCE_S)
        ws.send("abc")
        answers.append((ws.getstatus(), ws.recv()))
        ws.close()
    assert answers == [(101, "cba")] * 2
    exchange = last_exchange(pair.recorder)
    assert exchange.request.path == "/socket"
    assert exchange.response is not None
    assert exchange.response.status_code == 101


def test_a_client_that_leaves_is_noticed_and_the_next_one_is_served(pair: Pair) -> None:
    assert pair.recorded.address is not None
    before = pair.recorder.last_id
    sock = connect(pair.recorded.address)
    sock.sendall(ask("/big"))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    wait_until(lambda: pair.recorder.last_id > before, "it is under way")
    sock.close()
    assert last_exchange(pair.recorder).state.is_over
    assert b"Hello" in exchange_bytes(pair.recorded, ask("/"))
