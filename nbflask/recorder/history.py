"""The exchanges that are remembered: a ring, bounded by their number and their bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from typing import TYPE_CHECKING

from nbflask.errors import RecordError

from .changes import Change

if TYPE_CHECKING:
    from .bounds import Bounds
    from .trace import Trace


class History:
    """Rule 1: when there is too much, contents go before exchanges, and the oldest goes first.

    Rule 2: what is pinned stays.

    Its methods may be called from any thread.
    """

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._lock = threading.Lock()
        self._traces: OrderedDict[int, Trace] = OrderedDict()
        self._pinned: dict[int, Trace] = {}
        #: Whose contents are still there, the oldest first.
        self._with_content: deque[Trace] = deque()
        self.kept_bytes = 0

    def __len__(self) -> int:
        return len(self._traces) + len(self._pinned)

    def all(self) -> list[Trace]:
        """Give what is remembered, the oldest first."""
        with self._lock:
            return sorted([*self._traces.values(), *self._pinned.values()], key=lambda it: it.id)

    def get(self, number: int) -> Trace | None:
        """Give one, or ``None``."""
        return self._traces.get(number) or self._pinned.get(number)

    def add(self, trace: Trace) -> tuple[int, ...]:
        """Remember one more; give the ids of those that are forgotten for it."""
        with self._lock:
            self._traces[trace.id] = trace
            gone: list[int] = []
            # More than one where some are no longer pinned.
            while len(self._traces) > self._bounds.exchanges:
                gone.append(self._forget_oldest())
            return tuple(gone)

    def weigh(self, trace: Trace) -> Change | None:
        """Count the bytes of an exchange that is over, and make room for them.

        :return: What changed of others; ``None`` for nothing.
        """
        with self._lock:
            if self.get(trace.id) is None:
                return None
            weight = trace.weigh()
            self.kept_bytes += weight - trace.weight
            if not trace.weight and weight:
                self._with_content.append(trace)
            trace.weight = weight
            if self.kept_bytes <= self._bounds.total_bytes:
                return None
            return self._make_room()

    def pin(self, number: int, is_pinned: bool) -> None:
        """Keep an exchange for good, or no longer."""
        with self._lock:
            if is_pinned and number in self._traces:
                if len(self._pinned) >= self._bounds.pinned:
                    raise RecordError(
                        f"{len(self._pinned)} exchanges are pinned, and no more can be. "
                        "Unpin one first."
                    )
                self._pinned[number] = self._traces.pop(number)
            elif not is_pinned and number in self._pinned:
                trace = self._traces[number] = self._pinned.pop(number)
                self._with_content.append(trace)
                self._traces = OrderedDict(sorted(self._traces.items()))

    def clear(self) -> tuple[int, ...]:
        """Forget all that is not pinned; give the ids."""
        with self._lock:
            gone = tuple(self._traces)
            self._traces.clear()
            self._with_content.clear()
            self.kept_bytes = sum(trace.weight for trace in self._pinned.values())
        return gone

    def _make_room(self) -> Change:
        lighter: list[int] = []
        while self.kept_bytes > self._bounds.total_bytes and self._with_content:
            trace = self._with_content.popleft()
            if trace.id not in self._traces:
                continue
            trace.drop_contents()
            lighter.append(trace.id)
            self.kept_bytes += (weight := trace.weigh()) - trace.weight
            trace.weight = weight
        gone: list[int] = []
        while self.kept_bytes > self._bounds.total_bytes and len(self._traces) > 1:
            gone.append(self._forget_oldest())
        return Change(updated=tuple(lighter), evicted=tuple(gone))

    def _forget_oldest(self) -> int:
        number, trace = self._traces.popitem(last=False)
        self.kept_bytes -= trace.weight
        while self._with_content and self._with_content[0].id not in self._traces:
            self._with_content.popleft()
        return number
