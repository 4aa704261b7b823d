"""The desk: answers a page that looks at templates, and tells it when there is news.

A change is told once, and again only when the page has asked since: however many requests there
are, and however busy page or kernel may be, at most one such message is on its way.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from .covering import cover_text
from .messages import build_answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbflask.recorder import Change, Recorder
    from nbflask.widgets.templates import TemplatesWidget

    from .looking import Templates


class TemplateDesk:
    """Keeps a widget up to date.

    :param recorder: Tells of requests; ``None`` if nothing is recorded.
    """

    def __init__(
        self, templates: Templates, widget: TemplatesWidget, recorder: Recorder | None = None
    ) -> None:
        """Answer from now on."""
        self.templates, self.widget = templates, widget
        self._lock = threading.Lock()
        self._is_told = False
        self._unsubscribe: Callable[[], None] | None = None
        widget.on_msg(self._heard)
        if recorder is not None:
            self._unsubscribe = recorder.subscribe(self._recorded)

    @property
    def app_name(self) -> str:
        """The app's name in the notebook."""
        return self.templates.app_name

    def refresh(self) -> None:
        """Say that something may be other than it was. Returns at once, in any thread."""
        with self._lock:
            is_told, self._is_told = self._is_told, True
        if not is_told:
            self.widget.send({"kind": "stale"})

    def close(self) -> None:
        """Answer no more, and close the widget. May be called twice."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self.widget.on_msg(self._heard, remove=True)
        self.widget.close()

    def _heard(self, _widget: Any, message: Any, _buffers: Any) -> None:
        if message.get("kind") == "list":
            self._is_told = False
        try:
            answer = build_answer(self.templates, message)
        except Exception as error:  # noqa: BLE001 - the page says what would be lost in a log.
            text = cover_text(f"{type(error).__name__}: {error}", self.templates.records.secrets)
            answer = {"kind": "failed", "text": text}
        self.widget.send(answer)

    def _recorded(self, _change: Change) -> None:
        self.refresh()
