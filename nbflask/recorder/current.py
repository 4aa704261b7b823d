"""Which exchange the running code is a part of."""

from __future__ import annotations

import threading
from contextvars import ContextVar
from typing import TYPE_CHECKING

from flask import has_request_context, request

if TYPE_CHECKING:
    from .trace import Trace

#: Where a request's environ has its exchange.
KEY = "nbflask.exchange"

current: ContextVar[Trace | None] = ContextVar("nbflask_exchange", default=None)


def current_trace() -> Trace | None:
    """Give the exchange of this code, also in a thread that has the request's context only.

    A view's own thread has no context variables, not even under ``copy_current_request_context``.
    """
    trace = current.get()
    if trace is None and has_request_context():
        return request.environ.get(KEY)
    return trace


def current_trace_of_output() -> Trace | None:
    """Give the exchange that what is printed or logged here belongs to.

    ``with client:`` keeps a request's context after its end, in the thread that goes on to print.
    """
    trace = current.get()
    if trace is None and has_request_context():
        trace = request.environ.get(KEY)
        if trace is not None and trace.thread_id == threading.get_ident():
            return None
    return trace
