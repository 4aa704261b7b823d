"""The sessions of an app's clients, in the page: looked at, revealed, edited."""

from __future__ import annotations

import traitlets

from nbflask.widgets.panel import Panel


class SessionsWidget(Panel):
    """The clients, and the session of the one that is chosen."""

    module = "sessions.js"
    styles = ("parts/theme.css", "sessions.css")

    #: The number of the client on show; 0 for the first that has a session.
    selected = traitlets.Int(0, min=0).tag(sync=True)
