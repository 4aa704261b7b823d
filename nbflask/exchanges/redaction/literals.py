"""Literal secrets, in the ways in which a text may have written them."""

from __future__ import annotations

import base64
import html
import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from .secrets import REDACTED, Secrets, is_literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Shorter ones are found as words only: "1234" is not in "51234".
_MIN_PART_CHARS = 6
#: So many are looked for in all ways; each costs a search of the text for each of thirty spellings.
_MAX_SPELLED = 128
_TOKEN = re.compile(r"[\w.+/=~-]{6,}")
#: A shorter piece of a base64 text could be anything's.
_MIN_ENCODED_CHARS = 8
#: The shortest piece of a secret at the edge of a text that is covered.
MIN_EDGE_CHARS = 3
#: What quote() leaves besides letters, digits and "_.-~": nothing, as paths, encodeURIComponent,
#: encodeURI.
_UNQUOTED = ("", "/", "!*'()", ";,/?:@&=+$#!*'()")
_PERCENT = re.compile(r"%[0-9A-F]{2}")
#: A word begins behind a letter where that letter ends an escape.
_WORD_BEGINS = r"(?:(?<!\w)|(?<=%[0-9A-Fa-f]{2})|(?<=\\[nrt]))"
_ELLIPSES = ("...", "…")
#: What tojson of Jinja writes for characters that HTML could misread.
_SAFE_JSON = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "'": "\\u0027"})


class Literals:
    """Finds literal secrets in texts.

    :param texts: Them, as they are.
    """

    def __init__(self, texts: tuple[str, ...]) -> None:
        """Write each in all ways, the longest first, as one may be within another."""
        usable = [text for text in texts if is_literal(text)]
        found = {spelling for text in usable[:_MAX_SPELLED] for spelling in spell(text)}
        #: The others, of a list of thousands of keys for one, are found as they are.
        self._words = frozenset(usable[_MAX_SPELLED:])
        self._spellings = sorted(found, key=lambda each: (-len(each), each))

    def cover(self, text: str, note: Callable[[int], None]) -> str:
        """Give the text with every literal covered.

        :param note: Is told how many there were.
        """
        for spelling in self._spellings:
            if spelling in text:
                text, count = _pattern(spelling).subn(REDACTED, text)
                note(count)
        return _TOKEN.sub(lambda it: self._cover_word(it[0], note), text) if self._words else text

    def _cover_word(self, word: str, note: Callable[[int], None]) -> str:
        if word not in self._words:
            return word
        note(1)
        return REDACTED

    def cover_edges(self, text: str, note: Callable[[int], None]) -> str:
        """Cover what is left of a secret at the end or the beginning of a text that was cut."""
        ellipsis = next((each for each in _ELLIPSES if text.endswith(each)), "")
        body = text[: len(text) - len(ellipsis)]
        for spelling in self._spellings:
            if length := _shared(body, spelling, str.endswith, lambda s, n: s[:n]):
                note(1)
                body = body[:-length] + REDACTED
            if length := _shared(body, spelling, str.startswith, lambda s, n: s[-n:]):
                note(1)
                body = REDACTED + body[length:]
        return body + ellipsis


@lru_cache(maxsize=64)
def literals_of(secrets: Secrets) -> Literals:
    """Give the finder of an app's literals; they rarely change between two exchanges."""
    return Literals(secrets.literals)


def spell(text: str) -> Iterator[str]:
    """Give each way in which a text may stand in another one."""
    plain = [text, *_json_spellings(text), repr(text)[1:-1], text.replace("'", "\\'")]
    for each in plain:
        yield each
        yield json.dumps(each)[1:-1]
    yield html.escape(text)
    yield html.escape(text).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")
    yield html.escape(text, quote=False)
    yield from _percent_spellings(text)
    yield from _encoded_spellings(text)


def _json_spellings(text: str) -> Iterator[str]:
    for ascii_only in (True, False):
        spelling = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
        yield spelling
        yield spelling.replace("/", "\\/")
        yield spelling.translate(_SAFE_JSON)


def _percent_spellings(text: str) -> Iterator[str]:
    quoted = [quote(text, safe=safe, errors="surrogateescape") for safe in _UNQUOTED]
    quoted.append(quote_plus(text, errors="surrogateescape"))
    # A form's own: https://url.spec.whatwg.org/#application-x-www-form-urlencoded-percent-encode-set
    quoted.append(quote_plus(text, safe="*", errors="surrogateescape").replace("~", "%7E"))
    for each in quoted:
        yield each
        yield _PERCENT.sub(lambda found: found[0].lower(), each)
        yield each.replace("%", "%25")


def _encoded_spellings(text: str) -> Iterator[str]:
    raw = text.encode("utf-8", "surrogateescape")
    if len(raw) < _MIN_PART_CHARS:
        return
    yield raw.hex()
    yield raw.hex().upper()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(raw).decode()
        for offset in range(3):
            # Only the characters that no neighbour has a part in.
            first, last = -(-offset * 8 // 6), (offset + len(raw)) * 8 // 6
            piece = encode(bytes(offset) + raw).decode()[first:last]
            if len(piece) >= _MIN_ENCODED_CHARS:
                yield piece


@lru_cache(maxsize=4096)
def _pattern(spelling: str) -> re.Pattern[str]:
    if len(spelling) >= _MIN_PART_CHARS:
        return re.compile(re.escape(spelling))
    return re.compile(rf"{_WORD_BEGINS}{re.escape(spelling)}(?!\w)")


def _shared(
    text: str,
    spelling: str,
    has: Callable[[str, str], bool],
    piece: Callable[[str, int], str],
) -> int:
    longest = min(len(spelling) - 1, len(text))
    lengths = range(longest, MIN_EDGE_CHARS - 1, -1)
    return next((length for length in lengths if has(text, piece(spelling, length))), 0)
