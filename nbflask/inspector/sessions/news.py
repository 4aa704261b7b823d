"""What a page of sessions has not been told yet: the clients that are not as they were."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from nbflask.exchanges.redaction import redact_text
from nbflask.inspector.sessions.view import view_app, view_client

if TYPE_CHECKING:
    from nbflask.inspector.sessions.desk import Look, SessionDesk
    from nbflask.inspector.sessions.view import Json

# A front end renders what is in a message before it lets the user do anything.
MAX_BATCH_BYTES = 256 * 1024
# Programs that send no cookie back are a client each time; the newest are looked at.
MAX_CLIENTS = 50


class SessionNews:
    """Notes in any thread that something changed; gives batches to one."""

    def __init__(self, desk: SessionDesk) -> None:
        """Begin with everything to tell."""
        self._desk = desk
        self._is_touched = self._is_reset = True
        self._seq = 0
        #: What each client was like when it was told of, and how it was told.
        self._told: dict[int, tuple[object, Json]] = {}

    def __bool__(self) -> bool:
        """Whether there may be something to tell."""
        return self._is_touched

    def touch(self) -> None:
        """Note that something may have changed."""
        self._is_touched = True

    def reset(self) -> None:
        """Tell everything anew: the page knows nothing, or not what it should."""
        self._is_reset = self._is_touched = True

    def take(self) -> Json:
        """Give the next batch: all clients that changed, or as many as fit."""
        is_reset, self._is_reset, self._is_touched = self._is_reset, False, False
        try:
            return self._build(is_reset=is_reset)
        except Exception as fault:  # noqa: BLE001 - an interface of the user's; the page lives on.
            self._is_reset = True
            text = f"The sessions cannot be read: {type(fault).__name__}: {fault}"
            return {"kind": "refused", "text": redact_text(text, self._desk.recorder.secrets)}

    def _build(self, *, is_reset: bool) -> Json:
        if is_reset:
            self._told.clear()
        clients = self._newest()
        self._seq += 1
        there = {each.number for each in clients}
        gone = [number for number in self._told if number not in there]
        for number in gone:
            del self._told[number]
        return {
            "kind": "batch",
            "seq": self._seq,
            "reset": is_reset,
            "app": view_app(self._desk),
            "clients": self._changed(clients),
            "gone": gone,
        }

    def _newest(self) -> list[Look]:
        clients = list(self._desk.look())
        own = [each for each in clients[:1] if each.is_own]
        return [*own, *clients[len(own) :][-MAX_CLIENTS:]]

    def _changed(self, clients: list[Look]) -> list[Json]:
        secrets = self._desk.recorder.secrets
        changed: list[Json] = []
        room = MAX_BATCH_BYTES
        for client in clients:
            state = (client, secrets)
            was, told = self._told.get(client.number, (None, None))
            if was == state:
                continue
            view = view_client(client, secrets)
            if view != told:
                room -= len(json.dumps(view))
                if room < 0 and changed:
                    self._is_touched = True
                    break
                changed.append(view)
            self._told[client.number] = (state, view)
        return changed
