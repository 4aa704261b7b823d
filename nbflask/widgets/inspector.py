"""The inspector: the exchanges of an app in a list, and all that is known of each."""

from __future__ import annotations

import traitlets

from nbflask.widgets.panel import Panel


class InspectorWidget(Panel):
    """The list, in the page."""

    module = "inspector.js"
    styles = (
        *(f"parts/{name}.css" for name in ("theme", "list", "details", "contents", "story")),
        "inspector.css",
    )

    #: What the list is reduced to, in the filter's language.
    filter = traitlets.Unicode("").tag(sync=True)
    #: The id of the exchange whose details are shown; 0 for none.
    selected = traitlets.Int(0, min=0).tag(sync=True)
    #: The list's height; 0 leaves it to the style.
    height_px = traitlets.Int(0, min=0).tag(sync=True)
    #: Whether requests are being recorded.
    is_recording = traitlets.Bool(True).tag(sync=True)

    def __repr__(self) -> str:
        """Name the app and the filter; the same text in every run."""
        return f"InspectorWidget({self.app_name}, {self.filter!r})"
