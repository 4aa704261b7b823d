"""The feed's thread: there while there is something to tell, and gone afterwards."""

from __future__ import annotations

import queue
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from nbflask.inspector.backlog import Backlog
from nbflask.inspector.feed import Feed

if TYPE_CHECKING:
    from collections.abc import Iterator

# Far more than a busy machine needs.
PATIENCE_S = 10.0


class Desk:
    """A feed, and what it has sent."""

    def __init__(self, *, linger_s: float = PATIENCE_S, interval_s: float = 0.0) -> None:
        self.sent: queue.Queue[dict[str, Any]] = queue.Queue()
        self.backlog = Backlog(lambda each: {"id": each}, lambda _each: None)
        self.feed = Feed(
            self.backlog,
            self.sent.put,
            lambda batch: {**batch, "totals": {}},
            interval_s=interval_s,
            linger_s=linger_s,
        )

    def change(self, *numbers: int) -> None:
        self.backlog.add(changed=numbers)
        self.feed.wake()

    def next_ids(self) -> list[int]:
        return [each["id"] for each in self.sent.get(timeout=PATIENCE_S)["rows"]]


@contextmanager
def no_thread_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    left = set(threading.enumerate()) - before
    assert not left


def thread() -> threading.Thread:
    return next(each for each in threading.enumerate() if each.name == "nbflask-feed")


def test_what_changes_is_sent_with_the_totals() -> None:
    desk = Desk()
    with no_thread_left(), desk.feed:
        desk.change(1)
        batch = desk.sent.get(timeout=PATIENCE_S)
    assert (batch["rows"], batch["totals"]) == ([{"id": 1}], {})


def test_what_changes_while_a_batch_is_on_its_way_is_in_the_next() -> None:
    desk = Desk()
    with no_thread_left(), desk.feed:
        for number in range(1, 6):
            desk.change(number)
            assert desk.next_ids() == [number]


def test_there_is_no_thread_where_nothing_changes() -> None:
    desk = Desk()
    with no_thread_left(), desk.feed:
        assert not desk.feed.is_awake
        desk.feed.wake()
        assert not desk.feed.is_awake


def test_the_thread_ends_after_a_while_without_a_change_and_another_begins() -> None:
    desk = Desk(linger_s=0.01)
    with no_thread_left(), desk.feed:
        for number in (1, 2):
            desk.change(number)
            running = thread()
            assert desk.next_ids() == [number]
            running.join(PATIENCE_S)
            assert not desk.feed.is_awake


def test_a_feed_that_is_not_started_sends_nothing_and_then_all() -> None:
    desk = Desk()
    with no_thread_left():
        desk.change(1)
        assert not desk.feed.is_awake
        with desk.feed:
            assert desk.next_ids() == [1]


def test_stopping_twice_is_harmless_and_ends_a_pause() -> None:
    desk = Desk(interval_s=60.0)
    with no_thread_left():
        desk.feed.start()
        desk.change(1)
        assert desk.next_ids() == [1]
        assert desk.feed.stop()
        assert desk.feed.stop()


def test_a_page_that_is_gone_ends_the_feed() -> None:
    desk = Desk()

    def refuse(_message: Any) -> None:
        raise RuntimeError("The socket is closed.")

    feed = Feed(desk.backlog, refuse, lambda batch: batch)
    with no_thread_left():
        desk.backlog.add(changed=[1])
        feed.start()
        thread().join(PATIENCE_S)
        assert not feed.is_awake


def test_changes_of_many_threads_are_all_told() -> None:
    desk = Desk()
    numbers = set(range(1, 201))
    with no_thread_left(), desk.feed:
        threads = [threading.Thread(target=desk.change, args=(each,)) for each in numbers]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        told: set[int] = set()
        while told != numbers:
            told.update(desk.next_ids())
