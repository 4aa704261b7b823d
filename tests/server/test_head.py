"""Heads of requests: what is read, and what is refused."""

from __future__ import annotations

import subprocess
import sys

import pytest

from nbflask.server.head import Head, HeadFault, host_name, parse_head


def _head(*lines: bytes) -> bytes:
    return b"\r\n".join([b"GET / HTTP/1.1", b"Host: localhost", *lines])


def test_a_head_is_read_with_its_fields_as_sent() -> None:
    text = b"POST /a%20b?c=1 HTTP/1.1\r\nhOST: localhost:5000\r\nX-Y:  z \r\nContent-Length: 3"
    assert parse_head(text) == Head(
        method="POST",
        target="/a%20b?c=1",
        version="HTTP/1.1",
        fields=(("hOST", "localhost:5000"), ("X-Y", "z"), ("Content-Length", "3")),
        content_bytes=3,
        keeps_alive=True,
        expects_continue=False,
    )


@pytest.mark.parametrize(
    ("target", "read"),
    [
        (b"/", "/"),
        (b"//evil.example/", "//evil.example/"),
        ("/é".encode(), "/%C3%A9"),
        (b"http://localhost/x", "http://localhost/x"),
        (b"HTTP://LOCALHOST/x", "HTTP://LOCALHOST/x"),
    ],
)
def test_targets_are_read(target: bytes, read: str) -> None:
    assert parse_head(b"GET " + target + b" HTTP/1.1\r\nHost: localhost").target == read


@pytest.mark.parametrize(
    ("target", "path"),
    [
        (b"/a//b?c=//d", "/a//b?c=//d"),
        (b"//evil.example/a", "/evil.example/a"),
        (b"///a", "/a"),
        (b"//[", "/["),
        (b"http://localhost", "/"),
        (b"http://localhost?a", "/?a"),
        (b"http://localhost//evil.example/?a", "/evil.example/?a"),
    ],
)
def test_a_path_begins_with_one_slash_whatever_the_target(target: bytes, path: str) -> None:
    assert parse_head(b"GET " + target + b" HTTP/1.1\r\nHost: localhost").path == path


def test_a_field_full_of_blanks_is_read_in_one_pass() -> None:
    # A process of its own, since a pattern that goes back and forth holds the interpreter: 40 s.
    program = (
        "from nbflask.server.head import parse_head\n"
        "value = b'a' + b' ' * 60_000 + b'b'\n"
        "head = parse_head(b'GET / HTTP/1.1\\r\\nHost: localhost\\r\\nX: \\t' + value + b' \\t')\n"
        "assert head.get('x') == value.decode()\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=30)


@pytest.mark.parametrize(
    ("version", "field", "keeps_alive"),
    [
        (b"1.1", b"X: y", True),
        (b"1.1", b"Connection: x, Close", False),
        (b"1.0", b"X: y", False),
        (b"1.0", b"Connection: Keep-Alive", True),
    ],
)
def test_a_client_says_whether_it_stays(version: bytes, field: bytes, keeps_alive: bool) -> None:
    text = b"GET / HTTP/" + version + b"\r\nHost: localhost\r\n" + field
    assert parse_head(text).keeps_alive is keeps_alive


@pytest.mark.parametrize(
    ("text", "code", "reason"),
    [
        (b"", 400, "The request line is not 'METHOD TARGET VERSION'."),
        (b"GET /", 400, "The request line is not 'METHOD TARGET VERSION'."),
        (b"GET  / HTTP/1.1", 400, "The request line is not 'METHOD TARGET VERSION'."),
        (b"G(T / HTTP/1.1", 400, "The request line is not 'METHOD TARGET VERSION'."),
        (b"GET / http/1.1", 400, "The request line names no HTTP version."),
        (b"GET / HTTP/2.0", 505, "This server speaks HTTP/1.1."),
        (b"GET x HTTP/1.1", 400, "The request target is neither a path nor an http URL."),
        (b"GET * HTTP/1.1", 400, "The request target is neither a path nor an http URL."),
        (b"CONNECT a:1 HTTP/1.1", 400, "The request target is neither a path nor an http URL."),
        (b"GET /\x00 HTTP/1.1", 400, "The request target is neither a path nor an http URL."),
        (
            b"GET /" + b"a" * 16384 + b" HTTP/1.1",
            414,
            "The request target is longer than 16384 bytes.",
        ),
        *(
            (
                b"GET " + target + b" HTTP/1.1\r\nHost: localhost",
                400,
                "The request target names another host than the field 'Host'.",
            )
            for target in (
                b"http://evil.example/",
                b"http://localhost:1/",
                b"http://evil@localhost/",
                b"http://localhost.evil.example",
                b"http://[",
                b"http://[::1/x",
            )
        ),
        (b"GET / HTTP/1.1", 400, "The field 'Host' is missing."),
        (b"GET / HTTP/1.1\r\nHost: ", 400, "The field 'Host' is not a host with a port."),
        (b"GET / HTTP/1.1\r\nHost: a b", 400, "The field 'Host' is not a host with a port."),
        (b"GET / HTTP/1.1\r\nHost: a/b", 400, "The field 'Host' is not a host with a port."),
        (_head(b"Host: localhost"), 400, "The field 'Host' is there twice."),
        (_head(b"X : y"), 400, "A field line is not 'Name: value'."),
        (_head(b" folded"), 400, "A field line is not 'Name: value'."),
        (_head(b"X: a\nY: b"), 400, "A field line is not 'Name: value'."),
        (_head(b"X: a\x00b"), 400, "A field line is not 'Name: value'."),
        (_head(b"X\xe9: a"), 400, "A field line is not 'Name: value'."),
        (_head(b": a"), 400, "A field line is not 'Name: value'."),
        (
            _head(b"Content-Length: 1", b"Content-Length: 1"),
            400,
            "The field 'Content-Length' is there twice.",
        ),
        (
            _head(b"Content-Length: +1"),
            400,
            "The field 'Content-Length' is not a number of bytes.",
        ),
        (
            _head(b"Content-Length: 1,1"),
            400,
            "The field 'Content-Length' is not a number of bytes.",
        ),
        (
            _head(b"Content-Length: \xb2"),
            400,
            "The field 'Content-Length' is not a number of bytes.",
        ),
        (
            _head(b"Content-Length: 1", b"Transfer-Encoding: chunked"),
            400,
            "'Content-Length' and 'Transfer-Encoding' contradict each other.",
        ),
        (
            _head(b"Transfer-Encoding: gzip, chunked"),
            501,
            "The only transfer coding served is 'chunked'.",
        ),
        (
            _head(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"),
            400,
            "The field 'Transfer-Encoding' is there twice.",
        ),
        (
            b"GET / HTTP/1.0\r\nTransfer-Encoding: chunked",
            400,
            "HTTP/1.0 has no 'Transfer-Encoding'.",
        ),
        (_head(b"Expect: tea"), 417, "The only expectation served is '100-continue'."),
        (_head(*[b"X: y"] * 200), 431, "The request has more than 200 fields."),
    ],
)
def test_malformed_heads_are_refused(text: bytes, code: int, reason: str) -> None:
    with pytest.raises(HeadFault) as caught:
        parse_head(text)
    assert (caught.value.status_code, caught.value.reason) == (code, reason)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("LocalHost:5000", "localhost"),
        ("localhost.", "localhost"),
        ("[::1]:80", "[::1]"),
        ("127.0.0.1", "127.0.0.1"),
        ("a@b", ""),
        ("localhost:80:80", ""),
    ],
)
def test_the_name_in_a_host_field_is_found(host: str, name: str) -> None:
    assert host_name(host) == name
