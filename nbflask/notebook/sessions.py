"""The sessions of a notebook's apps: what an edit waits for outlives the cell that shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbflask.inspector.sessions.desk import SessionDesk
from nbflask.inspector.sessions.page import SessionsPage
from nbflask.inspector.sessions.sessions import Sessions

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from nbflask.notebook.shown import Shown
    from nbflask.recorder import Recorder


class SessionDesks:
    """Makes what reads and edits sessions, and keeps what it shows.

    :param shown: Keeps the widgets as long as their cells show them.
    :param cell_id: Gives the running cell's; ``None`` where cells have no ids.
    """

    def __init__(self, shown: Shown, cell_id: Callable[[], str | None]) -> None:
        """Begin with none."""
        self._shown, self._cell_id = shown, cell_id
        # By the app's name: clients keep their numbers, and edits wait, from cell to cell.
        self._desks: dict[str, SessionDesk] = {}

    def make(
        self,
        recorder: Recorder,
        own_client: Callable[[], FlaskClient],
        *,
        number: int = 0,
        has_widgets: bool = True,
    ) -> Sessions:
        """Give the sessions of an app's clients.

        :param own_client: Gives the notebook's own test client.
        :param number: The client to choose; 0 for the first that there is.
        :param has_widgets: Whether they show themselves as a widget, or else as a table.
        :raises SessionError: There is no client of that number.
        """
        desk = self._desks.get(recorder.name)
        if desk is None or desk.recorder is not recorder:
            desk = self._desks[recorder.name] = SessionDesk(recorder, own_client)
        return Sessions(desk, number=number, show=self._show if has_widgets else None)

    def refresh(self) -> None:
        """Tell the pages what a cell may have done besides asking: a new key, an edit in Python."""
        for page in self._shown.all(SessionsPage):
            page.refresh()

    def _show(self, sessions: Sessions) -> Any:
        page = SessionsPage(sessions.desk, selected=sessions.number)
        self._shown.keep(page, self._cell_id())
        page.open()
        return page.widget._repr_mimebundle_()
