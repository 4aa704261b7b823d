"""A request as a Python script with httpx that sends the same bytes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nbflask.exchanges.targets import encode_target, field_bytes

from .outgoing import Outgoing, build_outgoing
from .python import find_imports, write_call, write_comments, write_content, write_literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbflask.exchanges.exchange import Exchange

# Nothing in it is encoded anew, and no "/../" worked out.
_SIMPLE_TARGET = re.compile(r"/(?:[\w-][\w.~-]*/)*(?:[\w-][\w.~-]*)?(?:\?[\w.~=&+-]+)?", re.ASCII)


def to_httpx(exchange: Exchange, *, base_url: str = "") -> str:
    """Give a Python script that sends the request again by httpx."""
    return write_httpx([exchange], base_url=base_url)


def write_httpx(exchanges: Sequence[Exchange], *, base_url: str = "") -> str:
    """Give one script for all of them."""
    requests = [build_outgoing(each, base_url=base_url) for each in exchanges]
    body = "\n".join(_write(each) for each in requests)
    imports = "\n".join(find_imports(body))
    return f"{imports}\n\nimport httpx\n\nwith httpx.Client() as client:\n{body}".lstrip("\n")


def _write(request: Outgoing) -> str:
    # A request that is not made by the client has none of the client's own fields.
    arguments = [write_literal(request.method), write_literal(request.url)]
    if request.fields:
        arguments.append(f"headers={write_literal(_fields(request), 2)}")
    if request.has_content:
        arguments.append(f"content={write_content(request)}")
    if not _is_kept(request):
        # httpx encodes a target anew; this is how to have it as it was. It takes ASCII only.
        target = encode_target(request.target) if not request.target.isascii() else request.target
        arguments.append(f"extensions={write_literal({'target': target.encode()})}")
    lines = [
        *write_comments(request, 1),
        f"    request = {write_call('httpx.Request', arguments, 1)}",
        *_keep_case(request),
        "    response = client.send(request)",
        '    print(response.status_code, response.reason_phrase, response.text, sep="\\n")',
    ]
    return "\n".join(lines) + "\n"


def _fields(request: Outgoing) -> list[tuple[str | bytes, str | bytes]]:
    """Give the fields; httpx takes a text that is not ASCII for UTF-8, and bytes as they are."""
    return [
        (name, value) if value.isascii() else (name.encode(), field_bytes(value))
        for name, value in request.fields
    ]


def _is_kept(request: Outgoing) -> bool:
    """Whether httpx surely sends the URL's target as it is written."""
    return _SIMPLE_TARGET.fullmatch(request.target) is not None


def _keep_case(request: Outgoing) -> list[str]:
    if request.method == request.method.upper():
        return []
    return [f"    request.method = {write_literal(request.method)}"]
