"""A request as a cell's text, to be edited and sent again from there.

Rule 1: the text is of a redacted request. In it REDACTED stands for the value that was recorded, so
the notebook's file holds no secret, and the cell works for as long as the exchange is there.
Rule 2: a content that cannot be a cell's text stands as the line ``< recorded``.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from nbflask.errors import CellError
from nbflask.values.http_text import HttpRequest, format_http_text, parse_http_text

from .edits import Edit
from .fields import Fields
from .formats import pretty_json
from .media_types import parse_media_type
from .redaction import REDACTED

if TYPE_CHECKING:
    from collections.abc import Callable

    from .drafts import Draft

#: What stands for a content that is no text.
RECORDED = "recorded"
# More is edited in Python, or in a file.
_MAX_CHARS = 20_000
# They are made anew, and would only be in the way.
_HIDDEN = frozenset({"host", "content-length"})


def write_edit_cell(shown: Draft, magic: str, *, note: str = "") -> str:
    """Write the cell that sends a request again.

    :param shown: The redacted draft.
    :param magic: The cell's first line.
    :param note: What to know of the content, in one line.
    :raises CellError: Its head holds what the syntax has no way to write.
    """
    headers = tuple(pair for pair in shown.headers if pair[0].lower() not in _HIDDEN)
    for body in _list_bodies(shown):
        request = HttpRequest(method=shown.method, target=shown.target, headers=headers, body=body)
        if body == _INCLUDE or _is_kept(request, shown):
            break
    text = format_http_text([request])
    comments = [f"# {REDACTED} stands for what was recorded."] if REDACTED in text else []
    comments += [f"# {note}"] if note else []
    return "\n".join([magic, *comments, text.rstrip("\n")])


def read_edit_cell(cell: str, recorded: Draft, read_file: Callable[[str], bytes]) -> Edit:
    """Read such a cell as an edit, in which REDACTED still stands for recorded values.

    :raises CellError: It is not one request.
    """
    requests = parse_http_text(cell, first_line=2)
    if len(requests) != 1:
        raise CellError(f"The cell has {len(requests)} requests, and sends one again. Keep one.")
    (request,) = requests
    content = request.build(
        lambda path: recorded.content if path == RECORDED else read_file(path)
    ).content
    return Edit(
        method=request.method,
        target=request.target,
        headers=Fields(request.headers),
        content=content,
    )


_INCLUDE = f"< {RECORDED}"


def _list_bodies(shown: Draft) -> list[str]:
    """Give the ways to write a content, the best to edit first."""
    if not shown.content:
        return [""]
    media_type = parse_media_type(shown.headers.get("Content-Type", ""))
    is_encoded = shown.headers.get("Content-Encoding", "identity") != "identity"
    if is_encoded or not media_type.reads_as_text(shown.content):
        return [_INCLUDE]
    text = shown.content.decode("utf-8", "replace").rstrip("\r\n")
    if len(text) > _MAX_CHARS:
        return [_INCLUDE]
    bodies = [text.replace("\r\n", "\n"), _INCLUDE]
    if media_type.is_json:
        with contextlib.suppress(ValueError):
            bodies.insert(0, pretty_json(text))
    return bodies


def _is_kept(request: HttpRequest, shown: Draft) -> bool:
    """Whether the content is the same after it was written and read."""
    try:
        (read,) = parse_http_text(format_http_text([request]))
    except CellError:
        return False
    content = read.build(lambda _path: b"").content
    if parse_media_type(shown.headers.get("Content-Type", "")).is_json:
        return read.body == request.body
    return content.rstrip(b"\r\n") == shown.content.rstrip(b"\r\n")
