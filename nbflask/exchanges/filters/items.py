"""Reads one value behind a key: a text, a number, a range, a pattern, a word of a few."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .keys import Key, Kind, find_close
from .matching import THIS_CELL, Test
from .patterns import Pattern, PatternError, fold

if TYPE_CHECKING:
    from .scanning import Scanner

_OPERATORS = (">=", "<=", ">", "<", "=", "~")
_NUMBER = re.compile(r"([0-9]+(?:\.[0-9]+)?)([A-Za-z]*)")
_CLASS = re.compile(r"([1-5])xx", re.IGNORECASE)


def read_item(scanner: Scanner, word: str, key: Key) -> Test:
    """Take one value, with its operator.

    :raises FilterError: It is none of this key's.
    """
    operator = next((each for each in _OPERATORS if scanner.text.startswith(each, scanner.at)), "")
    scanner.at += len(operator)
    start = scanner.at
    is_quoted = scanner.peek() == '"'
    value = scanner.take_quoted() if is_quoted else scanner.take_bare(is_list=operator != "~")
    if not value and not is_quoted:
        scanner.fail(start, f"A value is missing behind '{word}'.", 'Write one, or "" for none.')
    item = _Item(scanner, start, word, key, operator, value, is_quoted)
    match key.kind:
        case Kind.NUMBER:
            return item.number()
        case Kind.CHOICE:
            return item.choice()
        case Kind.AGE:
            return item.age()
        case _:
            return item.text()


class _Item:
    def __init__(
        self,
        scanner: Scanner,
        start: int,
        word: str,
        key: Key,
        operator: str,
        value: str,
        is_quoted: bool,
    ) -> None:
        self.scanner = scanner
        #: Where the value begins, in its quotes if it has some.
        self.start = start
        self.word = word
        self.key = key
        self.operator = operator
        self.value = value
        self.is_quoted = is_quoted

    def text(self) -> Test:
        folded = fold(self.value)
        if self.operator == "~":
            return self._pattern()
        if self.operator not in ("", "="):
            self._refuse_operator(
                "is a text", f"Write it as {self.word}:text or {self.word}:~pattern."
            )
        if self.operator == "=":
            return Test(kind="whole", text=folded)
        if "*" in self.value and not self.is_quoted:
            return Test(kind="glob", pieces=tuple(folded.split("*")))
        return Test(kind=str(self.key.kind), text=folded)

    def choice(self) -> Test:
        if self.operator not in ("", "="):
            self._refuse_operator("is a word", f"Write it as {self.word}:{self.key.choices[0]}.")
        value = self.value.lower()
        if value not in self.key.choices:
            close = find_close(value, self.key.choices)
            known = ", ".join(self.key.choices)
            remedy = f"Did you mean '{close}'?" if close else f"There are {known}."
            self.scanner.fail(self.start, f"'{self.word}:' knows no '{value}'.", remedy)
        return Test(kind="choice", text=value)

    def age(self) -> Test:
        if self.operator:
            self._refuse_operator("is an age", "Write it as since:5m.")
        number = self._read(self.value, 0)
        return Test(kind="range", low=number)

    def number(self) -> Test:
        if self.operator == "~":
            self._refuse_operator("is a number", f"Write it as {self.word}:>100.")
        if not self.operator:
            special = self._special()
            if special is not None:
                return special
        number = self._read(self.value, 0)
        match self.operator:
            case ">" | ">=":
                return Test(kind="range", low=number, is_above=self.operator == ">")
            case "<" | "<=":
                return Test(kind="range", high=number, is_below=self.operator == "<")
            case _:
                return Test(kind="range", low=number, high=number)

    def _special(self) -> Test | None:
        """Read what is no single number: any, a range, a class of status codes, this cell."""
        if self.value == "*":
            return Test(kind="range")
        if self.word == "cell" and self.value.lower() == THIS_CELL:
            return Test(kind="this")
        found = _CLASS.fullmatch(self.value) if self.word == "status" else None
        if found:
            hundreds = float(found[1]) * 100
            return Test(kind="range", low=hundreds, high=hundreds + 99)
        low, dots, high = self.value.partition("..")
        if not dots or not (low or high):
            return None
        bounds = {}
        if low:
            bounds["low"] = self._read(low, 0)
        if high:
            bounds["high"] = self._read(high, len(low) + 2)
        return Test(kind="range", **bounds)  # type: ignore[arg-type]

    def _read(self, text: str, offset: int) -> float:
        column = self.start + self.is_quoted + offset
        units = dict(self.key.units)
        found = _NUMBER.fullmatch(text)
        if found is None:
            self.scanner.fail(
                column, f"'{text}' is not a number.", f"Write it as {self._example()}."
            )
        unit = found[2].lower()
        if unit not in units:
            known = ", ".join(each for each in units if each)
            remedy = f"There are {known}." if known else "It has none."
            what = (
                f"'{found[2]}' is no unit of '{self.word}:'." if unit else f"'{text}' has no unit."
            )
            self.scanner.fail(column + len(found[1]), what, remedy)
        return float(found[1]) * units[unit]

    def _example(self) -> str:
        return {Kind.AGE: "since:5m"}.get(self.key.kind, f"{self.word}:100")

    def _pattern(self) -> Test:
        try:
            return Test(kind="pattern", text=self.value, pattern=Pattern(self.value))
        except PatternError as error:
            column = self.start + self.is_quoted + error.at
            self.scanner.fail(column, error.fault, error.remedy)

    def _refuse_operator(self, what: str, remedy: str) -> None:
        column = self.start - len(self.operator)
        self.scanner.fail(column, f"'{self.word}:' {what}, and has no '{self.operator}'.", remedy)
