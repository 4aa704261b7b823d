"""The bytes around a response."""

from __future__ import annotations

import pytest

from nbflask.server.response import ResponseFault, frame_chunk, frame_response


def _frame(
    status: str = "200 OK",
    *headers: tuple[str, str],
    method: str = "GET",
    version: str = "HTTP/1.1",
    keeps_alive: bool = True,
) -> tuple[bytes, bool, bool, bool]:
    frame = frame_response(
        status, list(headers), method=method, version=version, keeps_alive=keeps_alive, now=0.0
    )
    return frame.head, frame.is_chunked, frame.has_content, frame.keeps_alive


_DATE = b"Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n"


def test_content_of_a_known_length_is_sent_as_it_is() -> None:
    assert _frame("200 OK", ("Content-Length", "2")) == (
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + _DATE + b"Connection: keep-alive\r\n\r\n",
        False,
        True,
        True,
    )


def test_content_of_an_unknown_length_comes_in_chunks() -> None:
    assert _frame() == (
        b"HTTP/1.1 200 OK\r\n"
        + _DATE
        + b"Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n",
        True,
        True,
        True,
    )
    assert frame_chunk(b"0123456789") == b"a\r\n0123456789\r\n"


def test_to_an_old_client_the_end_of_the_connection_ends_the_content() -> None:
    assert _frame(version="HTTP/1.0") == (
        b"HTTP/1.1 200 OK\r\n" + _DATE + b"Connection: close\r\n\r\n",
        False,
        True,
        False,
    )


@pytest.mark.parametrize(
    ("status", "method"), [("200 OK", "HEAD"), ("204 NO CONTENT", "GET"), ("304 X", "GET")]
)
def test_some_responses_have_no_content(status: str, method: str) -> None:
    assert _frame(status, method=method)[1:] == (False, False, True)


def test_fields_about_the_connection_are_the_servers() -> None:
    head = _frame("200 OK", ("Transfer-Encoding", "x"), ("Date", "now"), ("Connection", "close"))[0]
    assert head == (
        b"HTTP/1.1 200 OK\r\nDate: now\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    )


@pytest.mark.parametrize(
    ("status", "header", "text"),
    [
        (
            "99999 UNKNOWN",
            ("X", "y"),
            "The status '99999 UNKNOWN' is not a number from 200 to 599 with a reason.",
        ),
        # Announcements, after which a client waits for the response proper.
        *(
            (
                status,
                ("X", "y"),
                f"The status {status!r} is not a number from 200 to 599 with a reason.",
            )
            for status in ("100 CONTINUE", "101 SWITCHING PROTOCOLS", "103 EARLY HINTS")
        ),
        (
            "200 OK\r\nX: y",
            ("X", "y"),
            "The status '200 OK\\r\\nX: y' is not a number from 200 to 599 with a reason.",
        ),
        (
            "200 OK",
            ("X", "a\r\nY: b"),
            "The field 'X' has the value 'a\\r\\nY: b', which HTTP cannot carry.",
        ),
        (
            "200 OK",
            ("X", "\ud800"),
            "The field 'X' has the value '\\ud800', which HTTP cannot carry.",
        ),
        ("200 OK", ("X:", "y"), "'X:' is not the name of a field."),
        ("200 OK", ("Content-Length", "-1"), "The Content-Length '-1' is not a number of bytes."),
    ],
)
def test_what_http_cannot_carry_is_refused(status: str, header: tuple[str, str], text: str) -> None:
    with pytest.raises(ResponseFault) as caught:
        _frame(status, header)
    assert str(caught.value) == text


def test_two_lengths_are_refused() -> None:
    # Even those that agree: each reader of the response has its own way with them.
    with pytest.raises(ResponseFault, match=r"^The field 'content-length' is there twice\.$"):
        _frame("200 OK", ("Content-Length", "5"), ("content-length", "50"))
