"""Edits that wait: a browser holds its cookie itself, and gets another only when it asks next."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from nbflask.errors import SessionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbflask.exchanges.sessions import SeenClient
    from nbflask.inspector.sessions.store import Edit, SessionStore
    from nbflask.recorder import Recorder


@dataclass(frozen=True, kw_only=True)
class Pending:
    """An edit that waits for its client.

    :param cookie: Which the client is expected to send.
    :param after: The id of the newest exchange of the client when the edit was made.
    """

    edit: Edit
    cookie: str = field(repr=False)
    after: int


class PendingEdits:
    """The edits that wait, by the number of their client."""

    def __init__(self, recorder: Recorder, store: SessionStore) -> None:
        """Begin with none."""
        self._recorder, self._store = recorder, store
        self._pending: dict[int, Pending] = {}

    def get(self, number: int) -> Pending | None:
        """Give the edit that waits for a client."""
        return self._pending.get(number)

    def put(self, number: int, client: SeenClient, edit: Edit) -> None:
        """Let an edit wait, together with the one that waits already.

        :raises SessionError: It could not be kept so. What waited still does.
        """
        former = self._pending.get(number)
        whole = former.edit.then(edit) if former is not None else edit
        if not client.cookie:
            raise SessionError(
                f"Client {number} has no session's cookie now, so nothing tells its next request "
                "from another's. Edit the session that it then has."
            )
        self._store.check(whole.apply(self._store.open(client.cookie).believed))
        self._await(number, client, Pending(edit=whole, cookie="", after=newest_id(client)))

    def cancel(self, number: int) -> bool:
        """Take back the edit that waits for a client, and say whether there was one."""
        pending = self._pending.pop(number, None)
        if pending is not None:
            self._recorder.keep_session(pending.cookie)
        return pending is not None

    def settle(self, found: Mapping[int, SeenClient]) -> None:
        """Forget the edits that their clients have got; let the others follow their client."""
        for number, pending in list(self._pending.items()):
            client = found.get(number)
            if client is None:
                self.cancel(number)
            elif _has_got(client, pending):
                del self._pending[number]
            elif client.cookie not in (pending.cookie, ""):
                # A request that was under way has set a new cookie since.
                self._recorder.keep_session(pending.cookie)
                self._await(number, client, pending)

    def _await(self, number: int, client: SeenClient, pending: Pending) -> None:
        data = pending.edit.apply(self._store.open(client.cookie).believed)
        self._recorder.replace_session(client.cookie, data)
        self._pending[number] = replace(pending, cookie=client.cookie)


def newest_id(client: SeenClient) -> int:
    """Give the id of the newest exchange of a client; 0 for none."""
    return client.steps[-1].exchange_id if client.steps else 0


def _has_got(client: SeenClient, pending: Pending) -> bool:
    """Whether a request with the awaited cookie was answered since."""
    return any(
        step.exchange_id > pending.after
        and step.sent == pending.cookie
        and step.status_code is not None
        for step in client.steps
    )
