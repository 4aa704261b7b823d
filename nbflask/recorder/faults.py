"""The exceptions of an exchange: noted when they pass, without frames: those hold memory."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException

from nbflask.exchanges.exchange import ErrorKind

if TYPE_CHECKING:
    from types import CodeType

    from .trace import Trace


class Fault:
    """One exception, without its frames.

    :param told: What :mod:`traceback` keeps to write it, lines not read yet; ``None`` for one of
        HTTP's, of which there may be many: their frames alone are noted.
    """

    __slots__ = ("code", "frames", "handled_by", "kind", "message", "told", "type")

    def __init__(self, kind: ErrorKind, error: BaseException, *, max_frames: int) -> None:
        self.kind = kind
        self.type = type(error)
        self.handled_by = ""
        self.told: traceback.TracebackException | None = None
        self.frames: list[tuple[CodeType, int]] = []
        self.message = ""
        self.code = error.code if isinstance(error, HTTPException) else None
        self._read(error, max_frames)

    def _read(self, error: BaseException, max_frames: int) -> None:
        if isinstance(error, HTTPException):
            self.message = str(error.description or "")
            self.frames = _list_frames(error, max_frames)
            return
        self.told = traceback.TracebackException.from_exception(
            error, lookup_lines=False, limit=-max_frames
        )
        self.message = str(self.told)


def _list_frames(error: BaseException, most: int) -> list[tuple[CodeType, int]]:
    found = []
    tb = error.__traceback__
    while tb is not None:
        found.append((tb.tb_frame.f_code, tb.tb_lineno))
        tb = tb.tb_next
    return found[-most:]


def note_fault(trace: Trace, kind: ErrorKind, error: BaseException, handled_by: str = "") -> None:
    """Note what became of an exception; the same one again says it better."""
    bounds = trace.tape.bounds
    for position, known in enumerate(trace.fault_causes):
        if known is error:
            # A later look has more frames: those between where it was seen first and Flask.
            fault = Fault(kind, error, max_frames=bounds.frames)
            fault.handled_by = handled_by or trace.faults[position].handled_by
            if trace.faults[position].kind is ErrorKind.ROUTING:
                fault.kind = ErrorKind.ROUTING
            trace.faults[position] = fault  # type: ignore[index]
            break
    else:
        if len(trace.faults) >= bounds.errors:
            trace.omit("errors")
            return
        fault = Fault(kind, error, max_frames=bounds.frames)
        fault.handled_by = handled_by
        trace.append("faults", fault)
        trace.append("fault_causes", error)
    if not isinstance(error, HTTPException):
        trace.tape.keepsakes.keep_error(trace.id, error)


def note_handling(trace: Trace, error: Any, handler: str) -> None:
    """Note that an error handler was called.

    The handler of 500 gets an exception of Flask's own, made for one that nobody handled.
    """
    original = getattr(error, "original_exception", None) or error
    for fault, known in zip(trace.faults, trace.fault_causes, strict=False):
        if known is original and fault.kind is ErrorKind.UNHANDLED:
            fault.handled_by = handler
            return
    if isinstance(original, BaseException):
        note_fault(trace, ErrorKind.HANDLED, original, handler)


def settle_faults(trace: Trace) -> None:
    """Say what became of exceptions, now that the app has answered.

    Flask-RESTX answers in a way of its own: for an exception that it has a handler for without a
    word, and for one of HTTP's as if nobody had handled it.
    """
    for fault, known in zip(trace.faults, trace.fault_causes, strict=False):
        is_http = isinstance(known, HTTPException) and fault.kind is ErrorKind.UNHANDLED
        if is_http and trace.status.partition(" ")[0] == str(getattr(known, "code", "")):
            fault.kind = ErrorKind.HANDLED
    leaving, trace.leaving = trace.leaving, None
    if leaving is not None and trace.status and not is_noted(trace, leaving):
        note_fault(trace, ErrorKind.HANDLED, leaving)


def is_noted(trace: Trace, error: BaseException) -> bool:
    """Whether an exception is among those of the exchange."""
    return any(known is error for known in trace.fault_causes)
