"""Redacts header fields: cookies keep their names and attributes, credentials their scheme."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .secrets import REDACTED
from .shapes import password_of

if TYPE_CHECKING:
    from .texts import Texts

_SCHEME = re.compile(r"(\s*[A-Za-z][\w-]*\s+)?(.*)", re.DOTALL)
#: A value in quotes may hold a semicolon.
_SET_COOKIE = re.compile(r"([^=;]*=\s*\"(?:[^\"\\]|\\.)*\"|[^;]*)(.*)", re.DOTALL)
#: A cookie of another name is looked for elsewhere only if it is no word.
_MIN_COOKIE_CHARS = 16
_URLS = frozenset(
    {"location", "referer", "content-location", "origin", "hx-current-url", "refresh"}
)


def redact_header(name: str, value: str, texts: Texts) -> str:
    """Give a field's value without its secrets."""
    match name.lower():
        case "cookie":
            # An environ of WSGI joins two fields by a comma.
            return re.sub(r"[^;,]+", lambda pair: _cookie(pair[0], texts), value)
        case "set-cookie":
            pair, attributes = _SET_COOKIE.fullmatch(value).groups()  # type: ignore[union-attr]
            return f"{_cookie(pair, texts)}{texts.cover_literals(attributes)}"
        case "authorization" | "proxy-authorization":
            return _credentials(value, texts)
        case lower if lower in _URLS:
            return _url(value, texts)
        case _:
            return texts.redact_value(name, value)


def _cookie(pair: str, texts: Texts) -> str:
    name, equals, value = pair.partition("=")
    if not equals:
        return texts.cover(pair) if pair.strip() else pair
    bare = value.strip().strip('"')
    if texts.is_secret(name.strip()):
        texts.cover.remember(name.strip(), bare)
    elif len(bare) >= _MIN_COOKIE_CHARS:
        texts.cover.remember("password", bare)
    covered = texts.cover(bare) if bare else bare
    return f"{name}={covered}" if covered != bare else pair


def _credentials(value: str, texts: Texts) -> str:
    scheme, credentials = _SCHEME.match(value).groups(default="")  # type: ignore[union-attr]
    texts.cover.remember("password", password_of(credentials))
    return scheme + texts.cover(credentials, "password") if credentials != REDACTED else value


def _url(value: str, texts: Texts) -> str:
    """Redact a URL, with or without a host; its fragment is like a query."""
    head, mark, fragment = value.partition("#")
    target, question, query = head.partition("?")
    target = texts.redact(target)
    query = texts.redact_query(query) if question else ""
    fragment = texts.redact_query(fragment) if mark else ""
    return f"{target}{question}{query}{mark}{fragment}"
