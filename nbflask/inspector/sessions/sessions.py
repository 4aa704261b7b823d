"""The sessions of an app's clients, in Python: to be read, edited and shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbflask.errors import SessionError
from nbflask.inspector.sessions.store import Edit
from nbflask.inspector.sessions.view import build_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from nbflask.exchanges.sessions import SeenClient, Step
    from nbflask.inspector.sessions.desk import SessionDesk, Written
    from nbflask.inspector.sessions.pending import Pending
    from nbflask.inspector.sessions.store import Opened


class ClientSession:
    """The session of one client. Each look at it reads it anew."""

    def __init__(self, desk: SessionDesk, number: int) -> None:
        """Name a client; nothing is read yet."""
        self._desk, self.number = desk, number

    @property
    def name(self) -> str:
        """The program that the client is."""
        return self.seen.family

    @property
    def seen(self) -> SeenClient:
        """What the recorded exchanges tell of the client."""
        return self._desk.find(self.number)

    @property
    def history(self) -> tuple[Step, ...]:
        """What each recorded exchange did to the session, the oldest first."""
        return self.seen.steps

    @property
    def opened(self) -> Opened:
        """The session as the app reads it, or what a cookie claims that the app does not take."""
        return self._desk.store.open(self.seen.cookie)

    @property
    def data(self) -> dict[str, Any]:
        """What views see of it. To change a value, use :meth:`set` or :meth:`edit`."""
        return dict(self.opened.believed)

    @property
    def pending(self) -> Pending | None:
        """The edit that waits for the client's next request."""
        return self._desk.pending_of(self.number)

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
        return self._desk.write(self.number, edit)

    def cancel(self) -> bool:
        """Take back an edit that still waits, and say whether there was one."""
        return self._desk.cancel(self.number)

    def __repr__(self) -> str:
        """Name the client and its keys, and no value."""
        keys = ", ".join(map(repr, self.data)) or "none"
        return f"<ClientSession {self.number} of {self.name}; keys: {keys}>"


class Sessions:
    """The sessions of all clients of an app that were seen. At the end of a cell it shows itself.

    What works on one session works here on the chosen client's.

    :param number: The client that is chosen; 0 for the first that there is.
    :param show: Shows it as a widget, as a MIME bundle; ``None`` where there are no widgets.
    """

    def __init__(
        self,
        desk: SessionDesk,
        *,
        number: int = 0,
        show: Callable[[Sessions], Any] | None = None,
    ) -> None:
        """Choose a client.

        :raises SessionError: There is none of that number.
        """
        if number:
            desk.find(number)
        self.desk, self.number, self._show = desk, number, show

    @property
    def clients(self) -> tuple[ClientSession, ...]:
        """Each client, the notebook's own first."""
        return tuple(ClientSession(self.desk, number) for number in self.desk.read())

    @property
    def chosen(self) -> ClientSession:
        """The client that was chosen.

        :raises SessionError: No client was seen yet, or it is there no more.
        """
        number = self.number or next(iter(self.desk.read()), 0)
        if not number:
            raise SessionError(
                f"No client of {self.desk.app_name} has a session yet. "
                "Send a request that sets one."
            )
        return self[number]

    @property
    def data(self) -> dict[str, Any]:
        """What views see of the chosen client's session."""
        return self.chosen.data

    def set(self, key: str, value: Any) -> Written:
        """Set one key of the chosen client's session; see :meth:`ClientSession.edit`."""
        return self.chosen.set(key, value)

    def remove(self, *keys: str) -> Written:
        """Remove keys of the chosen client's session; see :meth:`ClientSession.edit`."""
        return self.chosen.remove(*keys)

    def edit(
        self, changes: Mapping[str, Any] | None = None, *, remove: Iterable[str] = ()
    ) -> Written:
        """Change the chosen client's session; see :meth:`ClientSession.edit`."""
        return self.chosen.edit(changes, remove=remove)

    def __getitem__(self, number: int) -> ClientSession:
        """Give the client of a number.

        :raises SessionError: There is none.
        """
        self.desk.find(number)
        return ClientSession(self.desk, number)

    def __len__(self) -> int:
        """Give the number of clients."""
        return len(self.desk.read())

    def __iter__(self) -> Iterator[ClientSession]:
        """Give each client."""
        return iter(self.clients)

    def __repr__(self) -> str:
        """Lay the keys of all clients out as a table, redacted."""
        return repr(build_table(self.desk))

    def _repr_mimebundle_(self, **_: Any) -> Any:
        if self._show is not None:
            return self._show(self)
        table = build_table(self.desk)
        return {"text/plain": repr(table), "text/html": table._repr_html_()}
