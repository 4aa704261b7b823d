"""One widget of sessions that a page shows: what feeds it, and what answers it.

Rule 1: a message is of a kind of the table below, and nothing else is done for a page.

Rule 2: whatever goes wrong is a message for the page, and never raises into the kernel's log.

Rule 3: a value is sent as it is only in the answer to a message that asks for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbflask.errors import NbflaskError, SessionError
from nbflask.inspector.feed import Feed
from nbflask.inspector.sessions.news import SessionNews
from nbflask.inspector.sessions.store import Edit
from nbflask.inspector.sessions.values import read_value, write_value
from nbflask.inspector.sessions.view import build_table
from nbflask.widgets.sessions import SessionsWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbflask.inspector.sessions.desk import SessionDesk
    from nbflask.inspector.sessions.view import Json


class SessionsPage:
    """A widget that is kept up to date from when it is opened until it is closed."""

    def __init__(self, desk: SessionDesk, *, selected: int = 0) -> None:
        """Prepare to show the sessions of an app.

        :param selected: The client to show first; 0 for the first that has a session.
        """
        self._desk = desk
        self.widget = SessionsWidget(
            table=lambda: build_table(desk), app_name=desk.app_name, selected=selected
        )
        self._news = SessionNews(desk)
        self._feed = Feed(self._news, self.widget.send, lambda batch: batch)
        self._unsubscribe: Callable[[], None] | None = None

    @property
    def desk(self) -> SessionDesk:
        """What it shows."""
        return self._desk

    def open(self) -> None:
        """Begin to send. May be called twice."""
        if self._unsubscribe is None:
            self._unsubscribe = self._desk.recorder.subscribe(lambda _change: self.refresh())
            self.widget.on_msg(self._receive)
            self._feed.start()

    def refresh(self) -> None:
        """Tell the page what may have changed. Returns at once, in any thread."""
        self._news.touch()
        self._feed.wake()

    def close(self) -> None:
        """Send nothing any more, and close the widget. May be called twice."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._feed.stop()
        self.widget.close()

    def _receive(self, _widget: Any, message: Any, _buffers: Any) -> None:
        answer = answer_page(self._desk, message)
        if answer is None:
            self._news.reset()
        else:
            self.widget.send(answer)
        self.refresh()


def answer_page(desk: SessionDesk, message: Any) -> Json | None:
    """Do what a page asks for, and give the answer; ``None``: it wants to be told all anew."""
    kind = message.get("kind", "") if isinstance(message, dict) else ""
    try:
        if kind == "ready":
            return None
        if kind not in _ANSWERS:
            raise NbflaskError(f"{kind!r} is no message that the sessions' widget answers.")
        return _ANSWERS[kind](desk, message)
    except Exception as fault:  # noqa: BLE001 - rule 2.
        text = str(fault) if isinstance(fault, NbflaskError) else f"{type(fault).__name__}: {fault}"
        return {"kind": "refused", "text": text}


def _answer_value(desk: SessionDesk, message: Json) -> Json:
    key, purpose = str(message["key"]), message.get("purpose")
    data = desk.store.open(desk.find(int(message["client"])).cookie).data
    if key not in data:
        raise SessionError(f"There is no key {key!r} in the session any more.")
    written = write_value(data[key])
    if purpose == "edit" and not written.is_editable:
        raise SessionError(
            f"The value of {key!r} is of type {written.type}, which has no text to edit. "
            f"Set it in Python: nbflask.session()[{message['client']}].set({key!r}, ...)."
        )
    return {
        "kind": "value",
        "client": message["client"],
        "key": key,
        "form": written.kind,
        "text": written.text if purpose == "edit" else written.shown,
        "purpose": purpose,
    }


def _answer_edit(desk: SessionDesk, message: Json) -> Json:
    given, removed = dict(message["changes"]), [str(key) for key in message["remove"]]
    changes = {str(key): read_value(each["form"], each["text"]) for key, each in given.items()}
    edit = Edit(changed=changes, removed=frozenset(removed))
    outcome = desk.write(int(message["client"]), edit)
    return {"kind": "edited", "keys": [*changes, *removed], "text": outcome.value}


def _answer_cancel(desk: SessionDesk, message: Json) -> Json:
    was_there = desk.cancel(int(message["client"]))
    text = "Taken back." if was_there else "The client has got it already."
    return {"kind": "edited", "keys": [], "text": text}


_ANSWERS: dict[str, Callable[[SessionDesk, Json], Json]] = {
    "value": _answer_value,
    "edit": _answer_edit,
    "cancel": _answer_cancel,
}
