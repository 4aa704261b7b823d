"""Two exchanges are told apart by what the app did and answered, and by nothing else."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import replace
from typing import Any

import pytest

from nbflask.exchanges.comparison import compare
from nbflask.exchanges.comparison_page import render_html, render_text
from nbflask.exchanges.differences import MAX_ROWS, Change, Row, diff_data
from nbflask.exchanges.exchange import (
    Content,
    ErrorKind,
    ErrorRecord,
    Exchange,
    LogRecord,
    NoRoute,
    Output,
    Request,
    Response,
    Route,
    SessionChange,
    Span,
    Stage,
    State,
    Summary,
    TemplateRender,
)
from nbflask.exchanges.fields import Fields


def content(data: bytes, media_type: str = "application/json", **settings: Any) -> Content:
    return Content(
        **{
            "size": len(data),
            "data": data,
            "sha256": hashlib.sha256(data).hexdigest(),
            "media_type": media_type,
            **settings,
        }
    )


def answered(given: Content | None = None, headers: Any = (), **settings: Any) -> Exchange:
    response = Response(
        status_code=200, reason="OK", headers=Fields(headers), content=given or Content()
    )
    return Exchange(
        **{
            "id": 1,
            "request": Request(method="GET"),
            "response": response,
            "state": State.COMPLETE,
            **settings,
        }
    )


def differences(left: Exchange, right: Exchange) -> dict[str, list[tuple[str, str, str]]]:
    """Give the rows that tell two exchanges apart, by part."""
    return {
        part.name: [(row.path, row.left, row.right) for row in part.differences]
        for part in compare(left, replace(right, id=2)).parts
        if part.differences
    }


def contents(left: Content, right: Content) -> list[tuple[str, str, str]]:
    return differences(answered(left), answered(right)).get("content", [])


def test_an_exchange_is_the_same_as_itself() -> None:
    exchange = answered(content(b'{"a": 1}'), [("Content-Type", "application/json")])
    comparison = compare(exchange, exchange)
    assert (comparison.is_same, repr(comparison)) == (
        True,
        "<Comparison of 1 and 1: the same>",
    )


@pytest.mark.parametrize(
    ("left", "right", "rows"),
    [
        (b'{"a": 1, "b": 2}', b'{"b":2,"a":1}', []),
        (b'{"a": 1}', b'{"a": 2}', [("$.a", "1", "2")]),
        (b'{"a": 1}', b'{"a": true}', [("$.a", "1", "true")]),
        (b'{"a": null}', b"{}", [("$.a", "null", "")]),
        (b'{"a": {"b c": 1}}', b'{"a": {"b c": "1"}}', [('$.a["b c"]', "1", '"1"')]),
        (b"[1, 2, 3]", b"[0, 1, 2, 3]", [("$[0]", "", "0")]),
        (b"[1, 2, 3]", b"[1, 3]", [("$[1]", "2", "")]),
        (b'[{"n": 1, "m": 2}]', b'[{"n": 1, "m": 3}]', [("$[0].m", "2", "3")]),
        (b"null", b"[]", [("$", "null", "[]")]),
        (b"{", b"{}", [("line 1", "{", "{}")]),
    ],
)
def test_json_is_compared_by_its_paths(
    left: bytes, right: bytes, rows: list[tuple[str, str, str]]
) -> None:
    assert contents(content(left), content(right)) == rows


def test_text_is_compared_by_its_lines() -> None:
    left = content(b"one\ntwo\nthree\n", "text/html; charset=utf-8")
    right = content(b"zero\none\nthree\nfour\n", "text/html; charset=utf-8")
    assert contents(left, right) == [
        ("line 1", "", "zero"),
        ("line 2", "two", ""),
        ("line 4", "", "four"),
    ]


def test_bytes_are_compared_by_size_and_hash() -> None:
    left, right = content(b"\x00\x01", "image/png"), content(b"\x00\x02", "image/png")
    assert contents(left, right) == [("sha256", left.sha256, right.sha256)]


def test_a_compressed_text_is_compared_as_text() -> None:
    left = content(gzip.compress(b'{"a": 1}'), encoding="gzip")
    right = content(gzip.compress(b'{"a": 2}'), encoding="gzip")
    assert contents(left, right) == [("$.a", "1", "2")]


def test_what_was_not_kept_is_told_by_its_hash() -> None:
    whole = b"same\n" * 10
    left = content(b"same\n", "text/plain", size=50, sha256=hashlib.sha256(whole).hexdigest())
    right = replace(left, sha256=hashlib.sha256(whole[:-2] + b"?\n").hexdigest())
    assert contents(left, right) == [("sha256", left.sha256, right.sha256)]
    assert contents(left, left) == []


def test_a_long_value_is_cut_where_the_two_begin_to_differ() -> None:
    text = b"x" * 1000
    left, right = content(text + b"1", "text/plain"), content(text + b"2", "text/plain")
    (row,) = contents(left, right)
    assert row == ("line 1", "…" + "x" * 40 + "1", "…" + "x" * 40 + "2")


def test_many_differences_are_counted_beyond_the_first() -> None:
    rows = diff_data(list(range(1000)), [])
    assert len(rows) == MAX_ROWS + 1
    assert rows[-1] == Row(path="…", right="800 more", change=Change.CHANGED)


def test_fields_are_compared_in_their_order_and_case() -> None:
    left = answered(
        headers=[("A", "1"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=1"), ("X-N", "v")]
    )
    right = answered(
        headers=[("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("x-n", "v"), ("A", "1")]
    )
    assert differences(left, right) == {
        "headers": [
            ("Set-Cookie", "b=1", "b=2"),
            ("x-n", "X-N: v", "x-n: v"),
            ("(order)", "a, set-cookie, x-n", "set-cookie, x-n, a"),
        ]
    }


def test_a_date_and_a_duration_are_told_and_are_no_difference() -> None:
    span = Span(stage=Stage.VIEW, name="view", start_us=0, duration_us=1000)
    left = answered(headers=[("Date", "Mon")], duration_ms=1.0, spans=(span,))
    right = answered(
        headers=[("Date", "Tue")], duration_ms=9.0, spans=(replace(span, duration_us=2000),)
    )
    comparison = compare(left, right)
    assert comparison.is_same
    assert comparison.part("headers") == (
        Row(path="Date", left="Mon", right="Tue", change=Change.CHANGED, is_volatile=True),
    )
    assert [(row.path, row.left, row.right) for row in comparison.part("timing")] == [
        ("duration", "1.0 ms", "9.0 ms"),
        ("view", "1.0 ms", "2.0 ms"),
    ]


def test_what_the_app_did_is_compared() -> None:
    left = answered(
        session=SessionChange(before={}, after={"count": 1}),
        route=Route(rule="/a/<n>", endpoint="a", view_args=Fields([("n", "1")])),
        templates=(
            TemplateRender(name="a.html", context=(Summary(name="n", type="int", text="1"),)),
        ),
        logs=(LogRecord(at_us=1, level="INFO", logger="app", message="one"),),
        output=(
            Output(at_us=1, stream="stdout", text="pri"),
            Output(at_us=2, stream="stdout", text="nt\n"),
        ),
    )
    right = answered(
        session=SessionChange(before={"count": 1}, after={"count": 2}),
        no_route=NoRoute(status_code=404),
        output=(Output(at_us=1, stream="stdout", text="print\n"),),
        errors=(ErrorRecord(kind=ErrorKind.UNHANDLED, type="KeyError", message="'n'"),),
    )
    assert differences(left, right) == {
        "session": [("session.before.count", "", "1"), ("session.after.count", "1", "2")],
        "route": [
            ("route.rule", '"/a/<n>"', ""),
            ("route.endpoint", '"a"', ""),
            ("route.view_args", '{"n": "1"}', ""),
            ("route.none", "", "404"),
        ],
        "templates": [
            ("templates[0]", '{"context": {"n": "1"}, "error": "", "name": "a.html"}', "")
        ],
        "logs": [("record 1", "INFO app: one", "")],
        "errors": [("error 1", "", "unhandled KeyError: 'n'")],
    }


def test_an_exchange_without_response_is_compared() -> None:
    failed = Exchange(id=1, request=Request(method="GET"), state=State.FAILED)
    assert differences(answered(content(b"1")), failed) == {
        "status": [("status", "200 OK", ""), ("state", "complete", "failed")],
        "content": [("content", "1 bytes of application/json", "")],
    }


def test_a_request_is_compared_without_the_prefix_of_its_way() -> None:
    direct = answered(request=Request(method="POST", target="/a?b=1", path="/a"))
    proxied = answered(
        request=Request(method="GET", target="/lab/a?b=1", script_name="/lab", path="/a")
    )
    assert differences(direct, proxied) == {"request": [("method", "POST", "GET")]}


def test_the_text_is_the_differences_alone() -> None:
    left = answered(content(b'{"a": 1, "b": 2}'), [("Date", "Mon")], duration_ms=1.5)
    right = answered(content(b'{"a": 3, "c": 4}'), [("Date", "Tue")], duration_ms=2.5)
    assert render_text(compare(left, replace(right, id=2))) == (
        "Exchanges 1 and 2 differ in 3 places.\n\ncontent\n  $.a: 1 -> 3\n- $.b: 2\n+ $.c: 4"
    )
    assert render_text(compare(left, left)) == "Exchanges 1 and 1 are the same."


def test_html_of_the_app_stays_text() -> None:
    left = answered(content(b"<script>alert(1)</script>", "text/html"))
    right = answered(content(b"<script>alert(2)</script>", "text/html"))
    html = render_html(compare(left, replace(right, id=2)))
    assert "<script>" not in html
    assert "&lt;script&gt;alert(2)" in html


def test_a_deep_json_is_compared_as_text() -> None:
    deep = b"[" * 20_000 + b"]" * 20_000
    assert contents(content(deep), content(deep[:-1] + b" ")) != []


def test_what_was_sent_does_nothing_to_a_terminal() -> None:
    hostile = "\x1b]0;title\x07\u202egpj.exe"
    comparison = compare(answered(), replace(answered(headers=[("X-A", hostile)]), id=2))
    for text in (render_text(comparison), render_html(comparison)):
        assert r"\x1b]0;title\x07\u202egpj.exe" in text
        assert not set(hostile) & {"\x1b", "\x07", "\u202e"} & set(text)
