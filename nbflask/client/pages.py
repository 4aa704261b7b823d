"""What is shown of a response, as a value, and its text and HTML.

Whatever differs from run to run although the app answers the same is masked by an ellipsis:
the session cookie's signed value, any other signed value, and dates of files and cookies.
The methods of `Allow` stand in the order of the alphabet.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader
from werkzeug.http import parse_options_header

from nbflask.values.visible import make_visible

if TYPE_CHECKING:
    from collections.abc import Sequence

_FILES = Path(__file__).parent / "templates"

# A page of this size still scrolls smoothly in a cell; more of it is a download.
MAX_TEXT_CHARS = 64 * 1024
# The notebook's file holds each picture as base64.
MAX_IMAGE_BYTES = 2 * 1024 * 1024

_MASK = "…"
# What itsdangerous writes: a value, a time stamp and a signature of at least 27 characters.
_SIGNED = re.compile(r"[\w.-]*\.[\w-]{5,8}\.[\w-]{27,}")
_DATED = {"date", "expires", "last-modified"}
# Without scripts nothing can fit a frame to its page. So its height, in rem, is guessed from the
# blocks that begin in the page, at the sizes and margins that browsers give them.
_BLOCK_REM = {"h1": 3.4, "h2": 3, "h3": 2.6, "p": 2.2, "form": 2.2, "tr": 1.7, "li": 1.2}
_BLOCK = re.compile(r"<(h[1-3]|p|form|tr|li)\b", re.IGNORECASE)
_UNSEEN = re.compile(r"<(style|script|head|template)\b", re.IGNORECASE)
_MIN_FRAME_REM, _MAX_FRAME_REM = 4, 16
# More of a page than the highest frame can show.
_MAX_GUESSED_CHARS = 16 * 1024


@dataclass(frozen=True, kw_only=True)
class Page:
    """A response as it is shown.

    :param kind: ``"text"``, ``"html"``, ``"image"``, ``"binary"`` or ``"empty"``.
    :param text: The content as text, or what stands for it.
    :param image: The picture as a ``data:`` URL, or empty.
    :param passed: Status and target of each redirect that was followed.
    :param failure: The traceback of the view's exception, or empty.
    """

    title: str
    status: str
    headers: tuple[tuple[str, str], ...]
    kind: str
    text: str
    image: str = ""
    passed: tuple[tuple[str, str], ...] = ()
    failure: str = ""

    @property
    def level(self) -> str:
        """The status code's first digit, by which it is coloured."""
        return self.status[:1]

    @property
    def frame_rem(self) -> int:
        """The height of the frame that shows a page of HTML, in rem."""
        blocks = _BLOCK.findall(_without_unseen(self.text[:_MAX_GUESSED_CHARS]))
        height = 2.5 + sum(_BLOCK_REM[each.lower()] for each in blocks)
        return min(max(round(height), _MIN_FRAME_REM), _MAX_FRAME_REM)

    @property
    def has_script(self) -> bool:
        """Whether the page does something that its frame keeps it from."""
        return "<script" in self.text.lower()


def _without_unseen(html: str) -> str:
    """Leave out style sheets, scripts and heads, each from its tag to the first that ends it."""
    lower, kept, at = html.lower(), "", 0
    while opening := _UNSEEN.search(html, at):
        kept += html[at : opening.start()]
        end = lower.find(f"</{opening[1].lower()}", opening.end())
        if end < 0:
            return kept
        at = end
    return kept + html[at:]


def build_page(
    *,
    title: str,
    status: str,
    headers: Sequence[tuple[str, str]],
    content: bytes,
    passed: Sequence[tuple[str, str]] = (),
    failure: str = "",
    session_cookie_name: str = "session",
) -> Page:
    """Make what is shown of a response."""
    fields = {name.lower(): value for name, value in headers}
    media_type, settings = parse_options_header(fields.get("content-type", ""))
    kind = _kind_of(media_type, content)
    return Page(
        title=title,
        status=status,
        headers=_mask_headers(headers, session_cookie_name),
        kind=kind,
        text=_text_of(kind, media_type, content, settings.get("charset", "utf-8")),
        image=_data_url(media_type, content) if kind == "image" else "",
        passed=tuple(passed),
        failure=failure,
    )


def render_text(pages: Sequence[Page], *, titles: bool = False) -> str:
    """Write responses as plain text, the way HTTP writes them."""
    return "\n\n".join(_lines_of(page, title=titles) for page in pages)


def render_html(pages: Sequence[Page], *, titles: bool = False) -> str:
    """Write responses as HTML that brings its own style.

    A page is shown in a frame that runs no script and loads nothing: what a view returns must not
    act with the rights of whoever looks at the notebook.
    """
    template = _environment().get_template("response.html")
    # The policy comes before the page's own head, so the page cannot lift it.
    policy, css = _read("policy.html"), _read("response.css")
    return template.render(pages=pages, titles=titles, css=css, policy=policy)


@cache
def _read(name: str) -> str:
    return (_FILES / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FILES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )


def _lines_of(page: Page, *, title: bool) -> str:
    lines = [f"{page.title}"] if title else []
    lines += [f"{status} -> {target}" for status, target in page.passed]
    lines += [page.status, *(f"{name}: {value}" for name, value in page.headers)]
    if page.text:
        lines += ["", page.text]
    if page.failure:
        lines += ["", page.failure]
    return make_visible("\n".join(lines))


def _kind_of(media_type: str, content: bytes) -> str:
    if not content:
        return "empty"
    if media_type in ("text/html", "application/xhtml+xml"):
        return "html"
    if media_type.startswith("image/"):
        return "image" if len(content) <= MAX_IMAGE_BYTES else "binary"
    is_text = media_type.startswith("text/") or media_type.endswith(("json", "xml", "javascript"))
    if is_text or media_type == "application/x-www-form-urlencoded":
        return "text"
    return "binary"


def _text_of(kind: str, media_type: str, content: bytes, charset: str) -> str:
    if kind == "empty":
        return ""
    if kind in ("image", "binary"):
        return f"<{media_type or 'unknown media type'}, {len(content):,} bytes>"
    try:
        text = content.decode(charset, "replace")
    except (LookupError, UnicodeError):
        # Unknown, or one that decodes no content, such as "idna".
        text = content.decode("utf-8", "replace")
    if media_type.endswith("json"):
        text = _indent_json(text)
    if len(text) > MAX_TEXT_CHARS:
        more = len(text) - MAX_TEXT_CHARS
        text = f"{text[:MAX_TEXT_CHARS]}\n{_MASK} {more:,} more characters"
    return text.rstrip("\n")


def _indent_json(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _data_url(media_type: str, content: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def _mask_headers(
    headers: Sequence[tuple[str, str]], session_cookie_name: str
) -> tuple[tuple[str, str], ...]:
    dated = {name.lower() for name, _ in headers} & _DATED
    masked: list[tuple[str, str]] = []
    for name, value in headers:
        # Werkzeug makes the tag of a file from its date; one made from content stays.
        if name.lower() in _DATED or (name.lower() == "etag" and "last-modified" in dated):
            masked.append((name, _MASK))
        elif name.lower() == "allow":
            masked.append((name, _sort_methods(value)))
        elif name.lower() == "set-cookie":
            masked.append((name, _mask_cookie(value, session_cookie_name)))
        else:
            masked.append((name, value))
    return tuple(masked)


def _sort_methods(value: str) -> str:
    # Werkzeug writes a set, so their order is another in each process; it means nothing.
    return ", ".join(sorted(each.strip() for each in value.split(",")))


def _mask_cookie(text: str, session_cookie_name: str) -> str:
    pair, *settings = text.split(";")
    name, _, value = pair.partition("=")
    if (name == session_cookie_name and value) or _SIGNED.fullmatch(value):
        pair = f"{name}={_MASK}"
    masked = [re.sub(r"^( *Expires=).*", rf"\1{_MASK}", each) for each in settings]
    return ";".join([pair, *masked])
