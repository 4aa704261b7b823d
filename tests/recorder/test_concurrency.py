"""Nothing is attributed to another exchange than its own, however many are under way."""

from __future__ import annotations

import concurrent.futures
import sys
import threading
from typing import TYPE_CHECKING, Any

import flask
import pytest
from flask import flash, render_template_string, request, session, stream_with_context

import nbflask.app
from nbflask.exchanges.exchange import State
from nbflask.recorder import Bounds, Recorder
from nbflask.server.addresses import TcpAddress
from nbflask.server.life import AppServer
from tests.server.wire import connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbflask.exchanges.exchange import Exchange

THREADS, REQUESTS = 64, 20


def make_app(kind: type[flask.Flask], barrier: threading.Barrier) -> flask.Flask:
    app = kind("app")
    app.secret_key = "key"

    @app.before_request
    def before() -> None:
        print("before", request.args["me"])

    @app.get("/")
    def index() -> Any:
        me = request.args["me"]
        if "first" in request.args:
            barrier.wait()
        session["me"] = me
        flash(me)
        app.logger.error("log %s", me)
        text = render_template_string("{{ me }}", me=me)

        @stream_with_context
        def blocks() -> Iterator[str]:
            print("stream", me)
            yield text
            yield session["me"]

        return flask.Response(blocks())  # type: ignore[call-arg]

    @app.get("/async")
    async def late() -> str:
        print("async", request.args["me"])
        return request.args["me"]

    return app


def check(seen: Exchange) -> None:
    """Find nothing in an exchange but its own."""
    me = seen.request.query_string.split("me=")[1].split("&")[0]
    assert seen.response is not None
    if seen.request.path == "/async":
        assert [it.text for it in seen.output] == [f"before {me}\n", f"async {me}\n"]
        assert seen.response.content.data == me.encode()
        return
    assert [it.text for it in seen.output] == [f"before {me}\n", f"stream {me}\n"]
    assert [it.message for it in seen.logs] == [f"log {me}"]
    assert tuple(seen.flashes) == (("message", me),)
    assert [[it.text for it in each.context] for each in seen.templates] == [[f"'{me}'"]]
    assert seen.session is not None
    assert seen.session.after == {"me": me, "_flashes": [("message", me)]}
    assert seen.response.content.data == (me + me).encode()
    stages = [it.stage.value for it in seen.spans if it.depth == 0]
    assert sorted(stages) == sorted(
        ["session_open", "routing", "before", "view", "session_save", "stream"]
    )


@pytest.mark.parametrize("kind", [flask.Flask, nbflask.app.Flask], ids=["plain", "live"])
def test_64_threads_of_a_server_mix_nothing_up(
    kind: type[flask.Flask], capsys: pytest.CaptureFixture[str]
) -> None:
    # All threads are in their first request at once.
    app = make_app(kind, threading.Barrier(THREADS, timeout=60))

    def ask(server: AppServer, thread: int) -> None:
        for number in range(REQUESTS):
            path = "/async" if number % 5 == 4 else "/"
            first = "&first=1" if not number else ""
            target = f"{path}?me={thread}x{number}{first}"
            head = f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            assert server.address is not None
            with connect(server.address) as sock:
                sock.sendall(head.encode())
                while sock.recv(65536):
                    pass

    with (
        Recorder(app, bounds=Bounds(exchanges=THREADS * REQUESTS)) as recorder,
        AppServer(app, address=TcpAddress()) as server,
        concurrent.futures.ThreadPoolExecutor(THREADS) as pool,
    ):
        list(pool.map(ask, [server] * THREADS, range(THREADS)))
    capsys.readouterr()
    assert len(recorder.exchanges()) == THREADS * REQUESTS
    for each in recorder.exchanges():
        check(each)


@pytest.fixture
def quick_switches() -> Iterator[None]:
    """Let threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("quick_switches")
def test_who_looks_while_it_ends_sees_the_end_the_next_time() -> None:
    app = flask.Flask(__name__)
    app.add_url_rule("/", "index", lambda: "page")
    is_done = threading.Event()
    with Recorder(app) as recorder:

        def look() -> None:
            while not is_done.is_set():
                recorder.exchanges()

        looking = threading.Thread(target=look)
        looking.start()
        client = app.test_client()
        for _ in range(300):
            client.get("/").get_data()
        is_done.set()
        looking.join()
        assert {each.state for each in recorder.exchanges()} == {State.COMPLETE}
