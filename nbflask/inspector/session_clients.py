"""Who has a session with an app: the clients that were seen, each with a number that stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflask.exchanges.sessions import SeenClient, read_clients

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask.testing import FlaskClient

    from nbflask.inspector.session_store import SessionStore
    from nbflask.recorder import Recorder

#: The notebook's own client has this number; the others count on from it.
OWN_NUMBER = 1
OWN_NAME = "This notebook's client"
# As many cookies of the notebook's client are known again in recorded exchanges.
_MAX_OWN_COOKIES = 100


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
        self._recorder, self._store, self._own_client = recorder, store, own_client
        self._own_cookies: list[str] = []
        self._numbers: dict[str, int] = {}

    @property
    def own(self) -> FlaskClient | None:
        """The notebook's own client; its number is :data:`OWN_NUMBER`."""
        return self._own_client() if self._own_client is not None else None

    def read(self) -> dict[int, SeenClient]:
        """Give each client by its number, the notebook's own first."""
        seen = list(read_clients(self._recorder.exchanges(), self._store.cookie_name))
        own = self.own
        return dict(self._with_numbers(seen if own is None else self._with_own(own, seen)))

    def _with_own(self, own: FlaskClient, seen: list[SeenClient]) -> list[SeenClient]:
        """Put the notebook's client first, made of all whose cookies were in its jar."""
        cookie = self._store.cookie_of(own)
        if cookie and cookie not in self._own_cookies[-1:]:
            self._own_cookies = [*self._own_cookies, cookie][-_MAX_OWN_COOKIES:]
        ours = [each for each in seen if not set(self._own_cookies).isdisjoint(each.cookies)]
        steps = sorted(
            (step for each in ours for step in each.steps), key=lambda step: step.exchange_id
        )
        cookies = tuple(value for each in ours for value in each.cookies)
        client = SeenClient(family=OWN_NAME, cookies=(*cookies, cookie), steps=tuple(steps))
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
