"""Exchanges as a table that a notebook's file may keep, and as a data frame.

Both are made of redacted exchanges. The table holds no time and no duration, so that it is the
same when the notebook runs again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflask.exchanges.messages import build_notes, count_of
from nbflask.widgets.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbflask.exchanges.exchange import Content, Exchange

# The table stands for what only a kernel can show; more rows are more than anybody reads.
MAX_ROWS = 50
# A query can be as long as a novel.
MAX_TARGET_CHARS = 80

_COLUMNS = ("#", "method", "target", "status", "endpoint", "notes")


def build_table(exchanges: Sequence[Exchange], *, empty: str) -> Table:
    """Lay redacted exchanges out, the newest at the end.

    :param empty: The sentence that stands in place of no exchanges.
    """
    left_out = len(exchanges) - MAX_ROWS
    title = f"The newest {MAX_ROWS} of {len(exchanges)} requests." if left_out > 0 else ""
    return Table(
        columns=_COLUMNS,
        rows=tuple(_row(each) for each in exchanges[-MAX_ROWS:]),
        title=title,
        empty=empty,
    )


def _row(exchange: Exchange) -> tuple[str, ...]:
    target = exchange.request.app_target
    if len(target) > MAX_TARGET_CHARS:
        target = f"{target[: MAX_TARGET_CHARS - 1]}…"
    response = exchange.response
    return (
        str(exchange.id),
        exchange.request.method,
        target,
        str(response.status_code) if response else exchange.state.value,
        exchange.route.endpoint if exchange.route else "",
        ", ".join(text for _kind, text in build_notes(exchange)),
    )


def build_summary(exchange: Exchange) -> Table:
    """Say in a few lines what a redacted exchange was."""
    request, response, route = exchange.request, exchange.response, exchange.route
    status = f"{response.status_code} {response.reason}" if response else exchange.state.value
    said = {
        "request": f"{request.method} {request.app_target}",
        "response": status.strip(),
        "content": _say_content(response.content) if response else "",
        "view": f"{route.endpoint}, for {route.rule}" if route else "",
        "templates": ", ".join(each.name or "a string" for each in exchange.templates),
        "error": _say_error(exchange),
        "notes": ", ".join(text for kind, text in build_notes(exchange) if kind in _SAID_NOTES),
        "note": exchange.note,
        "secrets": f"{count_of(exchange.redactions, 'value')} shown as REDACTED"
        if exchange.redactions
        else "",
    }
    return Table(
        columns=(f"#{exchange.id}", ""),
        rows=tuple((name, text) for name, text in said.items() if text),
    )


_SAID_NOTES = (
    "private",
    "answer",
    "streaming",
    "replay",
    "session",
    "flash",
    "logs",
    "truncated",
)


def _say_content(content: Content) -> str:
    return f"{content.size:,} bytes of {content.media_type}" if content.size else "empty"


def _say_error(exchange: Exchange) -> str:
    return next((text for kind, text in build_notes(exchange) if kind == "error"), "")
