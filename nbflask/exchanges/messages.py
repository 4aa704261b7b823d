"""What the inspector's page is told of an exchange: a row of its list, and the details.

Both are JSON, made of an exchange that :func:`.redaction.redact` has been through; only what
the user asks to have revealed is made of a raw one. A row carries what the list and the
Overview show, so that neither has to ask a kernel that is busy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import default_exceptions

from .exchange import Content, ErrorKind, Exchange, Stage, State
from .exports import write_request, write_response
from .filters import build_facts
from .plain import plain

if TYPE_CHECKING:
    from .comparison import Comparison

# A message, a name or an error that is longer tells nothing more in a row of a list.
MAX_TEXT_CHARS = 160

# By the beginning of the media type; the first that fits.
_KINDS = {
    "text/event-stream": "sse",
    "text/html": "html",
    "application/xhtml": "html",
    "text/css": "css",
    "text/javascript": "js",
    "application/javascript": "js",
    "application/json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
    "image/": "image",
    "font/": "font",
    "audio/": "audio",
    "video/": "video",
    "text/": "text",
    "multipart/": "multipart",
    "application/x-www-form-urlencoded": "form",
}


def build_row(exchange: Exchange) -> dict[str, Any]:
    """Give the row of an exchange, as JSON."""
    request, response = exchange.request, exchange.response
    content = response.content if response else Content()
    row: dict[str, Any] = plain(
        {
            "id": exchange.id,
            "facts": build_facts(exchange, heavy=False),
            "started_at": exchange.started_at,
            "duration_ms": exchange.duration_ms,
            "state": exchange.state.value,
            "method": request.method,
            "target": request.app_target,
            "path": request.path,
            "endpoint": exchange.route.endpoint if exchange.route else "",
            "rule": exchange.route.rule if exchange.route else "",
            "status": response.status_code if response else None,
            "reason": response.reason if response else "",
            "size": content.size,
            "media_type": content.media_type.partition(";")[0].strip().lower(),
            "kind": kind_of(content.media_type),
            "level": level_of(exchange),
            "notes": [{"kind": kind, "text": text} for kind, text in build_notes(exchange)],
            "is_pinned": exchange.is_pinned,
            "note": exchange.note,
            "tags": exchange.tags,
            "replay_of": exchange.replay_of,
            "initiator": exchange.initiator.source.value,
            "cell": exchange.initiator.cell,
            "cell_number": exchange.initiator.cell_number,
            "error": _error_of(exchange),
            "overview": _build_overview(exchange),
        }
    )
    return row


def build_details(exchange: Exchange, *, is_revealed: bool = False) -> dict[str, Any]:
    """Give all of an exchange as JSON.

    :param is_revealed: Whether the exchange is a raw one, which its user asked to see.
    """
    details: dict[str, Any] = plain(
        {
            "id": exchange.id,
            "exchange": exchange,
            "raw": {
                "request": write_request(exchange.request),
                "response": write_response(exchange.response) if exchange.response else "",
            },
            "is_revealed": is_revealed,
        }
    )
    return details


def build_comparison(comparison: Comparison) -> dict[str, Any]:
    """Give how two redacted exchanges differ, as the message that says so."""
    parts = [{"name": each.name, "rows": plain(each.rows)} for each in comparison.parts]
    return {"kind": "comparison", "ids": list(comparison.ids), "parts": parts}


def build_notes(exchange: Exchange) -> list[tuple[str, str]]:
    """Give what a row notes besides the columns: kind and text of each.

    That a session's cookie is covered would be noted of nearly all; the details count it.
    """
    found = {
        "private": "private" if exchange.is_private else "",
        "error": _error_of(exchange),
        "answer": _say_answer(exchange),
        "streaming": _say_streaming(exchange),
        "replay": f"replay of {exchange.replay_of}" if exchange.replay_of else "",
        "template": _say_templates(exchange),
        "session": _say_session(exchange),
        "flash": count_of(len(exchange.flashes), "flash", "flashes"),
        "logs": _say_output(exchange),
        "truncated": _say_truncated(exchange),
    }
    return [(kind, plain(text)) for kind, text in found.items() if text]


def level_of(exchange: Exchange) -> str:
    """Say how an exchange went, in one word."""
    status = exchange.response.status_code if exchange.response else 0
    if not exchange.state.is_over:
        return "pending"
    if status >= 500:
        return "server-error"
    if not status or exchange.state is State.FAILED:
        return "failed"
    if status >= 400:
        return "client-error"
    return "redirect" if 300 <= status < 400 else "ok"


def kind_of(media_type: str) -> str:
    """Name a media type in a word, such as ``"json"``; ``""`` for none."""
    name = media_type.partition(";")[0].strip().lower()
    if name.endswith("+json"):
        return "json"
    known = next((kind for begin, kind in _KINDS.items() if name.startswith(begin)), "")
    return known or ("xml" if name.endswith("+xml") else "binary" if name else "")


def count_of(count: int, one: str, many: str = "") -> str:
    """Write a number of things; ``""`` for none."""
    return "" if not count else f"{count} {one if count == 1 else many or f'{one}s'}"


def _build_overview(exchange: Exchange) -> dict[str, Any]:
    route, response = exchange.route, exchange.response
    contents = {"request": exchange.request.content}
    contents |= {"response": response.content} if response else {}
    return {
        "view": route.view if route else "",
        "cell": route.cell if route else "",
        "line": route.line if route else None,
        "view_args": route.view_args if route else [],
        "no_route": exchange.no_route,
        "stages": _sum_stages(exchange),
        "session": _count_session(exchange),
        "errors": [
            {
                "kind": each.kind.value,
                "type": each.name,
                "message": _shorten(each.message),
                "handled_by": each.handled_by,
            }
            for each in exchange.errors
        ],
        "templates": [each.name for each in exchange.templates],
        "logs": len(exchange.logs),
        "outputs": len(exchange.output),
        "flashes": len(exchange.flashes),
        "content": [
            {"side": side, "size": each.size, "kept": each.kept, "is_unread": each.is_unread}
            for side, each in contents.items()
            if each.is_truncated or each.is_unread or each.is_evicted
        ],
        "redactions": exchange.redactions,
        "omitted": exchange.omitted,
        "overhead_us": exchange.overhead_us,
        "first_byte_us": exchange.first_byte_us,
        "client": exchange.client.address,
    }


def _sum_stages(exchange: Exchange) -> list[dict[str, Any]]:
    """Give each stage that was come to with the time that was spent in it, in Flask's order."""
    spent: dict[Stage, list[float]] = {}
    for span in exchange.spans:
        spent.setdefault(span.stage, []).append(span.duration_us)
    return [
        {"stage": stage.value, "count": len(spent[stage]), "duration_us": sum(spent[stage])}
        for stage in Stage
        if stage in spent
    ]


def _count_session(exchange: Exchange) -> dict[str, Any] | None:
    session = exchange.session
    if session is None:
        return None
    before = session.before
    after = before if session.after is None else session.after
    return {
        "added": len(after.keys() - before.keys()),
        "removed": len(before.keys() - after.keys()),
        "changed": sum(before[name] != after[name] for name in before.keys() & after.keys()),
        "is_modified": session.is_modified,
        "cookie_bytes": session.cookie_bytes,
    }


def _error_of(exchange: Exchange) -> str:
    """Name the error that matters most: one that nobody handled, else the last."""
    # abort(404) is no error beside the status that it asked for.
    errors = [each for each in exchange.errors if not each.is_answer]
    worst = [each for each in errors if each.kind is not ErrorKind.HANDLED] or errors[-1:]
    if not worst:
        return ""
    error = worst[0]
    return _shorten(f"{error.name}: {error.message}" if error.message else error.name)


def _say_answer(exchange: Exchange) -> str:
    """Give the words of an ``abort()``; the usual ones of its status tell nothing more."""
    said = [each for each in exchange.errors if each.is_answer and each.kind is ErrorKind.HANDLED]
    if not said or not said[-1].message:
        return ""
    usual = default_exceptions.get(said[-1].status_code or 0)
    is_usual = usual is not None and said[-1].message == usual.description
    return "" if is_usual else _shorten(said[-1].message)


def _say_streaming(exchange: Exchange) -> str:
    if exchange.state is not State.RESPONDING or exchange.response is None:
        return ""
    blocks = count_of(exchange.response.chunk_count, "block")
    return f"streaming, {blocks}" if blocks else "streaming"


def _say_templates(exchange: Exchange) -> str:
    names = [each.name or "a string" for each in exchange.templates]
    return _shorten(names[0]) if len(names) == 1 else count_of(len(names), "template")


def _say_session(exchange: Exchange) -> str:
    return "session changed" if exchange.session and exchange.session.is_modified else ""


def _say_output(exchange: Exchange) -> str:
    logs = len(exchange.logs) + exchange.omitted.get("logs", 0)
    return ", ".join(filter(None, (count_of(logs, "log"), "printed" if exchange.output else "")))


def _say_truncated(exchange: Exchange) -> str:
    response = exchange.response
    cut = {
        "request": exchange.request.content.is_truncated,
        "response": response is not None and response.content.is_truncated,
    }
    sides = [side for side, is_cut in cut.items() if is_cut]
    return f"{' and '.join(sides)} cut" if sides else ""


def _shorten(text: str) -> str:
    text = " ".join(plain(text).split())
    return text if len(text) <= MAX_TEXT_CHARS else f"{text[: MAX_TEXT_CHARS - 1]}…"
