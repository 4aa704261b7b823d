"""Where the notes of an app's exchanges go while they are under way.

The recorder owns it; the hooks on the app know only of it.
"""

from __future__ import annotations

import itertools
from contextvars import ContextVar
from functools import partial
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

from nbflask.exchanges.exchange import ErrorKind, State

from .asking import find_asking_cell
from .changes import Change
from .current import KEY, current
from .faults import is_noted, note_fault, settle_faults
from .history import History
from .keepsakes import Keepsakes
from .kept import Kept
from .snapshots import Limits
from .tees import InputTee, is_all_bytes, note_block, tee_output
from .trace import REST, Trace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flask import Flask

    from .bounds import Bounds

#: By which whoever sends an exchange again marks the new one; a client cannot set it.
REPLAY_KEY = "nbflask.replay_of"

replaying: ContextVar[int | None] = ContextVar("nbflask_replaying", default=None)


class Tape:
    """What the hooks on one app need: bounds, where to remember, whom to tell."""

    def __init__(self, app: Flask, bounds: Bounds) -> None:
        self.app = app
        self.bounds = bounds
        self.history = History(bounds)
        self.keepsakes = Keepsakes(bounds)
        self.summary_limits = Limits(
            depth=bounds.summary_depth,
            breadth=bounds.summary_breadth,
            chars=bounds.summary_chars,
            items=bounds.session_items,
        )
        self.session_limits = Limits(
            depth=10, breadth=100, chars=bounds.header_chars, items=bounds.session_items
        )
        self.is_on = False
        self.is_paused = False
        #: Sessions' data to be put in place, by the value of the client's cookie.
        self.replacements: dict[str, dict[str, Any]] = {}
        self.listeners: tuple[Callable[[Change], None], ...] = ()
        #: Sees to it that what was changed on the app since is covered, too.
        self.follow: Callable[[], None] = _nothing
        self.last_id = 0
        self._ids = itertools.count(1)

    def serve(
        self, answer: Callable[..., Iterable[bytes]], environ: Any, start_response: Any
    ) -> Iterable[bytes]:
        """Answer a request, and record it."""
        __traceback_hide__ = True
        outer = environ.get(KEY)
        is_inside = isinstance(outer, Trace) and outer is current.get() and outer.tape is self
        if not self.is_on or self.is_paused or is_inside:
            return answer(environ, start_response)
        trace = self._begin(environ)
        token = current.set(trace)
        try:
            blocks = answer(environ, _starting(trace, start_response))
        except BaseException as error:
            self._note_failure(trace, error)
            raise
        finally:
            current.reset(token)
            if outer is not None:
                environ[KEY] = outer
        return self._note_answer(trace, environ, blocks)

    def note_first_block(self, trace: Trace, now_ns: int) -> None:
        """Note that the response is being read."""
        trace.first_byte_ns = now_ns
        if trace.unread is None:
            trace.state = _RESPONDING

    def note_end(self, trace: Trace, error: BaseException | None) -> None:
        """Note that the app has given all, or failed to."""
        if error is None:
            if trace.first_byte_ns is None:
                trace.first_byte_ns = perf_counter_ns()
            self._finish(trace, _COMPLETE)
        elif isinstance(error, GeneratorExit):
            self._finish(trace, State.ABORTED)
        else:
            if not is_noted(trace, error):
                note_fault(trace, ErrorKind.STREAM, error)
            self._finish(trace, State.FAILED)

    def note_closed(self, trace: Trace, error: BaseException | None, *, was_read: bool) -> None:
        """Note that the server wants no more."""
        if error is not None and not is_noted(trace, error):
            note_fault(trace, ErrorKind.TEARDOWN, error)
        if was_read or trace.state is _UNREAD:
            self._finish(trace, trace.state)
        elif trace.has_all_content():
            self._finish(trace, _COMPLETE)
        else:
            self._finish(trace, State.ABORTED if trace.status else State.FAILED)

    def tell_updated(self, trace: Trace) -> None:
        """Tell the listeners of one exchange."""
        trace.version = object()
        if self.listeners and self.history.get(trace.id) is not None:
            trace.notified_ns = trace.at_ns
            self.tell(Change(updated=(trace.id,)))

    def tell(self, change: Change) -> None:
        """Tell the listeners."""
        for listener in self.listeners:
            listener(change)

    def _begin(self, environ: dict[str, Any]) -> Trace:
        self.last_id = number = next(self._ids)
        trace = Trace(self, number, environ)
        self.follow()
        trace.replay_of = environ.get(REPLAY_KEY) or replaying.get()
        if "werkzeug.socket" not in environ:
            trace.asking = find_asking_cell()
        if environ.get("CONTENT_LENGTH") not in _NO_CONTENT or environ.get("wsgi.input_terminated"):
            trace.received = Kept(self.bounds)
            if (length := environ.get("CONTENT_LENGTH", "")).isdigit():
                trace.received.expect(int(length))
            trace.input = InputTee(environ["wsgi.input"], trace.received)
            environ["wsgi.input"] = trace.input
            if (wanting := environ.get(REST)) is not None:
                wanting.append(partial(self._take_rest, trace))
        environ[KEY] = trace
        evicted = self.history.add(trace)
        if self.listeners:
            self.tell(Change(added=(trace.id,), evicted=evicted))
        trace.overhead_ns += perf_counter_ns() - trace.began_ns
        return trace

    def _note_answer(
        self, trace: Trace, environ: dict[str, Any], blocks: Iterable[bytes]
    ) -> Iterable[bytes]:
        began_ns = perf_counter_ns()
        trace.note_parsed()
        settle_faults(trace)
        given, trace.blocks = trace.blocks, None
        wrapper = environ.get("wsgi.file_wrapper")
        is_file = isinstance(wrapper, type) and type(blocks) is wrapper
        if is_file:
            # The server may send it without reading it, so it must stay what it is.
            trace.sent.size = trace.promised_bytes or 0
            self._finish(trace, State.COMPLETE)
        elif trace.status and self._find_unread(trace, environ, given, blocks):
            trace.keep_unread()
            self._finish(trace, _UNREAD)
        elif trace.status:
            trace.state = _RESPONDING
            self.tell_updated(trace)
        trace.overhead_ns += perf_counter_ns() - began_ns
        return blocks if is_file else tee_output(trace, blocks)

    def _find_unread(self, trace: Trace, environ: dict[str, Any], *given: Any) -> bool:
        """Note a response that is there whole, the app's or else what a middleware made of it."""
        # A server reads all of it, at once.
        if not trace.is_private and "werkzeug.socket" not in environ:
            trace.unread = next(filter(is_all_bytes, given), None)
        return trace.unread is not None

    def _note_failure(self, trace: Trace, error: BaseException) -> None:
        trace.note_parsed()
        trace.blocks = trace.leaving = None
        if isinstance(error, ConnectionError) and "HTTP_UPGRADE" in trace.environ:
            # So flask-sock says that it has used and closed the connection.
            trace.status = trace.status or "101 Switching Protocols"
            self._finish(trace, State.COMPLETE)
            return
        if not is_noted(trace, error):
            note_fault(trace, ErrorKind.UNHANDLED, error)
        # The server answers for the app, with a head of its own.
        trace.status = ""
        self._finish(trace, State.FAILED)

    def _finish(self, trace: Trace, state: State) -> None:
        trace.at_ns = perf_counter_ns()
        if state is trace.state:
            # It is over already: all that was promised was read, and now the end is seen, too.
            trace.version = object()
            return
        trace.state = state
        if trace.input is not None:
            trace.input.end(self.bounds.content_bytes)
            trace.input = None
        trace.sent.settle()
        if trace.received is not None:
            trace.received.settle()
        if state is not _UNREAD:
            trace.unread = None
            trace.fault_causes = ()
        change = self.history.weigh(trace)
        if change is not None and self.listeners:
            self.tell(change)
        self.tell_updated(trace)

    def _take_rest(self, trace: Trace, block: bytes) -> None:
        """Note what our server has read of a content after the app was done."""
        if trace.received is None or trace.received.is_dropped:
            return
        trace.received.take(block)
        trace.received.settle()
        change = self.history.weigh(trace)
        if change is not None and self.listeners:
            self.tell(change)
        self.tell_updated(trace)


_NO_CONTENT = (None, "", "0")
# To find an enumeration's member takes 0.2 us each time.
_RESPONDING, _COMPLETE, _UNREAD = State.RESPONDING, State.COMPLETE, State.UNREAD


def _nothing() -> None:
    """Do nothing."""


def _starting(trace: Trace, start_response: Any) -> Callable[..., Any]:
    """Give ``start_response``, with what is given to it noted."""

    def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
        trace.note_head(status, headers)
        write = start_response(status, headers, *exc_info)

        def note_and_write(block: bytes) -> Any:
            note_block(trace, block)
            return write(block)

        return note_and_write

    return start
