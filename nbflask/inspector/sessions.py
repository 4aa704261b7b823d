"""The sessions of an app's clients: looked at, edited, written back.

How an edit reaches its client:

Rule 1: a session on the server is written there, at once.

Rule 2: the notebook's own client gets the cookie that the app makes of the edited session.

Rule 3: a browser holds its cookie itself. The edit waits for its next request, which finds the
edited session open, and whose response then sets the cookie.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

from nbflask.errors import SessionError
from nbflask.inspector.session_clients import OWN_NAME, OWN_NUMBER, Clients
from nbflask.inspector.session_store import NO_KEY, Edit, Opened, Place, SessionStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from flask import Flask
    from flask.testing import FlaskClient

    from nbflask.exchanges.sessions import SeenClient, Step
    from nbflask.recorder import Recorder


class Written(Enum):
    """How an edit has reached its client, or will."""

    #: It is in the client's cookie jar.
    CLIENT = "client"
    SERVER = "server"
    #: It waits for the client's next request.
    PENDING = "pending"


@dataclass(frozen=True, kw_only=True)
class Pending:
    """An edit that waits for its client.

    :param cookie: Which the client is expected to send.
    :param after: The id of the newest exchange of the client when the edit was made.
    """

    edit: Edit
    cookie: str
    after: int


class ClientSession:
    """The session of one client. Each look at it reads it anew."""

    def __init__(self, sessions: Sessions, number: int) -> None:
        """Belong to the sessions of an app; nothing is read yet."""
        self._sessions, self.number = sessions, number

    @property
    def is_own(self) -> bool:
        """Whether it is the one that ``%flask_get`` and its family use."""
        return self._sessions.has_own and self.number == OWN_NUMBER

    @property
    def name(self) -> str:
        """The program that the client is."""
        return OWN_NAME if self.is_own else self.seen.family

    @property
    def seen(self) -> SeenClient:
        """What the recorded exchanges tell of the client."""
        return self._sessions.look(self.number)

    @property
    def history(self) -> tuple[Step, ...]:
        """What each recorded exchange did to the session, the oldest first."""
        return self.seen.steps

    @property
    def opened(self) -> Opened:
        """The session as the app reads it from the client's cookie."""
        return self._sessions.store.open(self.seen.cookie)

    @property
    def data(self) -> dict[str, Any]:
        """The session's values. To change one, use :meth:`set` or :meth:`edit`."""
        return dict(self.opened.data)

    @property
    def pending(self) -> Pending | None:
        """The edit that waits for the client's next request."""
        return self._sessions.pending_of(self.number)

    def set(self, key: str, value: Any) -> Written:
        """Set one key; see :meth:`edit`."""
        return self.edit({key: value})

    def remove(self, *keys: str) -> Written:
        """Remove keys; those that are not there are passed over."""
        return self.edit(remove=keys)

    def edit(
        self, changes: Mapping[str, Any] | None = None, *, remove: Iterable[str] = ()
    ) -> Written:
        """Change the session and give it back to the client, signed by the app.

        :param changes: New values; keys that are not named stay.
        :returns: Whether the client has it, or only gets it with its next request.
        :raises SessionError: The session could not be kept so. It is unchanged.
        """
        edit = Edit(changed=dict(changes or {}), removed=frozenset(remove))
        return self._sessions.write(self.number, edit)

    def cancel(self) -> bool:
        """Take back an edit that still waits, and say whether there was one."""
        return self._sessions.cancel(self.number)

    def __repr__(self) -> str:
        """Name the client and its keys, and no value."""
        return f"<ClientSession {self.number}: {self.name}, keys {sorted(self.data)}>"


class Sessions:
    """The sessions of all clients of an app that were seen.

    What works on one session works here on the chosen client's.

    :param own_client: Gives the notebook's own test client; ``None`` where there is no notebook.
    :param number: The client that is chosen; 0 for the first that there is.
    """

    def __init__(
        self,
        app: Flask,
        recorder: Recorder,
        *,
        name: str = "app",
        own_client: Callable[[], FlaskClient] | None = None,
        number: int = 0,
    ) -> None:
        """Look at an app; nothing is read yet."""
        self.app, self.recorder, self.name, self.number = app, recorder, name, number
        self.store = SessionStore(app)
        self._clients = Clients(recorder, self.store, own_client)
        self._pending: dict[int, Pending] = {}
        # Widgets look from a thread of their own.
        self._lock = threading.RLock()

    @property
    def has_own(self) -> bool:
        """Whether the first client is the notebook's."""
        return self._clients.own is not None

    @property
    def clients(self) -> tuple[ClientSession, ...]:
        """Each client, the notebook's own first."""
        return tuple(ClientSession(self, number) for number in self.read())

    @property
    def chosen(self) -> ClientSession:
        """The client that was chosen.

        :raises SessionError: No client was seen yet, or not that one.
        """
        numbers = list(self.read())
        if not numbers:
            raise SessionError(
                f"No client of {self.name} has a session yet. Send a request that sets one."
            )
        return self[self.number or numbers[0]]

    @property
    def data(self) -> dict[str, Any]:
        """The values of the chosen client's session."""
        return self.chosen.data

    def set(self, key: str, value: Any) -> Written:
        """Set one key of the chosen client's session; see :meth:`ClientSession.edit`."""
        return self.chosen.set(key, value)

    def edit(
        self, changes: Mapping[str, Any] | None = None, *, remove: Iterable[str] = ()
    ) -> Written:
        """Change the chosen client's session; see :meth:`ClientSession.edit`."""
        return self.chosen.edit(changes, remove=remove)

    def __getitem__(self, number: int) -> ClientSession:
        """Give the client of a number.

        :raises SessionError: There is none.
        """
        self.look(number)
        return ClientSession(self, number)

    def __len__(self) -> int:
        """Give the number of clients."""
        return len(self.read())

    def __iter__(self) -> Iterator[ClientSession]:
        """Give each client."""
        return iter(self.clients)

    def look(self, number: int) -> SeenClient:
        """Give what is known of a client now.

        :raises SessionError: There is no such client, or none any more.
        """
        found = self.read()
        if number not in found:
            there = ", ".join(map(str, found)) or "none yet"
            raise SessionError(
                f"Client {number} of {self.name} is not known. The clients are: {there}."
            )
        return found[number]

    def read(self) -> dict[int, SeenClient]:
        """Read all clients from what is recorded now, by number."""
        with self._lock:
            found = self._clients.read()
            self._settle(found)
            return found

    def pending_of(self, number: int) -> Pending | None:
        """Give the edit that waits for a client."""
        self.read()
        return self._pending.get(number)

    def write(self, number: int, edit: Edit) -> Written:
        """Edit the session of a client.

        :raises SessionError: It could not be kept so. It is unchanged.
        """
        with self._lock:
            client = self.look(number)
            if self.store.place is Place.NOWHERE:
                raise SessionError(NO_KEY)
            own = self._clients.own
            if own is not None and number == OWN_NUMBER:
                self.store.write_client(own, edit)
                return Written.CLIENT
            if self.store.place is Place.SERVER:
                self.store.write(client.cookie, edit)
                return Written.SERVER
            self._await(number, client, edit)
            return Written.PENDING

    def cancel(self, number: int) -> bool:
        """Take back an edit that still waits, and say whether there was one."""
        with self._lock:
            self.read()
            pending = self._pending.pop(number, None)
            if pending is not None:
                self.recorder.replace_session(pending.cookie, None)
            return pending is not None

    def _await(self, number: int, client: SeenClient, edit: Edit) -> None:
        former = self._pending.get(number)
        whole = former.edit.then(edit) if former is not None else edit
        if not client.cookie:
            raise SessionError(
                f"Client {number} has no session's cookie now, so nothing tells its next request "
                "from another's. Edit the session that it then has."
            )
        edited = whole.apply(self.store.open(client.cookie).data)
        self.store.check(edited)
        after = client.steps[-1].exchange_id if client.steps else 0
        self.recorder.replace_session(client.cookie, edited)
        self._pending[number] = Pending(edit=whole, cookie=client.cookie, after=after)

    def _settle(self, found: Mapping[int, SeenClient]) -> None:
        """Forget the edits that their clients have got; let the others follow their client."""
        for number, pending in list(self._pending.items()):
            client = found.get(number)
            if client is None or _has_got(client, pending):
                del self._pending[number]
            elif client.cookie != pending.cookie and client.cookie:
                # A request that was under way has set a new cookie since.
                self.recorder.replace_session(pending.cookie, None)
                edited = pending.edit.apply(self.store.open(client.cookie).data)
                self.recorder.replace_session(client.cookie, edited)
                self._pending[number] = replace(pending, cookie=client.cookie)


def _has_got(client: SeenClient, pending: Pending) -> bool:
    """Whether a request with the awaited cookie was answered since."""
    return any(
        step.exchange_id > pending.after
        and step.sent == pending.cookie
        and step.status_code is not None
        for step in client.steps
    )
