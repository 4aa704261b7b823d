"""Redacts contents: forms, JSON, texts of any kind, what is within an encoding, and bytes."""

from __future__ import annotations

import codecs
import re
from dataclasses import replace
from json import detect_encoding
from typing import TYPE_CHECKING

from nbflask.exchanges.encodings import decode
from nbflask.exchanges.media_types import MediaType, parse_media_type

from .secrets import REDACTED
from .texts import Kind, Texts

if TYPE_CHECKING:
    from nbflask.exchanges.exchange import Content

#: A content that is larger than this without its encoding is not looked into, nor shown.
MAX_DECODED_BYTES = 2 * 1024 * 1024
_GZIP = b"\x1f\x8b\x08"
_PAGES = frozenset({"text/html", "application/xhtml+xml", "image/svg+xml"})
_CODES = frozenset({"text/css", "text/javascript", "application/javascript", "text/x-python"})
_PART_NAME = re.compile(
    r"content-disposition:[^\r\n]*?[;\s]name\*?=(?:\"((?:[^\"\\\r\n]|\\.)*)\"?|([^;\s]*))",
    re.IGNORECASE,
)
_PART_IS_FILE = re.compile(r"content-disposition:[^\r\n]*?[;\s]filename\*?=", re.IGNORECASE)
#: Where a form is not called one, or its boundary is not told.
_FIRST_BOUNDARY = re.compile(
    r"\s*--([^\r\n]{1,70})\r?\ncontent-disposition:[ \t]*form-data", re.IGNORECASE
)
_HEAD_ENDS = re.compile(r"(\r?\n)\r?\n")
_PART_TYPE = re.compile(r"content-type:[ \t]*([^\r\n]*)", re.IGNORECASE)


def redact_content(content: Content, texts: Texts) -> Content:
    """Give a content without secrets. Its size stays that of what passed.

    What was encoded, and held one, is given without its encoding.
    """
    if not content.data:
        return content
    encoding = content.encoding or ("gzip" if content.data.startswith(_GZIP) else "")
    is_cut = content.is_truncated or content.is_unread
    data, is_readable = content.data, True
    if encoding.strip().lower() not in ("", "identity"):
        decoded = decode(content.data, encoding, limit=MAX_DECODED_BYTES)
        data, is_readable = decoded.data, not decoded.left
        is_cut = is_cut or not decoded.is_whole
    if not is_readable:
        # Nobody here can say what is in it; somebody who gets it can.
        data, redacted = b"", REDACTED.encode()
        texts.cover.note(1)
    else:
        redacted = _redact_data(data, parse_media_type(content.media_type), texts, is_cut=is_cut)
    if redacted == data:
        return content
    # The digest would let a short secret be guessed.
    return replace(content, data=redacted, stands_for=content.kept, encoding="", sha256="")


def _redact_data(data: bytes, media_type: MediaType, texts: Texts, *, is_cut: bool) -> bytes:
    charset = _find_charset(data, media_type)
    redacted = _redact_decoded(data, charset, media_type, texts, is_cut=is_cut)
    if redacted == data and charset not in ("utf-8", "ascii", "iso8859-1"):
        # It may not be what it says.
        return _redact_decoded(data, "iso8859-1", media_type, texts, is_cut=is_cut)
    return redacted


def _find_charset(data: bytes, media_type: MediaType) -> str:
    if "charset" in media_type.parameters or 0 not in data[:4]:
        return media_type.charset
    # JSON may be in one of five encodings, and says so by its first bytes (RFC 4627 section 3).
    return detect_encoding(data)


def _redact_decoded(
    data: bytes, charset: str, media_type: MediaType, texts: Texts, *, is_cut: bool
) -> bytes:
    decoder = codecs.getincrementaldecoder(charset)("surrogateescape")
    try:
        # A character that is cut in two would hide the beginning of a secret before it.
        text = decoder.decode(data, final=not is_cut)
    except UnicodeError:
        charset = "latin-1"
        text = data.decode(charset)
    redacted = _redact_text(text, media_type, texts, is_cut=is_cut)
    return data if redacted == text else _encode(redacted, charset)


def _encode(text: str, charset: str) -> bytes:
    try:
        return text.encode(charset, "surrogateescape")
    except UnicodeError:
        return codecs.encode(text, "utf-8", "surrogatepass")


def _redact_text(text: str, media_type: MediaType, texts: Texts, *, is_cut: bool) -> str:
    if media_type.name == "application/x-www-form-urlencoded":
        return texts.redact_query(text, is_cut=is_cut)
    boundary = media_type.parameters.get("boundary", "")
    if not boundary and (first := _FIRST_BOUNDARY.match(text)):
        boundary = first[1]
    if boundary:
        return _redact_parts(text, boundary, texts, is_cut=is_cut)
    if not media_type.is_text and not media_type.reads_as_text(
        text.encode("utf-8", "surrogateescape")
    ):
        return texts.cover_literals(text, is_cut=is_cut)
    kind = Kind.PAGE if media_type.name in _PAGES else Kind.PROSE
    kind = Kind.CODE if media_type.name in _CODES else kind
    return texts.redact(text, kind, is_cut=is_cut)


def _redact_parts(text: str, boundary: str, texts: Texts, *, is_cut: bool) -> str:
    parts = text.split(f"--{boundary}")
    cut = [False] * (len(parts) - 1) + [is_cut]
    return f"--{boundary}".join(
        _redact_part(part, texts, is_cut=is_last) for part, is_last in zip(parts, cut, strict=True)
    )


def _redact_part(part: str, texts: Texts, *, is_cut: bool) -> str:
    found = _HEAD_ENDS.search(part)
    name = _PART_NAME.search(part, 0, found.start()) if found else None
    if found is None or name is None:
        return texts.redact(part, is_cut=is_cut)
    head, gap, rest = part[: found.start()], found[0], part[found.end() :]
    end = found[1] if rest.endswith(found[1]) else ""
    value = rest.removesuffix(end)
    given = name[1] or name[2] or ""
    if texts.is_secret(given) and not (given == "key" and _PART_IS_FILE.search(head)):
        return f"{head}{gap}{texts.cover(value, given)}{end}"
    media_type = _PART_TYPE.search(head)
    inner = parse_media_type(media_type[1] if media_type else "text/plain")
    inner = MediaType(name=inner.name)
    return f"{texts.redact(head)}{gap}{_redact_text(value, inner, texts, is_cut=is_cut)}{end}"
