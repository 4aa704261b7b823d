"""Redacts contents: forms, JSON, texts of any kind, what is within an encoding, and bytes."""

from __future__ import annotations

import codecs
import re
from dataclasses import replace
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
    r"content-disposition:[^\r\n]*?[;\s]name=(?:\"([^\"\r\n]*)\"?|([^;\s]*))", re.IGNORECASE
)
_PART_IS_FILE = re.compile(r"content-disposition:[^\r\n]*?[;\s]filename\*?=", re.IGNORECASE)
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
    charset = media_type.charset
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
    if media_type.name.startswith("multipart/") and boundary:
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
    head, gap, rest = part.partition("\r\n\r\n")
    name = _PART_NAME.search(head)
    if not gap or name is None:
        return texts.redact(part, is_cut=is_cut)
    value, end = (rest[:-2], "\r\n") if rest.endswith("\r\n") else (rest, "")
    given = name[1] or name[2] or ""
    if texts.is_secret(given) and not _PART_IS_FILE.search(head):
        return f"{head}{gap}{texts.cover(value, given)}{end}"
    media_type = _PART_TYPE.search(head)
    inner = parse_media_type(media_type[1] if media_type else "text/plain")
    inner = MediaType(name=inner.name)
    return f"{texts.redact(head)}{gap}{_redact_text(value, inner, texts, is_cut=is_cut)}{end}"
