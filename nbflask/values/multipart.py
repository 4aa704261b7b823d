"""A form with files as ``multipart/form-data`` (RFC 7578), the same bytes each time."""

from __future__ import annotations

import hashlib
import mimetypes
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, kw_only=True)
class Part:
    """One field of a form.

    :param filename: Makes the field a file; empty for a plain field.
    :param media_type: Empty means: by the file's name, or none for a plain field.
    """

    name: str
    content: bytes
    filename: str = ""
    media_type: str = ""


def encode_parts(parts: Sequence[Part]) -> tuple[bytes, str]:
    """Give the content and its media type.

    The boundary is a digest of the parts, so a request is the same each time it is made.
    """
    digest = hashlib.sha256(repr(parts).encode()).hexdigest()
    boundary = f"nbflask-{digest[:24]}".encode()
    lines: list[bytes] = []
    for part in parts:
        lines += [b"--" + boundary, *_head(part), b"", part.content]
    lines += [b"--" + boundary + b"--", b""]
    return b"\r\n".join(lines), f"multipart/form-data; boundary={boundary.decode()}"


def _head(part: Part) -> list[bytes]:
    disposition = f'Content-Disposition: form-data; name="{_escape(part.name)}"'
    media_type = part.media_type
    if part.filename:
        disposition += f'; filename="{_escape(part.filename)}"'
        guessed, _ = mimetypes.guess_type(part.filename)
        media_type = media_type or guessed or "application/octet-stream"
    head = [disposition]
    if media_type:
        head.append(f"Content-Type: {media_type}")
    return [line.encode() for line in head]


def _escape(name: str) -> str:
    # As browsers do: https://html.spec.whatwg.org/#multipart-form-data
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
