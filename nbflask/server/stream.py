"""The blocks of a response, taken from the application one by one, until its client is gone.

A generator that waits for its next event learns nothing of a client that left,
and keeps its thread until that event comes. No engine that we measured does
better, since a thread that waits for a lock cannot be told to stop. Here it is
told: the waiting generator gets a :class:`StreamCancelled`, which it sees as the
:class:`GeneratorExit` of any generator that is closed.

Rule 1: only a thread that waits for the application's next block is told, never
one that computes a view or writes a response.

Rule 2: nothing of it outlives the exchange: the thread serves others afterwards.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_END = object()


class StreamCancelled(GeneratorExit):
    """The client is gone, or the server stops: close what you hold, give nothing more."""


class Stream:
    """What an application gives, with a word on how long it keeps its thread waiting."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread_id = 0
        self._since: float | None = None
        self._is_cancelled = False

    def iterate(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Give the blocks.

        :raises StreamCancelled: :meth:`cancel` was called while the application was waiting.
        """
        self._thread_id = threading.get_ident()
        iterator = iter(blocks)
        while (block := self._next(iterator)) is not _END:
            yield block  # type: ignore[misc]

    def waited_s(self) -> float:
        """Give the seconds since the application was asked for its next block; 0 if it was not."""
        since = self._since
        return 0.0 if since is None else time.monotonic() - since

    def cancel(self) -> None:
        """End the wait for the next block; from another thread."""
        with self._lock:
            if self._since is None or self._is_cancelled:
                return
            self._is_cancelled = True
            _raise_in_thread(self._thread_id, StreamCancelled)
            _end_wait(self._thread_id)

    def settle(self) -> None:
        """Take back what the thread has not seen yet; in that thread, when it leaves the stream."""
        while self._is_cancelled:
            with contextlib.suppress(StreamCancelled):
                _raise_in_thread(self._thread_id, None)
                return

    def _next(self, iterator: Iterator[bytes]) -> object:
        with self._lock:
            self._since = time.monotonic()
        try:
            return next(iterator, _END)
        finally:
            with self._lock:
                self._since = None
            if self._is_cancelled:
                self.settle()
                raise StreamCancelled


def _raise_in_thread(thread_id: int, kind: type[BaseException] | None) -> None:
    """Have the exception raised at the thread's next instruction; ``None`` takes it back."""
    argument = ctypes.py_object(kind) if kind is not None else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread_id), argument)


def _end_wait(thread_id: int) -> None:
    """Wake a thread that waits in an event, a condition or a queue, to its next instruction.

    All of them wait for a lock that is made for this one wait; ``notify`` releases it, too.
    """
    frame = sys._current_frames().get(thread_id)
    if frame is None or frame.f_code is not threading.Condition.wait.__code__:
        return
    waiter = frame.f_locals.get("waiter")
    if waiter is not None:
        with contextlib.suppress(RuntimeError):
            waiter.release()
