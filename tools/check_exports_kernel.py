"""What is done in a notebook's kernel: noting what its app is asked, and comparing with its export.

Functions here are called from cells that are put before and behind the notebook's own.
"""

from __future__ import annotations

import json
import pickle
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbflask.alike.answers import compare_answers
from nbflask.alike.asking import Called, Reached
from nbflask.alike.correspondence import Correspondence
from nbflask.alike.opening import find_settings
from nbflask.alike.parity import size_to_read
from nbflask.alike.report import Outcome, Parity
from nbflask.exchanges.drafts import Draft, build_draft
from nbflask.exchanges.fields import Fields
from nbflask.recorder import Bounds, Recorder, recorder_of
from tools.check_exports_requests import (
    Asked,
    Listening,
    Notes,
    count_read,
    derive_requests,
    sizes_of_streams,
)
from tools.check_exports_servers import SERVERS, NotStartedError, Project, serve
from tools.check_exports_websockets import compare_conversations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from nbflask.exchanges.exchange import Exchange

# Uploads of the guide are of 2 MB.
_BOUNDS = Bounds(exchanges=5_000, content_bytes=4_000_000, total_bytes=500_000_000)
# A stream that nobody has asked for yet may have no end.
_TIMEOUT_S = 20.0


@dataclass(frozen=True, kw_only=True)
class Task:
    """What is to be compared.

    :param app: The app's variable.
    :param notes: Where the first run leaves what it has noted.
    :param result: Where the second run leaves what came of it, by server.
    :param masks: Regular expressions of what a clock, chance or a secret decides.
    :param conversations: For each path of a websocket the messages to send.
    """

    app: str
    notes: str
    result: str
    folder: str = ""
    python: str = ""
    workers: int = 1
    variables: Mapping[str, str] = field(default_factory=dict)
    masks: Sequence[str] = ()
    conversations: Mapping[str, Sequence[str]] = field(default_factory=dict)


_listening: list[Listening] = []


def begin(namespace: dict[str, Any], task_json: str, *, is_second: bool) -> None:
    """Listen to the notebook's test clients from now on."""
    task = Task(**json.loads(task_json))
    notes = pickle.loads(Path(task.notes).read_bytes()) if is_second else None  # noqa: S301 - ours
    listening = Listening(find_app=lambda: namespace.get(task.app), notes=notes)
    _listening.append(listening)
    listening.start()


def end(task_json: str) -> None:
    """Leave what was noted in the first run."""
    task = Task(**json.loads(task_json))
    listening = _listening.pop()
    listening.stop()
    Path(task.notes).write_bytes(pickle.dumps(listening.taken))


def compare(app: Any, task_json: str) -> None:
    """Ask the live app all that was noted, then each server; leave how the answers differ."""
    task = Task(**json.loads(task_json))
    _listening.pop().stop()
    notes: Notes = pickle.loads(Path(task.notes).read_bytes())  # noqa: S301 - our own
    if other := recorder_of(app):
        other.detach()
    folder = Path(task.folder)
    project = Project(
        folder=folder,
        python=Path(task.python),
        workers=task.workers,
        variables=find_settings(app, folder) | dict(task.variables),
    )
    ignore = [re.compile(each) for each in task.masks]
    with Recorder(app, name=task.app, bounds=_BOUNDS) as recorder:
        _ask_live(app, notes)
    exchanges = recorder.exchanges()
    found: dict[str, Any] = {}
    for server in SERVERS:
        try:
            with serve(project, server) as url:
                other_app = Reached(url=url, is_ours=True, timeout_s=_TIMEOUT_S)
                outcomes = tuple(_ask_other(recorder, exchanges, other_app, ignore))
                talked = compare_conversations(app, url, server, task.conversations)
        except NotStartedError as fault:
            found[server] = {"failed": str(fault)}
        else:
            parity = Parity(name=task.app, outcomes=outcomes)
            found[server] = {"parity": parity.to_data(), "conversations": talked}
    Path(task.result).write_text(json.dumps(found))


def _ask_live(app: Any, notes: Notes) -> None:
    """Ask a live app, recorded; what its first run has drawn is put in the words of this one."""
    known = Correspondence()
    other = Called(app=app, timeout_s=_TIMEOUT_S)
    sizes = sizes_of_streams(notes.pairs)
    for asked, answered in notes.pairs:
        size = count_read(answered) or sizes.get(asked.target)
        reply = other.ask(known.translate(_draft(asked)), size)
        content = b"".join(answered.blocks)
        known.learn((Fields(answered.headers), content), (reply.headers, reply.content))
    for asked in derive_requests(app):
        size = sizes.get(asked.target) if asked.method == "GET" else None
        other.ask(_draft(asked), size)


def _draft(asked: Asked) -> Draft:
    return Draft(
        method=asked.method,
        target=asked.target,
        scheme=asked.scheme,
        address="127.0.0.1",
        headers=Fields(asked.headers),
        content=asked.content,
    )


def _ask_other(
    recorder: Recorder,
    exchanges: Sequence[Exchange],
    other: Reached,
    ignore: Sequence[re.Pattern[str]],
) -> Iterator[Outcome]:
    known = Correspondence()
    for exchange in exchanges:
        reply = other.ask(known.translate(build_draft(exchange)), size_to_read(exchange))
        tokens: dict[str, str] = {}
        if exchange.response is not None:
            mine = exchange.response.headers, exchange.response.content.data
            tokens = known.learn(mine, (reply.headers, reply.content))
        yield Outcome(
            id=exchange.id,
            method=exchange.request.method,
            target=exchange.request.app_target,
            rows=compare_answers(
                exchange, reply, tokens=tokens, ignore=ignore, redact=recorder.redacted
            ),
        )
