"""What our widgets over recorded requests share: their parts on disk, and what a file keeps.

What they show reaches the page by messages alone, and is therefore never saved with the notebook.
What is saved is how they are looked at, and a table without secrets or contents.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import traitlets

from nbflask.widgets.heard import HeardWidget
from nbflask.widgets.modules import join_modules, join_styles

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbflask.widgets.table import Table

_HERE = Path(__file__).parent


class Panel(HeardWidget):
    """A widget whose content is a conversation with the kernel.

    :param table: Makes what is kept in the notebook's file, for who has no kernel.
    """

    #: The ES module whose default export renders it; beside this file, as the styles are.
    module: ClassVar[str]
    #: Its style sheets, in their order.
    styles: ClassVar[tuple[str, ...]]

    #: The app's name in the notebook.
    app_name = traitlets.Unicode("app").tag(sync=True)

    def __init__(self, *, table: Callable[[], Table], **traits: Any) -> None:
        """Show something of an app."""
        super().__init__(**traits)
        self._table = table

    # Read when one is shown, not when a module is imported. anywidget makes traits of both.
    @property
    def _esm(self) -> str:
        return join_modules(_HERE / self.module)

    @property
    def _css(self) -> str:
        return join_styles(*(_HERE / each for each in self.styles))

    def __repr__(self) -> str:
        """Name the app; the same text in every run."""
        return f"{type(self).__name__}({self.app_name})"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        table = self._table()
        return {**data, "text/plain": repr(table), "text/html": table._repr_html_()}, metadata
