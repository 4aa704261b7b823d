"""What a recorder has seen becomes a HAR that others read, and its requests come back from it."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from haralyzer import HarParser

from nbflask.exchanges.exchange import (
    Client,
    Content,
    ErrorKind,
    ErrorRecord,
    Exchange,
    Initiator,
    Request,
    Response,
    Source,
    Span,
    Stage,
    State,
)
from nbflask.exchanges.fields import Fields
from nbflask.exchanges.har import check_har, format_har, parse_har, to_har
from tests.exchanges.har_format import validate
from tests.exchanges.recorded import record_everything
from tests.exchanges.requests import exchange, known_traps, random_exchanges


def entry_of(exchange: Exchange) -> Any:
    """Give the only entry of an exchange's HAR, which is a valid one."""
    har = to_har([exchange])
    assert check_har(har) == []
    assert validate(har) == []
    return har["log"]["entries"][0]


def test_real_exchanges_are_a_valid_har() -> None:
    exchanges = record_everything()
    assert len(exchanges) >= 30
    har = json.loads(format_har(exchanges))
    assert validate(har) == []
    assert check_har(har) == []
    assert [entry["_nbflask"]["id"] for entry in har["log"]["entries"]] == [
        each.id for each in exchanges
    ]


def test_naughty_requests_are_a_valid_har() -> None:
    har = json.loads(format_har([*known_traps(), *random_exchanges(seed=21, count=150)]))
    assert validate(har) == []
    assert check_har(har) == []


def test_haralyzer_reads_what_was_recorded() -> None:
    exchanges = record_everything()
    read = HarParser(json.loads(format_har(exchanges)))
    assert [
        (entry.request.method, entry.request.url, entry.response.status)
        for page in read.pages
        for entry in page.entries
    ] == [
        (each.request.method, each.request.url, each.response.status_code)
        for each in exchanges
        if each.response
    ]


def test_recorded_requests_come_back_from_a_har() -> None:
    exchanges = record_everything()
    found = parse_har(format_har(exchanges))
    whole = 0
    for sent, read in zip(exchanges, found, strict=True):
        request = sent.request
        assert read.method == request.method
        assert read.target == request.target
        others = [pair for pair in request.headers if pair[0] not in ("Host", "Content-Length")]
        assert list(read.headers) == others
        is_whole = not request.content.is_unread and not request.content.is_truncated
        assert (read.obstacle == "") == is_whole
        if is_whole:
            whole += 1
            assert read.content == request.content.data
            assert read.build().content == request.content.data
    assert whole >= 30


def test_responses_stand_in_a_har_as_they_were() -> None:
    entries = to_har(record_everything())["log"]["entries"]
    for sent, entry in zip(record_everything(), entries, strict=True):
        response, content = sent.response, entry["response"]["content"]
        assert response is not None
        if response.content.encoding or content.get("_truncated") or not response.content.data:
            continue
        text = content["text"]
        data = base64.b64decode(text) if content.get("encoding") else text.encode()
        assert data == response.content.data


def test_a_gzipped_content_is_decoded() -> None:
    (content,) = (
        entry["response"]["content"]
        for entry in to_har(record_everything())["log"]["entries"]
        if entry["request"]["url"].endswith("/gzip")
    )
    text = "naïve café ☃ 😀\n" * 20
    size = len(text.encode())
    assert content == {
        "size": size,
        "mimeType": "text/plain; charset=utf-8",
        # What was sent is smaller by so many bytes.
        "compression": content["compression"],
        "text": text,
    }
    assert 0 < content["compression"] < size


def test_a_truncated_content_is_its_beginning() -> None:
    data = "é".encode() * 10 + b"\xc3"
    content = Content(size=999, data=data, media_type="text/plain")
    entry = entry_of(exchange(response=Response(status_code=200, content=content)))
    assert entry["response"]["content"] == {
        "size": 999,
        "mimeType": "text/plain",
        "text": "é" * 10,
        "comment": "The first 21 of 999 bytes were kept.",
        "_truncated": True,
    }
    assert entry["response"]["bodySize"] == 999


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(
            Content(size=2, data=b"{}", media_type="application/json"),
            {"postData": {"mimeType": "application/json", "text": "{}"}},
            id="text",
        ),
        pytest.param(
            Content(size=3, data=b"a=1", media_type="application/x-www-form-urlencoded"),
            {"postData": {"mimeType": "application/x-www-form-urlencoded", "text": "a=1"}},
            id="a form",
        ),
        pytest.param(
            Content(size=2, data=b"\xff\x00", media_type="text/plain"),
            {
                "_requestBodyStatus": "discarded:not-representable",
                "_content": {"size": 2, "text": "/wA=", "encoding": "base64"},
            },
            id="bytes",
        ),
        pytest.param(
            Content(size=9, data=b"\xff", media_type="text/plain"),
            {"_requestBodyStatus": "discarded:too-large"},
            id="too large",
        ),
        pytest.param(
            Content(size=1, data=b"x", is_unread=True),
            {"_requestBodyStatus": "discarded:unread"},
            id="unread",
        ),
        pytest.param(
            Content(size=1, is_evicted=True),
            {"_requestBodyStatus": "discarded:evicted"},
            id="evicted",
        ),
        pytest.param(Content(), {}, id="none"),
    ],
)
def test_a_request_has_its_content_where_there_is_a_place_for_it(
    content: Content, expected: dict[str, Any]
) -> None:
    sent = exchange("POST")
    request = entry_of(replace(sent, request=replace(sent.request, content=content)))["request"]
    known = {"postData", "_requestBodyStatus", "_content"}
    assert {key: value for key, value in request.items() if key in known} == expected


def test_a_form_with_files_has_its_fields_and_comes_back_whole() -> None:
    (sent,) = (each for each in record_everything() if each.request.path == "/upload")
    request = entry_of(sent)["request"]
    assert request["postData"]["params"] == [
        {"name": "name", "value": "Ada"},
        {"name": "f", "fileName": "b.bin", "contentType": "application/octet-stream"},
    ]
    assert parse_har(format_har([sent]))[0].content == sent.request.content.data


def test_timings_are_rounded_so_that_they_add_up() -> None:
    accept = Span(stage=Stage.ACCEPT, name="accept", start_us=0, duration_us=1111.1115)
    sent = replace(exchange(), duration_ms=10.00049, first_byte_us=3333.3335, spans=(accept,))
    entry = entry_of(sent)
    assert entry["timings"] == {
        "blocked": -1,
        "dns": -1,
        "connect": -1,
        "ssl": -1,
        "send": 1.111,
        "wait": 2.222,
        "receive": 6.667,
    }
    assert entry["time"] == 10.0


@pytest.mark.parametrize(
    ("duration_ms", "first_byte_us"),
    [(None, None), (0, 0), (1, 5000), (-1, -1), (3, None), (0.0004, 0.3)],
)
def test_odd_times_still_add_up(duration_ms: float | None, first_byte_us: float | None) -> None:
    accept = Span(stage=Stage.ACCEPT, name="accept", start_us=0, duration_us=2000)
    sent = exchange()
    entry_of(replace(sent, duration_ms=duration_ms, first_byte_us=first_byte_us, spans=(accept,)))


def test_an_exchange_without_a_response_is_valid() -> None:
    error = ErrorRecord(kind=ErrorKind.UNHANDLED, type="KeyError", message="'name'")
    sent = replace(exchange(), state=State.FAILED, response=None, errors=(error,))
    assert entry_of(sent)["response"] == {
        "status": 0,
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [],
        "content": {"size": 0, "mimeType": "x-unknown"},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
        "_error": "KeyError: 'name'",
    }


def test_cookies_have_dates_as_iso_8601_has_them_or_none() -> None:
    lines = [
        "a=1; Expires=Wed, 21 Oct 2035 07:28:00 GMT; Path=/x; HttpOnly",
        "b=; Expires=soon; Secure; SameSite=Lax",
        "c",
    ]
    headers = Fields([*(("Set-Cookie", line) for line in lines), ("Location", "/y")])
    sent = exchange(
        headers=[("Cookie", "x=1; y=a=b;z"), ("Cookie", "x=2")],
        response=Response(status_code=302, headers=headers),
    )
    entry = entry_of(sent)
    assert entry["request"]["cookies"] == [
        {"name": "x", "value": "1"},
        {"name": "y", "value": "a=b"},
        {"name": "x", "value": "2"},
    ]
    assert entry["response"]["cookies"] == [
        {
            "name": "a",
            "value": "1",
            "path": "/x",
            "expires": "2035-10-21T07:28:00Z",
            "httpOnly": True,
            "secure": False,
        },
        {"name": "b", "value": "", "sameSite": "Lax", "httpOnly": False, "secure": True},
        {"name": "c", "value": "", "httpOnly": False, "secure": False},
    ]
    assert entry["response"]["redirectURL"] == "/y"


def test_an_entry_says_where_it_came_from() -> None:
    sent = replace(
        exchange(host="127.0.0.1:5000"),
        client=Client(address="127.0.0.1", port=4711),
        initiator=Initiator(source=Source.SUBRESOURCE),
        response=Response(status_code=200, content=Content(media_type="text/css")),
        note="slow",
        started_at=1_700_000_000.1234,
    )
    entry = entry_of(sent)
    assert {key: entry.get(key) for key in entry if key not in ("request", "response")} == {
        "startedDateTime": "2023-11-14T22:13:20.123Z",
        "time": 1.0,
        "cache": {},
        "timings": entry["timings"],
        "serverIPAddress": "127.0.0.1",
        "connection": "4711",
        "_clientIPAddress": "127.0.0.1",
        "_resourceType": "stylesheet",
        "_initiator": {"type": "subresource"},
        "_nbflask": entry["_nbflask"],
        "comment": "slow",
    }


def test_entries_are_ordered_the_oldest_first() -> None:
    later, earlier = replace(exchange(number=1), started_at=2), exchange(number=2)
    entries = to_har([later, earlier])["log"]["entries"]
    assert [entry["_nbflask"]["id"] for entry in entries] == [2, 1]


def test_a_host_that_is_none_names_no_other_place() -> None:
    assert entry_of(exchange(host="localhost@evil.test"))["request"]["url"] == "http://localhost/"


def test_a_target_that_is_no_url_comes_back() -> None:
    for target in ("*", "/a#b", "/caf\xc3\xa9"):
        sent = exchange("OPTIONS", target)
        assert parse_har(format_har([sent]))[0].target == target


def test_the_size_of_a_head_is_known_if_it_was_seen() -> None:
    lines = b"GET /a HTTP/1.1\r\nHost: localhost\r\nX-A: 1\r\n\r\n"
    sent = exchange(target="/a", headers=[("X-A", "1")])
    assert entry_of(sent)["request"]["headersSize"] == len(lines)
    request: Request = replace(sent.request, headers_source="environ")
    assert entry_of(replace(sent, request=request))["request"]["headersSize"] == -1
