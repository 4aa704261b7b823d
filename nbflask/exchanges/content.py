"""What can be shown of a content: text, a form, files, a picture, events, or its bytes.

A view is data for a page to show as text, never markup. Whatever the bytes are, there is one.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from .encodings import Decoded, decode
from .fields import NO_FIELDS, Fields
from .formats import Event, hex_dump, parse_events, parse_multipart, pretty_json
from .media_types import MediaType, parse_media_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from .exchange import Content, FormFile

#: What a page is given of one content: more slows the page down, and nobody reads it.
MAX_SHOWN_BYTES = 1024 * 1024

#: 256 lines of 16.
MAX_HEX_BYTES = 4096

#: A form has some ten fields; a table of more is no table that is read.
MAX_FORM_FIELDS = 1000

#: What a browser draws in ``<img>`` and no script of it runs, so that it can be a data URL.
#: Scripts of an SVG don't run there either; its text is shown as text.
PICTURES = frozenset(
    f"image/{name}"
    for name in (
        *("png", "jpeg", "gif", "webp", "avif", "bmp", "svg+xml"),
        *("x-icon", "vnd.microsoft.icon"),
    )
)


@dataclass(frozen=True, kw_only=True)
class ContentView:
    """What a page shows of a content.

    :param kind: ``empty``, ``json``, ``text``, ``form``, ``multipart``, ``image``, ``sse``,
        ``html``, ``hex`` or ``too-large``.
    :param text: JSON indented, lines of a hex dump, or the text as it is.
    :param pairs: A form's fields.
    :param files: A multipart form's files.
    :param events: Of a ``text/event-stream``.
    :param data_url: A picture.
    :param note: What is missing or odd, in whole sentences; ``""`` if nothing is.
    """

    kind: str
    text: str = field(default="", repr=False)
    pairs: Fields = NO_FIELDS
    files: tuple[FormFile, ...] = ()
    events: tuple[Event, ...] = ()
    data_url: str = field(default="", repr=False)
    note: str = ""


def view_content(content: Content) -> ContentView:
    """Give what can be shown of a content; it never raises."""
    if not content.data:
        return ContentView(kind="empty", note=_say_absent(content))
    decoded = decode(content.data, content.encoding)
    is_whole = decoded.is_whole and not content.is_truncated and not content.is_unread
    shown = decoded.data[:MAX_SHOWN_BYTES]
    media_type = parse_media_type(content.media_type)
    source = _Source(
        data=shown,
        media_type=media_type,
        is_whole=is_whole and len(shown) == len(decoded.data),
    )
    view = _view_bytes(source) if decoded.left else _choose_view(source)(source)
    return replace(view, note=" ".join(filter(None, (_say_missing(content, decoded), view.note))))


@dataclass(frozen=True, kw_only=True)
class _Source:
    """What a view is made of.

    :param data: Decoded, and no more than is shown.
    """

    data: bytes
    media_type: MediaType
    is_whole: bool

    @property
    def text(self) -> str:
        """The data as text; a character that was cut in two at the end is left out."""
        return self.media_type.decode(self.data, is_whole=self.is_whole)


def _say_absent(content: Content) -> str:
    if content.is_evicted:
        return f"{_count(content.size)} were dropped to keep the kernel's memory bounded."
    if content.is_unread:
        return "The app has not read it."
    return f"{_count(content.size)} passed, and none were kept." if content.size else ""


def _say_missing(content: Content, decoded: Decoded) -> str:
    said = []
    if content.is_truncated:
        said.append(f"The first {content.kept:,} of {_count(content.size)} were kept.")
    elif decoded.fault:
        said.append(decoded.fault)
    elif len(decoded.data) > MAX_SHOWN_BYTES:
        said.append(f"The first {MAX_SHOWN_BYTES:,} of {_count(len(decoded.data))} are shown.")
    if content.is_unread:
        said.append("The app has not read it to its end.")
    return " ".join(said)


def _count(size: int) -> str:
    return "1 byte" if size == 1 else f"{size:,} bytes"


def _choose_view(source: _Source) -> Callable[[_Source], ContentView]:
    media_type = source.media_type
    if media_type.name in PICTURES:
        return _view_picture
    if media_type.is_json:
        return _view_json
    if media_type.name in _VIEWS:
        return _VIEWS[media_type.name]
    return _view_text if media_type.reads_as_text(source.data) else _view_bytes


def _view_picture(source: _Source) -> ContentView:
    if not source.is_whole:
        note = "A picture is shown only if all of it is here."
        return ContentView(kind="too-large", note=note)
    name = source.media_type.name
    url = f"data:{name};base64,{base64.b64encode(source.data).decode()}"
    text = source.text if name == "image/svg+xml" else ""
    return ContentView(kind="image", data_url=url, text=text)


def _view_json(source: _Source) -> ContentView:
    text = source.text
    try:
        return ContentView(kind="json", text=pretty_json(text))
    except ValueError as fault:
        note = f"It is not valid JSON: {fault}." if source.is_whole else ""
        return ContentView(kind="text", text=text, note=note)


def _view_form(source: _Source) -> ContentView:
    text = source.text
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FORM_FIELDS)
    except ValueError:
        note = f"It has more than {MAX_FORM_FIELDS:,} fields."
        return ContentView(kind="text", text=text, note=note)
    return ContentView(kind="form", text=text, pairs=Fields(pairs))


def _view_multipart(source: _Source) -> ContentView:
    form = parse_multipart(source.data, source.media_type.parameters.get("boundary", ""))
    if form is None:
        note = "It is no multipart form that can be read."
        is_text = source.media_type.reads_as_text(source.data)
        return replace(_view_text(source) if is_text else _view_bytes(source), note=note)
    note = "The form ends early." if source.is_whole and not form.is_whole else ""
    return ContentView(kind="multipart", pairs=form.pairs, files=form.files, note=note)


def _view_events(source: _Source) -> ContentView:
    text = source.text
    return ContentView(kind="sse", text=text, events=parse_events(text))


def _view_html(source: _Source) -> ContentView:
    return ContentView(kind="html", text=source.text)


def _view_text(source: _Source) -> ContentView:
    return ContentView(kind="text", text=source.text)


def _view_bytes(source: _Source) -> ContentView:
    size = len(source.data)
    cut = f"The first {MAX_HEX_BYTES:,} of {_count(size)} are shown."
    return ContentView(
        kind="hex",
        text=hex_dump(source.data[:MAX_HEX_BYTES]),
        note=cut if size > MAX_HEX_BYTES else "",
    )


_VIEWS: dict[str, Callable[[_Source], ContentView]] = {
    "application/x-www-form-urlencoded": _view_form,
    "multipart/form-data": _view_multipart,
    "text/event-stream": _view_events,
    "text/html": _view_html,
    "application/xhtml+xml": _view_html,
}
