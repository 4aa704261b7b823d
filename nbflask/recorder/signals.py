"""Flask's signals of one app, noted with the exchange they belong to."""

from __future__ import annotations

from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

from flask import (
    before_render_template,
    got_request_exception,
    message_flashed,
    request,
    request_finished,
    request_started,
    template_rendered,
)
from werkzeug.routing import RequestRedirect

from nbflask.exchanges.exchange import ErrorKind, Stage

from .calls import place_of
from .current import current_trace
from .faults import note_fault
from .privacy import is_private
from .rendering import begin_render, end_render
from .snapshots import snapshot
from .tees import is_all_bytes
from .trace import Place, Routed, Stretch, Unrouted

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from werkzeug.exceptions import HTTPException

    from .tape import Tape
    from .trace import Trace

_ROUTING = Place("routing", None)


class Signals:
    """Connected to one app while it is recorded."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._receivers: list[tuple[Any, Callable[..., None]]] = [
            (request_started, self._on_started),
            (request_finished, self._on_finished),
            (before_render_template, self._on_render),
            (template_rendered, self._on_rendered),
            (message_flashed, self._on_flash),
            (got_request_exception, self._on_exception),
        ]

    def connect(self) -> None:
        """Listen to the app, and to no other."""
        for signal, receiver in self._receivers:
            signal.connect(receiver, sender=self._tape.app, weak=False)

    def disconnect(self) -> None:
        """Listen no more."""
        for signal, receiver in self._receivers:
            # With a sender, Blinker would hold the receiver for ever.
            signal.disconnect(receiver)

    def _trace(self) -> Trace | None:
        trace = current_trace()
        return trace if trace is not None and trace.tape is self._tape else None

    def _on_started(self, sender: Flask, **_: Any) -> None:
        trace = self._trace()
        if trace is None or trace.request is not None:
            return
        asked: Any = request._get_current_object()  # type: ignore[attr-defined]
        trace.request = asked
        if asked.routing_exception is not None:
            _note_unrouted(trace, asked.routing_exception)
        elif asked.url_rule is not None:
            _note_route(trace, sender, asked)
        _note_routing_span(trace)

    def _on_finished(self, sender: Flask, response: Any, **_: Any) -> None:  # noqa: ARG002
        trace = self._trace()
        if trace is None or trace.is_private:
            return
        blocks = response.response
        if is_all_bytes(blocks):
            trace.unread = blocks

    def _on_render(self, sender: Flask, template: Any, context: Any, **_: Any) -> None:  # noqa: ARG002
        trace = self._trace()
        if trace is not None:
            begin_render(trace, template, context)

    def _on_rendered(self, sender: Flask, context: Any, **_: Any) -> None:  # noqa: ARG002
        trace = self._trace()
        if trace is not None:
            end_render(trace, context)

    def _on_flash(self, sender: Flask, message: Any, category: Any, **_: Any) -> None:  # noqa: ARG002
        trace = self._trace()
        if trace is None or trace.is_private:
            return
        if len(trace.flashes) < trace.tape.bounds.logs:
            text = snapshot(message, trace.tape.summary_limits)[0]
            trace.flashes.append((str(category), str(text)))
        else:
            trace.omit("flashes")

    def _on_exception(self, sender: Flask, exception: BaseException, **_: Any) -> None:  # noqa: ARG002
        trace = self._trace()
        if trace is not None:
            note_fault(trace, ErrorKind.UNHANDLED, exception)


def _note_route(trace: Trace, app: Flask, asked: Any) -> None:
    rule = asked.url_rule
    view = app.view_functions.get(rule.endpoint)
    if view is not None and is_private(view):
        trace.is_private = True
        if trace.session is not None:
            trace.session.before = {}
    limits = trace.tape.summary_limits
    given = {} if trace.is_private else asked.view_args
    args = tuple((name, snapshot(value, limits)[0]) for name, value in given.items())
    methods = tuple(sorted(rule.methods or ()))
    trace.route = Routed(rule.rule, rule.endpoint, methods, place_of(view, asked.method), args)


def _note_unrouted(trace: Trace, error: HTTPException) -> None:
    code = 308 if isinstance(error, RequestRedirect) else (error.code or 404)
    allowed = tuple(sorted(getattr(error, "valid_methods", None) or ()))
    trace.no_route = Unrouted(code, allowed)
    if code >= 400:
        note_fault(trace, ErrorKind.ROUTING, error)


def _note_routing_span(trace: Trace) -> None:
    """Routing has no signal of its own: it is what comes after the session was opened."""
    opened = next((it for it in reversed(trace.spans) if it.stage is Stage.SESSION_OPEN), None)
    start_ns = opened.end_ns if opened else trace.began_ns
    trace.add_span(Stretch(Stage.ROUTING, _ROUTING, start_ns, perf_counter_ns()))
