"""A magic's line as words, and the closest known name to one that is not known.

Rule 1: white space ends a word, unless a quote is open.
Rule 2: a quote opens at the start of a word or right after an ``=``; anywhere
else it is a character like any other (``/it's`` is one word).
Rule 3: one pair of quotes is taken off a word, once. There are no escapes.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from nbflask.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_QUOTED = r"\"[^\"]*\"|'[^']*'"
_WORD = re.compile(rf"(?:{_QUOTED}|=(?:{_QUOTED})|[^\s\"'=]|(?<=[^\s=])[\"']|=(?![\"']))+")


def split_words(line: str) -> tuple[str, ...]:
    """Split a magic's line into its words, without their quotes.

    :raises OptionError: A quote is not closed.
    """
    words: list[str] = []
    position = 0
    while position < len(line):
        if line[position].isspace():
            position += 1
            continue
        match = _WORD.match(line, position)
        if match is None or _stops_at_a_quote(line, match.end()):
            rest = line[position:].strip()
            raise OptionError(f"The quote in {rest!r} is not closed. Close it, or leave it out.")
        words.append(_without_quotes(match.group()))
        position = match.end()
    return tuple(words)


def take_options(line: str, takes_value: Mapping[str, bool]) -> tuple[str, str]:
    """Divide a line into its options, and the text that they are written around.

    That text stays as it is written, quotes included, for a language of its own; one dash begins
    nothing of ours there, and two always do.

    :param takes_value: For each option, such as ``"--app"``, whether a word follows that is its.
    :returns: The options with their values, and the rest.
    """
    taken: list[str] = []
    rest: list[str] = []
    words = re.split(r"(\s+)", line)
    while words:
        word = words.pop(0)
        name = word.partition("=")[0]
        if name not in takes_value and not re.match(r"--\w", word):
            rest.append(word)
            continue
        taken.append(word)
        if takes_value.get(name) and "=" not in word and len(words) >= 2:
            taken.append(words[1])
            del words[:2]
    return " ".join(taken), "".join(rest).strip()


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Give the sentence that helps whoever wrote a name that is not known.

    :returns: The close match, else all that is known, else nothing at all; with a
        leading space where it is not empty.
    """
    by_lower = {each.lower(): each for each in sorted(set(known), reverse=True)}
    close = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    if close:
        return f" Did you mean {by_lower[close[0]]!r}?"
    if by_lower:
        return f" Known: {', '.join(sorted(by_lower.values()))}."
    return ""


def _stops_at_a_quote(line: str, end: int) -> bool:
    return end < len(line) and not line[end].isspace()


def _without_quotes(word: str) -> str:
    head, equals, tail = word.partition("=")
    if _is_quoted(word):
        return word[1:-1]
    if equals and _is_quoted(tail):
        return f"{head}={tail[1:-1]}"
    return word


def _is_quoted(text: str) -> bool:
    return len(text) > 1 and text[0] in "\"'" and text[-1] == text[0]
