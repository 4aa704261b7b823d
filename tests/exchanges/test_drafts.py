"""What is sent again of a recorded request, and what cannot be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from nbflask.errors import RecordError
from nbflask.exchanges.drafts import (
    Draft,
    build_draft,
    bypass_cache,
    change_fields,
    put_cookies,
    refuse_unsendable,
)
from nbflask.exchanges.exchange import Client, Content, Exchange, Request, State
from nbflask.exchanges.fields import Fields


def recorded(headers: Any = (), *, state: State = State.COMPLETE, **settings: Any) -> Exchange:
    request = Request(**{"method": "POST", "headers": Fields(headers), **settings})
    return Exchange(id=41, request=request, state=state, client=Client(address="10.0.0.1"))


def test_a_draft_is_the_request_without_its_connection() -> None:
    headers = [
        ("Host", "shop.example"),
        ("Cookie", "a=1"),
        ("connection", "close, X-Hop"),
        ("X-Hop", "1"),
        ("Transfer-Encoding", "chunked"),
        ("Expect", "100-continue"),
        ("Content-Length", "3"),
        ("X-Forwarded-For", "6.6.6.6"),
        ("X-Nbflask-Secret", "s"),
        ("If-None-Match", '"e"'),
        ("Cookie", "b=2"),
    ]
    exchange = recorded(
        headers,
        host="shop.example",
        scheme="https",
        target="/lab/%41?q=%20",
        script_name="/lab",
        content=Content(size=3, data=b"abc"),
    )
    draft = build_draft(exchange)
    assert (draft.method, draft.scheme, draft.host, draft.address) == (
        "POST",
        "https",
        "shop.example",
        "10.0.0.1",
    )
    assert (draft.prefix, draft.target, draft.content) == ("/lab", "/%41?q=%20", b"abc")
    assert tuple(draft.fields) == (
        ("Host", "shop.example"),
        ("Cookie", "a=1"),
        ("Content-Length", "3"),
        ("X-Forwarded-For", "6.6.6.6"),
        ("If-None-Match", '"e"'),
        ("Cookie", "b=2"),
    )
    assert tuple(draft.cookies) == (("a", "1"), ("b", "2"))
    assert "If-None-Match" not in bypass_cache(draft).headers.names()


@pytest.mark.parametrize(
    ("method", "content", "headers", "length"),
    [
        ("GET", b"", [], None),
        ("GET", b"", [("content-length", "9")], None),
        ("GET", b"abc", [], "3"),
        ("POST", b"", [], "0"),
        ("PUT", b"ab", [("Content-Length", "9")], "2"),
        ("DELETE", b"", [], None),
    ],
)
def test_the_length_is_that_of_the_content(
    method: str, content: bytes, headers: Any, length: str | None
) -> None:
    draft = Draft(method=method, target="/", headers=Fields(headers), content=content, host="h")
    assert draft.fields.get("Content-Length") == length
    assert draft.fields[0] == ("Host", "h")


def test_cookies_take_the_place_of_those_that_were_sent() -> None:
    draft = build_draft(recorded([("A", "1"), ("Cookie", "a=1"), ("Cookie", "b=1"), ("B", "2")]))
    changed = put_cookies(draft, [("a", "2"), ("c", "3")])
    assert tuple(changed.headers) == (("A", "1"), ("Cookie", "a=2; c=3"), ("B", "2"))
    assert tuple(put_cookies(draft, []).headers) == (("A", "1"), ("B", "2"))


def test_a_field_is_changed_added_or_left_out() -> None:
    headers = Fields([("Accept", "*/*"), ("X-A", "1")])
    assert tuple(change_fields(headers, {"accept": "text/html", "X-a": None, "X-B": "2"})) == (
        ("Accept", "text/html"),
        ("X-B", "2"),
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (Content(size=100, data=b"x" * 60), "of 100 bytes, of which 60 were kept"),
        (Content(size=3, data=b"abc", is_unread=True), "that the app did not read to its end"),
        (Content(size=3, is_evicted=True), "dropped to keep the kernel's memory bounded"),
    ],
)
def test_a_content_that_is_not_whole_is_refused_unless_one_is_given(
    content: Content, reason: str
) -> None:
    exchange = recorded(content=content)
    with pytest.raises(RecordError, match=reason) as refused:
        refuse_unsendable(exchange)
    assert "`%flask_replay 41 --edit`" in str(refused.value)
    refuse_unsendable(exchange, has_own_content=True)


@pytest.mark.parametrize(
    ("exchange", "reason"),
    [
        (recorded(state=State.RESPONDING), "Exchange 41 is still under way"),
        (replace(recorded(), omitted={"request headers": 3}), "had 3 header fields more than"),
        (recorded([("Upgrade", "WebSocket")]), "opened a websocket"),
        (Exchange(id=41, request=Request(method="GET"), is_private=True), "41 is private"),
    ],
)
def test_what_is_no_request_to_send_is_refused(exchange: Exchange, reason: str) -> None:
    with pytest.raises(RecordError, match=reason):
        refuse_unsendable(exchange, has_own_content=True)
