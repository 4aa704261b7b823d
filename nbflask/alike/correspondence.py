"""What stands in one app's answers for what stands in the other's.

Rule 1: a cookie that the other app has set is sent where the client has sent the one that the live
app had set in the same answer. So each client keeps a jar of its own, however many there are.

Rule 2: so do tokens of forms, and what names a version of a content (``ETag``).

Rule 3: what the client has brought itself is sent as it is.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from nbflask.exchanges.drafts import put_cookies
from nbflask.exchanges.session_cookie import parse_set_cookie
from nbflask.exchanges.tokens import replace_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nbflask.exchanges.drafts import Draft
    from nbflask.exchanges.fields import Fields

_TOKEN_NAME = re.compile(r"csrf|xsrf", re.IGNORECASE)
# A version of a content, in the answer and in the request that names it.
_VERSIONS = {"ETag": ("If-None-Match", "If-Match", "If-Range"), "Last-Modified": ()}


@dataclass
class Correspondence:
    """What is known after the answers so far: the live app's values, and the other's."""

    cookies: dict[tuple[str, str], str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)

    def translate(self, draft: Draft) -> Draft:
        """Give a recorded request as the other app's client would send it."""
        cookies = [
            (name, self.cookies.get((name, value), value))
            for name, value in draft.cookies
            if self.cookies.get((name, value), value)
        ]
        if draft.cookies:
            draft = put_cookies(draft, cookies)
        return replace_values(draft, self.values) if self.values else draft

    def learn(self, mine: tuple[Fields, bytes], other: tuple[Fields, bytes]) -> dict[str, str]:
        """Note what two answers to one request have of their own.

        :returns: The tokens of the live app's answer, each with the other's.
        """
        given = _cookies(other[0])
        for name, value in _cookies(mine[0]).items():
            self.cookies[name, value] = given.get(name, "")
        for name in _VERSIONS:
            pair = mine[0].get(name), other[0].get(name)
            if pair[0] and pair[1] and pair[0] != pair[1]:
                self.values[pair[0]] = pair[1]
        tokens = _pair_tokens(mine, other)
        self.values |= tokens
        return tokens


def is_token_name(name: str) -> bool:
    """Whether a name is that of a token against forged requests."""
    return bool(_TOKEN_NAME.search(name))


def _cookies(headers: Fields) -> dict[str, str]:
    found = map(parse_set_cookie, headers.get_all("Set-Cookie"))
    return {each.name: each.value for each in found}


def _pair_tokens(mine: tuple[Fields, bytes], other: tuple[Fields, bytes]) -> dict[str, str]:
    pairs = zip(_find_tokens(*mine), _find_tokens(*other), strict=False)
    return {one: two for (name, one), (also, two) in pairs if name == also and one != two}


def _find_tokens(headers: Fields, content: bytes) -> list[tuple[str, str]]:
    """Give each token of an answer with its name."""
    media_type = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    found = [(name, value) for name, value in headers if is_token_name(name)]
    text = content.decode("utf-8", "replace")
    if media_type == "text/html":
        parser = _Tokens()
        parser.feed(text)
        found += parser.found
    elif media_type == "application/json":
        try:
            found += _in_json(json.loads(text))
        except (ValueError, RecursionError):
            return found
    return found


class _Tokens(HTMLParser):
    """Finds tokens in hidden fields, and in the page's head for scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given: Mapping[str, str | None] = dict(attrs)
        value = given.get({"input": "value", "meta": "content"}.get(tag, ""))
        name = given.get("name") or ""
        if value and is_token_name(name):
            self.found.append((name, value))


def _in_json(value: Any) -> Iterator[tuple[str, str]]:
    children = list(value.items()) if isinstance(value, dict) else []
    for name, each in children:
        if isinstance(each, str) and is_token_name(name):
            yield name, each
    nested = [each for _, each in children] if children else value
    for each in nested if isinstance(nested, list) else ():
        yield from _in_json(each)
