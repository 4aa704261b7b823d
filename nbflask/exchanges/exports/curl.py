"""A request as a curl command for POSIX shells that sends the same bytes."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from nbflask.exchanges.targets import field_bytes

from .outgoing import Outgoing, build_outgoing
from .shell import is_writable, pipe_content, quote_bytes, write_command, write_script

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbflask.exchanges.exchange import Exchange

# As they would be sent: no braces that stand for several URLs, no "/../" that is worked out.
_OPENING = "curl --globoff --path-as-is --http1.1"


def to_curl(exchange: Exchange, *, base_url: str = "") -> str:
    """Give a curl command that sends the request again, byte by byte."""
    return write_curl([exchange], base_url=base_url)


def write_curl(exchanges: Sequence[Exchange], *, base_url: str = "") -> str:
    """Give a command, or a script of several."""
    requests = [build_outgoing(each, base_url=base_url) for each in exchanges]
    return write_script([_write(each) for each in requests])


def _write(request: Outgoing) -> str:
    words = [_OPENING, *_method(request), *_target(request), *_fields(request)]
    if not request.has_content:
        return write_command(request, words)
    if not request.content_file and is_writable(request.content):
        return write_command(request, [*words, f"--data-raw {quote_bytes(request.content)}"])
    command = " \\\n  ".join([*words, "--data-binary @-"])
    return write_command(request, [pipe_content(request, command)])


def _method(request: Outgoing) -> list[str]:
    if request.method == "HEAD":
        return _head(request)
    inferred = "POST" if request.has_content else "GET"
    return [] if request.method == inferred else [f"-X {shlex.quote(request.method)}"]


def _head(request: Outgoing) -> list[str]:
    if not request.has_content:
        return ["--head"]
    # curl does not allow --head with data, and without it waits for the content that is announced.
    return ["-X HEAD", "--ignore-content-length", "-H 'Connection: close'"]


def _target(request: Outgoing) -> list[str]:
    if request.is_plain:
        return [shlex.quote(request.url)]
    return [
        shlex.quote(request.url),
        f"--request-target {quote_bytes(field_bytes(request.target))}",
    ]


def _fields(request: Outgoing) -> list[str]:
    given = {name.lower() for name, _ in request.fields}
    own = ["User-Agent", "Accept", *(["Content-Type", "Expect"] if request.has_content else [])]
    lines = [_field(name, value) for name, value in request.fields]
    # A name with nothing behind it keeps curl from sending its own.
    lines += [f"{name}:".encode() for name in own if name.lower() not in given]
    return [f"-H {quote_bytes(line)}" for line in lines]


def _field(name: str, value: str) -> bytes:
    data = field_bytes(value).strip()
    return name.encode() + (b": " + data if data else b";")
