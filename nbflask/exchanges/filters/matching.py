"""A filter that was read, and whether an exchange's facts match it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .keys import BROWSER, KEYS, Key, Kind
from .patterns import Pattern, fold

Facts = Mapping[str, Any]
#: What stands around a cell's number, for the cell that shows the list.
THIS_CELL = "this"


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What a filter asks for that is not in one exchange.

    :param now: Seconds since 1970, for ``since:``.
    :param slow_ms: What takes longer is slow; ``None`` while nothing is known to be.
    :param cell: The number of the cell that ``cell:this`` means.
    """

    now: float = 0
    slow_ms: float | None = None
    cell: int | None = None

    def to_json(self) -> dict[str, float | None]:
        """Give what the evaluator in the browser takes."""
        return {"now": self.now, "slow_ms": self.slow_ms, "cell": self.cell}


@dataclass(frozen=True, kw_only=True)
class Test:
    """One of the values behind a key.

    :param kind: ``part``, ``whole``, ``glob``, ``pattern``, ``range``, ``choice`` or ``this``.
    :param text: What is looked for, folded.
    :param low: What a number must at least be; ``is_above`` leaves it out.
    """

    __test__ = False

    kind: str
    text: str = ""
    pieces: tuple[str, ...] = ()
    pattern: Pattern | None = field(default=None, compare=False)
    low: float = -math.inf
    high: float = math.inf
    is_above: bool = False
    is_below: bool = False

    def is_text(self, text: str) -> bool:
        """Whether a text passes."""
        if self.pattern is not None:
            return self.pattern.is_in(text)
        folded = fold(text)
        match self.kind:
            case "part":
                return self.text in folded
            case "glob":
                return _is_glob(folded, self.pieces)
            case _:
                return folded == self.text

    def is_number(self, number: float) -> bool:
        """Whether a number passes."""
        return (number > self.low if self.is_above else number >= self.low) and (
            number < self.high if self.is_below else number <= self.high
        )


class Node:
    """What can match."""

    def matches(self, facts: Facts, setting: Setting) -> bool:
        """Whether the facts match."""
        raise NotImplementedError

    def terms(self) -> Iterable[Term]:
        """Give each term within."""
        raise NotImplementedError


@dataclass(frozen=True)
class Every(Node):
    parts: tuple[Node, ...]

    def matches(self, facts: Facts, setting: Setting) -> bool:
        return all(part.matches(facts, setting) for part in self.parts)

    def terms(self) -> Iterable[Term]:
        return (term for part in self.parts for term in part.terms())


@dataclass(frozen=True)
class Either(Node):
    parts: tuple[Node, ...]

    def matches(self, facts: Facts, setting: Setting) -> bool:
        return any(part.matches(facts, setting) for part in self.parts)

    def terms(self) -> Iterable[Term]:
        return (term for part in self.parts for term in part.terms())


@dataclass(frozen=True)
class Not(Node):
    part: Node

    def matches(self, facts: Facts, setting: Setting) -> bool:
        return not self.part.matches(facts, setting)

    def terms(self) -> Iterable[Term]:
        return self.part.terms()


@dataclass(frozen=True)
class Term(Node):
    """A key and its values, or a word.

    :param key: ``""`` for a word, which is looked for in method, path and query.
    :param name: As ``page`` of ``q.page``.
    """

    key: str
    name: str
    tests: tuple[Test, ...]

    def matches(self, facts: Facts, setting: Setting) -> bool:
        return any(self._passes(test, facts, setting) for test in self.tests)

    def terms(self) -> Iterable[Term]:
        return (self,)

    @property
    def is_of_setting(self) -> bool:
        """Whether it looks at more than the exchange."""
        words = {"slow"} if self.key == "is" else set()
        return self.key == "since" or any(
            test.kind == "this" or test.text in words for test in self.tests
        )

    def _passes(self, test: Test, facts: Facts, setting: Setting) -> bool:
        key = KEYS.get(self.key)
        if key is None:
            return test.is_text(facts.get("line", ""))
        match key.kind:
            case Kind.CHOICE:
                return _is_choice(self.key, test.text, facts, setting)
            case Kind.AGE:
                return bool(facts.get("at", 0) >= setting.now - test.low)
            case Kind.NUMBER:
                number = self._number(key, facts)
                if test.kind == "this":
                    return number is not None and number == setting.cell
                return number is not None and test.is_number(number)
            case _:
                return any(test.is_text(text) for text in self._texts(key, facts))

    def _number(self, key: Key, facts: Facts) -> float | None:
        value: Any = facts.get(key.facts[0])
        return (value or {}).get(self.name) if key.is_named else value

    def _texts(self, key: Key, facts: Facts) -> Iterable[str]:
        for fact in key.facts:
            value = facts.get(fact)
            if isinstance(value, str):
                yield value
            elif key.is_named:
                yield from (each for name, each in value or () if fold(name) == fold(self.name))
            else:
                yield from value or ()


@dataclass(frozen=True)
class Filter:
    """A filter that was read.

    :param text: As it was written.
    :param hints: What may not be as it was meant, in whole sentences.
    """

    text: str
    root: Node = field(repr=False)
    hints: tuple[str, ...] = field(default=(), repr=False)

    def matches(self, facts: Facts, setting: Setting) -> bool:
        """Whether an exchange is meant.

        :param facts: Made by :func:`.build_facts`; heavy, if :attr:`needs_heavy` says so.
        """
        return self.root.matches(facts, setting)

    @property
    def needs_heavy(self) -> bool:
        """Whether it looks at what a row of the list does not carry: fields, contents, logs."""
        return any(term.key in KEYS and KEYS[term.key].is_heavy for term in self.root.terms())

    @property
    def needs_setting(self) -> bool:
        """Whether it means others tomorrow: what it says of an exchange is not for good."""
        return any(term.is_of_setting for term in self.root.terms())


def _is_choice(key: str, wanted: str, facts: Facts, setting: Setting) -> bool:
    if key == "is" and wanted == "slow":
        duration = facts.get("dur")
        return duration is not None and setting.slow_ms is not None and duration > setting.slow_ms
    if key == "from":
        return facts.get("from") in (BROWSER if wanted == "browser" else (wanted,))
    return wanted in (facts.get(key) or ())


def _is_glob(text: str, pieces: tuple[str, ...]) -> bool:
    """Whether a text is made of the pieces in their order, with anything between them."""
    first, *middle, last = pieces
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    position, end = len(first), len(text) - len(last)
    for piece in middle:
        found = text.find(piece, position, end)
        if found < 0:
            return False
        position = found + len(piece)
    return True
