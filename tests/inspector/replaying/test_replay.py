"""A recorded request is sent to its app again: as it was, as its client would now, or edited."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from nbflask.errors import OptionError, RecordError, ServerError
from nbflask.exchanges.exchange import Source, State
from nbflask.exchanges.fields import Fields
from nbflask.inspector.replaying.replay import Edit, Mode, NeedsConfirmation, Replayer
from nbflask.inspector.replaying.sending import Loopback
from nbflask.recorder import Bounds, Recorder
from tests.inspector.replaying.sites import WAYS, Site, open_site

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(params=WAYS)
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    """Give an app on each of the ways to it."""
    with open_site(request.param) as opened:
        yield opened


@pytest.fixture
def called() -> Iterator[Site]:
    """Give an app that is called."""
    with open_site() as opened:
        yield opened


def test_a_request_is_sent_again_as_it_was(site: Site) -> None:
    headers = [("X-A", "1"), ("X-A", "2"), ("Content-Type", "application/octet-stream")]
    site.client.post("/echo?q=%41&r=a b", data=bytes(range(256)), headers=headers)
    replay = site.replayer.replay(site.last, "exact")
    assert (replay.of, replay.id, replay.exchange.replay_of) == (1, 2, 1)
    assert replay.exchange.initiator.source is Source.REPLAY
    assert replay.exchange.state is State.COMPLETE
    assert replay.comparison.is_same, replay._repr_mimebundle_()["text/plain"]


def test_the_app_sees_nothing_that_tells_a_replay(site: Site) -> None:
    site.client.get("/echo", headers={"X-Own": "1"})
    site.replayer.replay(site.last)
    first, second = (
        {name: value for name, value in seen.items() if name.startswith("HTTP_")}
        for seen in site.seen
    )
    assert first == second


def test_a_replay_never_runs_in_the_main_thread(site: Site) -> None:
    site.client.get("/")
    site.replayer.replay(site.last)
    assert site.threads[0] is threading.main_thread()
    assert site.threads[1] is not threading.main_thread()


def test_the_client_and_the_prefix_stay_what_they_were(site: Site) -> None:
    environ = {"REMOTE_ADDR": "10.1.2.3", "SCRIPT_NAME": "/user/x"}
    site.client.get("/echo", base_url="https://hub.example:8443/", environ_overrides=environ)
    replay = site.replayer.replay(site.last)
    assert replay.comparison.is_same, replay._repr_mimebundle_()["text/plain"]
    assert (
        site.seen[1]["REMOTE_ADDR"],
        site.seen[1]["HTTP_HOST"],
        site.seen[1]["SCRIPT_NAME"],
    ) == (
        "10.1.2.3",
        "hub.example:8443",
        "/user/x",
    )


def test_a_forged_proxy_is_not_believed_by_the_server() -> None:
    forged = {"X-Forwarded-For": "6.6.6.6", "X-Nbflask-Prefix": "/x", "X-Forwarded-Proto": "https"}
    with open_site("unix") as site:
        site.client.get("/echo", headers=forged)
        site.replayer.replay(1)
        seen = site.seen[1]
        assert (seen["REMOTE_ADDR"], seen["SCRIPT_NAME"], seen["wsgi.url_scheme"]) == (
            "127.0.0.1",
            "",
            "http",
        )


def test_current_sends_the_cookies_that_the_client_has_now(site: Site) -> None:
    client = site.client
    for _ in range(3):
        client.get("/count")
    assert site.replayer.replay(1).exchange.session is not None
    replay = site.replayer.replay(1)
    assert replay.exchange.response is not None
    assert replay.exchange.response.content.data == b"4"


def test_exact_rolls_a_session_in_the_cookie_back_and_says_so(site: Site) -> None:
    client = site.client
    for _ in range(3):
        client.get("/count")
    replay = site.replayer.replay(2, "exact")
    assert replay.exchange.response is not None
    assert replay.exchange.response.content.data == b"2"
    (note,) = replay.notes
    assert "A session that is kept in the cookie is what it was then" in note
    assert note in replay._repr_mimebundle_()["text/plain"]


def test_another_client_is_not_taken_for_the_same(called: Site) -> None:
    ann, bob = called.client, called.client
    ann.get("/count?user=ann")
    for _ in range(5):
        bob.get("/count?user=bob")
    ann.get("/count?user=ann")
    replay = called.replayer.replay(1)
    assert replay.exchange.response is not None
    assert replay.exchange.response.content.data == b"3"


def test_an_edit_of_python_is_sent(site: Site) -> None:
    site.client.post("/echo?a=1", json={"name": "Ada"}, headers={"X-A": "1"})
    replay = site.replayer.replay(
        1, json={"name": "Bob"}, headers={"X-A": None, "X-B": "2"}, path="/echo", method="PUT"
    )
    assert replay.exchange.request.content.data == b'{"name": "Bob"}'
    paths = {(row.path, row.left, row.right) for row in replay.diff().part("content")}
    assert ("$.method", '"POST"', '"PUT"') in paths
    assert site.seen[1].get("HTTP_X_B") == "2"
    assert "HTTP_X_A" not in site.seen[1]


def test_an_unknown_change_names_the_close_one(called: Site) -> None:
    called.client.get("/")
    with pytest.raises(
        OptionError, match=re.escape("A request has no 'jason'. Did you mean 'json'?")
    ):
        called.replayer.replay(1, jason={})


def test_redacted_in_an_edit_is_what_was_recorded(site: Site) -> None:
    client = site.client
    client.get("/count")
    client.post(
        "/echo",
        json={"password": "hunter2", "name": "Ada"},
        headers={"Authorization": "Bearer abc"},
    )
    shown = site.recorder.redacted(site.recorder.exchange(2)).request
    assert b"hunter2" not in shown.content.data
    edit = Edit(
        method=shown.method,
        target=shown.app_target,
        headers=shown.headers,
        content=shown.content.data.replace(b"Ada", b"Bob"),
    )
    site.replayer.replay(2, "edit", edit=edit)
    sent = site.recorder.exchange(3).request
    assert sent.content.data == b'{"name": "Bob", "password": "hunter2"}'
    assert sent.headers.get("Authorization") == "Bearer abc"
    assert (sent.headers.get("Cookie") or "").startswith("session=ey")


def test_cookies_that_are_edited_are_sent_as_they_are(called: Site) -> None:
    client = called.client
    client.get("/count")
    client.get("/count")
    called.replayer.replay(2, headers={"Cookie": "session=mine"})
    assert called.seen[2]["HTTP_COOKIE"] == "session=mine"
    called.replayer.replay(2, headers={"Cookie": None})
    assert "HTTP_COOKIE" not in called.seen[3]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_what_may_change_something_is_asked_about_once(called: Site, method: str) -> None:
    called.client.open("/echo", method=method)
    message = f"{method} /echo may change something .* write `%flask_replay 1 --yes`"
    for _ in range(2):
        with pytest.raises(NeedsConfirmation, match=message):
            called.replayer.replay(1, confirm=True)
    assert len(called.seen) == 1
    called.replayer.replay(1)
    called.replayer.replay(1, confirm=True)
    assert len(called.seen) == 3


def test_a_get_that_is_edited_to_a_post_is_asked_about(called: Site) -> None:
    called.client.get("/echo")
    with pytest.raises(NeedsConfirmation, match="POST /echo may change something"):
        called.replayer.replay(1, confirm=True, method="POST")
    called.replayer.replay(1, confirm=True)


def test_to_say_yes_to_a_post_is_not_to_say_it_to_a_delete(called: Site) -> None:
    called.client.post("/echo", data=b"x")
    called.replayer.replay(1, confirm=False)
    called.replayer.replay(1, confirm=True)
    with pytest.raises(NeedsConfirmation, match="DELETE /echo may change something"):
        called.replayer.replay(1, edit=Edit(method="DELETE"), confirm=True)


def test_who_is_asked_is_told_no_secret(called: Site) -> None:
    called.client.post("/reset/hunter2Xq9;token=hunter2Xq9")
    with pytest.raises(NeedsConfirmation) as raised:
        called.replayer.replay(1, confirm=True)
    assert "hunter2" not in str(raised.value)


def test_a_line_end_in_a_recorded_head_is_no_field_of_the_socket() -> None:
    with open_site("unix") as site:
        environ = EnvironBuilder("/echo").get_environ()
        environ["REMOTE_ADDR"] = "::1\r\nX-Nbflask-Prefix: /elsewhere"
        run_wsgi_app(site.app, environ)
        with pytest.raises(RecordError, match="has a line end in its head"):
            site.replayer.replay(1)
        assert len(site.seen) == 1


def test_a_conditional_request_stays_one_unless_the_cache_is_bypassed(site: Site) -> None:
    site.client.get("/etag", headers={"If-None-Match": '"one"', "Expect": "100-continue"})
    kept = site.replayer.replay(1)
    bypassed = site.replayer.replay(1, bypass_cache=True)
    codes = [
        each.exchange.response and each.exchange.response.status_code for each in (kept, bypassed)
    ]
    assert codes == [304, 200]
    assert "HTTP_EXPECT" not in site.seen[1]


def test_what_was_not_recorded_whole_is_refused() -> None:
    app = Flask("small")
    app.add_url_rule("/", view_func=lambda: "", methods=["POST"])

    @app.post("/read")
    def read() -> str:
        from flask import request

        return str(len(request.get_data()))

    with Recorder(app, bounds=Bounds(content_bytes=10)) as recorder:
        client = app.test_client()
        client.post("/read", data=b"x" * 11)
        client.post("/", data=b"x" * 11)
        client.post("/read", data=b"abc")
        client.post("/", data=b"abc")
        replayer = Replayer(recorder)
        with pytest.raises(RecordError, match="Exchange 1 has a content of 11 bytes, of which 10"):
            replayer.replay(1)
        with pytest.raises(RecordError, match="Exchange 2 has a content that the app did not read"):
            replayer.replay(2)
        with pytest.raises(RecordError, match="Exchange 9 is not recorded"):
            replayer.replay(9)
        assert replayer.replay(1, content=b"y" * 10).comparison.part("request") != ()
        assert replayer.replay(3).comparison.is_same
        assert replayer.replay(4).comparison.is_same


def test_a_private_exchange_is_refused(called: Site) -> None:
    called.client.get("/private")
    with pytest.raises(RecordError, match="Exchange 1 is private"):
        called.replayer.replay(1, path="/")


def test_an_exchange_under_way_is_refused(called: Site) -> None:
    response = called.client.get("/stream", buffered=False)
    blocks = response.iter_encoded()
    next(iter(blocks))
    try:
        with pytest.raises(RecordError, match="Exchange 1 is still under way"):
            called.replayer.replay(1)
    finally:
        called.tick.set()
        response.close()


def test_a_stream_is_read_to_its_end(site: Site) -> None:
    site.tick.set()
    assert len(site.client.get("/stream").data) == 290
    replay = site.replayer.replay(1)
    assert (replay.exchange.state, replay.comparison.is_same) == (State.COMPLETE, True)


def test_a_stream_that_was_left_is_left_at_the_same_place(site: Site) -> None:
    response = site.client.get("/stream", buffered=False)
    blocks = iter(response.iter_encoded())
    next(blocks)
    response.close()
    assert site.recorder.exchange(1).state is State.ABORTED
    site.tick.set()
    replay = site.replayer.replay(1)
    assert "The response went on, and was left before its end." in replay.notes


def test_a_stream_that_does_not_end_is_left_after_a_while(site: Site) -> None:
    site.tick.set()
    site.client.get("/stream").close()
    site.tick.clear()
    timer = threading.Timer(0.5, site.tick.set)
    timer.start()
    try:
        replay = site.replayer.replay(1, timeout_s=0.1)
    finally:
        timer.join()
    assert "The response went on, and was left before its end." in replay.notes


def test_an_app_that_does_not_answer_is_not_waited_for(site: Site) -> None:
    site.tick.set()
    site.client.get("/slow")
    site.tick.clear()
    try:
        with pytest.raises(ServerError, match=r"The app has not answered in 0\.1 s"):
            site.replayer.replay(1, timeout_s=0.1)
    finally:
        site.tick.set()


def test_an_error_is_an_exchange_like_any_other(site: Site) -> None:
    site.client.get("/boom")
    replay = site.replayer.replay(1)
    assert replay.exchange.response is not None
    assert replay.exchange.response.status_code == 500
    assert [each.type for each in replay.exchange.errors] == ["KeyError"]
    assert site.recorder.error_of(replay.id) is not None


def test_an_error_that_leaves_the_app_is_an_exchange_without_response(called: Site) -> None:
    called.app.testing = True
    with contextlib.suppress(KeyError):
        called.client.get("/boom")
    replay = called.replayer.replay(1)
    assert (replay.exchange.state, replay.exchange.response) == (State.FAILED, None)
    assert replay.notes == ("The app gave no response.",)
    assert "The app gave no response." in replay._repr_mimebundle_()["text/html"]


def test_a_replay_of_a_replay_is_its_own(called: Site) -> None:
    called.client.get("/count")
    second = called.replayer.replay(called.replayer.replay(1).id)
    assert (second.of, second.exchange.replay_of) == (2, 2)


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "evil.example", "a@127.0.0.1:{port}"])
def test_a_host_field_leads_nowhere_else(site: Site, host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as canary:
        port = canary.getsockname()[1]
        site.client.get("/echo", headers={"X-Forwarded-Host": f"127.0.0.1:{port}"})
        # A Host that is none is answered by the server, before the app.
        with contextlib.suppress(ServerError):
            site.replayer.replay(1, headers={"Host": host.format(port=port)})
        for path in (f"http://127.0.0.1:{port}/", f"@127.0.0.1:{port}/", "ftp://x"):
            with pytest.raises(RecordError, match="this app alone"):
                site.replayer.replay(1, path=path)
        site.replayer.replay(1, path=f"//127.0.0.1:{port}/echo")
        canary.settimeout(0)
        with pytest.raises(BlockingIOError):
            canary.accept()


def test_a_server_that_is_gone_is_said(called: Site) -> None:
    called.client.get("/")

    def fail() -> socket.socket:
        raise ConnectionRefusedError

    called.way = Loopback(connect=fail, secret="s")
    with pytest.raises(ServerError, match="The app's server did not answer"):
        called.replayer.replay(1)


def test_a_wrong_secret_does_not_reach_the_app() -> None:
    with open_site("unix") as site:
        site.client.get("/")
        assert site.way is not None
        site.way = Loopback(connect=site.way.connect, secret="wrong")
        with pytest.raises(ServerError, match="did not reach the app: its server answered 403"):
            site.replayer.replay(1)
        assert len(site.seen) == 1


def test_a_paused_recorder_is_said(called: Site) -> None:
    called.client.get("/")
    called.recorder.pause()
    with pytest.raises(RecordError, match="Nothing is recorded now"):
        called.replayer.replay(1)


def test_replays_of_one_request_at_once_keep_apart(site: Site) -> None:
    site.client.get("/echo?n=0")
    found: list[Any] = []

    def replay(number: int) -> None:
        found.append((number, site.replayer.replay(1, query={"n": number})))

    threads = [threading.Thread(target=replay, args=(number,)) for number in range(16)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert {it.exchange.request.query_string for _, it in found} == {f"n={n}" for n in range(16)}
    assert all(it.exchange.request.query_string == f"n={number}" for number, it in found)


def test_a_load_is_counted_by_status(site: Site) -> None:
    site.client.get("/echo")
    load = site.replayer.load(1, 40, concurrency=8)
    assert load.statuses == Counter({200: 40})
    assert len(set(load.ids)) == len(load.durations_ms) == 40
    assert repr(load) == ("Exchange 1 was sent again 40 times, 8 at once.\n     40  200 OK")


def test_a_load_can_be_stopped(site: Site) -> None:
    site.tick.set()
    assert site.client.get("/stream").data
    site.tick.clear()
    began = threading.Event()
    site.recorder.subscribe(lambda _change: began.set())

    def stop() -> None:
        began.wait(5)
        site.replayer.stop()
        site.tick.set()

    thread = threading.Thread(target=stop)
    thread.start()
    load = site.replayer.load(1, 1000, concurrency=2)
    thread.join()
    assert load.is_stopped
    assert "Stopped after" in repr(load)


@pytest.mark.parametrize(
    ("times", "concurrency", "message"),
    [(0, 1, "0 is not how often. Write a number from 1"), (1, 65, "65 is not how many at once")],
)
def test_a_load_has_bounds(called: Site, times: int, concurrency: int, message: str) -> None:
    called.client.get("/")
    with pytest.raises(OptionError, match=message):
        called.replayer.load(1, times, concurrency=concurrency)


def test_what_is_shown_of_a_replay_holds_no_secret_and_no_time(called: Site) -> None:
    client = called.client
    client.get("/count")
    client.post("/echo", json={"password": "hunter2"}, headers={"Authorization": "Bearer abcdef"})
    replay = called.replayer.replay(2)
    bundle = replay._repr_mimebundle_()
    for text in (*bundle.values(), repr(replay)):
        assert not re.search(r"hunter2|abcdef|eyJ|\d ms", text)
    assert repr(replay) == "Replay(of=2, mode=<Mode.CURRENT: 'current'>, notes=())"


def test_a_mode_is_one_of_three() -> None:
    assert [str(each) for each in Mode] == ["exact", "current", "edit"]


def test_fields_of_an_edit_may_be_plain_pairs(called: Site) -> None:
    called.client.get("/echo")
    called.replayer.replay(1, edit=Edit(headers=Fields([("X-A", "1")])))
    assert called.seen[1]["HTTP_X_A"] == "1"
