"""Where the sessions of an app's clients are looked at, edited and written back.

How an edit reaches its client:

Rule 1: a session on the server is written there, at once.

Rule 2: the notebook's own client gets the cookie that the app makes of the edited session.

Rule 3: a browser holds its cookie itself. The edit waits for its next request, which finds the
edited session open, and whose response then sets the cookie.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from nbflask.errors import SessionError
from nbflask.inspector.sessions.clients import OWN_NUMBER, Clients
from nbflask.inspector.sessions.pending import PendingEdits, newest_id
from nbflask.inspector.sessions.store import NO_KEY, Opened, Place, SessionStore, Standing

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from nbflask.exchanges.sessions import SeenClient
    from nbflask.inspector.sessions.pending import Pending
    from nbflask.inspector.sessions.store import Edit
    from nbflask.recorder import Recorder


class Written(Enum):
    """How an edit has reached its client, or will; it says so in a cell."""

    CLIENT = "Saved. The next request of this notebook's client sends it."
    SERVER = "Saved on the server."
    PENDING = "Saved. The client gets it with its next request."

    def __repr__(self) -> str:
        """Say it."""
        return self.value


@dataclass(frozen=True, kw_only=True)
class Look:
    """One client at one moment.

    :param opened: The session as it was seen last, by an exchange or an edit: no server was asked.
    """

    number: int
    is_own: bool
    is_on_server: bool
    seen: SeenClient
    opened: Opened
    pending: Pending | None

    @property
    def name(self) -> str:
        """The program that the client is."""
        return self.seen.family


@dataclass(frozen=True)
class _Edited:
    """A session as an edit left it, until an exchange after it tells more."""

    after: int
    opened: Opened


class SessionDesk:
    """The sessions of one app. Its methods may be called from any thread.

    :param own_client: Gives the notebook's own test client; ``None`` where there is no notebook.
    """

    def __init__(
        self, recorder: Recorder, own_client: Callable[[], FlaskClient] | None = None
    ) -> None:
        """Begin with no edit; nothing is read yet."""
        self.recorder = recorder
        self.store = SessionStore(recorder.app)
        self.has_own = own_client is not None
        self._clients = Clients(recorder, self.store, own_client)
        self._pending = PendingEdits(recorder, self.store)
        self._edited: dict[int, _Edited] = {}
        self._lock = threading.RLock()

    @property
    def app_name(self) -> str:
        """The app's name in the notebook."""
        return self.recorder.name

    def read(self) -> dict[int, SeenClient]:
        """Read all clients from what is recorded now, by number; the notebook's own first."""
        with self._lock:
            found = self._clients.read()
            self._pending.settle(found)
            return found

    def find(self, number: int) -> SeenClient:
        """Give what is known of a client now.

        :raises SessionError: There is no such client, or none any more.
        """
        found = self.read()
        if number not in found:
            there = ", ".join(map(str, found)) or "none yet"
            raise SessionError(
                f"Client {number} of {self.app_name} is not known. The clients are: {there}."
            )
        return found[number]

    def look(self) -> tuple[Look, ...]:
        """Give each client as it is now."""
        with self._lock:
            place = self.store.place
            return tuple(
                Look(
                    number=number,
                    is_own=self.has_own and number == OWN_NUMBER,
                    is_on_server=place is Place.SERVER,
                    seen=client,
                    opened=self._recall(number, client, place),
                    pending=self._pending.get(number),
                )
                for number, client in self.read().items()
            )

    def pending_of(self, number: int) -> Pending | None:
        """Give the edit that waits for a client."""
        self.read()
        return self._pending.get(number)

    def write(self, number: int, edit: Edit) -> Written:
        """Edit the session of a client.

        :raises SessionError: It could not be kept so. It is unchanged.
        """
        with self._lock:
            client = self.find(number)
            place = self.store.place
            if place is Place.NOWHERE:
                raise SessionError(NO_KEY)
            own = self._clients.own if number == OWN_NUMBER else None
            if own is not None:
                self.store.write_client(own, edit)
            elif place is Place.SERVER:
                self.store.write(client.cookie, edit)
            else:
                self._pending.put(number, client, edit)
                return Written.PENDING
            now = self.find(number)
            self._edited[number] = _Edited(newest_id(now), self.store.open(now.cookie))
            return Written.SERVER if own is None else Written.CLIENT

    def cancel(self, number: int) -> bool:
        """Take back an edit that still waits, and say whether there was one.

        :raises SessionError: There is no such client.
        """
        with self._lock:
            self.find(number)
            return self._pending.cancel(number)

    def _recall(self, number: int, client: SeenClient, place: Place) -> Opened:
        if place is not Place.SERVER:
            return self.store.open(client.cookie)
        edited = self._edited.get(number)
        if edited is not None and edited.after >= newest_id(client):
            return edited.opened
        latest = client.latest
        if not client.cookie or latest is None:
            return Opened(standing=Standing.NONE)
        data = latest.before if latest.after is None else latest.after
        return Opened(standing=Standing.VALID, data=data)
