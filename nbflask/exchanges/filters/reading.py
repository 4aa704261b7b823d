"""Reads filters.

::

    expr  := and ((OR | "|") and)*
    and   := unary ((AND | "&")? unary)*
    unary := ("-" | "!" | NOT) unary | "(" expr ")" | term
    term  := key ":" item ("," item)* | word | "quoted" | /pattern/
    item  := (">" | ">=" | "<" | "<=" | "=" | "~")? value

``AND``, ``OR``, ``NOT``, ``|`` and ``&`` stand alone, between spaces or parentheses. A value ends
at a space, a comma or a parenthesis that it has not opened, unless it is in quotes.
"""

from __future__ import annotations

import re

from .items import read_item
from .keys import KEYS, STAGES, Key, find_close
from .matching import Either, Every, Filter, Node, Not, Term, Test
from .patterns import Pattern, PatternError, fold
from .scanning import SPACES, Scanner

_KEY = re.compile(r"(?P<key>[A-Za-z][A-Za-z0-9_]*)(?:\.(?P<name>[^ \t\n\r\f\v\u00a0:()\",]+))?:")
_OPERATORS = {
    "OR": "or",
    "|": "or",
    "||": "or",
    "AND": "and",
    "&": "and",
    "&&": "and",
    "NOT": "not",
}
#: Deeper ones would exhaust the stack of one of the evaluators.
MAX_DEPTH = 50
MAX_CHARS = 2000


def parse_filter(text: str) -> Filter:
    """Read a filter; an empty one matches everything.

    :raises FilterError: It cannot be read.
    """
    return _Parser(text).read()


class _Parser:
    def __init__(self, text: str) -> None:
        self._scanner = Scanner(text)
        self._hints: list[str] = []
        self._depth = 0

    def read(self) -> Filter:
        scanner = self._scanner
        if len(scanner.text) > MAX_CHARS:
            scanner.fail(MAX_CHARS, f"It is longer than {MAX_CHARS} characters.", "Shorten it.")
        scanner.skip_spaces()
        if scanner.is_at_end:
            return Filter(scanner.text, Every(()))
        root = self._either()
        if not scanner.is_at_end:
            scanner.fail(scanner.at, "A ')' closes nothing.", 'Put it in quotes, as ")".')
        return Filter(scanner.text, root, tuple(dict.fromkeys(self._hints)))

    def _either(self) -> Node:
        parts = [self._every()]
        while self._operator() == "or":
            self._take_operator()
            parts.append(self._every())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _every(self) -> Node:
        parts = [self._unary()]
        while True:
            if self._operator() == "and":
                self._take_operator()
            elif self._operator() == "or" or self._scanner.peek() in ("", ")"):
                break
            parts.append(self._unary())
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _unary(self) -> Node:
        scanner = self._scanner
        self._depth += 1
        if self._depth > MAX_DEPTH:
            scanner.fail(scanner.at, "It is nested too deeply.", "Write fewer parentheses.")
        node = self._negated() or self._group() or self._term()
        self._depth -= 1
        scanner.skip_spaces()
        return node

    def _negated(self) -> Node | None:
        scanner = self._scanner
        start = scanner.at
        if self._operator() == "not":
            self._take_operator()
        elif scanner.peek() in ("-", "!"):
            scanner.at += 1
            if scanner.peek() == "" or scanner.peek() in SPACES:
                sign = scanner.text[start]
                scanner.fail(start, f"Nothing follows '{sign}'.", f"Write it as {sign}is:static.")
        else:
            return None
        return Not(self._unary())

    def _group(self) -> Node | None:
        scanner = self._scanner
        start = scanner.at
        if scanner.peek() != "(":
            return None
        scanner.at += 1
        scanner.skip_spaces()
        node = self._either()
        if scanner.peek() != ")":
            scanner.fail(start, "A '(' is not closed.", "Write a ')' behind it.")
        scanner.at += 1
        return node

    def _operator(self) -> str:
        return _OPERATORS.get(self._scanner.peek_word(), "")

    def _take_operator(self) -> None:
        scanner = self._scanner
        scanner.at += len(scanner.peek_word())
        scanner.skip_spaces()

    def _term(self) -> Node:
        scanner = self._scanner
        start = scanner.at
        if scanner.peek() in ("", ")") or self._operator():
            what = f"'{scanner.peek_word() or scanner.peek()}'" if scanner.peek() else "the end"
            scanner.fail(start, f"A word is missing before {what}.", "Write it as status:5xx.")
        if scanner.peek() == '"':
            return Term("", "", (Test(kind="part", text=fold(scanner.take_quoted())),))
        found = _KEY.match(scanner.text, start)
        if found:
            key = KEYS.get(found["key"].lower())
            if key is not None:
                return self._keyed(key, found)
            self._hint(found["key"])
        return self._word(start)

    def _hint(self, key: str) -> None:
        close = find_close(key, tuple(KEYS))
        remedy = f" Did you mean '{close}:'?" if close else ""
        self._hints.append(f"'{key}:' is no key, and is looked for as a word.{remedy}")

    def _word(self, start: int) -> Term:
        scanner = self._scanner
        word = scanner.take_bare()
        if len(word) > 2 and word[0] == word[-1] == "/":
            try:
                return Term("", "", (Test(kind="pattern", pattern=Pattern(word[1:-1])),))
            except PatternError as error:
                scanner.fail(start + 1 + error.at, error.fault, error.remedy)
        return Term("", "", (Test(kind="part", text=fold(word)),))

    def _keyed(self, key: Key, found: re.Match[str]) -> Term:
        scanner = self._scanner
        word, name = found["key"].lower(), found["name"] or ""
        if key.is_named and not name:
            scanner.fail(
                found.start(), f"'{word}:' wants a name.", f"Write it as {word}.name:value."
            )
        if name and not key.is_named:
            scanner.fail(found.start(), f"'{word}:' takes no name.", f"Write it as {word}:value.")
        if word == "stage":
            name = name.lower()
            self._check_stage(name, found.start("name"))
        scanner.at = found.end()
        tests = [read_item(scanner, word, key)]
        while scanner.peek() == ",":
            scanner.at += 1
            tests.append(read_item(scanner, word, key))
        return Term(word, name, tuple(tests))

    def _check_stage(self, name: str, column: int) -> None:
        if name not in STAGES:
            close = find_close(name, STAGES)
            remedy = f"Did you mean '{close}'?" if close else f"There are {', '.join(STAGES)}."
            self._scanner.fail(column, f"No stage is called '{name}'.", remedy)
