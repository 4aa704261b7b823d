"""An app's sessions where they are kept: in signed cookies, or on the server.

Everything goes through the app's own ``session_interface``, so that what is written here is what
the app would have written, and whatever it reads is read in the same way.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from itsdangerous import BadData, SignatureExpired
from werkzeug.wrappers import Response

from nbflask.errors import SessionError
from nbflask.exchanges.session_cookie import MAX_COOKIE_BYTES
from nbflask.inspector.sessions.values import is_storable, write_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flask import Flask
    from flask.sessions import SessionInterface, SessionMixin
    from flask.testing import FlaskClient

NO_KEY = (
    "The app has no SECRET_KEY, so it has no sessions. "
    "Write `%flask_config --rotate-key`, or set app.secret_key."
)


class Place(StrEnum):
    """Where an app keeps its sessions."""

    COOKIE = "cookie"
    SERVER = "server"
    #: There is no key to sign with.
    NOWHERE = "nowhere"


class Standing(StrEnum):
    """What the app makes of a cookie."""

    VALID = "valid"
    #: The client has none, and so an empty session.
    NONE = "none"
    #: Another key signed it, or somebody changed it.
    BAD_SIGNATURE = "bad signature"
    EXPIRED = "expired"
    #: The server keeps nothing under it.
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A session as the app reads it.

    :param data: Of a cookie that the app does not believe, what it claims.
    """

    standing: Standing
    data: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def believed(self) -> Mapping[str, Any]:
        """The session as views see it: nothing of a cookie that the app does not believe."""
        return self.data if self.standing is Standing.VALID else {}


@dataclass(frozen=True, kw_only=True)
class Edit:
    """What is to become of a session; keys that are not named stay as they are."""

    changed: Mapping[str, Any] = field(default_factory=dict, repr=False)
    removed: frozenset[str] = frozenset()

    def apply(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Give the session as it will be."""
        kept = {key: value for key, value in data.items() if key not in self.removed}
        return {**kept, **self.changed}

    def then(self, later: Edit) -> Edit:
        """Give both as one."""
        kept = {key: value for key, value in self.changed.items() if key not in later.removed}
        removed = (self.removed | later.removed) - later.changed.keys()
        return replace(later, changed={**kept, **later.changed}, removed=removed)


class SessionStore:
    """Reads and writes the sessions of an app."""

    def __init__(self, app: Flask) -> None:
        """Look at what the app has as its interface now, at each call."""
        self._app = app

    @property
    def cookie_name(self) -> str:
        """The name of the cookie."""
        return self._interface.get_cookie_name(self._app)

    @property
    def place(self) -> Place:
        """Where sessions are."""
        get_serializer = getattr(self._interface, "get_signing_serializer", None)
        if get_serializer is None:
            return Place.SERVER
        return Place.COOKIE if get_serializer(self._app) is not None else Place.NOWHERE

    @property
    def backend(self) -> str:
        """The class that keeps them; ``"NullSession"`` where there is no key."""
        if self.place is Place.NOWHERE:
            return "NullSession"
        # Its word on its class, not type()'s: a recorder may stand before it.
        return self._interface.__class__.__name__

    def open(self, cookie: str) -> Opened:
        """Read the session of a cookie, as the app would read it at its next request."""
        if not cookie:
            return Opened(standing=Standing.NONE)
        match self.place:
            case Place.COOKIE:
                return self._open_cookie(cookie)
            case Place.SERVER:
                return self._open_on_server(cookie)
            case Place.NOWHERE:
                return Opened(standing=Standing.UNKNOWN)

    def check(self, data: Mapping[str, Any]) -> None:
        """Make sure that the app could keep this.

        :raises SessionError: A value is of a type that a cookie cannot hold, all are too large for
            one, or there is no key.
        """
        if self.place is Place.NOWHERE:
            raise SessionError(NO_KEY)
        if self.place is not Place.COOKIE:
            return
        for key, value in data.items():
            if not is_storable(value):
                raise SessionError(
                    f"The value of {key!r} is of type {write_value(value).type}, which a session's "
                    "cookie cannot hold. Use text, numbers, lists, dicts, or keep it on the server."
                )
        size = self._measure(data)
        if size > MAX_COOKIE_BYTES:
            raise SessionError(
                f"The session would make a cookie of {size} bytes, and browsers take no more than "
                f"{MAX_COOKIE_BYTES}. Keep less in it, or keep it on the server with Flask-Session."
            )

    def write(self, cookie: str, edit: Edit) -> None:
        """Edit a session on the server.

        :raises SessionError: The server keeps none under this cookie, or cannot write the edited.
        """
        with self._open_context(cookie) as context:
            session = self._interface.open_session(self._app, context.request)
            if session is None or not _is_of(session, cookie):
                raise SessionError(
                    "The server keeps no session under this client's cookie any more. "
                    "It has a new one after its next request."
                )
            self._put(session, edit)
            with self._faults_said():
                self._interface.save_session(self._app, session, self._app.response_class())

    def write_client(self, client: FlaskClient, edit: Edit) -> None:
        """Edit the session of a test client, cookie and all.

        :raises SessionError: As :meth:`check`, or the backend cannot write it.
        """
        if self.place is Place.NOWHERE:
            raise SessionError(NO_KEY)
        with self._faults_said(), client.session_transaction() as session:
            self._put(session, edit)

    def cookie_of(self, client: FlaskClient) -> str:
        """Give the session's cookie that a test client will send; ``""`` for none."""
        interface = self._interface
        # Where the client keeps it: under the host that it asks by default.
        host = (self._app.config["SERVER_NAME"] or "localhost").partition(":")[0]
        cookie = client.get_cookie(
            self.cookie_name,
            domain=interface.get_cookie_domain(self._app) or host,
            path=interface.get_cookie_path(self._app),
        )
        return cookie.value if cookie is not None else ""

    def _put(self, session: SessionMixin, edit: Edit) -> None:
        self.check(edit.apply(session))
        for key in edit.removed:
            session.pop(key, None)
        session.update(edit.changed)
        session.modified = True

    def _open_cookie(self, cookie: str) -> Opened:
        serializer: Any = self._interface.get_signing_serializer(self._app)  # type: ignore[attr-defined]
        max_age_s = int(self._app.permanent_session_lifetime.total_seconds())
        try:
            data = serializer.loads(cookie, max_age=max_age_s)
        except SignatureExpired:
            return Opened(standing=Standing.EXPIRED, data=_read_claim(serializer, cookie))
        except BadData:
            return Opened(standing=Standing.BAD_SIGNATURE, data=_read_claim(serializer, cookie))
        return Opened(standing=Standing.VALID, data=data)

    def _open_on_server(self, cookie: str) -> Opened:
        with self._open_context(cookie) as context:
            session = self._interface.open_session(self._app, context.request)
            if session is None or not _is_of(session, cookie):
                return Opened(standing=Standing.UNKNOWN)
            return Opened(standing=Standing.VALID, data=dict(session))

    def _measure(self, data: Mapping[str, Any]) -> int:
        """Give the bytes of the ``Set-Cookie`` that the app would send."""
        session = self._interface.session_class(dict(data))  # type: ignore[attr-defined]
        session.modified = True
        response: Any = _Unmeasured()
        self._interface.save_session(self._app, session, response)
        return len(response.headers.get("Set-Cookie", "").encode())

    def _open_context(self, cookie: str) -> Any:
        """Make the context of a request with the cookie, as Flask's test client does."""
        return self._app.test_request_context(headers={"Cookie": f"{self.cookie_name}={cookie}"})

    @contextmanager
    def _faults_said(self) -> Iterator[None]:
        try:
            yield
        except SessionError:
            raise
        except Exception as error:
            raise SessionError(
                f"{self.backend} cannot keep the edited session: {type(error).__name__}: {error}. "
                "Give it values that it can."
            ) from error

    @property
    def _interface(self) -> SessionInterface:
        return self._app.session_interface


class _Unmeasured(Response):
    # Werkzeug warns of a long cookie; so do we, in our own words.
    max_cookie_size = 0


def _is_of(session: SessionMixin, cookie: str) -> bool:
    """Whether the server found what the cookie names: for an unknown id it begins a new session."""
    sid = getattr(session, "sid", None)
    return sid is None or cookie == sid or cookie.startswith(f"{sid}.")


def _read_claim(serializer: Any, cookie: str) -> dict[str, Any]:
    """Give what a cookie says that is not to be believed; nothing where it cannot be read."""
    data = None
    with suppress(Exception):
        # The first of the two tells of the signature, which is known to be wrong.
        data = serializer.loads_unsafe(cookie)[1]
    return dict(data) if isinstance(data, dict) else {}
