"""A recorded exchange in code: its raw values to work with, and only redacted ones on show."""

from __future__ import annotations

import contextlib
import json
import warnings
from typing import TYPE_CHECKING, Any

from nbflask.errors import RecordError
from nbflask.exchanges.encodings import decode
from nbflask.exchanges.exports import export
from nbflask.exchanges.har import to_har
from nbflask.exchanges.media_types import parse_media_type
from nbflask.inspector.debugging import post_mortem
from nbflask.inspector.listing import build_summary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbflask.exchanges.exchange import Exchange, Request, Response
    from nbflask.inspector.replaying.replay import Replay, Replayer
    from nbflask.recorder import Recorder


class RecordedExchange:
    """One request and its response, as a recorder has it.

    Every attribute of :class:`~nbflask.exchanges.exchange.Exchange` is one of this, as raw as it
    was recorded: ``x.session.after``, ``x.errors``. What is printed or shown of it is redacted.
    """

    def __init__(self, recorder: Recorder, exchange: Exchange, replayer: Replayer) -> None:
        """Take an exchange of the recorder's."""
        self._recorder, self._last, self._replayer = recorder, exchange, replayer

    @property
    def exchange(self) -> Exchange:
        """The raw value: as it is now, or as it last was before the recorder dropped it."""
        with contextlib.suppress(RecordError):
            self._last = self._recorder.exchange(self._last.id)
        return self._last

    @property
    def redacted(self) -> Exchange:
        """The value without its secrets."""
        return self._recorder.redacted(self.exchange)

    @property
    def request(self) -> RecordedRequest:
        """What was asked."""
        return RecordedRequest(self.exchange.request)

    @property
    def response(self) -> RecordedResponse | None:
        """What was answered; ``None`` while nothing is."""
        response = self.exchange.response
        return None if response is None else RecordedResponse(response)

    @property
    def note(self) -> str:
        """What its reader wrote about it. It can be set."""
        return self.exchange.note

    @note.setter
    def note(self, text: str) -> None:
        self._recorder.annotate(self._last.id, note=text)

    @property
    def tags(self) -> tuple[str, ...]:
        """The words that its reader gave it. They can be set."""
        return self.exchange.tags

    @tags.setter
    def tags(self, tags: tuple[str, ...]) -> None:
        self._recorder.annotate(self._last.id, tags=tuple(tags))

    def pin(self, is_pinned: bool = True) -> None:
        """Keep it whatever else is recorded, or no longer.

        :raises RecordError: It is gone, or as many are pinned as can be.
        """
        self._recorder.pin(self._last.id, is_pinned)

    def replay(self, mode: str = "current", **settings: Any) -> Replay:
        """Send the request again, and give the new exchange with how it differs.

        :param mode: ``"exact"`` with the cookies as recorded, ``"current"`` with those that the
            client has now and a fresh CSRF token, or ``"edit"``.
        :param settings: What is to be another: ``json``, ``form``, ``content``, ``headers``,
            ``cookies``, ``path``, ``query``, ``method``. ``bypass_cache=True`` leaves out
            ``If-None-Match``, ``Range`` and their like; ``timeout_s`` (30.0) is after how many
            seconds a response that goes on is left; ``confirm=True`` asks once about a method
            that may change something.
        :raises RecordError: It cannot be sent again; the error says why.
        """
        return self._replayer.replay(self._last.id, mode, **settings)

    def post_mortem(self) -> None:
        """Debug the frame that failed.

        :raises RecordError: Its exception is not kept: it had none, or another failed since.
        """
        post_mortem(self._recorder, self._last.id)

    def to_curl(self, *, redact: bool = True) -> str:
        """Give the request as a ``curl`` command.

        :param redact: Whether secrets are replaced; with them it is nothing to pass on.
        """
        return self._export("curl", redact=redact)

    def to_httpie(self, *, redact: bool = True) -> str:
        """Give the request as an HTTPie command."""
        return self._export("httpie", redact=redact)

    def to_httpx(self, *, redact: bool = True) -> str:
        """Give the request as Python code for httpx."""
        return self._export("httpx", redact=redact)

    def to_http(self, *, redact: bool = True) -> str:
        """Give the request as a block of an ``.http`` file."""
        return self._export("http", redact=redact)

    def to_pytest(self, *, redact: bool = True) -> str:
        """Give the exchange as a test."""
        return self._export("pytest", redact=redact)

    def to_client(self, *, redact: bool = True) -> str:
        """Give the request as a cell that uses the app's test client."""
        return self._export("client", redact=redact)

    def to_raw(self, *, redact: bool = True) -> str:
        """Give request and response as they stand on the wire."""
        return self._export("raw", redact=redact)

    def to_har(self, *, redact: bool = True) -> dict[str, Any]:
        """Give the exchange as a HAR file's JSON."""
        return to_har([self._chosen(redact=redact)])

    def _export(self, kind: str, *, redact: bool) -> str:
        return export([self._chosen(redact=redact)], kind)

    def _chosen(self, *, redact: bool) -> Exchange:
        if redact:
            return self.redacted
        warn_of_secrets()
        return self.exchange

    def __getattr__(self, name: str) -> Any:
        """Give what the exchange has of that name."""
        # Copying asks for names of this kind before there is anything to ask.
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return getattr(self.exchange, name)
        except AttributeError:
            raise AttributeError(f"A recorded exchange has no {name!r}.") from None

    def __dir__(self) -> list[str]:
        """Name what the exchange has, too."""
        return sorted({*super().__dir__(), *(each for each in dir(self._last) if each[0] != "_")})

    def __eq__(self, other: object) -> bool:
        """Say whether both are the same exchange of the same recorder."""
        if not isinstance(other, RecordedExchange):
            return NotImplemented
        return self._recorder is other._recorder and self._last.id == other._last.id

    def __hash__(self) -> int:
        """Agree with ``==``."""
        return hash((id(self._recorder), self._last.id))

    def __repr__(self) -> str:
        """Name method, path and status."""
        shown = self.redacted
        status = shown.response.status_code if shown.response else shown.state
        method, path = (ascii(each)[1:-1] for each in (shown.request.method, shown.request.path))
        return f"<Exchange {shown.id}: {method} {path} {status}>"

    def _repr_mimebundle_(self, **_: Any) -> Mapping[str, str]:
        table = build_summary(self.redacted)
        return {"text/plain": repr(table), "text/html": table._repr_html_()}


class _RecordedMessage:
    """What requests and responses share: a content that can be read."""

    def __init__(self, part: Any) -> None:
        self._part = part

    @property
    def data(self) -> bytes:
        """The content as far as it was kept, without its ``Content-Encoding``."""
        content = self._part.content
        return decode(content.data, content.encoding).data

    @property
    def text(self) -> str:
        """The content as text, with U+FFFD for what is none."""
        return parse_media_type(self._part.content.media_type).decode(self.data)

    @property
    def json(self) -> Any:
        """The value that the content writes as JSON.

        :raises RecordError: It is no JSON, or not all of it was kept.
        """
        content = self._part.content
        if content.is_truncated:
            raise RecordError(
                f"{content.kept:,} of {content.size:,} bytes were kept, which is not the whole "
                "JSON. Read `.text`, or record with larger `nbflask.Bounds(content_bytes=...)`."
            )
        if content.is_unread and not content.data:
            raise RecordError("The app has not read the content, so nothing of it was kept.")
        try:
            return json.loads(self.text)
        except ValueError as fault:
            raise RecordError(f"The content is not JSON: {fault}. Read `.text`.") from None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._part, name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *(each for each in dir(self._part) if each[0] != "_")})


class RecordedRequest(_RecordedMessage):
    """The request of a recorded exchange: raw, and with its content read.

    Every attribute of :class:`~nbflask.exchanges.exchange.Request` is one of this.
    """

    _part: Request

    def __repr__(self) -> str:
        """Name the method and the size; a path may hold a secret."""
        return f"<Request {ascii(self._part.method)[1:-1]}, {self._part.content.size} bytes>"


class RecordedResponse(_RecordedMessage):
    """The response of a recorded exchange: raw, and with its content read.

    Every attribute of :class:`~nbflask.exchanges.exchange.Response` is one of this.
    """

    _part: Response

    def __repr__(self) -> str:
        """Name the status and the size."""
        return f"<Response {self._part.status_code}, {self._part.content.size} bytes>"


def warn_of_secrets() -> None:
    """Say that what was asked for holds secrets, where it was asked for."""
    warnings.warn(
        "redact=False leaves passwords, cookies and keys in the text. Keep it to yourself, and "
        "clear this cell's output before you share the notebook.",
        # The caller's caller's caller: whoever wrote redact=False.
        stacklevel=5,
    )
