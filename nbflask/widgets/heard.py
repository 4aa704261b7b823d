"""Whether a page has shown a widget: it has if it has said anything at all."""

from __future__ import annotations

from typing import Any

import anywidget


class HeardWidget(anywidget.AnyWidget):
    """A widget that notes that its page has answered; its module says something when it renders."""

    #: Whether a page has ever sent anything. Not a trait: no page needs to know.
    is_heard = False

    def _handle_msg(self, msg: Any) -> None:
        self.is_heard = True
        super()._handle_msg(msg)
