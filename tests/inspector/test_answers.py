"""What a page says, however it is malformed, is answered, and keeps no kernel busy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask

from nbflask.inspector.answers import MAX_NOTE_CHARS, Answers
from nbflask.inspector.matching import Matching
from nbflask.inspector.replaying.again import SendingAgain
from nbflask.inspector.replaying.replay import Replayer
from nbflask.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "hunter2Xq9"


class Asked:
    """A recorder with one exchange, and what its page is answered."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.sent: list[dict[str, Any]] = []
        again = SendingAgain(Replayer(recorder), self.sent.append, lambda _fault: None)
        self._answers = Answers(recorder, self.sent.append, lambda: None, Matching(recorder), again)

    def say(self, message: Any) -> list[dict[str, Any]]:
        """Give what a message is answered."""
        self.sent.clear()
        self._answers.answer(message)
        return self.sent


@pytest.fixture
def asked() -> Iterator[Asked]:
    app = Flask("app")
    with Recorder(app) as recorder:
        app.test_client().post("/a", data={"password": SECRET})
        yield Asked(recorder)


@pytest.mark.parametrize(
    "message",
    [
        *(None, [], "get", {}, {"kind": []}, {"kind": "__class__"}, {"kind": "get"}),
        *({"kind": "get", "id": each} for each in (None, "9" * 5000, float("inf"), [1])),
        *({"kind": "compare", "ids": each} for each in (None, 1, [1], [1, 1, 1])),
        *({"kind": "copy", "ids": each, "as": "curl"} for each in ([], ["x"], 5)),
        *({"kind": "copy", "id": 1, "as": each} for each in ("__class__", ["curl"], None)),
        *({"kind": "filter", "text": each} for each in ("(" * 50_000, "body:~" + "(a*)*" * 99)),
    ],
    ids=lambda each: str(each)[:40],
)
def test_a_malformed_message_is_answered(asked: Asked, message: Any) -> None:
    (answer,) = asked.say(message)
    assert answer["kind"] in ("failed", "gone", "filtered")
    assert SECRET not in str(answer)


@pytest.mark.parametrize("flag", ["yes", 1, "true", [True]])
def test_only_true_reveals_and_only_false_copies_secrets(asked: Asked, flag: object) -> None:
    for message in (
        {"kind": "get", "id": 1, "reveal": flag},
        {"kind": "copy", "id": 1, "as": "curl", "is_redacted": flag or 0},
    ):
        assert SECRET not in str(asked.say(message))


def test_an_exchange_that_is_named_often_is_exported_once(asked: Asked) -> None:
    (once,) = asked.say({"kind": "copy", "ids": [1], "as": "raw"})
    (often,) = asked.say({"kind": "copy", "ids": [1] * 100_000, "as": "raw"})
    assert often == once
    (comparison,) = asked.say({"kind": "compare", "ids": [1, 1]})
    assert comparison["ids"] == [1, 1]


def test_a_note_is_cut_where_nobody_reads_on(asked: Asked) -> None:
    asked.say({"kind": "note", "id": 1, "text": "x" * 1_000_000})
    assert len(asked.recorder.exchange(1).note) == MAX_NOTE_CHARS
