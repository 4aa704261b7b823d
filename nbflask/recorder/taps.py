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
from .trace import Logged

if TYPE_CHECKING:
    from collections.abc import Callable

    from .trace import Trace

_is_logging: ContextVar[bool] = ContextVar("nbflask_logging", default=False)

#: It shows a view's traceback in the notebook; the exchange has the exception itself.
_SHOWS_ERRORS = "nbflask.server.output"


class Taps:
    """Installed while something records."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._undo: list[Callable[[], None]] = []
        self._stdout: Any = None
        self._stderr: Any = None

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
                self._stdout = self._stderr = None
                while self._undo:
                    self._undo.pop()()

    def follow_streams(self) -> None:
        """Tap the streams that are in place now: tests and cells put others there for a while."""
        if sys.stdout is self._stdout and sys.stderr is self._stderr:
            return
        with self._lock:
            if not self._users:
                return
            self._stdout, self._stderr = sys.stdout, sys.stderr
            for name, stream in (("stdout", self._stdout), ("stderr", self._stderr)):
                undo = _tap_stream(name, stream)
                if undo is not None:
                    self._undo.append(undo)


class _TappedWrite:
    """A stream's method ``write``, as an attribute of the stream.

    It holds the stream weakly: the stream holds it.
    """

    def __init__(self, name: str, stream: Any, covered: Any) -> None:
        self._name = name
        self._stream = weakref.ref(stream)
        self._write = type(stream).write
        self.covered = covered

    def __call__(self, text: Any, *args: Any) -> Any:
        stream = self._stream()
        covered = self.covered
        written = self._write(stream, text, *args) if covered is None else covered(text, *args)
        trace = current_trace_of_output()
        if trace is not None and text and type(text) is str and not _is_logging.get():
            _note_output(trace, self._name, text)
        return written


def _note_output(trace: Trace, stream: str, text: str) -> None:
    if trace.is_private or sys._getframe(2).f_globals.get("__name__") == _SHOWS_ERRORS:
        return
    if trace.output is None:
        trace.output = Printed(trace.tape.bounds)
    trace.output.add(stream, text)
    trace.touch()


def _tap_stream(name: str, stream: Any) -> Callable[[], None] | None:
    """Cover a stream's method; ``None`` where the stream does not let itself be changed."""
    attributes = getattr(stream, "__dict__", None)
    if attributes is None or isinstance(attributes.get("write"), _TappedWrite):
        return None
    covered = attributes.get("write")
    try:
        tapped = stream.write = _TappedWrite(name, stream, covered)
    except (AttributeError, TypeError):
        return None
    kept = weakref.ref(stream)

    def undo() -> None:
        here = kept()
        if here is None or vars(here).get("write") is not tapped:
            return
        if covered is None:
            del here.write
        else:
            here.write = covered

    return undo


def _tap_logging() -> Callable[[], None]:
    original = logging.Logger.callHandlers

    def call_handlers(self: logging.Logger, record: logging.LogRecord) -> None:
        trace = current_trace_of_output()
        if trace is None or _is_logging.get():
            original(self, record)
            return
        _note_record(trace, record)
        token = _is_logging.set(True)
        try:
            original(self, record)
        finally:
            _is_logging.reset(token)

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
    trace.logs.append(
        Logged(
            perf_counter_ns(),
            record.levelname,
            record.name,
            message[: bounds.log_chars],
            record.pathname,
            record.lineno,
            exception,
        )
    )
    trace.touch()


# What they cover belongs to the process, and so do they.
taps = Taps()
