"""A bound on how long a template may take.

An exception is raised in the rendering thread by another one, at its next Python instruction. A
trace function would need no thread, but slows every line, gives way to debuggers, and has been
seen to spin for ever in a process that also switches greenlets (Python 3.11).
"""

from __future__ import annotations

import contextlib
import ctypes
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .sentences import Stopped

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def deadline(timeout_s: float) -> Iterator[None]:
    """End the Python code of this block after a time, by :class:`.sentences.Stopped`."""
    alarm = _Alarm()
    timer = threading.Timer(timeout_s, alarm.ring)
    timer.daemon = True
    timer.start()
    try:
        try:
            yield
        finally:
            timer.cancel()
            alarm.settle()
    except Stopped as stopped:
        raise Stopped(
            f"Rendering took more than {timeout_s:g} s and was ended. Look for a loop that is "
            "too long, or for a value that is slow to come."
        ).with_traceback(stopped.__traceback__) from None


class _Alarm:
    """Raises :class:`.sentences.Stopped` in the thread that made it, until it is settled."""

    def __init__(self) -> None:
        self._thread_id = threading.get_ident()
        self._lock = threading.Lock()
        self._is_settled = self._is_rung = False

    def ring(self) -> None:
        """Raise it, unless the block has ended."""
        with self._lock:
            if not self._is_settled:
                self._is_rung = True
                self._raise(Stopped)

    def settle(self) -> None:
        """Take back what has not been raised yet, in its own thread."""
        while not self._is_settled:
            # It may be raised in here, too; then nothing is left to take back.
            with contextlib.suppress(Stopped), self._lock:
                self._is_settled = True
        if self._is_rung:
            with contextlib.suppress(Stopped):
                self._raise(None)

    def _raise(self, kind: type[BaseException] | None) -> None:
        argument = ctypes.py_object(kind) if kind is not None else None
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._thread_id), argument)
