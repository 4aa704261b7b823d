"""The frame of a response: the bytes around what a WSGI application gives (RFC 9112)."""

from __future__ import annotations

import functools
import re
import time
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus

# No 1xx: it announces a response, which would never come.
_STATUS = re.compile(r"(?P<code>[2-5][0-9]{2})(?: (?P<reason>[\t\x20-\x7e\x80-\xff]*))?")
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE = re.compile(r"[^\x00\r\n]*")
#: Fields about the connection are the server's (PEP 3333); the application may ask to close.
_OURS = frozenset(
    {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding"}
)

Headers = list[tuple[str, str]]


class ResponseFault(Exception):
    """The application broke the rules of WSGI or HTTP: nothing of its response can be sent."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ResponseFrame:
    """The head of a response, and how its content is to follow.

    :param head: Status line and fields, with the empty line.
    :param content_bytes: The length that the fields promise; ``None`` when they promise none.
    """

    head: bytes
    content_bytes: int | None
    is_chunked: bool
    has_content: bool
    keeps_alive: bool


def frame_response(
    status: str,
    headers: Headers,
    *,
    method: str,
    version: str,
    keeps_alive: bool,
    now: float | None = None,
) -> ResponseFrame:
    """Frame what an application gave to ``start_response``.

    :param version: What the client speaks: HTTP/1.0 knows no chunks.
    :param keeps_alive: Whether the connection could serve another request.
    :param now: Seconds since the epoch, for ``Date``; ``None`` asks the clock.
    :raises ResponseFault: The status or a field would not be HTTP.
    """
    code, reason = _parse_status(status)
    known = _check_headers(headers)
    has_content = method != "HEAD" and code not in {204, 304}
    length = _parse_length(known.get("content-length"))
    lines = [f"HTTP/1.1 {code} {reason}"]
    lines += [f"{name}: {value}" for name, value in headers if name.lower() not in _OURS]
    if "date" not in known:
        lines.append(f"Date: {_format_date(int(time.time() if now is None else now))}")
    is_chunked = has_content and length is None and version == "HTTP/1.1"
    if is_chunked:
        lines.append("Transfer-Encoding: chunked")
    wants_close = "close" in known.get("connection", "").lower()
    has_end = is_chunked or length is not None or not has_content
    stays = keeps_alive and not wants_close and has_end
    lines.append(f"Connection: {'keep-alive' if stays else 'close'}")
    return ResponseFrame(
        head=("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"),
        content_bytes=length,
        is_chunked=is_chunked,
        has_content=has_content,
        keeps_alive=stays,
    )


def frame_plain(status_code: int, text: str, *, with_content: bool = True) -> bytes:
    """Give the bytes of a short answer after which the connection is closed."""
    content = f"{status_code} {HTTPStatus(status_code).phrase}\n{text}\n".encode()
    frame = frame_response(
        f"{status_code} {HTTPStatus(status_code).phrase}",
        [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(content))),
            ("X-Content-Type-Options", "nosniff"),
        ],
        method="GET",
        version="HTTP/1.1",
        keeps_alive=False,
    )
    return frame.head + (content if with_content else b"")


def frame_chunk(block: bytes) -> bytes:
    """Give one chunk; the block is not empty, since an empty one would end the content."""
    return b"%x\r\n%b\r\n" % (len(block), block)


@functools.lru_cache(maxsize=1)
def _format_date(second: int) -> str:
    return formatdate(second, usegmt=True)


def _parse_status(status: str) -> tuple[int, str]:
    match = _STATUS.fullmatch(status) if isinstance(status, str) else None
    if not match:
        raise ResponseFault(f"The status {status!r} is not a number from 200 to 599 with a reason.")
    return int(match["code"]), match["reason"] or ""


def _check_headers(headers: Headers) -> dict[str, str]:
    known: dict[str, str] = {}
    for name, value in headers:
        if not (isinstance(name, str) and _NAME.fullmatch(name)):
            raise ResponseFault(f"{name!r} is not the name of a field.")
        if not (isinstance(value, str) and _VALUE.fullmatch(value) and _is_latin_1(value)):
            raise ResponseFault(
                f"The field {name!r} has the value {value!r}, which HTTP cannot carry."
            )
        key = name.lower()
        if key == "content-length" and key in known:
            # Two readers could each believe another one (RFC 9112 section 6.3).
            raise ResponseFault(f"The field {name!r} is there twice.")
        known[key] = value
    return known


def _is_latin_1(value: str) -> bool:
    return value.isascii() or max(value) <= "\xff"


def _parse_length(value: str | None) -> int | None:
    if value is None:
        return None
    if not (value.isascii() and value.isdigit()):
        raise ResponseFault(f"The Content-Length {value!r} is not a number of bytes.")
    return int(value)
