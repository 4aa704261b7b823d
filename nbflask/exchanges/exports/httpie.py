"""A request as a command of HTTPie, for POSIX shells.

HTTPie is for requests that a person would write: it encodes a URL anew, and some requests it
cannot send at all. Then there is no command, and a comment says why.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from nbflask.exchanges.targets import field_bytes

from .outgoing import Outgoing, build_outgoing
from .shell import is_writable, pipe_content, quote_bytes, write_command, write_script

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbflask.exchanges.exchange import Exchange

# What HTTPie sends of itself. A name with nothing behind it keeps it from that.
_DEFAULTS = ("Accept", "Accept-Encoding", "User-Agent")

# A backslash before one of these escapes it, and there is no way to write a backslash there.
_ESCAPE = re.compile(rb"\\[:;=@]")

# Where there is one, HTTPie encodes each other "%" of a URL once more.
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def to_httpie(exchange: Exchange, *, base_url: str = "") -> str:
    """Give a command of HTTPie's that sends the request again."""
    return write_httpie([exchange], base_url=base_url)


def write_httpie(exchanges: Sequence[Exchange], *, base_url: str = "") -> str:
    """Give a command, or a script of several."""
    requests = [build_outgoing(each, base_url=base_url) for each in exchanges]
    return write_script([_write(each) for each in requests])


def _write(request: Outgoing) -> str:
    if reason := _say_impossible(request):
        return f"# {request.title}\n# HTTPie cannot send it: {reason} curl can.\n"
    command = ["http --path-as-is", f"{request.method} {shlex.quote(request.url)}"]
    command += _fields(request)
    if not request.has_content:
        command[0] += " --ignore-stdin"
        return write_command(request, command)
    if not request.content_file and is_writable(request.content):
        command[0] += " --ignore-stdin"
        return write_command(request, [*command, f"--raw {quote_bytes(request.content)}"])
    return write_command(request, [pipe_content(request, " \\\n  ".join(command))])


def _say_impossible(request: Outgoing) -> str:
    if not re.fullmatch("[A-Z]+", request.method):
        return "its method is not made of capital letters."
    if not request.is_plain:
        return "its target is not a path."
    if _LONE_PERCENT.search(request.target):
        return "its target has a % that encodes nothing."
    for name, value in request.fields:
        data = field_bytes(value)
        if not is_writable(data) or _ESCAPE.search(data):
            return f"the value of {name} holds what it has no way to write."
    return ""


def _fields(request: Outgoing) -> list[str]:
    given = {name.lower() for name, _ in request.fields}
    own = [*_DEFAULTS, *(["Content-Type"] if request.has_content else [])]
    lines = [_field(name, field_bytes(value).strip()) for name, value in request.fields]
    lines += [f"{name}:" for name in own if name.lower() not in given]
    return [shlex.quote(line) for line in lines]


def _field(name: str, value: bytes) -> str:
    # The space divides ":" from a "=" or "@", which would make it another kind of item.
    return f"{name}: {value.decode()}" if value else f"{name};"
