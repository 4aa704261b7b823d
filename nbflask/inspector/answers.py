"""What a page may ask of the inspector, and what it is answered.

Rule 1: a message is of a kind of the table below, and nothing else is done for a page.

Rule 2: whatever goes wrong is a message for the page, and never raises into the kernel's log.

Rule 3: what is answered was redacted, unless the message asks for it not to be. No answer is a
trait, so none is saved with the notebook.

Messages are handled in the kernel's main thread. Sending a request again is not: the app may need
that thread, and its user the kernel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbflask.errors import FilterError, NbflaskError, RecordError
from nbflask.exchanges.comparison import compare
from nbflask.exchanges.exports import export
from nbflask.exchanges.har import format_har
from nbflask.exchanges.messages import build_comparison, build_details
from nbflask.exchanges.plain import plain
from nbflask.exchanges.redaction import redact_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from nbflask.exchanges.exchange import Exchange
    from nbflask.inspector.backlog import Json
    from nbflask.inspector.matching import Matching
    from nbflask.inspector.replaying.again import SendingAgain
    from nbflask.recorder import Recorder

# Each batch repeats it.
MAX_NOTE_CHARS = 10_000


class Answers:
    """Answers one page.

    :param send: Takes each answer.
    :param resync: Tells the page everything anew.
    :param matching: What the page's filter leaves, where only the kernel can say it.
    :param again: Sends requests again, beside the main thread.
    """

    def __init__(
        self,
        recorder: Recorder,
        send: Callable[[Json], None],
        resync: Callable[[], None],
        matching: Matching,
        again: SendingAgain,
    ) -> None:
        """Prepare to answer."""
        self._recorder, self._send, self._resync = recorder, send, resync
        self._matching, self._again = matching, again

    def answer(self, message: Any) -> None:
        """Do what a page's message asks for."""
        try:
            kind = message.get("kind", "") if isinstance(message, dict) else ""
            method = _METHODS.get(kind)
            if method is None:
                raise NbflaskError(f"{kind!r} is no message that the inspector answers.")
            method(self, message)
        except Exception as fault:  # noqa: BLE001 - rule 2.
            self.report(fault)

    def report(self, fault: BaseException) -> None:
        """Tell the page what went wrong."""
        text = str(fault) if isinstance(fault, NbflaskError) else f"{type(fault).__name__}: {fault}"
        self._send({"kind": "failed", "text": plain(redact_text(text, self._recorder.secrets))})

    def _ready(self, _message: Json) -> None:
        self._resync()

    def _get(self, message: Json) -> None:
        number, is_revealed = int(message["id"]), message.get("reveal") is True
        try:
            exchange = self._recorder.exchange(number)
        except RecordError:
            self._send({"kind": "gone", "id": number})
            return
        shown = exchange if is_revealed else self._recorder.redacted(exchange)
        self._send({"kind": "details", **build_details(shown, is_revealed=is_revealed)})

    def _filter(self, message: Json) -> None:
        text = str(message["text"])
        answer: Json = {"kind": "filtered", "text": text}
        try:
            self._matching.use(text)
        except FilterError as fault:
            answer["error"] = {"column": fault.column, "message": str(fault)}
        else:
            answer["ids"] = self._matching.ids()
        self._send(answer)

    def _pin(self, message: Json) -> None:
        self._recorder.pin(int(message["id"]), message.get("is_pinned") is not False)

    def _note(self, message: Json) -> None:
        self._recorder.annotate(int(message["id"]), note=str(message["text"])[:MAX_NOTE_CHARS])

    def _clear(self, _message: Json) -> None:
        self._recorder.clear()

    def _pause(self, message: Json) -> None:
        if message.get("is_paused") is not False:
            self._recorder.pause()
        else:
            self._recorder.resume()

    def _copy(self, message: Json) -> None:
        is_redacted = message.get("is_redacted") is not False
        ids = message["ids"] if message.get("ids") is not None else [message["id"]]
        kind = str(message["as"])
        text = export(self._exchanges(ids, is_redacted=is_redacted), kind)
        self._send(
            {
                "kind": "copied",
                "id": ids[0],
                "as": kind,
                "text": plain(text),
                "is_redacted": is_redacted,
            }
        )

    def _compare(self, message: Json) -> None:
        left, right = (self._exchanges([each])[0] for each in message["ids"])
        self._send(build_comparison(compare(left, right)))

    def _har(self, message: Json) -> None:
        ids = message.get("ids")
        text = format_har(self._exchanges(ids))
        name = self._recorder.name
        self._send({"kind": "har", "name": f"{name}.har", "text": plain(text)})

    def _replay(self, message: Json) -> None:
        self._again.send(message)

    def _exchanges(
        self, ids: Iterable[int] | None, *, is_redacted: bool = True
    ) -> tuple[Exchange, ...]:
        """Give exchanges by their ids, in that order; all of them for ``None``.

        :raises RecordError: One is not there.
        """
        recorder = self._recorder
        found = (
            recorder.exchanges()
            if ids is None
            else tuple(recorder.exchange(each) for each in dict.fromkeys(map(int, ids)))
        )
        return tuple(recorder.redacted(each) for each in found) if is_redacted else found


_METHODS: dict[str, Callable[[Answers, Json], None]] = {
    "ready": Answers._ready,
    "get": Answers._get,
    "filter": Answers._filter,
    "pin": Answers._pin,
    "note": Answers._note,
    "clear": Answers._clear,
    "pause": Answers._pause,
    "copy": Answers._copy,
    "compare": Answers._compare,
    "har": Answers._har,
    "replay": Answers._replay,
}
