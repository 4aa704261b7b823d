"""The messages of an exchange, as they would be on the wire, for people to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflask.exchanges.media_types import parse_media_type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbflask.exchanges.exchange import Content, Exchange, Request, Response
    from nbflask.exchanges.fields import Fields


def to_raw(exchange: Exchange, *, base_url: str = "") -> str:  # noqa: ARG001  # As all exports take.
    """Give the request, and below it the response if there is one.

    A content that is no text, or not here, is replaced by a line in brackets that says so.
    """
    request = write_request(exchange.request)
    if exchange.response is None:
        return request
    return f"{request}\n{write_response(exchange.response)}"


def write_raw(exchanges: Sequence[Exchange], *, base_url: str = "") -> str:
    """Give the messages of each, one after the other."""
    return "\n".join(to_raw(each, base_url=base_url) for each in exchanges)


def write_request(request: Request) -> str:
    """Give the request's message."""
    line = f"{request.method} {request.target} {request.http_version}"
    return _write_message(line, request.headers, request.content)


def write_response(response: Response) -> str:
    """Give the response's message."""
    line = f"{response.http_version} {response.status_code} {response.reason}".rstrip()
    return _write_message(line, response.headers, response.content)


def _write_message(line: str, headers: Fields, content: Content) -> str:
    fields = [f"{name}: {value}".rstrip() for name, value in headers]
    return "\n".join([*map(_escape, [line, *fields]), "", _write_content(content)]).rstrip() + "\n"


def _escape(line: str) -> str:
    """Keep a line of the head one line."""
    return "".join(
        each if each.isprintable() or each == "\t" else ascii(each)[1:-1] for each in line
    )


def _write_content(content: Content) -> str:
    if not content.data:
        return f"[{content.size:,} bytes that are not kept]" if content.size else ""
    media_type = parse_media_type(content.media_type)
    if content.encoding or not media_type.reads_as_text(content.data):
        return f"[{content.size:,} bytes that are no text]"
    text = media_type.decode(content.data, is_whole=not content.is_truncated)
    if not content.is_truncated:
        return text
    return f"{text}\n[the first {content.kept:,} of {content.size:,} bytes]"
