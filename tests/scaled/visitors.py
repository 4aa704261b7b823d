"""People who put things into baskets, all at once and without end, and check them each time."""

from __future__ import annotations

import http.client
import json
import threading
import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Seconds. What is waited for takes three; on a machine that is busy with other tests, more.
PATIENCE_S = 60
#: They look at the page for so long, or else they would take all of the machine.
_PAUSE_S = 0.01
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a visitor was answered.

    :param phase: Of the crowd, when the request was sent.
    :param counted: How many things are in the basket, where it was looked into.
    :param expected: How many the visitor had put in.
    """

    phase: str
    status: int
    host: str = ""
    counted: int = 0
    expected: int = 0


@dataclass
class Crowd:
    """Visitors of an address, each with a session of their own, from ``with`` to its end.

    :param phase: What the test is doing now.
    :param cut: The phases in which requests were sent whose answer did not come whole.
    """

    address: str
    size: int = 6
    phase: str = "begin"
    answers: list[Answer] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the visitors."""
        self.ended = threading.Event()
        self._changed = threading.Condition()
        self._visitors = [threading.Thread(target=self._visit) for _ in range(self.size)]

    def go_on(self, phase: str, until: Callable[[list[Answer]], bool]) -> list[Answer]:
        """Begin a phase, and wait until its answers are enough.

        :param until: Whether they are, by the phase's answers so far.
        """
        self.phase = phase
        with self._changed:
            assert self._changed.wait_for(
                lambda: self.faults or until(self.answers_in(phase)), PATIENCE_S
            ), f"In phase {phase!r} there were {self.answers_in(phase)[-20:]}."
        assert self.faults == []
        assert {each.status for each in self.answers} == {200, 303}
        return self.answers_in(phase)

    def answers_in(self, phase: str) -> list[Answer]:
        """Give the answers to requests that were sent in a phase."""
        return [each for each in self.answers if each.phase == phase]

    def __enter__(self) -> Self:
        """Let them in."""
        for each in self._visitors:
            each.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        """Send them away."""
        self.ended.set()
        for each in self._visitors:
            each.join(PATIENCE_S)

    def _visit(self) -> None:
        try:
            for answer in Visitor(crowd=self).shop():
                with self._changed:
                    self.answers.append(answer)
                    self._changed.notify_all()
                if self.ended.wait(_PAUSE_S):
                    return
        except Exception as fault:
            with self._changed:
                self.faults.append(fault)
                self._changed.notify_all()
            raise


@dataclass
class Visitor:
    """Somebody with a browser, which has one connection and one cookie."""

    crowd: Crowd
    cookie: str = ""

    def __post_init__(self) -> None:
        """Open the browser."""
        self._connection = http.client.HTTPConnection(self.crowd.address, timeout=PATIENCE_S)

    def shop(self) -> Iterator[Answer]:
        """Put in one tea after another, and look into the basket after each."""
        had = 0
        try:
            while True:
                form = urlencode({"thing": "tea", "form_id": uuid.uuid4().hex})
                yield self._ask("POST", form)[0]
                had += 1
                answer, content = self._ask("GET")
                yield replace(answer, counted=json.loads(content).get("tea", 0), expected=had)
        finally:
            self._connection.close()

    def _ask(self, method: str, content: str | None = None) -> tuple[Answer, bytes]:
        """Ask, and ask again where the answer does not come whole, as a browser's reader does."""
        phase = self.crowd.phase
        while True:
            try:
                return self._ask_once(phase, method, content)
            except (http.client.HTTPException, ConnectionError):
                self.crowd.cut.append(phase)
                self._connection.close()

    def _ask_once(self, phase: str, method: str, content: str | None) -> tuple[Answer, bytes]:
        fields = {"Cookie": self.cookie} if self.cookie else {}
        self._connection.request(method, "/basket", content, {**_FORM, **fields})
        response = self._connection.getresponse()
        received = response.read()
        given = response.getheader("Set-Cookie")
        if given:
            self.cookie = given.partition(";")[0]
        host = response.getheader("X-Served-By", "")
        return Answer(phase=phase, status=response.status, host=host), received
