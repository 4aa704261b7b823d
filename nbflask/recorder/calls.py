"""Each callable of the user's that Flask calls, timed: before hooks, the view, error handlers, ...

Flask passes them all through ``app.ensure_sync``, which is documented as overridable and did not
change in the development version, unlike the methods around it.
"""

from __future__ import annotations

import sys
import types
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

from flask.views import MethodView, View
from werkzeug.exceptions import HTTPException

from nbflask.exchanges.exchange import ErrorKind, Stage

from .current import current, current_trace
from .faults import note_fault, note_handling
from .rendering import break_off_renders

if TYPE_CHECKING:
    from collections.abc import Callable

    from .tape import Tape
    from .trace import Place, Trace

_ERROR_HANDLER, _TEARDOWN = Stage.ERROR_HANDLER, Stage.TEARDOWN

#: The method of Flask's that asks, and so what the callable is.
_STAGES = {
    "preprocess_request": Stage.BEFORE,
    "dispatch_request": Stage.VIEW,
    "handle_http_exception": Stage.ERROR_HANDLER,
    "handle_user_exception": Stage.ERROR_HANDLER,
    "handle_exception": Stage.ERROR_HANDLER,
    "update_template_context": Stage.CONTEXT_PROCESSOR,
    "process_response": Stage.AFTER,
    "do_teardown_request": Stage.TEARDOWN,
    "do_teardown_appcontext": Stage.TEARDOWN,
}


class EnsureSync:
    """``app.ensure_sync``, whose callables are timed while a request is recorded."""

    def __init__(self, tape: Tape, original: Callable[..., Any]) -> None:
        self._tape = tape
        self.original = original

    def __call__(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Give the callable that Flask is to call."""
        call: Callable[..., Any] = self.original(func)
        trace = current_trace()
        if trace is None or trace.tape is not self._tape:
            return call
        # A callable that a decorator of the user's calls is a part of what the decorator is of.
        stage = _STAGES.get(sys._getframe(1).f_code.co_name) or trace.stage
        return _timed(trace, stage, func, call)


def place_of(func: Any, method: str = "") -> Place:
    """Name a callable and its code, below what :func:`functools.wraps` has put around it.

    :param method: Of the request, which tells what answers of a view that is a class.
    """
    if type(func) is types.FunctionType and not func.__dict__:
        # Neither wraps another nor stands for a class: so are most.
        return func.__qualname__, func.__code__, func.__module__ or ""
    view_class = getattr(func, "view_class", None)
    if isinstance(view_class, type) and issubclass(view_class, View):
        return _place_in(view_class, method)
    while (inner := getattr(func, "__wrapped__", None)) is not None:
        func = inner
    func = getattr(func, "__func__", func)
    name = getattr(func, "__qualname__", None) or type(func).__qualname__
    return name, getattr(func, "__code__", None), getattr(func, "__module__", None) or ""


def _place_in(view_class: type[View], method: str) -> Place:
    """Name what of a class answers, which ``as_view()`` has hidden behind a function of Flask's."""
    names = [method.lower(), "get"] if method == "HEAD" else [method.lower()]
    known = names if issubclass(view_class, MethodView) else []
    name = next((each for each in known if hasattr(view_class, each)), "dispatch_request")
    code = place_of(getattr(view_class, name))[1]
    return f"{view_class.__qualname__}.{name}", code, view_class.__module__


def _timed(
    trace: Trace, stage: Stage, func: Callable[..., Any], call: Callable[..., Any]
) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        __traceback_hide__ = True
        if current.get() is not trace and current_trace() is not trace:
            # Somebody has kept it for another request.
            return call(*args, **kwargs)
        place = place_of(func, trace.environ.get("REQUEST_METHOD", ""))
        if stage is _ERROR_HANDLER and args:
            note_handling(trace, args[0], place[0])
        depth, outer = trace.depth, trace.stage
        trace.depth, trace.stage = depth + 1, stage
        error = ""
        start_ns = perf_counter_ns()
        try:
            return call(*args, **kwargs)
        except BaseException as raised:
            error = type(raised).__name__
            _note_leaving(trace, stage, raised, depth)
            raise
        finally:
            end_ns = perf_counter_ns()
            trace.depth, trace.stage = depth, outer
            trace.add_span((stage, place, start_ns, end_ns, depth, error))

    return run


def _note_leaving(trace: Trace, stage: Stage, error: BaseException, depth: int) -> None:
    """Note an exception that leaves a callable, as far as nobody else will tell of it."""
    break_off_renders(trace, error)
    if depth:
        return
    if stage is _TEARDOWN:
        note_fault(trace, ErrorKind.TEARDOWN, error)
    elif isinstance(error, HTTPException) and (error.code or 0) >= 400:
        # Where no handler is called, the exception itself is the answer.
        note_fault(trace, ErrorKind.HANDLED, error)
    else:
        trace.leaving = error
