"""What the inspector's page is told: JSON of redacted exchanges, rows and details."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from werkzeug.exceptions import NotFound

from nbflask.exchanges.comparison import compare
from nbflask.exchanges.exchange import (
    Chunk,
    Content,
    ErrorKind,
    ErrorRecord,
    Exchange,
    Initiator,
    LogRecord,
    NoRoute,
    Output,
    Request,
    Response,
    Route,
    SessionChange,
    Source,
    Span,
    Stage,
    State,
    Summary,
    TemplateRender,
)
from nbflask.exchanges.fields import Fields
from nbflask.exchanges.filters import build_facts
from nbflask.exchanges.messages import (
    MAX_TEXT_CHARS,
    build_comparison,
    build_details,
    build_notes,
    build_row,
    kind_of,
    level_of,
)

GET = Exchange(
    id=7,
    request=Request(
        method="GET", target="/mount/users?page=2", script_name="/mount", path="/users"
    ),
    state=State.COMPLETE,
    started_at=1_700_000_000.5,
    duration_ms=4.9,
    response=Response(
        status_code=200,
        reason="OK",
        headers=Fields([("Content-Type", "application/json")]),
        content=Content(size=2, data=b"{}", media_type="application/json"),
    ),
)

FAILED = replace(
    GET,
    response=Response(status_code=500, reason="INTERNAL SERVER ERROR"),
    route=Route(
        rule="/users", endpoint="users", view="__main__.users", cell="@app.get('/users')", line=2
    ),
    spans=(
        Span(stage=Stage.VIEW, name="users", start_us=10, duration_us=100),
        Span(stage=Stage.BEFORE, name="a", start_us=1, duration_us=2),
        Span(stage=Stage.BEFORE, name="b", start_us=4, duration_us=3),
    ),
    session=SessionChange(
        before={"cart": 2, "user": "Ada", "old": 1},
        after={"cart": 3, "user": "Ada", "new": 1},
        is_modified=True,
        cookie_bytes=90,
    ),
    templates=(
        TemplateRender(name="page.html", context=(Summary(name="user", type="str", text="'Ada'"),)),
    ),
    flashes=Fields([("error", "no")]),
    logs=(
        LogRecord(at_us=1, level="INFO", logger="app", message="one"),
        LogRecord(at_us=2, level="INFO", logger="app", message="two"),
    ),
    output=(Output(at_us=3, stream="stdout", text="here\n"),),
    errors=(
        ErrorRecord(kind=ErrorKind.HANDLED, type="ValueError", message="early"),
        ErrorRecord(kind=ErrorKind.UNHANDLED, type="KeyError", message="'name'"),
    ),
    initiator=Initiator(source=Source.REPLAY, cell="client.get('/')", cell_number=4),
    replay_of=3,
    is_pinned=True,
    note="look",
    tags=("a",),
    omitted={"logs": 5},
    redactions=2,
)


def read_back(message: dict[str, Any]) -> dict[str, Any]:
    """Send a message as a comm does."""
    text = json.dumps(message, ensure_ascii=False, allow_nan=False).encode("utf-8")
    read: dict[str, Any] = json.loads(text)
    return read


def test_a_row_is_what_the_list_shows() -> None:
    row = read_back(build_row(GET))
    del row["facts"], row["overview"]
    assert row == {
        "id": 7,
        "started_at": 1_700_000_000.5,
        "duration_ms": 4.9,
        "state": "complete",
        "method": "GET",
        "target": "/users?page=2",
        "path": "/users",
        "endpoint": "",
        "rule": "",
        "status": 200,
        "reason": "OK",
        "size": 2,
        "media_type": "application/json",
        "kind": "json",
        "level": "ok",
        "notes": [],
        "is_pinned": False,
        "note": "",
        "tags": [],
        "replay_of": None,
        "initiator": "external",
        "cell": "",
        "cell_number": None,
        "error": "",
    }


def test_a_row_notes_what_happened() -> None:
    assert build_notes(FAILED) == [
        ("error", "KeyError: 'name'"),
        ("replay", "replay of 3"),
        ("template", "page.html"),
        ("session", "session changed"),
        ("flash", "1 flash"),
        ("logs", "7 logs, printed"),
    ]


def test_a_row_carries_what_the_overview_shows() -> None:
    overview = read_back(build_row(FAILED))["overview"]
    assert overview["view"] == "__main__.users"
    assert (overview["cell"], overview["line"]) == ("@app.get('/users')", 2)
    assert overview["stages"] == [
        {"stage": "before", "count": 2, "duration_us": 5},
        {"stage": "view", "count": 1, "duration_us": 100},
    ]
    assert overview["session"] == {
        "added": 1,
        "removed": 1,
        "changed": 1,
        "is_modified": True,
        "cookie_bytes": 90,
    }
    assert [each["type"] for each in overview["errors"]] == ["ValueError", "KeyError"]
    assert overview["templates"] == ["page.html"]
    assert overview["redactions"] == 2


def test_an_overview_says_why_nothing_matched() -> None:
    lost = replace(GET, no_route=NoRoute(status_code=404, nearest=("/users",)))
    assert build_row(lost)["overview"]["no_route"] == {
        "status_code": 404,
        "allowed": [],
        "nearest": ["/users"],
    }


def test_a_content_that_was_cut_is_named() -> None:
    cut = Content(size=100, data=b"abc", media_type="text/plain")
    exchange = replace(GET, response=Response(status_code=200, content=cut))
    assert ("truncated", "response cut") in build_notes(exchange)
    assert build_row(exchange)["overview"]["content"] == [
        {"side": "response", "size": 100, "kept": 3, "is_unread": False}
    ]


@pytest.mark.parametrize(
    ("status", "state", "level"),
    [
        (200, State.COMPLETE, "ok"),
        (304, State.COMPLETE, "redirect"),
        (404, State.UNREAD, "client-error"),
        (503, State.FAILED, "server-error"),
        (200, State.FAILED, "failed"),
        (None, State.ABORTED, "failed"),
        (200, State.RESPONDING, "pending"),
        (None, State.HANDLING, "pending"),
    ],
)
def test_how_it_went_is_a_word(status: int | None, state: State, level: str) -> None:
    response = None if status is None else Response(status_code=status)
    assert level_of(replace(GET, state=state, response=response)) == level


@pytest.mark.parametrize(
    ("media_type", "kind"),
    [
        ("text/html; charset=utf-8", "html"),
        ("application/problem+json", "json"),
        ("image/svg+xml", "image"),
        ("application/atom+xml", "xml"),
        ("text/event-stream", "sse"),
        ("application/pdf", "binary"),
        ("", ""),
    ],
)
def test_a_media_type_is_a_word(media_type: str, kind: str) -> None:
    assert kind_of(media_type) == kind


def test_a_stream_says_how_far_it_is() -> None:
    chunks = (Chunk(at_us=1, size=2),)
    streaming = replace(
        GET,
        state=State.RESPONDING,
        response=Response(status_code=200, chunks=chunks, chunk_count=31),
    )
    assert build_notes(streaming) == [("streaming", "streaming, 31 blocks")]


def test_what_cannot_be_json_is_written_out() -> None:
    before: dict[Any, Any] = {"at": object, 1: {"a"}, "bytes": b"\xff"}
    odd = replace(
        GET,
        request=replace(GET.request, path="/\udcff"),
        duration_ms=float("nan"),
        session=SessionChange(before=before, after=None),
    )
    assert read_back(build_row(odd))["path"] == "/\\udcff"
    session = read_back(build_details(odd))["exchange"]["session"]
    assert session["before"] == {"at": "<class 'object'>", "1": ["a"], "bytes": "\\xff"}
    assert session["after"] is None


def test_a_long_error_is_shortened_to_one_line() -> None:
    error = ErrorRecord(kind=ErrorKind.UNHANDLED, type="ValueError", message="a\n" * 500)
    text = build_row(replace(GET, errors=(error,)))["error"]
    assert len(text) == MAX_TEXT_CHARS
    assert text.startswith("ValueError: a a a")


def test_that_nothing_matched_is_no_error_beside_the_status() -> None:
    error = ErrorRecord(kind=ErrorKind.ROUTING, type="NotFound", message="404 Not Found")
    assert build_notes(replace(GET, errors=(error,))) == []


def abort(message: str, status_code: int = 404, kind: str = "NotFound") -> Exchange:
    """Give an exchange that was answered by ``abort()``."""
    error = ErrorRecord(
        kind=ErrorKind.HANDLED,
        type=f"werkzeug.exceptions.{kind}",
        message=message,
        status_code=status_code,
    )
    return replace(GET, errors=(error,), response=Response(status_code=status_code))


def test_abort_is_an_answer_and_no_error() -> None:
    milk = abort("We have no milk.")
    assert build_notes(milk) == [("answer", "We have no milk.")]
    assert "error" not in build_facts(milk)["has"]
    assert build_notes(abort(str(NotFound.description))) == []


def test_abort_with_a_failure_of_the_app_is_an_error() -> None:
    broken = abort("Full", 507, "InsufficientStorage")
    assert build_notes(broken) == [("error", "InsufficientStorage: Full")]
    assert "error" in build_facts(broken)["has"]


def test_an_error_is_called_by_its_class_alone() -> None:
    error = ErrorRecord(
        kind=ErrorKind.UNHANDLED, type="jinja2.exceptions.UndefinedError", message=""
    )
    assert build_row(replace(GET, errors=(error,)))["error"] == "UndefinedError"


def test_details_are_the_whole_exchange_with_views_in_place_of_bytes() -> None:
    details = read_back(build_details(GET))
    exchange = details["exchange"]
    assert exchange["request"]["url"] == "http://localhost/mount/users?page=2"
    assert exchange["request"]["app_target"] == "/users?page=2"
    assert exchange["response"]["headers"] == [["Content-Type", "application/json"]]
    content = exchange["response"]["content"]
    assert content["view"]["kind"] == "json"
    assert "data" not in content
    assert (content["size"], content["kept"], content["is_truncated"]) == (2, 2, False)
    assert details["raw"]["request"].startswith("GET /mount/users?page=2 HTTP/1.1\n")
    assert details["raw"]["response"].startswith("HTTP/1.1 200 OK\n")
    assert (details["id"], details["is_revealed"]) == (7, False)


def test_a_comparison_is_told_part_by_part() -> None:
    message = read_back(build_comparison(compare(GET, FAILED)))
    assert (message["kind"], message["ids"]) == ("comparison", [7, 7])
    status = next(each for each in message["parts"] if each["name"] == "status")
    assert {"left", "right", "change", "path"} <= set(status["rows"][0])
