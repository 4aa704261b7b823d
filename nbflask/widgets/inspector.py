"""The inspector: the exchanges of an app in a list, and all that is known of each.

What it shows reaches the page by messages alone, and is therefore never saved with the
notebook. What is saved are the filter, the choice and the size, and a table of the newest.
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

#: Beside this module, in the order in which they are joined.
STYLES = (
    *(f"parts/{name}.css" for name in ("theme", "list", "details", "contents", "story")),
    "inspector.css",
)


class InspectorWidget(anywidget.AnyWidget):
    """The list, in the page.

    :param table: Makes what is kept in the notebook's file, for who has no kernel.
    """

    #: The app's name in the notebook.
    app_name = traitlets.Unicode("app").tag(sync=True)
    #: What the list is reduced to, in the filter's language.
    filter = traitlets.Unicode("").tag(sync=True)
    #: The id of the exchange whose details are shown; 0 for none.
    selected = traitlets.Int(0, min=0).tag(sync=True)
    #: The widget's height; 0 leaves it to the style.
    height_px = traitlets.Int(0, min=0).tag(sync=True)
    #: Whether requests are being recorded.
    is_recording = traitlets.Bool(True).tag(sync=True)

    def __init__(self, *, table: Callable[[], Table], **traits: Any) -> None:
        """Show the exchanges of an app."""
        super().__init__(**traits)
        self._table = table

    # Read when one is shown, not when this module is imported. anywidget makes traits of both.
    @property
    def _esm(self) -> str:
        return join_modules(_HERE / "inspector.js")

    @property
    def _css(self) -> str:
        return join_styles(*(_HERE / each for each in STYLES))

    def __repr__(self) -> str:
        """Name the app and the filter; the same text in every run."""
        return f"InspectorWidget({self.app_name}, {self.filter!r})"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        table = self._table()
        return {**data, "text/plain": repr(table), "text/html": table._repr_html_()}, metadata
