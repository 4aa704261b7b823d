"""What may stand where somebody is writing a filter: keys, and values that were seen."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from .keys import KEYS, STAGES, Key, Kind
from .patterns import fold
from .scanning import SPACES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .matching import Facts

MAX_COMPLETIONS = 20
#: Longer ones are nothing to choose from.
MAX_VALUE_CHARS = 80
_STARTED = re.compile(
    r"(?P<key>[A-Za-z][A-Za-z0-9_]*)(?:\.(?P<name>[^ \t\n\r\f\v\u00a0:()\",]*))?(?P<colon>:)?"
)
_NEEDS_QUOTES = re.compile(r"[ \t\n\r\f\v\u00a0(),\"*]|^$|^[<>=~]")
_STATUS_CLASSES = ("2xx", "3xx", "4xx", "5xx")


def completions(facts_list: Sequence[Facts], text: str, column: int) -> list[str]:
    """Give the filters that a text can become by what is written at a column, the likeliest first.

    :param facts_list: Of the exchanges in the list.
    """
    word = _word_before(text, column)
    head = text[: column - len(word)]
    return [head + each + text[column:] for each in _complete(facts_list, word)]


def _complete(facts_list: Sequence[Facts], word: str) -> list[str]:
    sign = word[:1] if word[:1] in ("-", "!") else ""
    found = _STARTED.match(word, len(sign))
    if found is None and word != sign:
        return []
    if found is None or (not found["colon"] and found["name"] is None):
        begun = found[0].lower() if found else ""
        keys = (f"{sign}{key}." if KEYS[key].is_named else f"{sign}{key}:" for key in KEYS)
        return [each for each in keys if each[len(sign) :].startswith(begun)][:MAX_COMPLETIONS]
    key = KEYS.get(found["key"].lower())
    if key is None or key.is_named != (found["name"] is not None):
        return []
    if not found["colon"]:
        head = f"{sign}{found['key']}."
        return _choose(head, found["name"], _names(found["key"].lower(), key, facts_list), ":")
    comma = word.rfind(",") + 1
    done = max(comma, found.end())
    values = _values(found["key"].lower(), key, found["name"], facts_list)
    return _choose(word[:done], word[done:], values, "")


def _word_before(text: str, column: int) -> str:
    start = column
    while start and text[start - 1] not in SPACES and text[start - 1] != "(":
        start -= 1
    return text[start:column]


def _choose(head: str, begun: str, values: Iterable[str], tail: str) -> list[str]:
    wanted = fold(begun.lstrip('"'))
    counted = Counter(value for value in values if len(value) <= MAX_VALUE_CHARS)
    fitting = [value for value in counted if fold(value).startswith(wanted)]
    fitting.sort(key=lambda value: (-counted[value], value))
    return [
        f"{head}{value if tail else _quote(value)}{tail}" for value in fitting[:MAX_COMPLETIONS]
    ]


def _quote(value: str) -> str:
    if not _NEEDS_QUOTES.search(value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _names(word: str, key: Key, facts_list: Sequence[Facts]) -> Iterator[str]:
    if word == "stage":
        yield from STAGES
        return
    for facts in facts_list:
        yield from (
            name for name, _ in facts.get(key.facts[0]) or () if not _NEEDS_QUOTES.search(name)
        )


def _values(word: str, key: Key, name: str | None, facts_list: Sequence[Facts]) -> Iterator[str]:
    if key.kind is Kind.CHOICE:
        yield from key.choices
        return
    if word == "status":
        yield from _STATUS_CLASSES
    if (
        key.kind is Kind.AGE
        or word in ("size", "dur", "stage")
        or (key.is_heavy and not key.is_named)
    ):
        return
    for facts in facts_list:
        yield from _seen(facts.get(key.facts[0]), name)


def _seen(value: object, name: str | None) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            if isinstance(each, str):
                yield each
            elif name is not None and fold(each[0]) == fold(name):
                yield each[1]
    elif value not in (None, ""):
        yield str(value)
