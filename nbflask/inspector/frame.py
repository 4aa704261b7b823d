"""Exchanges as a data frame. pandas is imported when one is asked for, and not before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbflask.errors import NbflaskError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas

    from nbflask.exchanges.exchange import Exchange

COLUMNS = (
    *("id", "started_at", "method", "path", "query", "status", "duration_ms", "size"),
    *("media_type", "state", "endpoint", "rule", "error", "source", "replay_of", "note", "tags"),
)


def build_frame(exchanges: Sequence[Exchange]) -> pandas.DataFrame:
    """Give redacted exchanges as rows, their ids as the index.

    :raises NbflaskError: pandas is not installed.
    """
    try:
        import pandas
    except ImportError:
        raise NbflaskError(
            "pandas is not installed, and a data frame is its. "
            "Write `%pip install pandas` in a cell, or take the list as it is."
        ) from None
    frame = pandas.DataFrame([_row(each) for each in exchanges], columns=list(COLUMNS))
    frame["started_at"] = pandas.to_datetime(frame["started_at"], unit="s", utc=True)
    for name in ("status", "replay_of"):
        # What is not known yet is no float.
        frame[name] = frame[name].astype("Int64")
    return frame.set_index("id")


def _row(exchange: Exchange) -> tuple[Any, ...]:
    request, response, route = exchange.request, exchange.response, exchange.route
    return (
        exchange.id,
        exchange.started_at,
        request.method,
        request.path,
        request.query_string,
        response.status_code if response else None,
        exchange.duration_ms,
        response.content.size if response else 0,
        response.content.media_type if response else "",
        exchange.state.value,
        route.endpoint if route else "",
        route.rule if route else "",
        exchange.errors[-1].type if exchange.errors else "",
        exchange.initiator.source.value,
        exchange.replay_of,
        exchange.note,
        exchange.tags,
    )
