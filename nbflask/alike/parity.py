"""``nbflask.parity(app, other)``: every recorded request is put to another app.

Rule 1: they are sent in the order in which they were recorded, each client with the cookies that
the other app has given it.

Rule 2: a request that cannot be sent as it was recorded is skipped, and the reason is said.

Rule 3: a notebook changes while it is recorded. Where an answer of a request that changes nothing
differs, the live app is asked again; if it now answers as the other does, that is alike. A request
that may change something is skipped if its view was changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask

from nbflask.errors import NotebookError, OptionError, RecordError
from nbflask.exchanges.differences import bound_rows
from nbflask.exchanges.drafts import build_draft, refuse_unsendable
from nbflask.exchanges.exchange import State
from nbflask.exchanges.jars import is_replay
from nbflask.recorder import Recorder, recorder_of

from .answers import compare_answers
from .asking import Called, Reached
from .correspondence import Correspondence
from .opening import open_other, serve_export
from .repeating import ask_again, read_asked, read_exchange, write_asked
from .report import Outcome, Parity

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from wsgiref.types import WSGIApplication

    from nbflask.exchanges.exchange import Exchange

    from .asking import Other, Reply

#: Methods that change nothing (RFC 9110 section 9.2.1).
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_CHANGED = "Its view was changed after it was recorded."
ANSWERS_NOW = "The app has changed since it was recorded, and answers so by now."
_MAX_ROWS = 12  # Where a whole page is another, nobody reads all of its lines.


def parity(
    app: Flask | Recorder,
    other: WSGIApplication | str | os.PathLike[str],
    *,
    ignore: Sequence[str] = (),
    timeout_s: float = 30.0,
    changes: bool | None = None,
) -> Parity:
    """Compare what an app has answered with what another one answers to the same requests.

    :param app: A live app whose exchanges were recorded, or its recorder.
    :param other: A WSGI app, the URL of an app's root, the folder of an exported project, or a
        notebook's file; the last two are served for as long as it takes.
    :param ignore: Regular expressions; what they match is the same whatever it is, such as a time.
    :param timeout_s: Until an answer of a server is given up.
    :param changes: Whether requests that may change something are sent. By default they are,
        unless the other app is at a URL of another machine.
    :raises OptionError: An argument is not what it is to be.
    :raises RecordError: Nothing was recorded.
    :raises ServerError: The other app does not start, or nobody answers at the URL.
    """
    recorder, exchanges = _find_exchanges(app)
    patterns = _compile(ignore)
    with open_other(other, recorder.app, timeout_s=timeout_s, changes=changes) as found:
        return _ask_all(recorder, exchanges, found, patterns)


def parity_with_notebook(app: Flask, path: str, name: str, asked: str) -> Parity:
    """Compare what an app of a notebook has answered with what its export answers.

    :param asked: A file: if it is there, the app is first asked what it holds, else it is written.
    :raises NotebookError: It was asked nothing.
    """
    file = Path(asked)
    is_again = file.is_file()
    if is_again:
        ask_again(app, read_asked(file))
    try:
        recorder, exchanges = _find_exchanges(app)
    except RecordError:
        raise NotebookError(
            f"No cell asks the app {name!r} anything, so there is nothing to compare. Add a cell "
            "that does, such as `%flask_get /`."
        ) from None
    with serve_export(Path(path), app, name) as url:
        found = _ask_all(recorder, exchanges, Reached(url=url, is_ours=True), ())
    if not is_again:
        sendable = (each for each in exchanges if not _find_reason_to_skip(each))
        write_asked(file, [read_exchange(each, size_to_read(each)) for each in sendable])
    return found


def _find_exchanges(app: Flask | Recorder) -> tuple[Recorder, list[Exchange]]:
    if not isinstance(app, (Flask, Recorder)):
        raise OptionError(f"{app!r} is no live app: give the Flask app, or what records it, first.")
    recorder = app if isinstance(app, Recorder) else recorder_of(app)
    exchanges = [] if recorder is None else [it for it in recorder.exchanges() if not is_replay(it)]
    if recorder is None or not exchanges:
        raise RecordError(
            "Nothing is recorded of the app, so there is nothing to compare. Send it requests "
            "first: in a notebook with `%flask_get` or in a browser, in a script within "
            "`with nbflask.record(app):`, and compare in the same block."
        )
    return recorder, exchanges


def _ask_all(
    recorder: Recorder,
    exchanges: Sequence[Exchange],
    other: Other,
    ignore: Sequence[re.Pattern[str]],
) -> Parity:
    asking = _Asking(recorder=recorder, other=other, ignore=ignore)
    return Parity(name=recorder.name, outcomes=tuple(map(asking.ask, exchanges)))


@dataclass(kw_only=True)
class _Asking:
    """Puts one recorded request after the other to an app."""

    recorder: Recorder
    other: Other
    ignore: Sequence[re.Pattern[str]]
    known: Correspondence = field(default_factory=Correspondence)

    def ask(self, exchange: Exchange) -> Outcome:
        """Send a request, and compare."""
        shown = self.recorder.redacted(exchange)
        outcome = Outcome(
            id=exchange.id, method=exchange.request.method, target=shown.request.app_target
        )
        if reason := self._find_reason_to_skip(exchange):
            return replace(outcome, skipped=reason)
        draft = self.known.translate(build_draft(exchange))
        reply = self.other.ask(draft, size_to_read(exchange))
        rows = self._compare(exchange, reply, self._learn(exchange, reply))
        found = replace(outcome, rows=bound_rows(iter(rows), _MAX_ROWS))
        if not rows:
            return found
        if exchange.request.method in _SAFE_METHODS:
            return self._ask_again(exchange, reply, found)
        if self.recorder.has_other_view(exchange.id):
            return replace(outcome, skipped=_CHANGED)
        return found

    def _find_reason_to_skip(self, exchange: Exchange) -> str:
        reason = _find_reason_to_skip(exchange)
        if not reason and exchange.request.method not in _SAFE_METHODS and not self.other.takes_all:
            return (
                "It may change something, and the other app is not on this machine. If that is "
                "meant, write `changes=True`."
            )
        return reason

    def _learn(self, exchange: Exchange, reply: Reply) -> dict[str, str]:
        if exchange.response is None:
            return {}
        response = exchange.response
        return self.known.learn(
            (response.headers, response.content.data), (reply.headers, reply.content)
        )

    def _ask_again(self, exchange: Exchange, reply: Reply, outcome: Outcome) -> Outcome:
        """Compare with what the live app answers by now."""
        live = Called(app=self.recorder.app, replay_of=exchange.id)
        now = live.ask(build_draft(exchange), size_to_read(exchange))
        if exchange.response is None:
            return outcome
        content = replace(
            exchange.response.content,
            data=now.content,
            size=len(now.content),
            media_type=now.headers.get("Content-Type", ""),
            encoding=now.headers.get("Content-Encoding", ""),
        )
        response = replace(
            exchange.response,
            status_code=now.status_code,
            reason=now.reason,
            headers=now.headers,
            content=content,
        )
        current = replace(exchange, response=response, state=State.COMPLETE, errors=())
        tokens = Correspondence().learn((now.headers, now.content), (reply.headers, reply.content))
        if self._compare(current, reply, tokens):
            return outcome
        return replace(outcome, rows=(), note=ANSWERS_NOW)

    def _compare(self, exchange: Exchange, reply: Reply, tokens: dict[str, str]) -> tuple[Any, ...]:
        return compare_answers(
            exchange, reply, tokens=tokens, ignore=self.ignore, redact=self.recorder.redacted
        )


def _find_reason_to_skip(exchange: Exchange) -> str:
    try:
        refuse_unsendable(exchange)
        return ""
    except RecordError as fault:
        return str(fault)


def size_to_read(exchange: Exchange) -> int | None:
    """Give how much of a content was read when its client left; ``None`` if it stayed."""
    if exchange.state is not State.ABORTED or exchange.response is None:
        return None
    return exchange.response.content.size


def _compile(ignore: Any) -> list[re.Pattern[str]]:
    if isinstance(ignore, str) or not isinstance(ignore, Iterable):
        raise OptionError(
            f"ignore={ignore!r} is no list of regular expressions. Write ignore=[r'...']."
        )
    return [_compile_one(each) for each in ignore]


def _compile_one(pattern: Any) -> re.Pattern[str]:
    if not isinstance(pattern, str):
        raise OptionError(f"{pattern!r} in ignore is no regular expression: write a text.")
    try:
        return re.compile(pattern)
    except re.error as fault:
        raise OptionError(f"{pattern!r} is no regular expression: {fault}.") from None
