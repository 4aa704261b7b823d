"""The sessions of an app's clients, in the page: looked at, revealed, edited.

What it shows reaches the page by messages alone, and is therefore never saved with the notebook.
What is saved is which client is on show, and a table without secrets.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from nbflask.widgets.modules import join_modules, join_styles

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbflask.widgets.table import Table

_HERE = Path(__file__).parent


class SessionsWidget(anywidget.AnyWidget):
    """The clients, and the session of the one that is chosen.

    :param table: Makes what is kept in the notebook's file, for who has no kernel.
    """

    #: The app's name in the notebook.
    app_name = traitlets.Unicode("app").tag(sync=True)
    #: The number of the client on show; 0 for the first that has a session.
    selected = traitlets.Int(0, min=0).tag(sync=True)

    def __init__(self, *, table: Callable[[], Table], **traits: Any) -> None:
        """Show the sessions of an app."""
        super().__init__(**traits)
        self._table = table

    # Read when one is shown, not when this module is imported. anywidget makes traits of both.
    @property
    def _esm(self) -> str:
        return join_modules(_HERE / "sessions.js")

    @property
    def _css(self) -> str:
        return join_styles(_HERE / "parts" / "theme.css", _HERE / "sessions.css")

    def __repr__(self) -> str:
        """Name the app; the same text in every run."""
        return f"SessionsWidget({self.app_name})"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        table = self._table()
        return {**data, "text/plain": repr(table), "text/html": table._repr_html_()}, metadata
