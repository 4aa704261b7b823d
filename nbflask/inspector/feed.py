"""The feed: what a recorder records reaches a page, a few times a second.

Requests only note that they changed; one thread makes the batches. It begins with a change and
ends when nothing has changed for a while, when it is stopped, or with the kernel.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from nbflask.inspector.backlog import Json

# Ten batches a second look immediate, and leave a front end time to draw each.
INTERVAL_S = 0.1
# Beginning a thread costs a request 60 microseconds; one that lingers is there for the next.
LINGER_S = 2.0
# A batch is made in milliseconds; a front end that takes none must not hold the kernel.
STOP_TIMEOUT_S = 5.0


class Source(Protocol):
    """What there is to tell: true while there is something."""

    def __bool__(self) -> bool:
        """Whether there is something to tell."""

    def take(self) -> Json:
        """Give the next batch."""


class Feed:
    """Sends batches while there is something to tell.

    :param backlog: What there is to tell.
    :param send: Takes a message, in the feed's thread. What it raises ends the feed.
    :param finish: Adds what is the same for all exchanges to a batch, in the feed's thread.
    :param interval_s: Seconds between two batches, at least.
    :param linger_s: Seconds without a change after which the thread ends.
    """

    def __init__(
        self,
        backlog: Source,
        send: Callable[[Json], None],
        finish: Callable[[Json], Json],
        *,
        interval_s: float = INTERVAL_S,
        linger_s: float = LINGER_S,
    ) -> None:
        """Prepare; there is no thread yet."""
        self._backlog, self._send, self._finish = backlog, send, finish
        self._interval_s, self._linger_s = interval_s, linger_s
        self._condition = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_started = False

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop."""
        self.stop()

    @property
    def is_awake(self) -> bool:
        """Whether there is a thread."""
        return self._thread is not None

    def start(self) -> None:
        """Send from now on. May be called twice."""
        self._is_started = True
        self.wake()

    def wake(self) -> None:
        """Say that there may be something to tell. Returns at once, in any thread."""
        with self._condition:
            if not self._is_started or not self._backlog:
                return
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="nbflask-feed", daemon=True)
                self._thread.start()
            self._condition.notify_all()

    def stop(self) -> bool:
        """Send nothing any more, and say whether the thread is gone. May be called twice."""
        with self._condition:
            self._is_started = False
            thread = self._thread
            self._condition.notify_all()
        if thread is None or thread is threading.current_thread():
            return True
        thread.join(STOP_TIMEOUT_S)
        return not thread.is_alive()

    def _run(self) -> None:
        try:
            while self._wait_for_news():
                self._send(self._finish(self._backlog.take()))
                self._pause()
        except Exception:  # noqa: BLE001 - the page is gone, or the kernel is going.
            self._end()

    def _wait_for_news(self) -> bool:
        """Wait until there is something to tell; say whether there is, else the thread is over."""
        with self._condition:
            self._condition.wait_for(
                lambda: self._backlog or not self._is_started, timeout=self._linger_s
            )
            if self._is_started and self._backlog:
                return True
            self._thread = None
            return False

    def _pause(self) -> None:
        with self._condition:
            self._condition.wait_for(lambda: not self._is_started, timeout=self._interval_s)

    def _end(self) -> None:
        with self._condition:
            self._is_started, self._thread = False, None
