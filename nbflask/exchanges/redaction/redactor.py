"""Redacts whole exchanges: each text in it, by the place where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from nbflask.exchanges.exchange import (
    Content,
    Exchange,
    Output,
    Request,
    SessionChange,
    Summary,
)
from nbflask.exchanges.fields import Fields

from .contents import redact_content
from .cover import Cover
from .headers import redact_header
from .secrets import NO_SECRETS, Secrets
from .texts import Kind, Texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

#: Fields of an exchange that are ours or the protocol's, and hold nothing that was sent.
_OURS = frozenset({"id", "uuid", "sha256", "http_version", "headers_source", "redactions"})
#: Lines of source.
_CODE = frozenset({"code", "cell"})
_TRACEBACKS = frozenset({"exception", "text"})
#: Deeper values are shown by nothing, and a value may contain itself.
_MAX_DEPTH = 20


def redact(exchange: Exchange, secrets: Secrets = NO_SECRETS) -> Exchange:
    """Give an exchange without its secrets; ``redactions`` counts them.

    What stands under a secret name in one place is covered in all others, too: a password that came
    by a form, in the log line that repeats it.
    """
    seen = Cover()
    redacted = _Redactor(Texts(secrets, seen)).exchange(exchange)
    if not seen.found:
        return replace(redacted, redactions=exchange.redactions + seen.count)
    cover = Cover()
    redacted = _Redactor(Texts(secrets, cover, tuple(seen.found))).exchange(exchange)
    return replace(redacted, redactions=exchange.redactions + cover.count)


def redact_text(text: str, secrets: Secrets = NO_SECRETS) -> str:
    """Give a text of any kind without its secrets."""
    return Texts(secrets, Cover()).redact(text)


def redact_pairs(pairs: Iterable[tuple[str, str]], secrets: Secrets = NO_SECRETS) -> Fields:
    """Give names and values, of a form or a query, without secrets."""
    return _Redactor(Texts(secrets, Cover())).pairs(Fields(pairs))


class _Redactor:
    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        #: What is redacted otherwise than by its type.
        self._places: dict[tuple[type, str], Callable[[Any], Any]] = {
            (Request, "target"): texts.redact_target,
            (Request, "query_string"): texts.redact_query,
            (Request, "path"): texts.redact_path,
            (Exchange, "flashes"): self._flashes,
            (Exchange, "output"): self._output,
        }
        self._names: dict[str, Callable[[Any], Any]] = {
            "headers": self._headers,
            "form": self.pairs,
            "view_args": self.pairs,
            **{name: partial(self._text, kind=Kind.CODE) for name in _CODE},
            **{name: partial(self._text, kind=Kind.TRACEBACK) for name in _TRACEBACKS},
        }

    def exchange(self, exchange: Exchange) -> Exchange:
        redacted = cast("Exchange", self._record(exchange))
        request = redacted.request
        if request.content is exchange.request.content or not request.files:
            return redacted
        # As of the content, the digest of a file would let a short secret be guessed.
        files = tuple(replace(each, sha256="") for each in request.files)
        return replace(redacted, request=replace(request, files=files))

    def pairs(self, pairs: Fields) -> Fields:
        return Fields((name, self._texts.redact_value(name, value)) for name, value in pairs)

    def _value(self, value: Any) -> Any:
        match value:
            case str() if not isinstance(value, Enum):
                return self._text(value)
            case Content():
                return redact_content(value, self._texts)
            case Summary():
                return self._summary(value)
            case SessionChange():
                return self._session(value)
            case Fields():
                return self.pairs(value)
            case tuple():
                return tuple(self._value(each) for each in value)
            case _ if is_dataclass(value):
                return self._record(value)
            case _:
                return value

    def _record(self, record: Any) -> Any:
        changes = {}
        for field in fields(record):
            value = getattr(record, field.name)
            if field.name in _OURS or not value:
                continue
            redacted = self._place(type(record), field.name)(value)
            if redacted is not value and redacted != value:
                changes[field.name] = redacted
        return replace(record, **changes) if changes else record

    def _place(self, kind: type, name: str) -> Callable[[Any], Any]:
        return self._places.get((kind, name)) or self._names.get(name) or self._value

    def _text(self, text: str, kind: Kind = Kind.PROSE) -> str:
        return self._texts.redact(text, kind)

    def _output(self, pieces: tuple[Output, ...]) -> tuple[Output, ...]:
        # Of a long output the middle is gone, and what is left may be torn where two pieces meet.
        is_cut = len(pieces) > 1 or None
        return tuple(
            replace(piece, text=self._texts.redact(piece.text, is_cut=is_cut)) for piece in pieces
        )

    def _headers(self, headers: Fields) -> Fields:
        return Fields((name, redact_header(name, value, self._texts)) for name, value in headers)

    def _flashes(self, flashes: Fields) -> Fields:
        return Fields((category, self._text(text)) for category, text in flashes)

    def _summary(self, summary: Summary) -> Summary:
        if self._texts.is_secret(summary.name):
            inner = summary.text.strip("'\"")
            covered = self._texts.cover(inner, summary.name)
            text = summary.text if covered is inner else covered
        else:
            text = self._texts.redact(summary.text, is_cut=not summary.is_exact or None)
        return replace(summary, text=text)

    def _session(self, change: SessionChange) -> SessionChange:
        after = None if change.after is None else self._data(change.after)
        return replace(change, before=self._data(change.before), after=after)

    def _data(self, value: Any, name: str = "", depth: int = 0) -> Any:
        """Redact plain data, as a session holds it; ``name`` is that of a secret above."""
        if depth > _MAX_DEPTH:
            return "..."
        deeper = partial(self._data, depth=depth + 1)
        match value:
            case Mapping():
                return {
                    key: deeper(each, name or (str(key) if self._texts.is_secret(str(key)) else ""))
                    for key, each in value.items()
                }
            case list() | tuple() | set() | frozenset():
                return type(value)(deeper(each, name) for each in value)
            case str():
                return self._texts.cover(value, name) if name else self._text(value)
            case bytes():
                return self._bytes(value, name)
            case int() | float() if name and not isinstance(value, bool):
                return self._texts.cover(str(value), name)
            case _:
                return value

    def _bytes(self, value: bytes, name: str) -> bytes:
        text = value.decode("utf-8", "surrogateescape")
        redacted = self._data(text, name)
        return value if redacted == text else redacted.encode("utf-8", "surrogateescape")
