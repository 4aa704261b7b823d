"""What is remembered is bounded: contents go first, then exchanges; what is pinned stays."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import flask
import pytest
from flask import render_template_string, request

from nbflask.errors import RecordError
from nbflask.exchanges.exchange import Content
from nbflask.recorder import Bounds, Change, Recorder
from nbflask.recorder.kept import Kept
from nbflask.recorder.printed import Printed

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def app() -> flask.Flask:
    app = flask.Flask("app")

    @app.route("/<int:size>", methods=["GET", "POST"])
    def give(size: int) -> bytes:
        request.get_data()
        return b"x" * size

    return app


def ask(app: flask.Flask, *targets: str, **options: Any) -> None:
    for target in targets:
        app.test_client().open(target, **options).get_data()


def ids(recorder: Recorder) -> list[int]:
    return [each.id for each in recorder.exchanges()]


def test_the_oldest_make_room_for_the_newest_but_for_pinned_ones(app: flask.Flask) -> None:
    with Recorder(app, bounds=Bounds(exchanges=3)) as recorder:
        ask(app, "/1", "/1")
        recorder.pin(1)
        ask(app, "/1", "/1", "/1")
        assert ids(recorder) == [1, 3, 4, 5]
        recorder.pin(1, is_pinned=False)
        ask(app, "/1")
    assert ids(recorder) == [4, 5, 6]


def test_what_is_gone_is_said_with_what_is_there(app: flask.Flask) -> None:
    with Recorder(app, bounds=Bounds(exchanges=2)) as recorder:
        with pytest.raises(RecordError, match=r"Exchange 1 is not recorded: no exchange is\."):
            recorder.exchange(1)
        ask(app, "/1", "/1", "/1")
    with pytest.raises(RecordError) as raised:
        recorder.exchange(1)
    assert str(raised.value) == (
        "Exchange 1 is not recorded, or no longer: there are 2, from 2 to 3."
    )


def test_only_so_many_can_be_pinned(app: flask.Flask) -> None:
    with Recorder(app, bounds=Bounds(pinned=1)) as recorder:
        ask(app, "/1", "/1")
    recorder.pin(1)
    recorder.pin(1)
    with pytest.raises(RecordError, match="1 exchanges are pinned, and no more can be"):
        recorder.pin(2)
    assert [each.is_pinned for each in recorder.exchanges()] == [True, False]


def test_of_a_long_content_the_beginning_is_kept_and_all_is_counted(app: flask.Flask) -> None:
    bounds = Bounds(content_bytes=10, hashed_bytes=1000)
    with Recorder(app, bounds=bounds) as recorder:
        ask(app, "/500", "/2000", data=b"y" * 500)
    hashed, too_long = (each.response and each.response.content for each in recorder.exchanges())
    assert isinstance(hashed, Content)
    assert isinstance(too_long, Content)
    assert (hashed.size, hashed.data, hashed.is_truncated) == (500, b"x" * 10, True)
    assert (too_long.size, too_long.data, too_long.sha256) == (2000, b"x" * 10, "")
    received = recorder.exchange(1).request.content
    assert (received.size, received.data, received.is_unread) == (500, b"y" * 10, False)


@pytest.mark.parametrize("sizes", [(3, 4), (7, 7), (10,), (11,), (4, 6, 1), (1, 30, 5), (0, 3)])
def test_the_digest_is_of_all_that_passed_however_it_came(sizes: tuple[int, ...]) -> None:
    import hashlib

    kept, blocks = Kept(Bounds(content_bytes=10)), [bytes([65 + n]) * n for n in sizes]
    for block in blocks:
        kept.take(block)
    kept.settle()
    whole = b"".join(blocks)
    assert (kept.size, kept.data, kept.digest()) == (
        len(whole), whole[:10], hashlib.sha256(whole).hexdigest(),
    )  # fmt: skip
    kept.drop()
    assert (kept.data, kept.digest()) == (b"", hashlib.sha256(whole).hexdigest())


def test_contents_go_before_exchanges_and_the_oldest_first(app: flask.Flask) -> None:
    with Recorder(app, bounds=Bounds(total_bytes=250)) as recorder:
        ask(app, "/100", "/100")
        recorder.pin(1)
        ask(app, "/100")
    contents = [each.response.content for each in recorder.exchanges() if each.response]
    assert [(it.is_evicted, len(it.data), it.size) for it in contents] == [
        (False, 100, 100), (True, 0, 100), (False, 100, 100),
    ]  # fmt: skip
    assert contents[1].sha256 == contents[0].sha256 != ""
    assert recorder.kept_bytes == 200


def test_exchanges_go_where_contents_do_not_make_room_enough(app: flask.Flask) -> None:
    app.add_url_rule("/print", view_func=lambda: print("x" * 99) or "", endpoint="print")
    with Recorder(app, bounds=Bounds(total_bytes=250)) as recorder:
        ask(app, "/print", "/print", "/print")
    assert ids(recorder) == [2, 3]


def test_the_middle_of_a_long_output_is_left_out() -> None:
    printed = Printed(Bounds(output_head_chars=10, output_tail_chars=5))
    for number in range(100):
        printed.add("stdout", f"{number} ")
    assert "".join(each.text for each in printed.pieces()) == "0 1 2 3 4 8 99 "
    assert (len(printed), printed.omitted_chars) == (15, 290 - 15)


def test_what_is_left_out_is_counted(app: flask.Flask) -> None:
    @app.get("/")
    def index() -> flask.Response:
        for number in range(5):
            app.logger.error("%d", number)
            render_template_string("", a=1, b=2, c=3)

        def blocks() -> Iterator[bytes]:
            yield from [b"x"] * 5

        return flask.Response(blocks())

    bounds = Bounds(logs=2, templates=2, variables=2, chunks=2, headers=2, header_chars=3, spans=3)
    with Recorder(app, bounds=bounds) as recorder:
        ask(app, "/", headers={"A": "12345", "B": "2", "C": "3"})
    seen = recorder.exchange(1)
    assert seen.response is not None
    assert {name: count for name, count in seen.omitted.items() if name != "spans"} == {
        "logs": 3, "templates": 3, "variables": 2, "chunks": 3, "request headers": 3,
    }  # fmt: skip
    assert (len(seen.logs), len(seen.templates), len(seen.response.chunks)) == (2, 2, 2)
    assert all(len(value) <= 3 for _, value in seen.request.headers)


def test_clear_forgets_all_but_what_is_pinned(app: flask.Flask) -> None:
    with Recorder(app) as recorder:
        ask(app, "/10", "/10", "/10")
        recorder.pin(2)
        recorder.clear()
        assert (ids(recorder), recorder.kept_bytes) == ([2], 10)
        ask(app, "/10")
    assert ids(recorder) == [2, 4]


def test_listeners_are_told_until_they_leave(app: flask.Flask) -> None:
    told: list[Change] = []
    with Recorder(app, bounds=Bounds(exchanges=1)) as recorder:
        unsubscribe = recorder.subscribe(told.append)
        ask(app, "/1", "/1")
        recorder.annotate(2, note="odd", tags=["a"])
        recorder.clear()
        unsubscribe()
        unsubscribe()
        ask(app, "/1")
    added = [number for each in told for number in each.added]
    evicted = [number for each in told for number in each.evicted]
    updated = {number for each in told for number in each.updated}
    assert (added, evicted, updated) == ([1, 2], [1, 2], {1, 2})


def test_a_note_and_tags_stay_with_the_exchange(app: flask.Flask) -> None:
    with Recorder(app) as recorder:
        ask(app, "/1")
    recorder.annotate(1, note="odd")
    recorder.annotate(1, tags=["a", "b"])
    seen = recorder.exchange(1)
    assert (seen.note, seen.tags) == ("odd", ("a", "b"))


def test_an_exchange_is_made_once(app: flask.Flask) -> None:
    with Recorder(app) as recorder:
        ask(app, "/1")
    assert recorder.exchange(1) is recorder.exchange(1)
    uuids = {recorder.exchange(1).uuid, Recorder(app)._uuid_of(1)}
    assert len(uuids) == 2


def test_a_recorder_may_be_asked_while_requests_are_under_way(app: flask.Flask) -> None:
    is_over = threading.Event()

    def look(recorder: Recorder) -> None:
        while not is_over.is_set():
            for each in recorder.exchanges():
                assert each.request.method == "POST"

    with Recorder(app, bounds=Bounds(exchanges=20, total_bytes=1000)) as recorder:
        thread = threading.Thread(target=look, args=(recorder,))
        thread.start()
        ask(app, *["/100"] * 200, method="POST", data=b"z" * 100)
        is_over.set()
        thread.join()
    assert ids(recorder) == list(range(181, 201))
