"""What was recorded within a ``with`` block, also outside of notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, overload

from .recorder import Recorder, recorder_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from nbflask.exchanges.exchange import Exchange


class Recording(Sequence["Exchange"]):
    """The exchanges of one stretch of time, as far as they are remembered; the oldest first."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self._after = recorder.last_id
        self._through: int | None = None

    def __repr__(self) -> str:
        """List them, by method, path and status."""
        return f"[{', '.join(map(repr, self))}]"

    def __len__(self) -> int:
        return len(self._exchanges())

    @overload
    def __getitem__(self, position: int) -> Exchange: ...
    @overload
    def __getitem__(self, position: slice) -> Sequence[Exchange]: ...
    def __getitem__(self, position: int | slice) -> Exchange | Sequence[Exchange]:
        """Give the one at a position, or several."""
        return self._exchanges()[position]

    def end(self) -> None:
        """Take no more."""
        self._through = self.recorder.last_id

    def _exchanges(self) -> list[Exchange]:
        last = self.recorder.last_id if self._through is None else self._through
        return [each for each in self.recorder.exchanges() if self._after < each.id <= last]


@contextmanager
def record(app: Flask) -> Iterator[Recording]:
    """Record what an app does within the block; a recorder that is attached already is used.

    ::

        with nbflask.record(app) as seen:
            client.get("/")
        assert seen[0].response.status_code == 200
    """
    known = recorder_of(app)
    recorder = known or Recorder(app)
    recorder.attach()
    recording = Recording(recorder)
    try:
        yield recording
    finally:
        recording.end()
        if known is None:
            recorder.detach()
