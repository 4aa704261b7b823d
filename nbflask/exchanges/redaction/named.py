r"""Secrets in texts that are known by the name before them.

The text may be JSON, however often escaped, a ``repr``, a form, a query, a log line, code, or the
beginning of any of them: nothing is parsed, so nothing that is cut or malformed gets through.

Rule 1: a name ends where no letter, digit, ``_`` or ``-`` follows; then a quote may close it; then
comes ``:`` or ``=``, or a comma in a pair. In XML it is an element's. Quotes may be escaped by
backslashes, by HTML or by percent-encoding.

Rule 2: a value in quotes ends at the same quote, escaped as often; or at the end of its line.

Rule 3: a list or an object under a secret's name keeps its keys, and no value.

Rule 4: a value without quotes ends at a space. In code, it is a name, and stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbflask.values.secret_names import NAME_STEMS, is_secret_name

from .secrets import REDACTED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .cover import Cover

_QUOTE = r"\\*[\"'`]|&quot;|&#0*3[49];|&#[xX]0*2[27];|%22|%27"
_AFTER = re.compile(
    rf"(?P<close>{_QUOTE})?\]?(?:\s*,\s*(?:{_QUOTE})(?:value|content)(?:{_QUOTE})\s*:(?=\s*[\"'\\&%])"
    r"|\s*,\s*(?=[\"'\\&%])(?P<pair>)"
    r"|(?(close)\s*|[ \t]*)"
    r"(?::[ \t]*[\w.\[\]|]+[ \t]*=[ \t]*(?=[\"'])|(?:[=-]>|[!=]?={1,2}|:=|:|%3[AaDd])))"
    rf"(?(close)\s*|[ \t]*)(?P<prefix>[bBrRuUfF]{{1,2}}(?=[\"']))?(?P<open>{_QUOTE})?"
)
_NAME_CHARS = re.compile(r"[\w-]*")
_BARE = re.compile(r"[\w.+\-/]+")
_UNQUOTED = re.compile(r"(?:(?!%26|%22|%27|&)[^\s\"'<>])+")
#: What follows a scheme as Digest has it: ``username="a", response="b"``.
_PARAMETERS = re.compile(r"(?:[\w*-]+=(?:\\*\"[^\"\r\n]*\"|[^\s,\"']+)(?:,[ \t]*)?)+")
_SCHEME = re.compile(r"(?:(?:bearer|basic|digest|token|apikey|negotiate)\s+)?", re.IGNORECASE)
_LINE = re.compile(r"[^\r\n\"']*")
#: A field whose value is the rest of its line.
_WHOLE_LINE = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
_INNER = re.compile(rf"(?P<open>{_QUOTE})|(?P<bracket>[{{}}\[\]])|(?P<bare>[\w.+\-]+)")
#: What is in an element of XML.
_ELEMENT = re.compile(r"(?:\s[^<>]*)?>\s*(?:<!\[CDATA\[((?s:.*?))(?:\]\]>|\Z)|([^<]*))")
_PAIR_ENDS = re.compile(r"\s*(?:[)\]]|\Z)")
#: In JSON, "key" is the name of many a column; what is a secret there is no plain word.
_PLAIN_KEY = re.compile(r"[A-Za-z]?[a-z]{0,24}(?:[ _.:/-][A-Za-z]?[a-z]{1,24}){0,5}")
#: What follows an option of a command.
_ARGUMENT = re.compile(r" +(?![-&|<>=])([^\s\"'<>]+)")
_KEY_ENDS = re.compile(r"\s*(?::|=>)")
_MAX_NAME_CHARS = 80


@dataclass(frozen=True)
class _Spot:
    """A stretch of the text that is a value.

    :param quote: What to put around its cover; ``""`` where quotes stand, or none are wanted.
    """

    start: int
    end: int
    name: str
    quote: str = ""


class NamedValues:
    """Finds values by the names before them.

    :param names: Further names of secrets, in lower case.
    """

    def __init__(self, names: frozenset[str]) -> None:
        """Keep the names, and what to look for to find any."""
        self._names = names
        self._stems = (*NAME_STEMS, *sorted(names))

    def is_secret(self, name: str) -> bool:
        """Say whether a value of this name is a secret."""
        return name.lower() in self._names or is_secret_name(name)

    def cover(self, text: str, cover: Cover, *, is_code: bool = False) -> str:
        """Give the text with the values under secret names covered.

        :param is_code: Leave values without quotes: in code they are names, and no secrets.
        """
        pieces = []
        position = 0
        for spot in self._spots(text, is_code=is_code):
            value = text[spot.start : spot.end]
            if spot.name.lower() == "key" and _PLAIN_KEY.fullmatch(value):
                continue
            covered = cover(value, spot.name)
            # A number that was covered as it is known stands without quotes, where JSON wants them.
            if covered is not value or (spot.quote and value == REDACTED):
                pieces += [text[position : spot.start], spot.quote, covered, spot.quote]
                position = spot.end
        return "".join([*pieces, text[position:]]) if pieces else text

    def _spots(self, text: str, *, is_code: bool) -> Iterator[_Spot]:
        reached = 0
        for start, end in self._find_names(text):
            if start < reached:
                continue
            name = text[start:end]
            if not self.is_secret(name):
                continue
            for spot in _values(text, start, end, is_code=is_code):
                reached = spot.end
                yield spot

    def _find_names(self, text: str) -> Iterator[tuple[int, int]]:
        lower = _lower(text)
        found = set()
        for stem in self._stems:
            position = lower.find(stem)
            while position >= 0:
                found.add(position)
                position = lower.find(stem, position + len(stem))
        seen = -1
        for position in sorted(found):
            if position >= seen:
                start = _start_of_name(text, position)
                seen = _NAME_CHARS.match(text, position).end()  # type: ignore[union-attr]
                yield start, seen


def _lower(text: str) -> str:
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def _start_of_name(text: str, position: int) -> int:
    start = position
    while start and position - start < _MAX_NAME_CHARS and _is_name_char(text[start - 1]):
        start -= 1
    if text[start - 1 : start] == "%":
        # The digits are of the character that is written so.
        return min(start + 2, position)
    if text[start - 1 : start] == "\\" and text[start] in "nrt":
        return min(start + 1, position)
    return start


def _is_name_char(char: str) -> bool:
    return char.isalnum() or char in "_-"


def _values(text: str, start: int, end: int, *, is_code: bool) -> Iterator[_Spot]:
    if text[start - 1 : start] in ("<", ":") and (element := _ELEMENT.match(text, end)):
        low, high = element.span(element.lastindex or 0)
        return iter((_Spot(low, high, text[start:end]),))
    if text[start : start + 2] == "--" and (argument := _ARGUMENT.match(text, end)):
        return iter((_Spot(*argument.span(1), text[start:end]),))
    found = _AFTER.match(text, end)
    return _values_after(text, start, end, found, is_code=is_code) if found else iter(())


def _values_after(
    text: str, start: int, end: int, found: re.Match[str], *, is_code: bool
) -> Iterator[_Spot]:
    name, at = text[start:end], found.end()
    if found["pair"] is not None and not _is_pair(text, start, found):
        return
    if found["open"]:
        yield _Spot(at, _closing(text, at, found["open"]), name)
    elif text[at : at + 1] in ("{", "["):
        yield from _inner_values(text, at, name, found["close"])
    elif found["close"] and not is_code:
        bare = _BARE.match(text, at)
        if bare:
            yield _Spot(at, bare.end(), name, found["close"])
    elif not is_code or text[start - 1 : start] in ("?", "&"):
        yield from _unquoted(text, at, name)


def _is_pair(text: str, start: int, found: re.Match[str]) -> bool:
    # ('password', 'hunter2') and ["password", "hunter2"], and no longer list.
    if not (found["open"] and found["close"]):
        return False
    before = start - len(found["close"]) - 1
    end = _closing(text, found.end(), found["open"]) + len(found["open"])
    return before >= 0 and text[before] in "([" and bool(_PAIR_ENDS.match(text, end))


def _closing(text: str, start: int, quote: str) -> int:
    """Find where the value ends that begins after an opening quote."""
    line_end = text.find("\n", start)
    line_end = len(text) if line_end < 0 else line_end
    if quote[0] != "\\" and quote[-1] not in "\"'":
        end = text.find(quote, start)
        return line_end if end < 0 else min(end, line_end)
    depth = len(quote) - 1
    position = text.find(quote[-1], start)
    while 0 <= position < line_end:
        run = _count_backslashes(text, start, position)
        # In a text that was escaped once more, each backslash has become two.
        if run < depth or run % (2 * depth + 2) == depth:
            return position - min(run, depth)
        position = text.find(quote[-1], position + 1)
    return line_end


def _count_backslashes(text: str, start: int, end: int) -> int:
    count = 0
    while end - count > start and text[end - count - 1] == "\\":
        count += 1
    return count


def _inner_values(text: str, start: int, name: str, quote: str | None) -> Iterator[_Spot]:
    level = 0
    position = start
    while found := _INNER.search(text, position):
        position = found.end()
        if found["bracket"]:
            level += 1 if found["bracket"] in "{[" else -1
            if level <= 0:
                break
            continue
        end = found.end()
        if found["open"]:
            end = _closing(text, found.end(), found["open"])
            position = min(end + len(found["open"]), len(text))
        if _KEY_ENDS.match(text, position):
            continue
        if found["open"]:
            yield _Spot(found.end(), end, name)
        else:
            yield _Spot(found.start(), end, name, quote or "")
    # Nothing is there; but what was read is not to be read again for the names within.
    yield _Spot(position, position, name)


def _unquoted(text: str, at: int, name: str) -> Iterator[_Spot]:
    if text.startswith("//", at):
        return
    start = _SCHEME.match(text, at).end()  # type: ignore[union-attr]
    found = None
    if name.lower() in _WHOLE_LINE:
        found = (start > at and _PARAMETERS.match(text, start)) or _LINE.match(text, start)
    found = found or _UNQUOTED.match(text, start)
    if found:
        value = found[0].rstrip("\\,;)]}")
        yield _Spot(start, start + len(value), name)
