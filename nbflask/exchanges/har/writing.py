"""Exchanges as an HTTP Archive, HAR 1.2, as browsers and other tools read it.

Rule 1: names without an underscore are the format's, and mean what its text says. What only the
app knows stands below ``_nbflask``.
Rule 2: numbers agree. Each timing is rounded, and ``time`` is the sum of what was rounded.
Rule 3: a text stands for bytes only if UTF-8 gives the same bytes again; others are base64.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import ipaddress
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from nbflask.exchanges.exchange import Source, Stage
from nbflask.exchanges.plain import plain
from nbflask.exchanges.targets import encode_target, is_host

from .contents import write_request_content, write_response_content
from .cookies import read_cookies, read_set_cookies

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbflask.exchanges.exchange import Exchange, Request, Response
    from nbflask.exchanges.fields import Fields

# Chrome's words; readers that know them look at the field in each entry.
_RESOURCE_TYPES = {
    Source.NAVIGATION: "document",
    Source.FETCH: "fetch",
    Source.HTMX: "xhr",
}

# By the beginning of the response's media type.
_SUBRESOURCES = {
    "text/css": "stylesheet",
    "text/javascript": "script",
    "application/javascript": "script",
    "image/": "image",
    "font/": "font",
    "audio/": "media",
    "video/": "media",
}


def format_har(exchanges: Sequence[Exchange]) -> str:
    """Give the text of a ``.har`` file."""
    return json.dumps(to_har(exchanges), ensure_ascii=False, indent=1) + "\n"


def to_har(exchanges: Sequence[Exchange]) -> dict[str, Any]:
    """Give a HAR, as JSON has it, the oldest exchange first."""
    ordered = sorted(exchanges, key=lambda each: (each.started_at, each.id))
    har: dict[str, Any] = plain(
        {
            "log": {
                "version": "1.2",
                "creator": {
                    "name": "nbflask",
                    "version": importlib.metadata.version("nbflask"),
                },
                "pages": [],
                "entries": [_write_entry(each) for each in ordered],
            }
        }
    )
    return har


def _write_entry(exchange: Exchange) -> dict[str, Any]:
    timings = _write_timings(exchange)
    started_at = datetime.fromtimestamp(exchange.started_at, UTC)
    entry: dict[str, Any] = {
        "startedDateTime": started_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "time": round(sum(each for each in timings.values() if each > 0), 3),
        "request": _write_request(exchange.request),
        "response": _write_response(exchange),
        "cache": {},
        "timings": timings,
        **_write_connection(exchange),
        "_resourceType": _resource_type(exchange),
        "_initiator": {"type": exchange.initiator.source},
        "_nbflask": _write_own(exchange),
    }
    if exchange.note:
        entry["comment"] = exchange.note
    return entry


def _write_timings(exchange: Exchange) -> dict[str, float]:
    """Divide an exchange's time: until the app had it, until it began to answer, until the end."""
    total = max(0.0, exchange.duration_ms or 0.0)
    accepted = (span.duration_us / 1000 for span in exchange.spans if span.stage is Stage.ACCEPT)
    send = min(total, max(0.0, next(accepted, 0.0)))
    first_byte = total if exchange.first_byte_us is None else exchange.first_byte_us / 1000
    first_byte = min(total, max(send, first_byte))
    return {
        **dict.fromkeys(("blocked", "dns", "connect", "ssl"), -1),
        "send": round(send, 3),
        "wait": round(first_byte - send, 3),
        "receive": round(total - first_byte, 3),
    }


def _write_request(request: Request) -> dict[str, Any]:
    return {
        "method": request.method,
        "url": _absolute_url(request),
        "httpVersion": request.http_version,
        "cookies": read_cookies(request.headers),
        "headers": _write_pairs(request.headers),
        "queryString": _write_query(request.target),
        "headersSize": _head_size(request),
        "bodySize": request.content.size,
        **write_request_content(request.content),
    }


def _absolute_url(request: Request) -> str:
    host = request.host if is_host(request.host) else "localhost"
    target = encode_target(request.target)
    return f"{request.scheme}://{host}{target if target.startswith('/') else f'/{target}'}"


def _write_pairs(pairs: Fields | list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _write_query(target: str) -> list[dict[str, str]]:
    try:
        return _write_pairs(parse_qsl(target.partition("?")[2], keep_blank_values=True))
    except ValueError:
        return []


def _head_size(request: Request) -> int:
    """Give the bytes before the content, where they are known as they were sent, else -1."""
    if request.headers_source != "wire":
        return -1
    lines = [f"{request.method} {request.target} {request.http_version}"]
    lines += [f"{name}: {value}" for name, value in request.headers]
    return sum(len(line) + 2 for line in lines) + 2


def _write_response(exchange: Exchange) -> dict[str, Any]:
    errors = [
        f"{error.type}: {error.message}".rstrip(": ")
        for error in exchange.errors
        if not error.is_answer
    ]
    error = {"_error": errors[-1]} if errors else {}
    response = exchange.response
    if response is None:
        return {
            "status": 0,
            "statusText": "",
            "httpVersion": exchange.request.http_version,
            "cookies": [],
            "headers": [],
            "content": {"size": 0, "mimeType": "x-unknown"},
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": -1,
            "_error": f"The app gave no response ({exchange.state.value}).",
            **error,
        }
    return {
        "status": response.status_code,
        "statusText": response.reason,
        "httpVersion": response.http_version,
        "cookies": read_set_cookies(response.headers),
        "headers": _write_pairs(response.headers),
        "content": write_response_content(response.content),
        "redirectURL": response.location,
        # The server adds fields of its own.
        "headersSize": -1,
        "bodySize": 0 if response.status_code == 304 else response.content.size,
        **error,
    }


def _write_connection(exchange: Exchange) -> dict[str, Any]:
    """Give what is known of the connection; a test client has none."""
    known: dict[str, Any] = {}
    host = exchange.request.host.rpartition(":")[0] or exchange.request.host
    with contextlib.suppress(ValueError):
        known["serverIPAddress"] = str(ipaddress.ip_address(host.strip("[]")))
    if exchange.client.port is not None:
        known["connection"] = str(exchange.client.port)
    if exchange.client.address:
        known["_clientIPAddress"] = exchange.client.address
    return known


def _resource_type(exchange: Exchange) -> str:
    source, response = exchange.initiator.source, exchange.response
    if source is Source.SUBRESOURCE and response is not None:
        media_type = response.content.media_type.lower()
        return next(
            (word for start, word in _SUBRESOURCES.items() if media_type.startswith(start)), "other"
        )
    return _RESOURCE_TYPES.get(source, "other")


def _write_own(exchange: Exchange) -> dict[str, Any]:
    """Give what the format has no name for, and only the app knows."""
    return {
        "id": exchange.id,
        "uuid": exchange.uuid,
        "app": exchange.app_name,
        "state": exchange.state,
        "target": exchange.request.target,
        "route": exchange.route,
        "noRoute": exchange.no_route,
        "timings": exchange.spans,
        "session": exchange.session,
        "templates": exchange.templates,
        "flashes": exchange.flashes,
        "logs": exchange.logs,
        "output": exchange.output,
        "errors": exchange.errors,
        "chunks": _write_chunks(exchange.response),
        "replayOf": exchange.replay_of,
        "pinned": exchange.is_pinned,
        "tags": exchange.tags,
        "omitted": exchange.omitted,
        "overhead": exchange.overhead_us,
        "redacted": exchange.redactions,
    }


def _write_chunks(response: Response | None) -> dict[str, Any]:
    if response is None:
        return {"count": 0, "first": []}
    return {"count": response.chunk_count, "first": response.chunks}
