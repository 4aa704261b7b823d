"""Lists of recorded exchanges: shown as tables, and made into data frames and HAR files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, overload

from nbflask.exchanges.har import format_har
from nbflask.inspector.frame import build_frame
from nbflask.inspector.listing import build_table
from nbflask.inspector.recorded import RecordedExchange, warn_of_secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pandas

    from nbflask.widgets.table import Table

EMPTY = "No requests are recorded. Send one with `%flask_get /`, or open a page of the app."


class RecordedExchanges(Sequence[RecordedExchange]):
    """Recorded exchanges, the oldest first, shown as a table."""

    def __init__(self, found: Iterable[RecordedExchange], *, empty: str = EMPTY) -> None:
        """Keep them in their order.

        :param empty: The sentence that stands in place of none.
        """
        self._all, self._empty = tuple(found), empty

    @overload
    def __getitem__(self, index: int) -> RecordedExchange: ...
    @overload
    def __getitem__(self, index: slice) -> RecordedExchanges: ...
    def __getitem__(self, index: int | slice) -> RecordedExchange | RecordedExchanges:
        """Give those at positions, as of any list."""
        if isinstance(index, slice):
            return RecordedExchanges(self._all[index], empty=self._empty)
        return self._all[index]

    def __len__(self) -> int:
        """Give their number."""
        return len(self._all)

    def to_frame(self) -> pandas.DataFrame:
        """Give them as a data frame with a row each, redacted.

        :raises NbflaskError: pandas is not installed.
        """
        return build_frame([each.redacted for each in self._all])

    def to_har(self, path: str | Path, *, redact: bool = True) -> Path:
        """Write them into a HAR file, and give its path."""
        if not redact:
            warn_of_secrets()
        text = format_har([each.redacted if redact else each.exchange for each in self])
        path = Path(path).expanduser()
        path.write_text(text, encoding="utf-8")
        return path

    def _table(self) -> Table:
        return build_table([each.redacted for each in self._all], empty=self._empty)

    def __repr__(self) -> str:
        """Lay them out as a table."""
        return repr(self._table())

    def _repr_html_(self) -> str:
        return self._table()._repr_html_()


class Captured(Sequence[RecordedExchange]):
    """What was recorded since a moment; it grows until its block ends."""

    def __init__(self, read: Callable[[], RecordedExchanges]) -> None:
        """Begin now.

        :param read: Gives what has been recorded by now.
        """
        self._read = read
        self._final: RecordedExchanges | None = None

    def end(self) -> None:
        """Grow no more."""
        self._final = self._now()

    def _now(self) -> RecordedExchanges:
        if self._final is not None:
            return self._final
        return self._read()

    @overload
    def __getitem__(self, index: int) -> RecordedExchange: ...
    @overload
    def __getitem__(self, index: slice) -> RecordedExchanges: ...
    def __getitem__(self, index: int | slice) -> RecordedExchange | RecordedExchanges:
        """Give those at positions, as of any list."""
        return self._now()[index]

    def __len__(self) -> int:
        """Give their number, now."""
        return len(self._now())

    def __repr__(self) -> str:
        """Lay them out as a table."""
        return repr(self._now())

    def _repr_html_(self) -> str:
        return self._now()._repr_html_()
