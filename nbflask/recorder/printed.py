"""What an exchange printed, in its order, its beginning and its end."""

from __future__ import annotations

import threading
from collections import deque
from time import perf_counter_ns
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .bounds import Bounds

#: ``print`` writes a line in two pieces, a progress bar in thousands.
_MAX_PIECE_CHARS = 1024


class Piece:
    """What was written to one stream at once, or nearly so."""

    __slots__ = ("at_ns", "stream", "text")

    def __init__(self, at_ns: int, stream: str, text: str) -> None:
        self.at_ns = at_ns
        self.stream = stream
        self.text = text

    def takes(self, stream: str, *, is_crowded: bool) -> bool:
        """Whether what comes next on a stream goes on with this piece."""
        if self.stream != stream or len(self.text) >= _MAX_PIECE_CHARS:
            return False
        return is_crowded or not self.text.endswith("\n")


class Printed:
    """The pieces; the middle of a long output is left out."""

    #: From so many on, a piece is not ended by a line's end.
    _CROWD = 100

    def __init__(self, bounds: Bounds) -> None:
        self._lock = threading.Lock()
        self._head_chars = bounds.output_head_chars
        self._tail_chars = bounds.output_tail_chars
        self._head: list[Piece] = []
        self._tail: deque[Piece] = deque()
        self._in_head = self._in_tail = 0
        self.omitted_chars = 0

    def __len__(self) -> int:
        return self._in_head + self._in_tail

    def add(self, stream: str, text: str) -> None:
        """Note a text."""
        with self._lock:
            room = self._head_chars - self._in_head
            if room > 0:
                self._append(self._head, stream, text[:room])
                self._in_head += min(len(text), room)
                text = text[room:]
            if text:
                self._add_to_tail(stream, text)

    def pieces(self) -> list[Piece]:
        """Give them in their order."""
        with self._lock:
            return [*self._head, *self._tail]

    def _add_to_tail(self, stream: str, text: str) -> None:
        self.omitted_chars += max(0, len(text) - self._tail_chars)
        text = text[-self._tail_chars :]
        self._append(self._tail, stream, text)
        self._in_tail += len(text)
        while self._in_tail > self._tail_chars:
            first = self._tail[0]
            cut = min(len(first.text), self._in_tail - self._tail_chars)
            first.text = first.text[cut:]
            self._in_tail -= cut
            self.omitted_chars += cut
            if not first.text:
                self._tail.popleft()

    def _append(self, pieces: list[Piece] | deque[Piece], stream: str, text: str) -> None:
        if pieces and pieces[-1].takes(stream, is_crowded=len(pieces) > self._CROWD):
            pieces[-1].text += text
        else:
            pieces.append(Piece(perf_counter_ns(), stream, text))
