"""The formats of contents that are shown as more than text: JSON, forms, events, bytes."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from .exchange import FormFile
from .fields import Fields

if TYPE_CHECKING:
    from collections.abc import Iterator

#: A stream's page shows its beginning.
MAX_EVENTS = 500

# Indenting multiplies a text by its depth; beyond this the text is as good as it is.
_MAX_PRETTY_CHARACTERS = 4 * 1024 * 1024

_JSON_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[][{},:]|[^\s"\][{},:]+')


@dataclass(frozen=True, kw_only=True)
class Event:
    """One of server-sent events."""

    event: str = "message"
    data: str = field(default="", repr=False)
    id: str = ""


@dataclass(frozen=True, kw_only=True)
class MultipartForm:
    """A ``multipart/form-data`` that was read.

    :param is_whole: Whether its last boundary was there.
    """

    pairs: Fields
    files: tuple[FormFile, ...]
    is_whole: bool


def pretty_json(text: str) -> str:
    """Indent JSON. Each number and string stays as it is written, and so do names that come twice.

    :raises ValueError: It is not JSON; the message says where.
    """
    try:
        json.loads(text, parse_constant=_refuse_constant, parse_int=float)
    except json.JSONDecodeError as fault:
        place = f"line {fault.lineno}, column {fault.colno}"
        raise ValueError(f"{fault.msg} at {place}") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    pieces = []
    size = 0
    for piece in _indent(text):
        size += len(piece)
        if size > _MAX_PRETTY_CHARACTERS:
            return text
        pieces.append(piece)
    return "".join(pieces)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is Python's and JavaScript's, not JSON's")


def _indent(text: str) -> Iterator[str]:
    depth = 0
    before = ""
    for piece in _JSON_PIECE.findall(text):
        if piece in "]}":
            depth -= 1
            # An empty list stays on its line.
            yield "" if before in ("[", "{") else f"\n{'  ' * depth}"
        elif before in ("[", "{"):
            yield f"\n{'  ' * depth}"
        yield piece
        if piece in "[{":
            depth += 1
        elif piece == ",":
            yield f"\n{'  ' * depth}"
        elif piece == ":":
            yield " "
        before = piece


def parse_events(text: str) -> tuple[Event, ...]:
    """Read server-sent events, as browsers do; a last one without its blank line is none yet."""
    # https://html.spec.whatwg.org/#event-stream-interpretation
    events: list[Event] = []
    fields: dict[str, list[str]] = {}
    last_id = ""
    for line in re.split(r"\r\n|\n|\r", text)[:-1]:
        if line:
            name, _, value = line.partition(":")
            fields.setdefault(name, []).append(value.removeprefix(" "))
            continue
        last_id = fields.get("id", [last_id])[-1]
        if "data" in fields:
            name = fields.get("event", [""])[-1] or "message"
            events.append(Event(event=name, data="\n".join(fields["data"]), id=last_id))
        fields = {}
        if len(events) == MAX_EVENTS:
            break
    return tuple(events)


def parse_multipart(data: bytes, boundary: str) -> MultipartForm | None:
    """Read a form with files, as far as it is there; ``None`` for what is none."""
    if not boundary:
        return None
    pairs: list[tuple[str, str]] = []
    files: list[FormFile] = []
    parts = _Parts(data, boundary)
    for part, content in parts:
        if isinstance(part, File):
            files.append(_build_file(part, content))
        else:
            pairs.append((_clean(part.name), content.decode(errors="replace")))
    if not (pairs or files or parts.is_whole):
        return None
    return MultipartForm(pairs=Fields(pairs), files=tuple(files), is_whole=parts.is_whole)


class _Parts:
    """A form's parts, one after the other; what cannot be read ends them."""

    def __init__(self, data: bytes, boundary: str) -> None:
        self.is_whole = False
        self._data = data
        self._boundary = boundary.encode("utf-8", "replace")

    def __iter__(self) -> Iterator[tuple[Field | File, bytes]]:
        try:
            decoder = MultipartDecoder(self._boundary)
            decoder.receive_data(self._data)
            yield from self._read(decoder)
        # Werkzeug's decoder raises the first; a part without its head, the second.
        except (ValueError, LookupError):
            return

    def _read(self, decoder: MultipartDecoder) -> Iterator[tuple[Field | File, bytes]]:
        part: Field | File | None = None
        content = bytearray()
        while not isinstance(event := decoder.next_event(), NeedData):
            if isinstance(event, (Field, File)):
                part, content = event, bytearray()
            elif isinstance(event, Data) and part is not None:
                content += event.data
                if not event.more_data:
                    yield part, bytes(content)
                    part = None
        if part is not None:
            yield part, bytes(content)
        # "No more data" is refused where the last boundary was not seen.
        decoder.receive_data(None)
        self.is_whole = isinstance(decoder.next_event(), Epilogue)


def _build_file(part: File, content: bytes) -> FormFile:
    return FormFile(
        name=_clean(part.name),
        filename=_clean(part.filename),
        content_type=_clean(part.headers.get("Content-Type", "")),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _clean(text: str | None) -> str:
    """Give a text that UTF-8 can write."""
    return (text or "").encode("utf-8", "replace").decode()


def hex_dump(data: bytes) -> str:
    """Give lines of an offset, 16 bytes and what they are in ASCII."""
    return "\n".join(
        f"{start:08x}  {_hex(data[start : start + 16])}  {_ascii(data[start : start + 16])}"
        for start in range(0, len(data), 16)
    )


def _hex(row: bytes) -> str:
    return f"{row[:8].hex(' ')}  {row[8:].hex(' ')}".ljust(48)


def _ascii(row: bytes) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
