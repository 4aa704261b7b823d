"""Flask's signals of one app, noted with the exchange they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import (
    before_render_template,
    got_request_exception,
    message_flashed,
    template_rendered,
)

from nbflask.exchanges.exchange import ErrorKind

from .current import current_trace
from .faults import note_fault
from .rendering import begin_render, end_render
from .snapshots import snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from .tape import Tape
    from .trace import Trace


class Signals:
    """Connected to one app while it is recorded."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._receivers: list[tuple[Any, Callable[..., None]]] = [
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
            trace.append("flashes", (str(category), str(text)))
        else:
            trace.omit("flashes")

    def _on_exception(self, sender: Flask, exception: BaseException, **_: Any) -> None:  # noqa: ARG002
        trace = self._trace()
        if trace is not None:
            note_fault(trace, ErrorKind.UNHANDLED, exception)
