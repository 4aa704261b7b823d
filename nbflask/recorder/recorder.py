"""A recorder: on one app, it notes each exchange and remembers the newest.

Rule 1: it never changes what it observes. The bytes on the wire are the same with it and without.

Rule 2: while a request is under way, values are noted as they are; whoever asks for an exchange
pays for writing it out.
"""

from __future__ import annotations

import os
import threading
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

from nbflask.errors import RecordError
from nbflask.exchanges.redaction import Secrets, read_jupyter_tokens, redact

from .attaching import RECORDER, Attachment
from .bounds import Bounds
from .building import build_exchange
from .calls import place_of
from .changes import Change
from .http import build_environ
from .tape import Tape, replaying

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from flask import Flask

    from nbflask.exchanges.exchange import Exchange

    from .trace import Trace


class Recorder:
    """Records the exchanges of one app, in whatever thread they are.

    :param app: Flask's or the notebook's; it is recorded from :meth:`attach` on.
    :param name: The app's, as exchanges bear it.
    """

    def __init__(self, app: Flask, *, name: str = "app", bounds: Bounds | None = None) -> None:
        self.app = app
        self.name = name
        # One that is drawn for each exchange would cost 2 us a request.
        self._base = uuid.uuid4().int
        self._lock = threading.Lock()
        self._tape = Tape(app, bounds or Bounds())
        self._attachment = Attachment(self._tape, self)
        self._history = self._tape.history

    def __repr__(self) -> str:
        """Name the app, and count."""
        state = "recording" if self.is_recording else "not recording"
        return f"<Recorder of {self.name}: {len(self._history)} exchanges, {state}>"

    def __enter__(self) -> Self:
        self.attach()
        return self

    def __exit__(self, *_: object) -> None:
        self.detach()

    def attach(self) -> None:
        """Record the app from now on.

        :raises RecordError: Another recorder does already.
        """
        with self._lock:
            other = recorder_of(self.app)
            if other is self:
                return
            if other is not None:
                raise RecordError(
                    f"The app {self.app.name!r} is recorded already. Use recorder_of(app)."
                )
            self._attachment.put_on()

    def detach(self) -> None:
        """Leave the app as it was; what was recorded stays."""
        with self._lock:
            if self._tape.is_on:
                self._attachment.take_off()

    @property
    def is_recording(self) -> bool:
        """Whether the next request is recorded."""
        return self._tape.is_on and not self._tape.is_paused

    def pause(self) -> None:
        """Record nothing until :meth:`resume`; exchanges under way are finished."""
        self._tape.is_paused = True

    def resume(self) -> None:
        """Record again."""
        self._tape.is_paused = False

    def exchanges(self) -> tuple[Exchange, ...]:
        """Give what is remembered, with its secrets, the oldest first."""
        return tuple(self._build(trace) for trace in self._history.all())

    def exchange(self, number: int) -> Exchange:
        """Give one exchange.

        :raises RecordError: It is not there, or no longer.
        """
        return self._build(self._find(number))

    @property
    def secrets(self) -> Secrets:
        """What of the app's configuration, and of Jupyter, must not be shown, as it is now."""
        return Secrets.of_config(self.app.config, read_jupyter_tokens(os.environ))

    def redacted(self, exchange: Exchange) -> Exchange:
        """Give an exchange as it may be shown."""
        return redact(exchange, self.secrets)

    @property
    def last_id(self) -> int:
        """The number of the newest exchange that has begun; 0 before the first."""
        return self._tape.last_id

    @property
    def bounds(self) -> Bounds:
        """How much is kept."""
        return self._tape.bounds

    @property
    def kept_bytes(self) -> int:
        """How much of contents and output is kept."""
        return self._history.kept_bytes

    def pin(self, number: int, is_pinned: bool = True) -> None:
        """Keep an exchange, however many come after it.

        :raises RecordError: It is not there, or too many are pinned.
        """
        trace = self._find(number)
        self._history.pin(number, is_pinned)
        trace.is_pinned = is_pinned
        self._tape.tell_updated(trace)

    def annotate(
        self, number: int, *, note: str | None = None, tags: Iterable[str] | None = None
    ) -> None:
        """Write a note or tags on an exchange; ``None`` leaves them.

        :raises RecordError: It is not there.
        """
        trace = self._find(number)
        if note is not None:
            trace.note = note
        if tags is not None:
            trace.tags = tuple(tags)
        self._tape.tell_updated(trace)

    def clear(self) -> None:
        """Forget all that is not pinned."""
        gone = self._history.clear()
        self._tape.keepsakes.clear()
        if gone:
            self._tape.tell(Change(evicted=gone))

    def subscribe(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Tell of changes, in the threads of requests; so it must return at once.

        :return: Ends it.
        """
        with self._lock:
            self._tape.listeners = (*self._tape.listeners, listener)

        def unsubscribe() -> None:
            with self._lock:
                self._tape.listeners = tuple(
                    it for it in self._tape.listeners if it is not listener
                )

        return unsubscribe

    def last_context(self, template_name: str) -> Mapping[str, Any] | None:
        """Give the live objects that a template was last rendered with."""
        return self._tape.keepsakes.context_of(template_name)

    def error_of(self, number: int) -> BaseException | None:
        """Give the exception of the exchange that failed last, with its frames."""
        return self._tape.keepsakes.error_of(number)

    def globals_of(self, number: int) -> Any:
        """Give ``flask.g`` as the exchange that failed last has left it; ``None`` for others."""
        return self._tape.keepsakes.globals_of(number)

    def has_other_view(self, number: int) -> bool:
        """Whether a request of an exchange's endpoint would be answered by other code by now."""
        trace = self._find(number)
        if trace.route is None:
            return False
        _, endpoint, _, (_, code, _), _ = trace.route
        view = self.app.view_functions.get(endpoint)
        return view is None or place_of(view, trace.environ.get("REQUEST_METHOD", ""))[1] != code

    def environ_of(self, number: int) -> dict[str, Any] | None:
        """Give an environ like the one of an exchange, to push a request's context again.

        :return: ``None`` if it is not there. Its content is what was kept of the old one's.
        """
        trace = self._history.get(number)
        return None if trace is None else build_environ(trace)

    @contextmanager
    def replaying(self, number: int) -> Iterator[None]:
        """Mark the exchanges that begin within, in this context, as replays of one."""
        token = replaying.set(number)
        try:
            yield
        finally:
            replaying.reset(token)

    def replace_session(self, cookie_value: str, data: Mapping[str, Any]) -> None:
        """Give a client's session other data, when it asks next.

        Its response then carries them, signed or saved by the app's own session interface.

        :param cookie_value: Of the session's cookie, as the client will send it.
        :param data: All of the session; what is not in it is gone.
        """
        self._tape.replacements[cookie_value] = dict(data)

    def keep_session(self, cookie_value: str) -> None:
        """Take back what :meth:`replace_session` said, if that client has not asked since."""
        self._tape.replacements.pop(cookie_value, None)

    def _build(self, trace: Trace) -> Exchange:
        return build_exchange(trace, app_name=self.name, uuid_of=self._uuid_of)

    def _uuid_of(self, number: int) -> str:
        return str(uuid.UUID(int=(self._base + number) % 2**128))

    def _find(self, number: int) -> Trace:
        trace = self._history.get(number)
        if trace is None:
            raise RecordError(self._missing(number))
        return trace

    def _missing(self, number: int) -> str:
        there = [trace.id for trace in self._history.all()]
        if not there:
            return f"Exchange {number} is not recorded: no exchange is. Send the app a request."
        return (
            f"Exchange {number} is not recorded, or no longer: there are {len(there)}, "
            f"from {there[0]} to {there[-1]}."
        )


def recorder_of(app: Flask) -> Recorder | None:
    """Give the recorder that is attached to an app."""
    recorder: Recorder | None = vars(app).get(RECORDER)
    return recorder
