"""The two ends of Flask's dispatching: the URL has been matched, the response is ready.

Flask has signals for both, but Blinker takes 5 us to send one that somebody listens to. These
stand in for methods of the app's and pass on what they get: in Flask's development version they
have a parameter more.
"""

from __future__ import annotations

from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

from flask import request
from werkzeug.routing import RequestRedirect

from nbflask.exchanges.exchange import ErrorKind, Stage

from .calls import place_of
from .current import current_trace
from .faults import note_fault
from .privacy import is_private
from .snapshots import snapshot
from .trace import Unrouted

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.exceptions import HTTPException

    from .tape import Tape
    from .trace import Place, Trace

_STAGE = Stage.ROUTING
_ROUTING: Place = ("routing", None, "")


class PreprocessRequest:
    """``app.preprocess_request``, which is called when the URL has been matched."""

    def __init__(self, tape: Tape, original: Callable[..., Any]) -> None:
        self._tape = tape
        self.original = original

    def __call__(self, *args: Any) -> Any:
        """Note the route, and go on."""
        __traceback_hide__ = True
        trace = current_trace()
        # A view may dispatch once more: the request that the client sent was noted first.
        if trace is not None and trace.tape is self._tape and trace.request is None:
            _note_routing(trace)
        return self.original(*args)


class ProcessResponse:
    """``app.process_response``, which gives the response that is sent."""

    def __init__(self, tape: Tape, original: Callable[..., Any]) -> None:
        self._tape = tape
        self.original = original

    def __call__(self, *args: Any) -> Any:
        """Note what the response gives."""
        __traceback_hide__ = True
        response = self.original(*args)
        trace = current_trace()
        if trace is not None and trace.tape is self._tape:
            trace.blocks = response.response
        return response


def _note_routing(trace: Trace) -> None:
    asked: Any = request._get_current_object()  # type: ignore[attr-defined]
    trace.request = asked
    if asked.routing_exception is not None:
        _note_unrouted(trace, asked.routing_exception)
    elif asked.url_rule is not None:
        _note_route(trace, asked)
    trace.add_span((_STAGE, _ROUTING, trace.opened_ns, perf_counter_ns(), 0, ""))


def _note_route(trace: Trace, asked: Any) -> None:
    rule = asked.url_rule
    view = trace.tape.app.view_functions.get(rule.endpoint)
    if view is not None and is_private(view):
        trace.is_private = True
        if trace.session is not None:
            trace.session.before = {}
    args: tuple[tuple[str, Any], ...] = ()
    if asked.view_args and not trace.is_private:
        limits = trace.tape.summary_limits
        args = tuple((name, snapshot(value, limits)[0]) for name, value in asked.view_args.items())
    place = place_of(view, asked.method)
    trace.route = (rule.rule, rule.endpoint, rule.methods or (), place, args)


def _note_unrouted(trace: Trace, error: HTTPException) -> None:
    code = 308 if isinstance(error, RequestRedirect) else (error.code or 404)
    allowed = tuple(sorted(getattr(error, "valid_methods", None) or ()))
    trace.no_route = Unrouted(code, allowed)
    if code >= 400:
        note_fault(trace, ErrorKind.ROUTING, error)
