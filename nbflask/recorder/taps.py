"""What is printed and logged, noted where it belongs to an exchange. Process-wide, and counted.

Rule 1: nothing that others look at changes. ``sys.stdout`` stays the object that it is: its method
``write`` is covered, as the kernel's own streams allow. No handler is put on a logger: with one on
the root, Flask would not install its own, ``basicConfig`` would do nothing, and warnings that no
handler takes would no longer be shown. ``callHandlers`` is where each record passes that its
logger lets through.

Rule 2: a record that a handler prints is the log's, not output.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
import weakref
from contextvars import ContextVar
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

from .current import current_trace_of_output
from .printed import Printed

if TYPE_CHECKING:
    from collections.abc import Callable

    from .trace import RawLogged, Trace

#: Whether what is written here is noted already.
_is_noted: ContextVar[bool] = ContextVar("nbflask_output_is_noted", default=False)

#: Streams to be put back; of more, the oldest put themselves back when they are written to.
_MAX_UNDO = 100
#: A stream can be tapped twice: by us, by IPython's tee above it, and by us again.
_is_writing: ContextVar[bool] = ContextVar("nbflask_writing", default=False)

#: It shows a view's traceback in the notebook; the exchange has the exception itself.
_SHOWS_ERRORS = "nbflask.server.output"


class Taps:
    """Installed while something records."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._undo: list[Callable[[], None]] = []
        self._undo_streams: dict[tuple[int, bool], Callable[[], None]] = {}

    def acquire(self) -> None:
        """Count a user more; the first installs them."""
        with self._lock:
            self._users += 1
            if self._users == 1:
                self._undo.append(_tap_logging())
        self.follow_streams()

    def release(self) -> None:
        """Count a user less; the last removes them."""
        with self._lock:
            self._users -= 1
            if not self._users:
                while self._undo_streams:
                    self._undo_streams.popitem()[1]()
                while self._undo:
                    self._undo.pop()()

    def follow_streams(self) -> None:
        """Tap the streams that are in place now: tests and cells put others there for a while.

        IPython itself covers ``write`` while a cell runs, and afterwards puts back what was there.
        """
        out, err = sys.stdout, sys.stderr
        if type(getattr(out, "write", None)) is type(getattr(err, "write", None)) is _TappedWrite:
            return
        for name, stream in (("stdout", out), ("stderr", err)):
            if not isinstance(getattr(stream, "write", None), _TappedWrite):
                with self._lock:
                    if self._users:
                        _tap_stream(name, stream, self._undo)

    @property
    def is_used(self) -> bool:
        """Whether something records."""
        return self._users > 0


class _TappedWrite:
    """A stream's method ``write``, as an attribute of the stream.

    It holds the stream weakly: the stream holds it.
    """

    def __init__(self, name: str, stream: Any, covered: Any) -> None:
        self._name = name
        self._stream = weakref.ref(stream)
        self._write = type(stream).write
        self._covered = covered

    def __call__(self, text: Any, *args: Any) -> Any:
        if not taps.is_used:
            # Whoever covered us has put us back since.
            self.remove()
        trace = None if _is_noted.get() else current_trace_of_output()
        if trace is None:
            return self._pass_on(text, *args)
        # What we cover may have covered another of us.
        token = _is_noted.set(True)
        try:
            written = self._pass_on(text, *args)
        finally:
            _is_noted.reset(token)
        if text and type(text) is str:
            _note_output(trace, self._name, text)
        return written

    def remove(self) -> None:
        """Put back what is covered, unless somebody covers us."""
        stream = self._stream()
        if stream is None or vars(stream).get("write") is not self:
            return
        if self._covered is None:
            del stream.write
        else:
            stream.write = self._covered

    def _pass_on(self, text: Any, *args: Any) -> Any:
        if self._covered is not None:
            return self._covered(text, *args)
        return self._write(self._stream(), text, *args)


def _note_output(trace: Trace, stream: str, text: str) -> None:
    if trace.is_private or sys._getframe(2).f_globals.get("__name__") == _SHOWS_ERRORS:
        return
    if trace.output is None:
        trace.output = Printed(trace.tape.bounds)
    trace.output.add(stream, text)
    trace.touch()


def _tap_stream(name: str, stream: Any, undo: list[Callable[[], None]]) -> None:
    """Cover a stream's method, where the stream lets itself be changed."""
    attributes = getattr(stream, "__dict__", None)
    if attributes is None:
        return
    tapped = _TappedWrite(name, stream, attributes.get("write"))
    try:
        stream.write = tapped
    except (AttributeError, TypeError):
        return
    # Each cell may add one.
    if len(undo) > _MAX_UNDO:
        del undo[1]
    undo.append(tapped.remove)


def _tap_logging() -> Callable[[], None]:
    original = logging.Logger.callHandlers

    def call_handlers(self: logging.Logger, record: logging.LogRecord) -> None:
        trace = current_trace_of_output()
        if trace is None or _is_noted.get():
            original(self, record)
            return
        _note_record(trace, record)
        token = _is_noted.set(True)
        try:
            original(self, record)
        finally:
            _is_noted.reset(token)

    logging.Logger.callHandlers = call_handlers  # type: ignore[method-assign]

    def undo() -> None:
        # Somebody who patched after us keeps our function in theirs; with no exchange it does
        # nothing.
        if logging.Logger.callHandlers is call_handlers:
            logging.Logger.callHandlers = original  # type: ignore[method-assign]

    return undo


def _note_record(trace: Trace, record: logging.LogRecord) -> None:
    if trace.is_private:
        return
    bounds = trace.tape.bounds
    if len(trace.logs) >= bounds.logs:
        trace.omit("logs")
        return
    try:
        message = record.getMessage()
    except Exception as error:  # noqa: BLE001  # logging itself reports it
        message = f"{record.msg!s} ({type(error).__name__} in its arguments)"
    exception = None
    if record.exc_info and record.exc_info[1] is not None:
        exception = traceback.TracebackException.from_exception(
            record.exc_info[1], lookup_lines=False, limit=-bounds.frames
        )
    noted: RawLogged = (
        perf_counter_ns(),
        record.levelname,
        record.name,
        message[: bounds.log_chars],
        record.pathname,
        record.lineno,
        exception,
    )
    trace.append("logs", noted)
    trace.touch()


# What they cover belongs to the process, and so do they.
taps = Taps()
