"""Contents as HAR has them: decoded, and text where a text can say all of it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from nbflask.exchanges.encodings import decode
from nbflask.exchanges.formats import parse_multipart
from nbflask.exchanges.media_types import parse_media_type

if TYPE_CHECKING:
    from nbflask.exchanges.exchange import Content

#: What HAR's own text says for a media type that nobody knows.
UNKNOWN_TYPE = "x-unknown"


def write_request_content(content: Content) -> dict[str, Any]:
    """Give the members of a request that stand for its content; none where there is none.

    HAR has a place for text and for the fields of a form. For bytes this follows HTTP Toolkit.
    """
    media_type = content.media_type or UNKNOWN_TYPE
    if gap := _name_gap(content):
        return {"_requestBodyStatus": f"discarded:{gap}"}
    if not content.data:
        return {}
    if params := _read_params(content):
        return {"postData": {"mimeType": media_type, "params": params}, **_write_bytes(content)}
    text = None if content.encoding else _read_text(content.data, content.media_type)
    if text is not None:
        return {"postData": {"mimeType": media_type, "text": text}}
    return {"_requestBodyStatus": "discarded:not-representable", **_write_bytes(content)}


def write_response_content(content: Content) -> dict[str, Any]:
    """Give ``content`` of a response."""
    written: dict[str, Any] = {
        "size": content.size,
        "mimeType": content.media_type or UNKNOWN_TYPE,
    }
    if not content.data:
        return written | (_say_gap(content) if content.size else {})
    if content.is_truncated or content.is_evicted:
        return written | _write_data(content, content.data) | _say_gap(content)
    decoded = decode(content.data, content.encoding)
    if not decoded.is_whole:
        # What it stands for is not known, so these are the bytes as they were sent.
        written["size"] = len(content.data)
        note = {"comment": f"It is still encoded: {content.encoding}."}
        return written | _base64(content.data) | note
    written["size"] = len(decoded.data)
    if content.encoding:
        written["compression"] = len(decoded.data) - content.size
    return written | _write_data(content, decoded.data)


def _write_data(content: Content, data: bytes) -> dict[str, Any]:
    is_encoded = bool(content.encoding) and data is content.data
    if content.is_truncated:
        data = data if is_encoded else _whole_characters(data)
    text = None if is_encoded else _read_text(data, content.media_type)
    return _base64(content.data) if text is None else {"text": text}


def _base64(data: bytes) -> dict[str, Any]:
    return {"text": base64.b64encode(data).decode(), "encoding": "base64"}


def _say_gap(content: Content) -> dict[str, Any]:
    if content.is_evicted:
        comment = "It was dropped, to keep the memory of the kernel bounded."
    else:
        comment = f"The first {content.kept:,} of {content.size:,} bytes were kept."
    return {"comment": comment, "_truncated": True}


def _name_gap(content: Content) -> str:
    """Say in a word why a request's content is not here whole; ``""`` if it is."""
    if content.is_evicted:
        return "evicted"
    if content.is_unread:
        return "unread"
    return "too-large" if content.is_truncated else ""


def _read_params(content: Content) -> list[dict[str, str]]:
    """Give the parts of a form with files, without what is in the files."""
    media_type = parse_media_type(content.media_type)
    if media_type.name != "multipart/form-data":
        return []
    form = parse_multipart(content.data, media_type.parameters.get("boundary", ""))
    if form is None or not form.is_whole:
        return []
    files = [
        {"name": each.name, "fileName": each.filename, "contentType": each.content_type}
        for each in form.files
    ]
    return [*({"name": name, "value": value} for name, value in form.pairs), *files]


def _write_bytes(content: Content) -> dict[str, Any]:
    return {"_content": {"size": len(content.data), **_base64(content.data)}}


def _read_text(data: bytes, media_type: str) -> str | None:
    """Give a text that is the data again when it is written as UTF-8; ``None`` if there is none."""
    if not parse_media_type(media_type).reads_as_text(data):
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def _whole_characters(data: bytes) -> bytes:
    """Leave out a character of UTF-8 that is cut in two at the end."""
    for cut in range(min(3, len(data)) + 1):
        head = data[: len(data) - cut]
        try:
            head.decode()
        except UnicodeDecodeError:
            continue
        return head
    return data
