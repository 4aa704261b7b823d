"""Who has a session with an app: the clients that were seen, each with a number that stays."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING

from nbflask.errors import RecordError
from nbflask.exchanges.sessions import TEST_CLIENT, SeenClient, group_sightings, read_sighting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask.testing import FlaskClient

    from nbflask.exchanges.sessions import Sighting
    from nbflask.inspector.sessions.store import SessionStore
    from nbflask.recorder import Change, Recorder

#: The notebook's own client has this number; the others count on from it.
OWN_NUMBER = 1
OWN_NAME = "This notebook's client"
# As many cookies of the notebook's client are known again in recorded exchanges.
_MAX_OWN_COOKIES = 100


class Sightings:
    """What each recorded exchange tells of a session.

    An exchange is read when it has changed: to read all of them takes a tenth of a second, and a
    widget looks ten times in one.
    """

    def __init__(self, recorder: Recorder) -> None:
        """Follow a recorder, for as long as somebody holds this."""
        self._recorder = recorder
        self._lock = threading.Lock()
        self._sightings: dict[int, Sighting | None] = {}
        self._changed: set[int] = set()
        self._cookie_name = ""
        this = weakref.ref(self)

        def note(change: Change) -> None:
            if (sightings := this()) is not None:
                sightings._note(change)

        weakref.finalize(self, recorder.subscribe(note))

    def read(self, cookie_name: str) -> list[Sighting]:
        """Give what is known now, the oldest first."""
        with self._lock:
            if cookie_name != self._cookie_name:
                self._cookie_name = cookie_name
                self._sightings.clear()
                self._changed = {each.id for each in self._recorder.exchanges()}
            changed, self._changed = self._changed, set()
        for number in changed:
            try:
                exchange = self._recorder.exchange(number)
            except RecordError:
                continue
            self._sightings[number] = read_sighting(exchange, cookie_name)
        return [each for _, each in sorted(self._sightings.items()) if each is not None]

    def _note(self, change: Change) -> None:
        """Take a change; in the thread of a request, which must not wait for an exchange."""
        with self._lock:
            self._changed.update(change.added, change.updated)
            self._changed.difference_update(change.evicted)
            for number in change.evicted:
                self._sightings.pop(number, None)


class Clients:
    """The clients of an app.

    :param own_client: Gives the notebook's own test client; ``None`` where there is no notebook.
    """

    def __init__(
        self,
        recorder: Recorder,
        store: SessionStore,
        own_client: Callable[[], FlaskClient] | None = None,
    ) -> None:
        """Begin with nobody known."""
        self._store, self._own_client = store, own_client
        self._sightings = Sightings(recorder)
        self._own_cookies: list[str] = []
        self._numbers: dict[str, int] = {}

    @property
    def own(self) -> FlaskClient | None:
        """The notebook's own client; its number is :data:`OWN_NUMBER`."""
        return self._own_client() if self._own_client is not None else None

    def read(self) -> dict[int, SeenClient]:
        """Give each client by its number, the notebook's own first."""
        seen = list(group_sightings(self._sightings.read(self._store.cookie_name)))
        own = self.own
        return dict(self._with_numbers(seen if own is None else self._with_own(own, seen)))

    def _with_own(self, own: FlaskClient, seen: list[SeenClient]) -> list[SeenClient]:
        """Put the notebook's client first, made of all whose cookies were in its jar."""
        cookie = self._store.cookie_of(own)
        if cookie and cookie not in self._own_cookies[-1:]:
            self._own_cookies = [*self._own_cookies, cookie][-_MAX_OWN_COOKIES:]
        ours = [each for each in seen if not set(self._own_cookies).isdisjoint(each.cookies)]
        # A browser may have the same cookie by chance; a request of ours may name another program.
        ours = [each for each in ours if each.family == TEST_CLIENT] or ours
        if not ours and not cookie:
            # Its jar is empty, as is that of one whose session was ended before anybody looked.
            ours = [each for each in seen if each.family == TEST_CLIENT and not each.cookie][-1:]
        steps = sorted(
            (step for each in ours for step in each.steps), key=lambda step: step.exchange_id
        )
        cookies = [value for each in ours for value in each.cookies]
        if cookie not in cookies[-1:]:
            cookies.append(cookie)
        client = SeenClient(family=OWN_NAME, cookies=tuple(cookies), steps=tuple(steps))
        return [client, *(each for each in seen if each not in ours)]

    def _with_numbers(self, clients: list[SeenClient]) -> Iterator[tuple[int, SeenClient]]:
        """Give each client the number that it had before, or the next one."""
        known, self._numbers = self._numbers, {}
        has_own = self._own_client is not None
        free = max([*known.values(), OWN_NUMBER if has_own else 0]) + 1
        taken: set[int] = set()
        for client in clients:
            had = (known[value] for value in client.cookies if value in known)
            number = next((each for each in had if each not in taken), free)
            if has_own and not taken:
                number = OWN_NUMBER
            free = max(free, number + 1)
            taken.add(number)
            self._numbers |= {value: number for value in client.cookies if value}
            yield number, client
