"""Which recorded exchanges a filter leaves.

Filters look at redacted exchanges only: one that could find a secret would tell it, letter by
letter.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from nbflask.exchanges.filters import Setting, build_facts, parse_filter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nbflask.exchanges.exchange import Exchange
    from nbflask.exchanges.filters import Filter
    from nbflask.recorder import Recorder

# An exchange is slow when it took longer than this part of all.
SLOW_PART = 0.95


def select(recorder: Recorder, text: str) -> tuple[Exchange, ...]:
    """Give the exchanges that a filter leaves, raw, the oldest first.

    :raises FilterError: The filter cannot be read.
    """
    return Selection(recorder, parse_filter(text)).exchanges()


def are_left(parsed: Filter, redacted: Sequence[Exchange]) -> list[bool]:
    """Say of each of some exchanges whether a filter leaves it."""
    setting = setting_of(redacted, time.time())
    return [
        parsed.matches(build_facts(each, heavy=parsed.needs_heavy), setting) for each in redacted
    ]


def read_facts(recorder: Recorder) -> list[dict[str, Any]]:
    """Give what filters look at of every exchange's row."""
    return [build_facts(recorder.redacted(each), heavy=False) for each in recorder.exchanges()]


class Matching:
    """What a page's filter leaves, kept up to date for as long as the page needs it."""

    def __init__(self, recorder: Recorder) -> None:
        """Begin without a filter."""
        self._recorder = recorder
        self._text = ""
        self._selection: Selection | None = None

    def use(self, text: str) -> None:
        """Take a filter in the place of the one before; one without a text is none.

        :raises FilterError: The filter cannot be read. The one before stays.
        """
        parsed = parse_filter(text)
        self._text = text
        self._selection = Selection(self._recorder, parsed) if text.strip() else None

    def ids(self) -> list[int]:
        """Give the ids of what the filter leaves, the oldest first."""
        if self._selection is None:
            return [each.id for each in self._recorder.exchanges()]
        return [each.id for each in self._selection.exchanges()]

    def message(self) -> dict[str, Any] | None:
        """Give what a batch says of the filter; ``None`` without one that looks into contents."""
        if self._selection is None or not self._selection.filter.needs_heavy:
            return None
        return {"text": self._text, "ids": self.ids()}


class Selection:
    """A filter, and what it said of each exchange that has not changed since."""

    def __init__(
        self, recorder: Recorder, parsed: Filter, now: Callable[[], float] = time.time
    ) -> None:
        self._recorder, self.filter, self._now = recorder, parsed, now
        # An exchange that changes is another object.
        self._known: dict[int, tuple[Exchange, bool]] = {}

    def exchanges(self) -> tuple[Exchange, ...]:
        exchanges = self._recorder.exchanges()
        setting = setting_of(exchanges, self._now())
        known = {} if self.filter.needs_setting else self._known
        self._known = {}
        for each in exchanges:
            found = known.get(each.id)
            if found is None or found[0] is not each:
                found = (each, self._matches(each, setting))
            self._known[each.id] = found
        return tuple(each for each, is_left in self._known.values() if is_left)

    def _matches(self, exchange: Exchange, setting: Setting) -> bool:
        redacted = self._recorder.redacted(exchange)
        facts = build_facts(redacted, heavy=self.filter.needs_heavy)
        return self.filter.matches(facts, setting)


def setting_of(exchanges: Sequence[Exchange], now: float) -> Setting:
    """Give what a filter asks for that is in no single exchange.

    :param now: Seconds since 1970.
    """
    cells = [each.initiator.cell_number or 0 for each in exchanges]
    return Setting(now=now, slow_ms=slow_ms_of(exchanges), cell=max(cells, default=0) or None)


def slow_ms_of(exchanges: Sequence[Exchange]) -> float | None:
    """Give the milliseconds that only one in twenty took longer than; ``None`` below twenty."""
    durations = sorted(each.duration_ms for each in exchanges if each.duration_ms is not None)
    return durations[int(SLOW_PART * len(durations))] if len(durations) >= 20 else None
