"""What a page sends again, one request at a time."""

from __future__ import annotations

import threading
from queue import Queue
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask

from nbflask.inspector.replaying.again import SendingAgain
from nbflask.inspector.replaying.replay import Replayer
from nbflask.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Iterator

WAIT_S = 30
AGAIN = {"id": 1, "mode": "current"}


class Site:
    """An app whose view may wait, and a recorder with one exchange of it."""

    def __init__(self) -> None:
        self.may_answer, self.is_asked = threading.Event(), threading.Event()
        self.may_answer.set()
        self.told: Queue[dict[str, Any]] = Queue()
        app = Flask("app")

        @app.post("/")
        def answer() -> str:
            self.is_asked.set()
            self.may_answer.wait(WAIT_S)
            return "done"

        self.recorder = Recorder(app)
        self.again = SendingAgain(Replayer(self.recorder), self.tell, lambda _fault: None)

    def tell(self, message: dict[str, Any]) -> None:
        """Take what the page is told; a page that is asked says yes at once."""
        self.told.put(message)
        if message.get("needs_confirmation"):
            self.again.send({**AGAIN, "is_confirmed": True})

    def kinds(self, count: int) -> list[str]:
        """Wait for messages, and give their kinds."""
        return [self.told.get(timeout=WAIT_S)["kind"] for _ in range(count)]


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    with made.recorder as recorder:
        recorder.app.test_client().post("/")
        yield made
        made.may_answer.set()
        made.again.stop()


def test_a_page_may_confirm_as_soon_as_it_is_asked(site: Site) -> None:
    site.again.send(AGAIN)
    assert site.kinds(3) == ["refused", "replayed", "comparison"]


def test_a_second_request_is_refused_while_one_is_sent(site: Site) -> None:
    site.may_answer.clear()
    site.is_asked.clear()
    site.again.send({**AGAIN, "is_confirmed": True})
    assert site.is_asked.wait(WAIT_S)
    site.again.send({**AGAIN, "is_confirmed": True})
    refused = site.told.get(timeout=WAIT_S)
    assert refused["reason"] == "Another request is still being sent. Wait for its response."
    site.may_answer.set()
    assert site.kinds(2) == ["replayed", "comparison"]
