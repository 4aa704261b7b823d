"""An app's session interface, seen from outside: what was opened, and what was saved.

``flask.session`` is never touched: to look at it marks it as accessed, and the response would get
a field ``Vary: Cookie`` that it had not without us.
"""

from __future__ import annotations

from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

from nbflask.exchanges.exchange import Stage

from .current import current_trace
from .snapshots import snapshot

if TYPE_CHECKING:
    from .tape import Tape
    from .trace import Place, Trace

_SESSION_OPEN, _SESSION_SAVE = Stage.SESSION_OPEN, Stage.SESSION_SAVE
_OPEN: Place = ("open_session", None, "")
_SAVE: Place = ("save_session", None, "")


class SessionNotes:
    """The session of one exchange."""

    __slots__ = (
        "after", "backend", "before", "cookie_name", "is_accessed", "is_modified",  "is_new"
    )  # fmt: skip

    def __init__(self, backend: str, cookie_name: str, before: dict[str, Any]) -> None:
        self.backend = backend
        self.cookie_name = cookie_name
        self.before = before
        self.after: dict[str, Any] | None = None
        self.is_new = self.is_accessed = self.is_modified = False


class RecordedSessions:
    """Stands in for an app's session interface, and passes everything on to it.

    The usual one is shared by all apps, as an attribute of Flask's class, and is left alone.
    """

    def __init__(self, tape: Tape, interface: Any) -> None:
        self.__dict__.update(_tape=tape, _interface=interface)

    @property
    def __class__(self) -> type:
        """Pass for what it stands in for: extensions ask with ``isinstance``."""
        return type(self._interface)

    @__class__.setter
    def __class__(self, value: type) -> None:
        raise TypeError("The class of a session interface cannot be changed.")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_interface"], name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._interface, name, value)

    def __delattr__(self, name: str) -> None:
        delattr(self._interface, name)

    def __repr__(self) -> str:
        return repr(self._interface)

    def is_null_session(self, obj: object) -> Any:
        # As __getattr__ would pass it on, in a third of the time: each request asks.
        return self._interface.is_null_session(obj)

    def open_session(self, app: Any, request: Any) -> Any:
        start_ns = perf_counter_ns()
        session = self._interface.open_session(app, request)
        end_ns = perf_counter_ns()
        if session is not None and self._tape.replacements:
            self._replace(app, request, session)
        trace = current_trace()
        if trace is not None and trace.session is None and trace.tape is self._tape:
            trace.opened_ns = end_ns
            trace.add_span((_SESSION_OPEN, _OPEN, start_ns, end_ns, 0, ""))
            if session is not None:
                self._note_opened(trace, app, session)
            trace.overhead_ns += perf_counter_ns() - end_ns
        return session

    def save_session(self, app: Any, session: Any, response: Any) -> Any:
        trace = current_trace()
        notes = trace.session if trace is not None and trace.tape is self._tape else None
        if trace is None or notes is None or notes.after is not None:
            return self._interface.save_session(app, session, response)
        self._note_saving(trace, notes, session)
        start_ns = perf_counter_ns()
        try:
            return self._interface.save_session(app, session, response)
        finally:
            trace.add_span((_SESSION_SAVE, _SAVE, start_ns, perf_counter_ns(), 0, ""))

    def _note_opened(self, trace: Trace, app: Any, session: Any) -> None:
        before = {} if trace.is_private else self._copy(session)
        name = app.config.get("SESSION_COOKIE_NAME", "session")
        trace.session = SessionNotes(type(self._interface).__name__, name, before)

    def _note_saving(self, trace: Trace, notes: SessionNotes, session: Any) -> None:
        start_ns = perf_counter_ns()
        # Before the copy is made: a class of the user's may note that it was read.
        accessed, modified = getattr(session, "accessed", False), getattr(session, "modified", True)
        notes.is_accessed, notes.is_modified = bool(accessed), bool(modified)
        notes.is_new = bool(getattr(session, "new", False))
        is_touched = notes.is_accessed or notes.is_modified
        notes.after = self._copy(session) if is_touched and not trace.is_private else notes.before
        trace.overhead_ns += perf_counter_ns() - start_ns

    def _copy(self, session: Any) -> dict[str, Any]:
        if not isinstance(session, dict):
            # One of the user's making, which may fetch what it is asked for.
            return {}
        # dict's own copy asks none of the methods by which a session notes that it is read.
        if not dict.__len__(session):
            return {}
        copied, _ = snapshot(dict.copy(session), self._tape.session_limits)
        return copied if isinstance(copied, dict) else {}

    def _replace(self, app: Any, request: Any, session: Any) -> None:
        name = app.config.get("SESSION_COOKIE_NAME", "session")
        data = self._tape.replacements.pop(request.cookies.get(name), None)
        if data is None:
            return
        session.clear()
        session.update(data)
        # So that the response carries it, and says that it depends on the cookie.
        session.modified = session.accessed = True
