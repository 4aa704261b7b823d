"""What of a long page shows the values that were sent: that is what its view has done with them."""

from __future__ import annotations

import json
import re
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from nbflask.values.request_spec import FORM_TYPE, JSON_TYPE
from nbflask.values.secret_names import is_secret_name

from ..secrecy.looks import has_secret_look
from .answers import MASK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nbflask.values.request_spec import RequestSpec

# Shorter ones are in any page.
_MIN_CHARS = 3
_MAX_CHARS = 100
# A table shows what it was asked for in each row.
_MAX_ELEMENTS = 3
_ELEMENT = re.compile(r"<(\w+)\b[^<>]*>([^<>\n]+)</\1>")
_UNSEEN = re.compile(r"<(style|script|template)\b.*?</\1>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
_TEXT = re.compile(r"(?<=>)[^<>]+")


def find_sent_values(spec: RequestSpec, code: str) -> tuple[str, ...]:
    """Give the values that a request sends and that an answer may show, each once.

    :param code: The app's: what a path has of it is no value.
    """
    parts = urlsplit(spec.target)
    named = [("", each) for each in unquote(parts.path).split("/") if f"/{each}" not in code]
    named += [*parse_qsl(parts.query), *_read_content(spec)]
    found = (
        value
        for name, value in named
        if len(value) >= _MIN_CHARS and not is_secret_name(name) and not has_secret_look(value)
    )
    return tuple(dict.fromkeys(found))


def find_shown(page: str, values: Iterable[str]) -> Iterator[str]:
    """Give what of a page shows values: elements of one line, else the value as it stands there."""
    seen = _UNSEEN.sub("", page)
    texts = "\n".join(_TEXT.findall(seen))
    for value in values:
        # As Jinja writes them.
        written = escape(value).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")
        whole = re.compile(rf"(?<!\w){re.escape(written)}(?!\w)")
        elements = [
            each[0]
            for each in _ELEMENT.finditer(seen)
            if whole.search(each[2]) and len(each[0]) <= _MAX_CHARS and MASK not in each[0]
        ]
        if elements:
            yield from list(dict.fromkeys(elements))[:_MAX_ELEMENTS]
        elif whole.search(texts):
            yield written


def _read_content(spec: RequestSpec) -> Iterator[tuple[str, str]]:
    """Give the fields of a form and the values of a JSON document, each with its name."""
    kinds = [value for name, value in spec.headers if name.lower() == "content-type"]
    try:
        text = spec.content.decode()
        if kinds == [FORM_TYPE]:
            yield from parse_qsl(text)
        elif kinds == [JSON_TYPE] and text:
            yield from _read_document(json.loads(text))
    except ValueError:
        return


def _read_document(document: Any, name: str = "") -> Iterator[tuple[str, str]]:
    match document:
        case dict():
            for key, value in document.items():
                yield from _read_document(value, key)
        case list():
            for each in document:
                yield from _read_document(each, name)
        case str():
            yield name, document
