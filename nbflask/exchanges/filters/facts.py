"""What a filter looks at, made of a redacted exchange."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from nbflask.exchanges.encodings import decode
from nbflask.exchanges.exchange import Exchange, Response, Source, State
from nbflask.exchanges.media_types import parse_media_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbflask.exchanges.exchange import Content
    from nbflask.exchanges.fields import Fields

#: Of an error's message, as facts ride along with each row.
MAX_ERROR_CHARS = 200
_STATES = {
    State.HANDLING: "pending",
    State.RESPONDING: "streaming",
    State.COMPLETE: "complete",
    State.UNREAD: "complete",
    State.ABORTED: "aborted",
    State.FAILED: "failed",
}


def build_facts(exchange: Exchange, *, heavy: bool = True) -> dict[str, Any]:
    """Give an exchange's facts, of plain JSON values.

    :param exchange: Redacted: facts leave the kernel, and tell by matching what is in them.
    :param heavy: Fields, contents, logs and output, too.
    """
    request, response = exchange.request, exchange.response
    route = exchange.route
    query = f"?{request.query_string}" if request.query_string else ""
    facts: dict[str, Any] = {
        "id": exchange.id,
        "line": _plain(f"{request.method} {request.path}{query}"),
        "method": request.method,
        "path": _plain(request.path),
        "url": _plain(request.url),
        "query": _query(request.query_string),
        "route": route.rule if route else "",
        "endpoint": route.endpoint if route else "",
        "blueprint": route.blueprint if route else "",
        "view": route.view if route else "",
        "status": response.status_code if response else None,
        "type": parse_media_type(response.content.media_type).name if response else "",
        "size": response.content.size if response else None,
        "dur": exchange.duration_ms,
        "stages": _stages(exchange),
        "cookies": list(dict.fromkeys(_cookies(exchange))),
        "errors": [_plain(f"{e.type}: {e.message}"[:MAX_ERROR_CHARS]) for e in exchange.errors],
        "has": sorted(_has(exchange)),
        "is": sorted(_is(exchange)),
        "from": str(exchange.initiator.source),
        "cell": exchange.initiator.cell_number,
        "replay": exchange.replay_of,
        "at": exchange.started_at,
    }
    return facts | _heavy(exchange) if heavy else facts


def _heavy(exchange: Exchange) -> dict[str, Any]:
    response = exchange.response or Response(status_code=0)
    return {
        "headers": _pairs(exchange.request.headers),
        "resp": _pairs(response.headers),
        "req": _text(exchange.request.content),
        "res": _text(response.content),
        "log": [_plain(f"{log.message}\n{log.exception}".rstrip()) for log in exchange.logs],
        "out": _plain("".join(piece.text for piece in exchange.output)),
    }


def _plain(text: str) -> str:
    # Half of a character cannot be sent to a browser.
    return text.encode("utf-8", "replace").decode()


def _pairs(fields: Fields) -> list[list[str]]:
    return [[_plain(name), _plain(value)] for name, value in fields]


def _query(query: str) -> list[list[str]]:
    return [[name, value] for name, value in parse_qsl(query, keep_blank_values=True)]


def _text(content: Content) -> str:
    decoded = decode(content.data, content.encoding)
    media_type = parse_media_type(content.media_type)
    if decoded.left or not media_type.reads_as_text(decoded.data):
        return ""
    return media_type.decode(decoded.data, is_whole=decoded.is_whole and not content.is_truncated)


def _stages(exchange: Exchange) -> dict[str, float]:
    """Give the milliseconds of each stage; what lies within one of its own kind counts once."""
    totals: dict[str, float] = {}
    ends: dict[str, float] = {}
    for span in sorted(exchange.spans, key=lambda span: span.start_us):
        stage = str(span.stage)
        end = span.start_us + span.duration_us
        start = max(span.start_us, ends.get(stage, span.start_us))
        if end > start:
            totals[stage] = totals.get(stage, 0) + (end - start) / 1000
            ends[stage] = end
    return {stage: round(total, 3) for stage, total in totals.items()}


def _cookies(exchange: Exchange) -> Iterator[str]:
    for value in exchange.request.headers.get_all("Cookie"):
        yield from (_plain(pair.partition("=")[0].strip()) for pair in value.split(";"))
    if exchange.response:
        for value in exchange.response.headers.get_all("Set-Cookie"):
            yield _plain(value.partition("=")[0].strip())


def _has(exchange: Exchange) -> Iterator[str]:
    request, response, session = exchange.request, exchange.response, exchange.session
    found = {
        "body": request.content.size > 0,
        "cookie": any(_cookies(exchange)),
        "error": any(not error.is_answer for error in exchange.errors),
        "files": bool(request.files),
        "flash": bool(exchange.flashes),
        "form": bool(request.form),
        "json": parse_media_type(request.content.media_type).is_json,
        "log": bool(exchange.logs),
        "print": bool(exchange.output),
        "query": bool(request.query_string),
        "redirect": response is not None and bool(response.location),
        "session": session is not None and (session.is_accessed or bool(session.before)),
        "template": bool(exchange.templates),
    }
    return (name for name, is_there in found.items() if is_there)


def _is(exchange: Exchange) -> Iterator[str]:
    response = exchange.response
    contents = (exchange.request.content, *((response.content,) if response else ()))
    endpoint = exchange.route.endpoint if exchange.route else ""
    found = {
        "pinned": exchange.is_pinned,
        "private": exchange.is_private,
        "redacted": exchange.redactions > 0,
        "replay": exchange.initiator.source is Source.REPLAY or exchange.replay_of is not None,
        "static": endpoint == "static" or endpoint.endswith(".static"),
        "truncated": any(content.is_truncated or content.is_evicted for content in contents),
    }
    yield _STATES[exchange.state]
    yield from (name for name, holds in found.items() if holds)
