"""A recorded request, sent to the app again.

Rule 1: it goes to the app that was recorded, and nowhere else.
Rule 2: a request that was not recorded whole is not made up; it is refused with the reason.
Rule 3: it runs in a thread of its own. The kernel's may be what a view waits for.
Rule 4: one that may change something is asked about once, where somebody is there to be asked.
"""

from __future__ import annotations

import inspect
import threading
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from nbflask.errors import OptionError, RecordError, ServerError
from nbflask.exchanges.comparison import compare
from nbflask.exchanges.drafts import (
    build_draft,
    bypass_cache,
    put_cookies,
    refuse_unsendable,
    say_gap,
)
from nbflask.exchanges.edit_cells import read_edit_cell, write_edit_cell
from nbflask.exchanges.edits import Edit, build_edit, edit_draft, restore
from nbflask.exchanges.exchange import State
from nbflask.exchanges.jars import current_cookies, is_replay
from nbflask.inspector.replaying.csrf import refresh_tokens
from nbflask.inspector.replaying.load import Load, check_load, run_load
from nbflask.inspector.replaying.replayed import Mode, Replay, list_notes
from nbflask.inspector.replaying.sending import Answer, Call, Patience, Way, say_slow
from nbflask.values.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbflask.exchanges.drafts import Draft
    from nbflask.exchanges.exchange import Exchange
    from nbflask.recorder import Change, Recorder

__all__ = ["Edit", "Load", "Mode", "NeedsConfirmation", "Replay", "Replayer"]

#: Methods that change nothing (RFC 9110 section 9.2.1); TRACE no app takes.
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# The server closes the app's response after its last byte has arrived here; so long is for that.
_SETTLE_S = 2.0


class NeedsConfirmation(RecordError):
    """A request may change something when it is sent again, and nobody has said to do so."""


class Replayer:
    """Sends requests of one recorder again.

    :param find_way: Gives the way to the app's server; ``None`` where it is not served.
    """

    def __init__(
        self, recorder: Recorder, find_way: Callable[[], Way | None] | None = None
    ) -> None:
        """Begin with nothing confirmed."""
        self._recorder = recorder
        self._find_way = find_way or (lambda: None)
        self._confirmed: set[tuple[int, str]] = set()
        self._stopped = threading.Event()

    def __repr__(self) -> str:
        """Name the app; the same text in every run."""
        return f"<Replayer of {self._recorder.name}>"

    def replay(
        self,
        number: int,
        mode: Mode | str = Mode.CURRENT,
        *,
        edit: Edit | None = None,
        confirm: bool = False,
        bypass_cache: bool = False,
        timeout_s: float = 30.0,
        **changes: Any,
    ) -> Replay:
        """Send a request again, wait for the response, and compare.

        :param number: The exchange.
        :param edit: REDACTED in it stands for what was recorded.
        :param changes: An edit as Python says it: ``json``, ``form``, ``content``, ``headers``,
            ``cookies``, ``path``, ``query``, ``method`` (:func:`.edits.build_edit`).
        :param confirm: Whether to ask once about a method that may change something.
        :param bypass_cache: Leave out ``If-None-Match``, ``Range`` and their like.
        :param timeout_s: After which a response that goes on is left.
        :raises NeedsConfirmation: It may change something; nothing was sent.
        :raises RecordError: It is not there, or was not recorded whole; nothing was sent.
        :raises OptionError: A change is not known, or two exclude each other.
        :raises ServerError: The app's server does not answer.
        """
        mode = Mode(mode)
        original = self._recorder.exchange(number)
        if changes:
            edit = _read_changes(original, edit, changes)
        draft = self.draft(original, mode, edit)
        self.confirm(original, draft, ask=confirm)
        patience = Patience(seconds=timeout_s, size=_size_of_aborted(original))
        answer = self.send(_prepare(draft, bypass=bypass_cache), patience, replay_of=number)
        return self._describe(original, answer, mode, draft)

    def load(
        self,
        number: int,
        times: int,
        *,
        concurrency: int = 1,
        mode: Mode | str = Mode.CURRENT,
        edit: Edit | None = None,
        confirm: bool = False,
        timeout_s: float = 30.0,
        **changes: Any,
    ) -> Load:
        """Send a request many times. :meth:`stop` ends it early, and so does an interrupt.

        :param concurrency: How many are under way at once.
        :raises OptionError: A number is none of a load's, or a change is not known.
        :raises RecordError: As :meth:`replay`.
        """
        check_load(times, concurrency)
        original = self._recorder.exchange(number)
        if changes:
            edit = _read_changes(original, edit, changes)
        draft = self.draft(original, mode, edit)
        self.confirm(original, draft, ask=confirm)
        way = self._find_way() or Call(app=self._recorder.app)
        patience = Patience(
            seconds=timeout_s, size=_size_of_aborted(original), is_stopped=self._stopped.is_set
        )
        self._stopped.clear()
        return run_load(
            lambda: way.send(draft, patience, replay_of=number),
            of=number,
            times=times,
            concurrency=concurrency,
            stopped=self._stopped,
        )

    def newest(self) -> int:
        """Give the exchange that was recorded last and is no replay.

        :raises RecordError: There is none.
        """
        ids = [each.id for each in self._recorder.exchanges() if not is_replay(each)]
        return ids[-1] if ids else self._recorder.exchange(1).id

    def write_cell(self, number: int, magic: str) -> str:
        """Write an exchange's request as a cell to edit, redacted.

        :param magic: The cell's first line.
        :raises RecordError: It is not there, or is no request to send.
        """
        original = self._recorder.exchange(number)
        refuse_unsendable(original, has_own_content=True)
        shown = build_draft(self._recorder.redacted(original))
        gap = say_gap(original.request.content)
        return write_edit_cell(shown, magic, note=f"It {gap}." if gap else "")

    def read_cell(self, number: int, cell: str, read_file: Callable[[str], bytes]) -> Edit:
        """Read such a cell.

        :raises CellError: It is not one request.
        """
        return read_edit_cell(cell, build_draft(self._recorder.exchange(number)), read_file)

    def stop(self) -> None:
        """End a load that is under way. May be called twice."""
        self._stopped.set()

    def draft(self, original: Exchange, mode: Mode | str, edit: Edit | None = None) -> Draft:
        """Give what is to be sent.

        :raises RecordError: It cannot be sent.
        """
        recorded = build_draft(original)
        shown = build_draft(self._recorder.redacted(original))
        edit = restore(edit or Edit(), recorded, shown)
        refuse_unsendable(
            original, has_own_content=edit.content not in (None, original.request.content.data)
        )
        draft = edit_draft(recorded, edit)
        if mode == Mode.EXACT:
            return draft
        if draft.cookies == recorded.cookies:
            app = self._recorder.app
            cookies = current_cookies(
                self._recorder.exchanges(),
                original,
                session_cookie_name=app.config["SESSION_COOKIE_NAME"],
            )
            draft = put_cookies(draft, cookies)
        return refresh_tokens(self._recorder.app, draft, recorded, original)

    def confirm(self, original: Exchange, draft: Draft, *, ask: bool) -> None:
        """Note that an exchange may be sent again, or ask.

        :raises NeedsConfirmation: It was not said before.
        """
        # Who has said yes to a POST has not said it to the DELETE that it is edited to.
        meant = (original.id, draft.method)
        if draft.method in _SAFE_METHODS or meant in self._confirmed:
            return
        if ask:
            path = ascii(self._recorder.redacted(original).request.path)[1:-1]
            raise NeedsConfirmation(
                f"{draft.method} {path} may change something when it is sent "
                f"again. If that is meant, write `%flask_replay {original.id} --yes`; it is asked "
                "once."
            )
        self._confirmed.add(meant)

    def send(self, draft: Draft, patience: Patience, *, replay_of: int = 0) -> Answer:
        """Send a draft in a thread of its own, and wait until the recorder has all of it.

        :param replay_of: 0 for one that was not recorded here.
        """
        way = self._find_way() or Call(app=self._recorder.app)
        stopped = threading.Event()
        patience = replace(patience, is_stopped=stopped.is_set)
        try:
            future = _run_beside(lambda: self._send(way, draft, patience, replay_of))
            return future.result(patience.seconds + _SETTLE_S)
        except TimeoutError:
            raise say_slow(patience) from None
        finally:
            # The kernel was interrupted: nobody waits for the response any more.
            stopped.set()

    def _send(self, way: Way, draft: Draft, patience: Patience, replay_of: int) -> Answer:
        changed = threading.Event()

        def note(_change: Change) -> None:
            changed.set()

        unsubscribe = self._recorder.subscribe(note)
        try:
            answer = way.send(draft, patience, replay_of=replay_of)
            if answer.exchange_id is None:
                raise _say_unrecorded(answer, self._recorder)
            while not self._recorder.exchange(answer.exchange_id).state.is_over:
                if not changed.wait(_SETTLE_S):
                    break
                changed.clear()
        finally:
            unsubscribe()
        return answer

    def _describe(self, original: Exchange, answer: Answer, mode: Mode, draft: Draft) -> Replay:
        if answer.exchange_id is None:
            raise _say_unrecorded(answer, self._recorder)
        # What the recorder knows of the original by now.
        exchange = self._recorder.exchange(answer.exchange_id)
        shown = self._recorder.redacted(exchange)
        return Replay(
            of=original.id,
            exchange=exchange,
            shown=shown,
            comparison=compare(self._recorder.redacted(original), shown),
            mode=mode,
            notes=list_notes(original, exchange, mode, draft, is_left=answer.is_left),
        )


def _read_changes(original: Exchange, edit: Edit | None, changes: dict[str, Any]) -> Edit:
    if edit is not None:
        raise OptionError("An edit says all that is changed. Give it, or the changes by name.")
    known = list(inspect.signature(build_edit).parameters)[1:]
    if unknown := [name for name in changes if name not in known]:
        raise OptionError(f"A request has no {unknown[0]!r}.{did_you_mean(unknown[0], known)}")
    return build_edit(build_draft(original), **changes)


def _prepare(draft: Draft, *, bypass: bool) -> Draft:
    return bypass_cache(draft) if bypass else draft


def _size_of_aborted(original: Exchange) -> int | None:
    """Give how much of a content was read when its client left; ``None`` if it stayed."""
    if original.state is not State.ABORTED or original.response is None:
        return None
    return original.response.content.size or None


def _run_beside(work: Callable[[], Answer]) -> Future[Answer]:
    """Do something in a thread of its own, which an interrupt of the kernel does not reach."""
    future: Future[Answer] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as fault:  # noqa: BLE001  # whoever waits gets it
            future.set_exception(fault)

    threading.Thread(target=run, name="nbflask-replay", daemon=True).start()
    return future


def _say_unrecorded(answer: Answer, recorder: Recorder) -> Exception:
    if not recorder.is_recording:
        return RecordError("Nothing is recorded now, so there is no exchange to show.")
    return ServerError(
        f"The request did not reach the app: its server answered {answer.status_code}. "
        "Look at its method, path and Host."
    )
