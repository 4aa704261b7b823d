"""What a page has not been told yet, cut into batches.

Rule 1: an exchange that changed many times since the last batch is told of once, as it then is.

Rule 2: the newest are told of first; what does not fit into a batch waits for the next.

Rule 3: each batch has the number that follows the last one's, so that a page sees what it missed.
"""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# A front end renders what is in a message before it lets the user do anything.
MAX_BATCH_BYTES = 256 * 1024
# Details up to this size come with their row, since a busy kernel could not be asked for them.
MAX_DETAILS_BYTES = 16 * 1024
# Of an app's past only the newest are likely to be opened at once.
MAX_DETAILS = 20

Json = dict[str, Any]


class Backlog:
    """Collects changes in any thread; gives batches to one.

    :param row: Makes the row of an exchange; ``None`` for one that is gone.
    :param details: Makes its details; ``None`` for one whose details are not worth sending yet.
    """

    def __init__(
        self, row: Callable[[int], Json | None], details: Callable[[int], Json | None]
    ) -> None:
        """Begin with nothing to tell."""
        self._row, self._details = row, details
        self._lock = threading.Lock()
        self._changed: set[int] = set()
        self._evicted: set[int] = set()
        self._is_reset = self._is_touched = False
        self._seq = 0

    def __bool__(self) -> bool:
        """Whether there is something to tell."""
        return bool(self._changed or self._evicted or self._is_reset or self._is_touched)

    def add(self, *, changed: Iterable[int] = (), evicted: Iterable[int] = ()) -> None:
        """Note exchanges that are new, or not what they were, or gone."""
        with self._lock:
            self._changed.update(changed)
            self._evicted.update(evicted)
            self._changed -= self._evicted

    def touch(self) -> None:
        """Ask for a batch though no exchange changed: the totals did."""
        self._is_touched = True

    def reset(self, ids: Iterable[int]) -> None:
        """Tell everything anew: the page knows nothing, or not what it should."""
        with self._lock:
            self._is_reset = True
            self._changed = set(ids)
            self._evicted.clear()

    def take(self) -> Json:
        """Give the next batch, which is all that there is to tell or a good part of it."""
        with self._lock:
            changed, self._changed = self._changed, set()
            evicted, self._evicted = self._evicted, set()
            is_reset, self._is_reset = self._is_reset, False
            self._is_touched = False
            self._seq += 1
            seq = self._seq
        rows, details = self._fill(sorted(changed, reverse=True), room=MAX_BATCH_BYTES)
        return {
            "kind": "batch",
            "seq": seq,
            "reset": is_reset,
            "rows": rows[::-1],
            "evicted": sorted(evicted),
            "details": details,
        }

    def _fill(self, newest_first: list[int], *, room: int) -> tuple[list[Json], list[Json]]:
        """Make the rows that fit, and then the details that do; keep the other rows for later."""
        rows: list[Json] = []
        for at, each in enumerate(newest_first):
            row = self._row(each)
            if row is None:
                continue
            room -= _size_of(row)
            if room < 0 and rows:
                self._put_back(newest_first[at:])
                return rows, []
            rows.append(row)
        details: list[Json] = []
        for row in rows[:MAX_DETAILS]:
            found = self._details(row["id"])
            size = MAX_DETAILS_BYTES + 1 if found is None else _size_of(found)
            if found is not None and size <= min(room, MAX_DETAILS_BYTES):
                room -= size
                details.append(found)
        return rows, details

    def _put_back(self, ids: Iterable[int]) -> None:
        with self._lock:
            self._changed |= set(ids) - self._evicted


def _size_of(message: Json) -> int:
    return len(json.dumps(message, ensure_ascii=False).encode("utf-8", "replace"))
