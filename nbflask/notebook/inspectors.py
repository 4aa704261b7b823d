"""The inspectors of a notebook: what a cell shows of an app's recorder, and how it sends again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from nbflask.inspector.inspector import Inspector
from nbflask.inspector.page import Page
from nbflask.inspector.replaying.replay import Replayer

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from nbflask.inspector.replaying.sending import Way
    from nbflask.notebook.shown import Shown
    from nbflask.recorder import Recorder


class Inspectors:
    """Makes inspectors, and keeps what they show.

    :param shown: Keeps the widgets as long as their cells show them.
    :param find_way: Gives the way to an app's server; ``None`` where it is not served.
    :param cell_id: Gives the running cell's; ``None`` where cells have no ids.
    """

    def __init__(
        self,
        shown: Shown,
        find_way: Callable[[Flask], Way | None],
        cell_id: Callable[[], str | None],
    ) -> None:
        """Begin with none."""
        self._shown, self._find_way, self._cell_id = shown, find_way, cell_id
        # One for each recorder: what was confirmed once is not asked again.
        self._replayers: WeakKeyDictionary[Recorder, Replayer] = WeakKeyDictionary()

    def make(
        self,
        recorder: Recorder,
        *,
        filter: str = "",  # noqa: A002 - as it is called on the magic's line.
        height_px: int = 0,
        has_widgets: bool = True,
    ) -> Inspector:
        """Make an inspector of what a recorder records.

        :param filter: What the list is reduced to at first.
        :param height_px: The widget's height; 0 leaves it to the style.
        :param has_widgets: Whether it shows itself as a widget, or else as a table.
        :raises FilterError: The filter cannot be read.
        """
        return Inspector(
            recorder,
            self.replayer(recorder),
            filter=filter,
            height_px=height_px,
            show=self._show if has_widgets else None,
        )

    def replayer(self, recorder: Recorder) -> Replayer:
        """Give what sends an app's requests again: through its server, where it is served."""
        found = self._replayers.get(recorder)
        if found is None:
            app = recorder.app
            found = self._replayers[recorder] = Replayer(recorder, lambda: self._find_way(app))
        return found

    def refresh(self, recorder: Recorder) -> None:
        """Tell the widgets of a recorder that it records, or no more."""
        for page in self._shown.all(Page):
            if page.recorder is recorder:
                page.refresh()

    def _show(self, inspector: Inspector) -> Any:
        page = Page(
            inspector.recorder,
            inspector.replayer,
            table=inspector.table,
            filter=inspector.filter,
            height_px=inspector.height_px,
        )
        self._shown.keep(page, self._cell_id())
        page.open()
        return page.widget._repr_mimebundle_()
