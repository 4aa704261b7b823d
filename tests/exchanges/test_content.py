"""What is shown of a content, whatever its bytes are."""

from __future__ import annotations

import gzip
import json
import random
import sys
import zlib
from dataclasses import asdict, replace

import pytest

from nbflask.exchanges.content import MAX_SHOWN_BYTES, ContentView, view_content
from nbflask.exchanges.encodings import MAX_DECODED_BYTES, decode
from nbflask.exchanges.exchange import Content, FormFile
from nbflask.exchanges.fields import Fields
from nbflask.exchanges.formats import Event
from tests.exchanges.requests import NAUGHTY

MULTIPART = (
    b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n"
    b'--b\r\nContent-Disposition: form-data; name="f"; filename="x y.txt"\r\n'
    b"Content-Type: text/plain\r\n\r\nabc\r\n--b--\r\n"
)
FILE = FormFile(
    name="f",
    filename="x y.txt",
    content_type="text/plain",
    size=3,
    sha256="ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
)
EVENTS = ": hi\r\nid: 7\nevent: tick\ndata: 1\ndata:2\n\ndata\r\rretry: 1\n\ndata: cut\n"


def content(data: bytes, media_type: str = "", encoding: str = "") -> Content:
    """Make a content that is here whole."""
    return Content(size=len(data), data=data, media_type=media_type, encoding=encoding)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(content(b""), ContentView(kind="empty"), id="nothing"),
        pytest.param(
            content(b'{"a":[1.10,{},[ ]],"b":"x,y","a":123456789012345678901}', "application/json"),
            ContentView(
                kind="json",
                text='{\n  "a": [\n    1.10,\n    {},\n    []\n  ],\n  "b": "x,y",\n'
                '  "a": 123456789012345678901\n}',
            ),
            id="JSON keeps its numbers and names as they are written",
        ),
        pytest.param(
            content(b'\xef\xbb\xbf"x"', "application/problem+json"),
            ContentView(kind="json", text='"x"'),
            id="JSON with a mark before it",
        ),
        pytest.param(
            content(b'{"a":', "application/json"),
            ContentView(
                kind="text",
                text='{"a":',
                note="It is not valid JSON: Expecting value at line 1, column 6.",
            ),
            id="invalid JSON",
        ),
        pytest.param(
            content(b"[NaN]", "application/json"),
            ContentView(
                kind="text",
                text="[NaN]",
                note="It is not valid JSON: NaN is Python's and JavaScript's, not JSON's.",
            ),
            id="what is JSON to Python only",
        ),
        pytest.param(
            content(b"[" * 100_000, "application/json"),
            ContentView(
                kind="text",
                text="[" * 100_000,
                note="It is not valid JSON: it is nested too deeply.",
            ),
            id="JSON that is nested too deeply",
        ),
        pytest.param(
            replace(content(b'{"a": "\xc3', "application/json"), size=99),
            ContentView(kind="text", text='{"a": "', note="The first 8 of 99 bytes were kept."),
            id="truncated JSON",
        ),
        pytest.param(
            content(b"a=1&a=%C3%A9+x&b=&c", "application/x-www-form-urlencoded"),
            ContentView(
                kind="form",
                text="a=1&a=%C3%A9+x&b=&c",
                pairs=Fields([("a", "1"), ("a", "é x"), ("b", ""), ("c", "")]),
            ),
            id="a form",
        ),
        pytest.param(
            content(MULTIPART, "multipart/form-data; boundary=b"),
            ContentView(
                kind="multipart",
                pairs=Fields([("a", "1")]),
                files=(FILE,),
            ),
            id="a form with a file",
        ),
        pytest.param(
            content(MULTIPART[:-9], "multipart/form-data; boundary=b"),
            ContentView(
                kind="multipart",
                pairs=Fields([("a", "1")]),
                files=(FILE,),
                note="The form ends early.",
            ),
            id="a form that ends early",
        ),
        pytest.param(
            content(b"no form", "multipart/form-data; boundary=b"),
            ContentView(
                kind="text", text="no form", note="It is no multipart form that can be read."
            ),
            id="a form that is none",
        ),
        pytest.param(
            content(b"\x89PNG", "image/png; x=y"),
            ContentView(kind="image", data_url="data:image/png;base64,iVBORw=="),
            id="a picture",
        ),
        pytest.param(
            content(b"<svg onload='x'/>", "image/svg+xml"),
            ContentView(
                kind="image",
                text="<svg onload='x'/>",
                data_url="data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9J3gnLz4=",
            ),
            id="SVG is a picture and text, and never markup",
        ),
        pytest.param(
            replace(content(b"\x89PNG", "image/png"), size=9),
            ContentView(
                kind="too-large",
                note="The first 4 of 9 bytes were kept. A picture is shown only if all of it is"
                " here.",
            ),
            id="a part of a picture",
        ),
        pytest.param(
            content(b'<svg" onload="x', 'image/png" onerror="x'),
            ContentView(kind="text", text='<svg" onload="x'),
            id="a media type that would leave the attribute it stands in",
        ),
        pytest.param(
            content(
                EVENTS.encode(),
                "text/event-stream",
            ),
            ContentView(
                kind="sse",
                text=EVENTS,
                events=(Event(event="tick", data="1\n2", id="7"), Event(data="", id="7")),
            ),
            id="events",
        ),
        pytest.param(
            content(b"<p>caf\xe9", "text/html; charset=latin-1"),
            ContentView(kind="html", text="<p>café"),
            id="HTML in its charset",
        ),
        pytest.param(
            content(b"caf\xe9", "text/plain; charset=zlib"),
            ContentView(kind="text", text="caf\N{REPLACEMENT CHARACTER}"),
            id="a charset that is a compression",
        ),
        pytest.param(
            content("a\n".encode("utf-16"), "text/plain; charset=utf-16"),
            ContentView(kind="text", text="a\n"),
            id="UTF-16",
        ),
        pytest.param(content("é".encode()), ContentView(kind="text", text="é"), id="no type"),
        pytest.param(
            content(b"hello, world\x00\x01\xff\xfe", "text/plain"),
            ContentView(
                kind="hex",
                text="00000000  68 65 6c 6c 6f 2c 20 77  6f 72 6c 64 00 01 ff fe  hello, world....",
            ),
            id="bytes",
        ),
        pytest.param(
            content(gzip.compress(b'{"a": 1}'), "application/json", "gzip"),
            ContentView(kind="json", text='{\n  "a": 1\n}'),
            id="gzip",
        ),
        pytest.param(
            content(
                zlib.compress(gzip.compress(b"hi") + gzip.compress(b"!")), "text/x", "GZIP, deflate"
            ),
            ContentView(kind="text", text="hi!"),
            id="two encodings, and gzip in two members",
        ),
        pytest.param(
            content(zlib.compress(b"hi")[2:-4], "text/plain", "deflate"),
            ContentView(kind="text", text="hi"),
            id="deflate without its header, as some send it",
        ),
        pytest.param(
            content(gzip.compress(b"hi")[:-8], "text/plain", "gzip"),
            ContentView(
                kind="text",
                text="hi",
                note="Its encoding ends early; this is what can be read of it.",
            ),
            id="gzip that ends early",
        ),
        pytest.param(
            content(b"hi", "text/plain", "gzip"),
            ContentView(
                kind="text", note="Its encoding is broken; this is what can be read of it."
            ),
            id="gzip that is none",
        ),
        pytest.param(
            content(b"hi", "text/plain", "rot13"),
            ContentView(
                kind="hex",
                text=f"00000000  {'68 69':48}  hi",
                note="The encoding 'rot13' cannot be read here: what is shown is encoded.",
            ),
            id="an encoding that nobody reads",
        ),
        pytest.param(
            Content(size=12, is_evicted=True),
            ContentView(
                kind="empty", note="12 bytes were dropped to keep the kernel's memory bounded."
            ),
            id="evicted",
        ),
        pytest.param(
            Content(size=2, data=b"hi", is_unread=True, media_type="text/plain"),
            ContentView(kind="text", text="hi", note="The app has not read it to its end."),
            id="unread",
        ),
        pytest.param(
            Content(size=1),
            ContentView(kind="empty", note="1 byte passed, and none were kept."),
            id="counted only",
        ),
    ],
)
def test_a_content_is_shown(given: Content, expected: ContentView) -> None:
    assert view_content(given) == expected


def test_a_few_bytes_that_stand_for_gigabytes_are_not_unpacked() -> None:
    bomb = gzip.compress(b"\0" * (4 * MAX_DECODED_BYTES))
    decoded = decode(bomb, "gzip")
    assert (len(decoded.data), decoded.is_whole) == (MAX_DECODED_BYTES, False)
    twice = decode(gzip.compress(bomb), "gzip, gzip")
    assert len(twice.data) == MAX_DECODED_BYTES
    view = view_content(content(bomb, "text/plain", "gzip"))
    assert view.kind == "hex"
    assert view.note.startswith("It is larger than 8,388,608 bytes without its encoding;")


def test_a_large_text_is_shown_in_part() -> None:
    view = view_content(content(b"x" * (MAX_SHOWN_BYTES + 1), "text/plain"))
    assert len(view.text) == MAX_SHOWN_BYTES
    assert view.note == "The first 1,048,576 of 1,048,577 bytes are shown."


# "hi", by Brotli's own command.
BROTLI = content(bytes.fromhex("8b0080686903"), "text/plain", "br")


def test_brotli_is_read_by_a_library_that_is_there() -> None:
    view = view_content(BROTLI)
    assert (view.kind, view.text) == ("text", "hi")


def test_brotli_without_a_library_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    # So that importing them fails.
    monkeypatch.setitem(sys.modules, "brotli", None)
    monkeypatch.setitem(sys.modules, "brotlicffi", None)
    view = view_content(BROTLI)
    said = "Nothing here reads Brotli: install the package 'brotli'. It is shown encoded."
    assert (view.kind, view.note) == ("hex", said)


TYPES = (
    *("", "application/json", "text/plain", "text/html", "text/event-stream", "image/png"),
    *("image/svg+xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"),
    *("text/plain; charset=utf-16", "text/plain; charset=idna", "text/x; charset=shift_jis"),
    *("text/plain; charset=undefined", "text/plain; charset=utf-7", "text/plain; charset=\0"),
    *("multipart/form-data", 'a/b; c="', "text/plain; charset*=utf-8''x%", "\xff\x00\ud800", ";;="),
)
ENCODINGS = ("", "gzip", "deflate", "br", "identity", "gzip, gzip", ",", "\ud800", "zstd")


def test_there_is_a_view_of_any_bytes_and_it_is_json() -> None:
    chance = random.Random(24)
    seeds = [*(each.encode() for each in NAUGHTY), MULTIPART, gzip.compress(MULTIPART), b'{"a":1}']
    for _ in range(5000):
        data = bytearray(chance.choice(seeds))
        for _ in range(chance.randrange(4)):
            place = chance.randrange(len(data) + 1)
            data[place : place + chance.randrange(3)] = chance.randbytes(chance.randrange(4))
        given = Content(
            size=len(data) + chance.choice([0, 0, 5]),
            data=bytes(data),
            media_type=chance.choice(TYPES),
            encoding=chance.choice(ENCODINGS),
            is_unread=chance.random() < 0.1,
        )
        json.dumps(asdict(view_content(given)), ensure_ascii=False).encode()
