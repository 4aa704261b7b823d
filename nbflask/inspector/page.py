"""One inspector that a page shows: the widget, what feeds it, and what answers it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbflask.errors import RecordError
from nbflask.exchanges.exchange import State
from nbflask.exchanges.messages import build_details, build_row
from nbflask.inspector.answers import Answers
from nbflask.inspector.backlog import MAX_DETAILS_BYTES, Backlog
from nbflask.inspector.feed import Feed
from nbflask.inspector.matching import Matching
from nbflask.inspector.replaying.again import SendingAgain
from nbflask.widgets.inspector import InspectorWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbflask.exchanges.exchange import Exchange
    from nbflask.inspector.backlog import Json
    from nbflask.inspector.replaying.replay import Replayer
    from nbflask.recorder import Change, Recorder
    from nbflask.widgets.table import Table


class Page:
    """A widget that is kept up to date from when it is opened until it is closed.

    :param table: Makes what the notebook's file keeps of it.
    :param traits: The widget's filter and height.
    """

    def __init__(
        self,
        recorder: Recorder,
        replayer: Replayer,
        *,
        table: Callable[[], Table],
        **traits: Any,
    ) -> None:
        """Prepare to show what a recorder has recorded, and from now on records."""
        self._recorder = recorder
        self.widget = InspectorWidget(
            table=table, app_name=recorder.name, is_recording=recorder.is_recording, **traits
        )
        send = self.widget.send
        self._backlog = Backlog(self._row, self._details)
        self._feed = Feed(self._backlog, send, self._finish)
        self._matching = Matching(recorder)
        self._again = SendingAgain(replayer, send, self._report)
        self._answers = Answers(recorder, send, self._resync, self._matching, self._again)
        self._known: dict[int, tuple[Exchange, Exchange]] = {}
        self._unsubscribe: Callable[[], None] | None = None

    @property
    def recorder(self) -> Recorder:
        """What it shows."""
        return self._recorder

    def open(self) -> None:
        """Begin to send. May be called twice."""
        if self._unsubscribe is None:
            self._unsubscribe = self._recorder.subscribe(self._note)
            self.widget.on_msg(self._receive)
            self._resync()
            self._feed.start()

    def refresh(self) -> None:
        """Tell the page what may have changed besides the exchanges."""
        self.widget.is_recording = self._recorder.is_recording
        self._backlog.touch()
        self._feed.wake()

    def close(self) -> None:
        """Send nothing any more, and close the widget. May be called twice."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._feed.stop()
        self._again.stop()
        self.widget.close()

    def _note(self, change: Change) -> None:
        """Take a change; in the thread of a request, which must not wait."""
        self._backlog.add(changed=(*change.added, *change.updated), evicted=change.evicted)
        self._feed.wake()

    def _receive(self, _widget: Any, message: Any, _buffers: Any) -> None:
        self._answers.answer(message)
        self.refresh()

    def _resync(self) -> None:
        self._backlog.reset(each.id for each in self._recorder.exchanges())
        self._feed.wake()

    def _report(self, fault: BaseException) -> None:
        self._answers.report(fault)

    def _row(self, number: int) -> Json | None:
        exchange = self._redacted(number)
        return None if exchange is None else build_row(exchange)

    def _details(self, number: int) -> Json | None:
        exchange = self._redacted(number)
        if exchange is None or not exchange.state.is_over or _size_of(exchange) > MAX_DETAILS_BYTES:
            return None
        return build_details(exchange)

    def _redacted(self, number: int) -> Exchange | None:
        """Give an exchange without its secrets; for its row and again for its details."""
        try:
            exchange = self._recorder.exchange(number)
        except RecordError:
            return None
        known = self._known.get(number)
        # One that has changed is another object.
        if known is None or known[0] is not exchange:
            known = self._known[number] = (exchange, self._recorder.redacted(exchange))
        return known[1]

    def _finish(self, batch: Json) -> Json:
        self._known.clear()
        exchanges = self._recorder.exchanges()
        totals = {
            "count": len(exchanges),
            "bytes": self._recorder.kept_bytes,
            "max_bytes": self._recorder.bounds.total_bytes,
            "errors": sum(has_failed(each) for each in exchanges),
        }
        return {**batch, "matches": self._matching.message(), "totals": totals}


def has_failed(exchange: Exchange) -> bool:
    """Whether the app gave no response, or one that says that it is at fault."""
    response = exchange.response
    return exchange.state is State.FAILED or (response is not None and response.status_code >= 500)


def _size_of(exchange: Exchange) -> int:
    """Give the bytes of content that are kept of an exchange."""
    response = exchange.response
    return len(exchange.request.content.data) + (len(response.content.data) if response else 0)
