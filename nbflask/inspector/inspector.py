"""The inspector in Python: what an app's recorder has recorded, to be read, searched and shown."""

from __future__ import annotations

import contextlib
from bisect import bisect_left
from typing import TYPE_CHECKING, Any, overload

from nbflask.exchanges.filters import parse_filter
from nbflask.inspector.listing import build_table
from nbflask.inspector.lists import EMPTY, Captured, RecordedExchanges
from nbflask.inspector.matching import select
from nbflask.inspector.recorded import RecordedExchange
from nbflask.recorder import Recording, recorder_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    import pandas

    from nbflask.exchanges.exchange import Exchange
    from nbflask.inspector.replaying.replay import Replayer
    from nbflask.recorder import Recorder
    from nbflask.widgets.table import Table


class Inspector:
    """The exchanges of one app: ``insp[-1]`` is the newest, ``insp[41]`` the one of that id.

    Positive numbers are ids, in slices too: ``insp[40:]`` begins with the exchange 40, and
    ``insp[-3:]`` are the newest three. At the end of a cell it shows itself.

    :param filter: What the widget's list is reduced to at first.
    :param show: Shows it as a widget, as a MIME bundle; ``None`` where there are no widgets.
    """

    def __init__(
        self,
        recorder: Recorder,
        replayer: Replayer,
        *,
        filter: str = "",  # noqa: A002 - what it is called in the widget and on the magic's line.
        height_px: int = 0,
        show: Callable[[Inspector], Any] | None = None,
    ) -> None:
        """Look at what a recorder records.

        :raises FilterError: The filter cannot be read.
        """
        parse_filter(filter)
        self.recorder, self.replayer = recorder, replayer
        self.filter, self.height_px = filter, height_px
        self._show = show

    @overload
    def __getitem__(self, index: int) -> RecordedExchange: ...
    @overload
    def __getitem__(self, index: slice) -> RecordedExchanges: ...
    def __getitem__(self, index: int | slice) -> RecordedExchange | RecordedExchanges:
        """Give an exchange by its id, or by its place from the end.

        :raises RecordError: There is none.
        """
        if isinstance(index, slice):
            exchanges = self.recorder.exchanges()
            ids = [each.id for each in exchanges]
            bounds = slice(_place(index.start, ids), _place(index.stop, ids), index.step)
            return self._wrap_all(exchanges[bounds])
        if index < 0:
            exchanges = self.recorder.exchanges()
            if -index > len(exchanges):
                # An IndexError of the tuple's would not say what there is.
                return self._wrap(self.recorder.exchange(index))
            return self._wrap(exchanges[index])
        return self._wrap(self.recorder.exchange(index))

    def __len__(self) -> int:
        """Give the number of exchanges."""
        return len(self.recorder.exchanges())

    def __bool__(self) -> bool:
        """Be true, also without exchanges."""
        return True

    def __iter__(self) -> Iterator[RecordedExchange]:
        """Give each, the oldest first."""
        return iter(self._wrap_all(self.recorder.exchanges()))

    @property
    def latest(self) -> RecordedExchange | None:
        """The newest; ``None`` for none."""
        exchanges = self.recorder.exchanges()
        return self._wrap(exchanges[-1]) if exchanges else None

    @property
    def is_recording(self) -> bool:
        """Whether requests are being recorded."""
        return self.recorder.is_recording

    def where(self, filter: str) -> RecordedExchanges:  # noqa: A002 - as above.
        """Give what a filter leaves, as ``insp.where("status:5xx dur:>50ms")``.

        :raises FilterError: The filter cannot be read.
        """
        return self._wrap_all(select(self.recorder, filter), empty=self._say_nothing_of(filter))

    def _say_nothing_of(self, filter: str) -> str:  # noqa: A002 - as above.
        """Say why a filter leaves nothing."""
        if not filter or not len(self):
            return EMPTY
        said = (f"No recorded request matches the filter {filter!r}.", *parse_filter(filter).hints)
        return " ".join(said)

    def to_frame(self) -> pandas.DataFrame:
        """Give all as a data frame, redacted.

        :raises NbflaskError: pandas is not installed.
        """
        return self[:].to_frame()

    df = to_frame

    def to_har(self, path: str | Path, *, redact: bool = True) -> Path:
        """Write all into a HAR file, and give its path."""
        return self[:].to_har(path, redact=redact)

    def pause(self) -> None:
        """Record nothing until :meth:`resume`."""
        self.recorder.pause()

    def resume(self) -> None:
        """Record again."""
        self.recorder.resume()

    def clear(self) -> None:
        """Forget all that is not pinned."""
        self.recorder.clear()

    @contextlib.contextmanager
    def capture(self) -> Iterator[Captured]:
        """Give what is recorded within a ``with`` block, as a list that grows.

        The app is recorded for as long as the block lasts, also where it was not before.
        """
        was_attached = recorder_of(self.recorder.app) is not None
        self.recorder.attach()
        recording = Recording(self.recorder)
        captured = Captured(lambda: self._wrap_all(recording))
        try:
            yield captured
        finally:
            recording.end()
            captured.end()
            if not was_attached:
                self.recorder.detach()

    def table(self) -> Table:
        """Give the newest as a table, as a notebook's file keeps it."""
        found = select(self.recorder, self.filter)
        rows = [self.recorder.redacted(each) for each in found]
        return build_table(rows, empty=self._say_nothing_of(self.filter))

    def __repr__(self) -> str:
        """Lay the newest out as a table."""
        return repr(self.table())

    def _repr_mimebundle_(self, **_: Any) -> Any:
        if self._show is not None:
            return self._show(self)
        table = self.table()
        return {"text/plain": repr(table), "text/html": table._repr_html_()}

    def _wrap(self, exchange: Exchange) -> RecordedExchange:
        return RecordedExchange(self.recorder, exchange, self.replayer)

    def _wrap_all(self, found: Iterable[Exchange], *, empty: str = EMPTY) -> RecordedExchanges:
        return RecordedExchanges((self._wrap(each) for each in found), empty=empty)


def _place(bound: int | None, ids: Sequence[int]) -> int | None:
    """Give the position of a slice's bound: negative ones are positions, others are ids."""
    return bound if bound is None or bound < 0 else bisect_left(ids, bound)
