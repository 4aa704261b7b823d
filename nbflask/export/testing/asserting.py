"""What a test asserts of an answer: as much as a reader wants to see, and no more than is known."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from nbflask.values.secret_names import is_secret_name

from .answers import MASK
from .shown import find_shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .answers import Answer

# What fits on a screen, and into a reader's head.
_MAX_TEXT_LINES = 10
_MAX_TEXT_CHARS = 800
_MAX_JSON_CHARS = 1_200
#: Header fields that say nothing which another assertion does not, or that a server makes.
_PLAIN_FIELDS = frozenset(
    {
        *("content-type", "content-length", "location", "date", "set-cookie", "vary", "allow"),
        *("etag", "last-modified", "expires", "server", "connection", "accept-ranges", "age"),
        *("transfer-encoding", "keep-alive"),
    }
)
_TELLING = re.compile(r"<(title|h1|h2)\b[^<>]*>[^<>\n]+</\1>")
# Werkzeug's own error pages.
_ERROR_PAGE = re.compile(
    r"<!doctype html>\n<html lang=en>\n<title>[^\n]*</title>\n<h1>[^\n]*</h1>\n<p>(.*)</p>",
    re.DOTALL,
)


def write_assertions(
    answer: Answer, *, with_body: bool, with_headers: bool, sent: Sequence[str] = ()
) -> Iterator[str]:
    """Write the assertions about a response, each a line.

    :param with_body: The content is known, not only its kind.
    :param sent: Values that a long page is searched for.
    """
    if answer.passed:
        path = unquote(urlsplit(answer.passed[-1]).path)
        yield f"assert response.request.path == {path!r}"
    yield f"assert response.status_code == {answer.status}"
    if with_headers:
        yield from _write_cookie(answer)
    if "location" in answer.headers:
        if with_body:
            yield f"assert response.location == {answer.headers['location']!r}"
    elif answer.status == 405 and "allow" in answer.headers:
        methods = sorted(each.strip() for each in answer.headers["allow"].split(","))
        yield f"assert sorted(response.allow) == {methods!r}"
    else:
        yield from _write_content(answer, sent, with_body=with_body, with_headers=with_headers)


def _write_content(
    answer: Answer, sent: Sequence[str], *, with_body: bool, with_headers: bool
) -> Iterator[str]:
    is_own_page = answer.status >= 400 and _ERROR_PAGE.match(answer.text)
    if answer.media_type and not is_own_page and (answer.text or answer.status < 300):
        yield f"assert response.mimetype == {answer.media_type!r}"
    if with_headers and with_body:
        yield from _write_headers(answer)
    if with_body and not is_own_page:
        yield from _write_body(answer, sent)


def is_error_page(answer: Answer) -> bool:
    """Say whether the content is the page that Werkzeug has for an error."""
    return bool(_ERROR_PAGE.match(answer.text))


def _write_cookie(answer: Answer) -> Iterator[str]:
    """Write what a client keeps of a cookie that it is sent, where its value is known."""
    pair, *attributes = answer.headers.get("set-cookie", "").split("; ")
    name, _, value = pair.partition("=")
    is_plain = name and MASK not in value and "Path=/" in attributes
    if not is_plain or any(each.startswith("Domain=") for each in attributes):
        return
    if "Max-Age=0" in attributes:
        yield f"assert client.get_cookie({name!r}) is None"
    elif re.fullmatch(r"[\w.-]+", value) and not is_secret_name(name):
        yield f"assert client.get_cookie({name!r}).value == {value!r}"


def _write_headers(answer: Answer) -> Iterator[str]:
    for name, value in answer.headers.items():
        if name not in _PLAIN_FIELDS and "…" not in value:
            title = "-".join(part.capitalize() for part in name.split("-"))
            yield f"assert response.headers[{title!r}] == {value!r}"


def _write_body(answer: Answer, sent: Sequence[str]) -> Iterator[str]:
    if answer.is_json and answer.text:
        yield from _write_json(answer)
    elif answer.text and answer.is_whole:
        yield from _write_text(answer, sent)
    elif not answer.text and answer.headers.get("content-length") == "0":
        yield "assert not response.data"


def _write_json(answer: Answer) -> Iterator[str]:
    try:
        document = answer.document
    except ValueError:
        return
    compact = json.dumps(document)
    if "NaN" in compact or "Infinity" in compact:
        return
    if len(compact) <= _MAX_JSON_CHARS:
        yield f"assert response.json == {document!r}"
    elif isinstance(document, list):
        yield f"assert len(response.json) == {len(document)}"
        if len(json.dumps(document[0])) <= _MAX_JSON_CHARS // 2:
            yield f"assert response.json[0] == {document[0]!r}"
    else:
        yield f"assert sorted(response.json) == {sorted(document)!r}"


def _write_text(answer: Answer, sent: Sequence[str]) -> Iterator[str]:
    text = answer.text
    lines = text.splitlines()
    if len(lines) <= _MAX_TEXT_LINES and len(text) <= _MAX_TEXT_CHARS:
        if len(lines) == 1 and answer.line_ends is not None:
            yield f"assert response.text == {text + chr(10) * answer.line_ends!r}"
        else:
            yield f"assert response.text.splitlines() == {lines!r}"
        return
    if answer.media_type == "text/html":
        telling = list(dict.fromkeys(each[0] for each in _TELLING.finditer(text)))[:3]
        for found in dict.fromkeys([*telling, *sorted(find_shown(text, sent), key=text.find)]):
            yield f"assert {found!r} in response.text"
        return
    yield f"assert response.text.splitlines()[0] == {lines[0]!r}"
    yield f"assert len(response.text.splitlines()) == {len(lines)}"
