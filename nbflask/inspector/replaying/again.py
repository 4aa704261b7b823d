"""What a page sends again: in a thread of its own, one request at a time.

The app may need the kernel's main thread, as a view that shows a plot does; and a cell must be
able to run meanwhile.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from nbflask.errors import RecordError
from nbflask.exchanges.fields import Fields
from nbflask.exchanges.messages import build_comparison
from nbflask.inspector.replaying.replay import Edit, NeedsConfirmation

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbflask.inspector.backlog import Json
    from nbflask.inspector.replaying.replay import Replay, Replayer

# A request that is being sent ends by itself; the kernel need not wait for it.
STOP_TIMEOUT_S = 1.0


class SendingAgain:
    """Sends requests again for one page.

    :param tell: Takes what came of it, as messages.
    :param report: Takes what went wrong, where that is no refusal.
    """

    def __init__(
        self,
        replayer: Replayer,
        tell: Callable[[Json], None],
        report: Callable[[BaseException], None],
    ) -> None:
        """Begin with nothing to send."""
        self._replayer, self._tell, self._report = replayer, tell, report
        self._thread: threading.Thread | None = None
        self._turn = threading.Lock()

    def send(self, message: Json) -> None:
        """Send what a page's message names, and return at once."""
        if not self._turn.acquire(blocking=False):
            self._refuse(message, "Another request is still being sent. Wait for its response.")
            return
        self._thread = threading.Thread(
            target=self._send, args=(message,), name="nbflask-replay", daemon=True
        )
        try:
            self._thread.start()
        except RuntimeError:
            # The machine gives no further thread; the next request may get one.
            self._turn.release()
            raise

    def stop(self) -> None:
        """Wait a little for what is being sent. May be called twice."""
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(STOP_TIMEOUT_S)

    def _send(self, message: Json) -> None:
        try:
            replay = self._replay(message)
        except NeedsConfirmation as fault:
            self._refuse(message, str(fault), needs_confirmation=True)
        except RecordError as fault:
            self._refuse(message, str(fault))
        except Exception as fault:  # noqa: BLE001 - the page is told, whatever the app did.
            self._report(fault)
        else:
            self._tell({"kind": "replayed", "of": replay.of, "id": replay.id})
            self._tell(build_comparison(replay.comparison))

    def _replay(self, message: Json) -> Replay:
        try:
            return self._replayer.replay(int(message["id"]), **_settings_of(message))
        finally:
            # Before the page is told: its answer may be to send the next one.
            self._turn.release()

    def _refuse(self, message: Json, reason: str, *, needs_confirmation: bool = False) -> None:
        self._tell(
            {
                "kind": "refused",
                "of": message["id"],
                "reason": reason,
                "needs_confirmation": needs_confirmation,
            }
        )


def _settings_of(message: Json) -> dict[str, Any]:
    edit = message.get("edit")
    return {
        "mode": str(message.get("mode") or "current"),
        "edit": None if edit is None else _read_edit(edit),
        "bypass_cache": message.get("bypass_cache") is True,
        "confirm": message.get("is_confirmed") is not True,
    }


def _read_edit(edit: Json) -> Edit:
    content = edit.get("content")
    return Edit(
        method=str(edit["method"]),
        target=str(edit["target"]),
        headers=Fields((str(name), str(value)) for name, value in edit["headers"]),
        content=None if content is None else str(content).encode(),
    )
