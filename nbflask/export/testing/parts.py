"""A form that is sent in parts, as a test client takes it: fields by name, and files."""

from __future__ import annotations

import io
import mimetypes
from typing import TYPE_CHECKING

from werkzeug.formparser import MultiPartParser
from werkzeug.http import parse_options_header

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from werkzeug.datastructures import FileStorage

FORM_DATA = "multipart/form-data"


def write_parts(
    content: bytes, content_type: str, write_value: Callable[[str, str], str]
) -> str | None:
    """Write a form's parts as a dictionary; ``None`` where a client would send others.

    :param content_type: With the boundary.
    :param write_value: Writes the value of a field, by the field's name.
    """
    media_type, options = parse_options_header(content_type)
    if media_type != FORM_DATA or "boundary" not in options:
        return None
    # Some write it by hand, with other line ends.
    content = content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    boundary = options["boundary"].encode()
    try:
        fields, files = MultiPartParser().parse(io.BytesIO(content), boundary, len(content))
    except ValueError:
        return None
    if not fields and not files:
        return None
    written: dict[str, list[str]] = {}
    for name, value in fields.items(multi=True):
        written.setdefault(name, []).append(write_value(name, value))
    for name, file in files.items(multi=True):
        if not file.filename:
            return None
        written.setdefault(name, []).append(f"({', '.join(_write_file(file))})")
    pairs = (f"{name!r}: {_join(values)}" for name, values in written.items())
    return f"{{{', '.join(pairs)}}}"


def _write_file(file: FileStorage) -> Iterator[str]:
    yield f"io.BytesIO({file.read()!r})"
    yield repr(file.filename)
    guessed = mimetypes.guess_type(file.filename or "")[0] or "application/octet-stream"
    if file.mimetype and file.mimetype != guessed:
        yield repr(file.mimetype)


def _join(values: list[str]) -> str:
    return values[0] if len(values) == 1 else f"[{', '.join(values)}]"
