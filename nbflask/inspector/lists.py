"""Lists of recorded exchanges: shown as tables, and made into data frames and HAR files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, overload

from nbflask.exchanges.filters import parse_filter
from nbflask.exchanges.har import format_har
from nbflask.inspector.frame import build_frame
from nbflask.inspector.listing import build_table
from nbflask.inspector.matching import are_left
from nbflask.inspector.recorded import RecordedExchange, warn_of_secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

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
        found = self._found()
        if isinstance(index, slice):
            return RecordedExchanges(found[index], empty=self._empty)
        return found[index]

    def __len__(self) -> int:
        """Give their number."""
        return len(self._found())

    def __iter__(self) -> Iterator[RecordedExchange]:
        """Give each of those that are there now."""
        return iter(self._found())

    def _found(self) -> tuple[RecordedExchange, ...]:
        return self._all

    def where(self, filter: str) -> RecordedExchanges:  # noqa: A002 - as a magic's line has it.
        """Give what a filter leaves of them, as ``seen.where("status:5xx dur:>50ms")``.

        :raises FilterError: The filter cannot be read.
        """
        parsed = parse_filter(filter)
        kept = are_left(parsed, [each.redacted for each in self])
        said = (f"No request here matches the filter {filter!r}.", *parsed.hints)
        empty = " ".join(said) if len(self) else self._empty
        return RecordedExchanges(
            (each for each, is_kept in zip(self, kept, strict=True) if is_kept), empty=empty
        )

    def to_frame(self) -> pandas.DataFrame:
        """Give them as a data frame with a row each, redacted.

        :raises NbflaskError: pandas is not installed.
        """
        return build_frame([each.redacted for each in self])

    def to_har(self, path: str | Path, *, redact: bool = True) -> Path:
        """Write them into a HAR file, and give its path."""
        if not redact:
            warn_of_secrets()
        text = format_har([each.redacted if redact else each.exchange for each in self])
        path = Path(path).expanduser()
        path.write_text(text, encoding="utf-8")
        return path

    def _table(self) -> Table:
        return build_table([each.redacted for each in self], empty=self._empty)

    def __repr__(self) -> str:
        """Lay them out as a table."""
        return repr(self._table())

    def _repr_html_(self) -> str:
        return self._table()._repr_html_()


class Captured(RecordedExchanges):
    """What was recorded since a moment; it grows until its block ends."""

    def __init__(self, read: Callable[[], Iterable[RecordedExchange]]) -> None:
        """Begin now.

        :param read: Gives what has been recorded by now.
        """
        super().__init__(())
        self._read: Callable[[], Iterable[RecordedExchange]] | None = read

    def end(self) -> None:
        """Grow no more."""
        self._all, self._read = self._found(), None

    def _found(self) -> tuple[RecordedExchange, ...]:
        return self._all if self._read is None else tuple(self._read())
