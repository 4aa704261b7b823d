"""A media type (RFC 9110 section 8.3), and how its bytes are text."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from werkzeug.http import parse_options_header

if TYPE_CHECKING:
    from collections.abc import Mapping

_TEXT_NAMES = frozenset(
    f"application/{name}"
    for name in (
        *("javascript", "ecmascript", "xml", "x-ndjson", "jsonl", "yaml", "x-yaml", "toml"),
        *("sql", "graphql", "x-sh", "x-www-form-urlencoded"),
    )
)

# Python knows them as charsets, and they are none of HTTP's: the first two take a time that grows
# with the square of the text, the others make surrogates or no text at all.
_NO_CHARSETS = frozenset(
    ("punycode", "idna", "unicode-escape", "raw-unicode-escape", "utf-7", "undefined")
)

# What a text holds besides its characters: tabs, line ends, page feeds, and a terminal's colours.
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")

_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True)
class MediaType:
    """A media type that was read.

    :param name: As ``text/html``, in lower case; ``""`` for none.
    :param parameters: By name in lower case.
    """

    name: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_json(self) -> bool:
        """Whether it is JSON, or built upon it (RFC 6839)."""
        return self.name in ("application/json", "text/json") or self.name.endswith("+json")

    @property
    def is_text(self) -> bool:
        """Whether its contents are text by its name."""
        return (
            self.is_json
            or self.name.startswith("text/")
            or self.name.endswith("+xml")
            or self.name in _TEXT_NAMES
        )

    @property
    def charset(self) -> str:
        """The charset that it names, if Python reads it, else UTF-8, as Python calls it."""
        return _find_codec(self.parameters.get("charset", ""))

    def decode(self, data: bytes, *, is_whole: bool = True) -> str:
        """Give data as text that UTF-8 can write, with U+FFFD for what cannot be read.

        :param is_whole: Whether a character that is cut in two at the end is a fault.
        """
        try:
            text = codecs.getincrementaldecoder(self.charset)("replace").decode(data, is_whole)
        except UnicodeError:
            # UTF-16 without its mark at the beginning raises, whatever it is told to replace.
            text = data.decode("utf-8", "replace")
        return _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", text).removeprefix("\N{BOM}")

    def reads_as_text(self, data: bytes) -> bool:
        """Whether data of this type are better shown as text than as bytes."""
        if self.charset.startswith(("utf-16", "utf-32")):
            return self.is_text
        if _CONTROLS.search(data):
            return False
        return self.is_text or _is_utf_8(data)


def parse_media_type(text: str) -> MediaType:
    """Read a ``Content-Type``; one that cannot be read is none."""
    try:
        name, parameters = parse_options_header(text)
    except (ValueError, LookupError):
        return MediaType()
    return MediaType(
        name=name.strip().lower(),
        parameters={key.lower(): value for key, value in parameters.items()},
    )


def _find_codec(charset: str) -> str:
    try:
        codec = codecs.lookup(charset.strip()) if charset.isascii() else None
    except (LookupError, ValueError):
        codec = None
    # Whether it is a codec between bytes and text is not public; bytes.decode() asks so, too.
    if codec is None or not codec._is_text_encoding or codec.incrementaldecoder is None:
        return "utf-8"
    return "utf-8" if codec.name in _NO_CHARSETS else codec.name


def _is_utf_8(data: bytes) -> bool:
    try:
        # Not at its end: a character may be cut there.
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return False
    return True
