"""What a recorder puts on an app, and takes off again.

Rule 1: it belongs to no cell. A live app enters in its journal what a running cell sets; what is
set here goes past it.

Rule 2: what was there is there again afterwards, the same objects. Where somebody has meanwhile
put something around ours, ours stays in it and does nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .calls import EnsureSync
from .dispatching import PreprocessRequest, ProcessResponse
from .sessions import RecordedSessions
from .signals import Signals
from .taps import taps

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .tape import Tape

#: Where an app has its recorder.
RECORDER = "_nbflask_recorder"
#: Where a live app calls what is around all of its middleware.
_OUTERMOST = "_outermost"


class RecordedWsgiApp:
    """``app.wsgi_app`` of a plain app, recorded."""

    def __init__(self, tape: Tape, original: Any) -> None:
        self._tape = tape
        self.original = original

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Answer a request."""
        __traceback_hide__ = True
        return self._tape.serve(self.original, environ, start_response)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.original, name)


class Attachment:
    """A tape on its app.

    :param recorder: What :func:`.recorder.recorder_of` is to give.
    """

    def __init__(self, tape: Tape, recorder: object) -> None:
        self._tape = tape
        self._recorder = recorder
        self._app = tape.app
        self._signals = Signals(tape)
        tape.follow = self.follow
        self._ours: dict[str, Any] = {}
        self._theirs: dict[str, Any] = {}

    def put_on(self) -> None:
        """Put everything on the app."""
        app, tape = self._app, self._tape
        vars(app)[RECORDER] = self._recorder
        if hasattr(type(app), _OUTERMOST):
            vars(app)[_OUTERMOST] = tape.serve
        else:
            self._cover("wsgi_app", RecordedWsgiApp(tape, app.wsgi_app))
        self._cover("ensure_sync", EnsureSync(tape, app.ensure_sync))
        self._cover("preprocess_request", PreprocessRequest(tape, app.preprocess_request))
        self._cover("process_response", ProcessResponse(tape, app.process_response))
        self.cover_sessions()
        self._signals.connect()
        taps.acquire()
        tape.is_on = True

    def take_off(self) -> None:
        """Take everything off again."""
        self._tape.is_on = False
        taps.release()
        self._signals.disconnect()
        for name in self._ours:
            self._uncover(name)
        self._ours.clear()
        self._theirs.clear()
        for name in (RECORDER, _OUTERMOST):
            vars(self._app).pop(name, None)

    def follow(self) -> None:
        """Cover what was changed since: an extension may have brought its own sessions."""
        if vars(self._app).get("session_interface") is not self._ours.get("session_interface"):
            self.cover_sessions()
        taps.follow_streams()

    def cover_sessions(self) -> None:
        """Put ourselves before the session interface that is in force."""
        names = vars(self._app)
        interface = names.get("session_interface", self._app.session_interface)
        self._cover("session_interface", RecordedSessions(self._tape, interface))

    def _cover(self, name: str, ours: Any) -> None:
        names = vars(self._app)
        self._theirs.pop(name, None)
        if name in names:
            self._theirs[name] = names[name]
        names[name] = self._ours[name] = ours

    def _uncover(self, name: str) -> None:
        names = vars(self._app)
        if names.get(name) is not self._ours[name]:
            return
        if name in self._theirs:
            names[name] = self._theirs[name]
        else:
            del names[name]
