"""What a live app was asked, kept for another kernel, where it is asked again from the beginning.

While a notebook is run its app changes: a counter goes on, a view is declared anew. Only an app
that all cells have made, and nobody has asked yet, begins where its export does.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from nbflask.exchanges.drafts import Draft, build_draft
from nbflask.exchanges.fields import Fields

from .asking import Called
from .correspondence import Correspondence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from wsgiref.types import WSGIApplication

    from nbflask.exchanges.exchange import Exchange

    from .report import Outcome, Parity

_BYTES = "latin-1"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request that a live app has answered.

    :param size: How much of the answer its client has read; ``None`` for all of it.
    :param headers: Those of the answer.
    :param content: The answer's.
    """

    id: int
    draft: Draft
    size: int | None
    headers: Fields = Fields()  # noqa: RUF009  (a tuple)
    content: bytes = b""


def read_exchange(exchange: Exchange, size: int | None) -> Asked:
    """Give what is needed to ask again."""
    asked = Asked(id=exchange.id, draft=build_draft(exchange), size=size)
    if exchange.response is None:
        return asked
    response = exchange.response
    return replace(asked, headers=response.headers, content=response.content.data)


def write_asked(file: Path, asked: Iterable[Asked]) -> None:
    """Write requests into a file that nobody else may read: it holds cookies."""
    file.write_text(json.dumps([_write(each) for each in asked]), encoding="utf-8")


def read_asked(file: Path) -> tuple[Asked, ...]:
    """Read what :func:`write_asked` has written."""
    return tuple(map(_read, json.loads(file.read_text(encoding="utf-8"))))


def ask_again(app: WSGIApplication, asked: Sequence[Asked]) -> None:
    """Put the requests to an app, each client with the cookies that it gets here."""
    known = Correspondence()
    live = Called(app=app)
    for each in asked:
        reply = live.ask(known.translate(each.draft), each.size)
        known.learn((each.headers, each.content), (reply.headers, reply.content))


def settle(first: Parity, asked: Sequence[Asked], again: Parity, note: str) -> Parity:
    """Take what came of asking again for what came of the notebook's run.

    :param note: For what differs no more.
    """
    if len(again.outcomes) != len(asked):
        return first
    found = {
        one.id: replace(two, id=one.id) for one, two in zip(asked, again.outcomes, strict=True)
    }

    def choose(outcome: Outcome) -> Outcome:
        # What was alike in the first run is so.
        is_open = outcome.differs or outcome.skipped
        chosen = found.get(outcome.id, outcome) if is_open else outcome
        is_settled = outcome.differs and not chosen.differs and not chosen.skipped
        return replace(chosen, note=note) if is_settled else chosen

    return replace(first, outcomes=tuple(map(choose, first.outcomes)))


def _write(asked: Asked) -> dict[str, Any]:
    draft = asked.draft
    return {
        "id": asked.id,
        "size": asked.size,
        "headers": list(asked.headers),
        "content": asked.content.decode(_BYTES),
        "draft": {
            **{name: getattr(draft, name) for name in _PLAIN},
            "headers": list(draft.headers),
            "content": draft.content.decode(_BYTES),
        },
    }


_PLAIN = ("method", "target", "prefix", "scheme", "host", "address")


def _read(data: dict[str, Any]) -> Asked:
    draft = data["draft"]
    return Asked(
        id=data["id"],
        size=data["size"],
        headers=Fields(map(tuple, data["headers"])),
        content=data["content"].encode(_BYTES),
        draft=Draft(
            **{name: draft[name] for name in _PLAIN},
            headers=Fields(map(tuple, draft["headers"])),
            content=draft["content"].encode(_BYTES),
        ),
    )
