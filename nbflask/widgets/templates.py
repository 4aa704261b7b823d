"""The templates widget: an app's templates in a tree, and all that is known of the chosen one.

Sources, contexts and renderings reach the page by messages alone, and are therefore never saved
with the notebook. What is saved is which one was chosen, and a table without contents.
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


class TemplatesWidget(anywidget.AnyWidget):
    """The tree and the chosen template, in the page.

    :param table: Makes what is kept in the notebook's file, for who has no kernel.
    """

    #: The app's name in the notebook.
    app_name = traitlets.Unicode("app").tag(sync=True)
    #: The template on show; ``""`` for none.
    name = traitlets.Unicode("").tag(sync=True)

    def __init__(self, *, table: Callable[[], Table], **traits: Any) -> None:
        """Show the templates of an app."""
        super().__init__(**traits)
        self._table = table

    # Read when one is shown, not when this module is imported. anywidget makes traits of both.
    @property
    def _esm(self) -> str:
        return join_modules(_HERE / "templates.js")

    @property
    def _css(self) -> str:
        return join_styles(_HERE / "parts" / "theme.css", _HERE / "templates.css")

    def __repr__(self) -> str:
        """Name the app and the template; the same text in every run."""
        return f"TemplatesWidget({self.app_name}, {self.name!r})"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        table = self._table()
        return {**data, "text/plain": repr(table), "text/html": table._repr_html_()}, metadata
