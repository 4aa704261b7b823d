r"""Regular expressions that mean the same in Python and in a browser, each read once.

The two engines differ in classes, anchors, letters' case and escapes, and both can take for ever
over ``(a+)+$``. So neither is used: a pattern becomes an automaton, and a text is read once.

Rule 1: there are literals, ``.``, ``[a-z]``, ``[^a-z]``, ``\d \w \s \D \W \S``, ``\n \r \t``,
``^ $ \b \B``, ``( )``, ``(?: )``, ``|``, ``* + ? {2} {2,} {2,5}``; anything else is refused.

Rule 2: case is not looked at; ``\d``, ``\w`` and ``\s`` are ASCII's; ``.`` is all but a line feed;
``^`` and ``$`` are the beginning and the end of the whole text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_PATTERN_CHARS = 200
MAX_REPEAT = 100
#: Of the automaton; counted repeats are written out.
MAX_STATES = 400
#: Sets of states that are kept; where there are more, they are found anew.
_MAX_KEPT = 1000

_Ranges = tuple[tuple[int, int], ...]
_MAX_CHAR = 0x10FFFF
_SIGMA, _FINAL_SIGMA = "\N{GREEK SMALL LETTER SIGMA}", "\N{GREEK SMALL LETTER FINAL SIGMA}"


def fold(text: str) -> str:
    """Give a text in which upper and lower case are the same.

    As JavaScript's ``toLowerCase``, but for the Greek sigma, whose form would hang on what follows.
    """
    return text.lower().replace(_FINAL_SIGMA, _SIGMA)


class PatternError(ValueError):
    """A pattern is not understood.

    :param at: Where, in characters from its beginning.
    """

    def __init__(self, at: int, fault: str, remedy: str) -> None:
        """Keep the words for whoever knows the whole filter."""
        super().__init__(fault)
        self.at = at
        self.fault = fault
        self.remedy = remedy


def _complement(ranges: _Ranges) -> _Ranges:
    found = []
    start = 0
    for low, high in sorted(ranges):
        if low > start:
            found.append((start, low - 1))
        start = max(start, high + 1)
    if start <= _MAX_CHAR:
        found.append((start, _MAX_CHAR))
    return tuple(found)


_DIGITS: _Ranges = ((48, 57),)
#: Of folded texts.
_WORDS: _Ranges = ((48, 57), (95, 95), (97, 122))
_SPACES: _Ranges = ((9, 13), (32, 32))
_CLASSES: dict[str, _Ranges] = {
    "d": _DIGITS,
    "w": _WORDS,
    "s": _SPACES,
    "D": _complement(_DIGITS),
    "W": _complement(_WORDS),
    "S": _complement(_SPACES),
    "n": ((10, 10),),
    "r": ((13, 13),),
    "t": ((9, 9),),
}
_ANY = _complement(((10, 10),))
_ASSERTIONS = {"^": "start", "$": "end"}
_QUANTIFIERS = {"*": (0, None), "+": (1, None), "?": (0, 1)}


@dataclass(frozen=True)
class _Node:
    """A piece of a pattern.

    :param kind: ``char``, ``assert``, ``cat``, ``alt`` or ``repeat``.
    """

    kind: str
    ranges: _Ranges = ()
    name: str = ""
    parts: tuple[_Node, ...] = ()
    low: int = 0
    high: int | None = None


class _Reader:
    """Reads a pattern from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def read(self) -> _Node:
        if len(self.text) > MAX_PATTERN_CHARS:
            raise PatternError(
                MAX_PATTERN_CHARS,
                f"The pattern is longer than {MAX_PATTERN_CHARS} characters.",
                "Write a shorter one.",
            )
        node = self._alternatives()
        if self.at < len(self.text):
            raise PatternError(self.at, "A ')' closes nothing.", "Write \\) for the character.")
        return node

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _take(self) -> str:
        char = self._peek()
        self.at += 1
        return char

    def _alternatives(self) -> _Node:
        parts = [self._sequence()]
        while self._peek() == "|":
            self.at += 1
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else _Node("alt", parts=tuple(parts))

    def _sequence(self) -> _Node:
        parts = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._repeated(self._atom()))
        return _Node("cat", parts=tuple(parts))

    def _atom(self) -> _Node:
        start = self.at
        char = self._take()
        match char:
            case "(":
                return self._group(start)
            case "[":
                return _Node("char", self._class(start))
            case "." | "^" | "$":
                return (
                    _Node("char", _ANY) if char == "." else _Node("assert", name=_ASSERTIONS[char])
                )
            case "\\":
                return self._escape(start)
            case "*" | "+" | "?" | "{":
                raise PatternError(
                    start,
                    f"Nothing before '{char}' can repeat.",
                    f"Write \\{char} for the character.",
                )
            case _:
                return _literal(char)

    def _group(self, start: int) -> _Node:
        if self._peek() == "?":
            if self.text[self.at : self.at + 2] != "?:":
                raise PatternError(start, "Groups with '(?' are not known here.", "Write (...).")
            self.at += 2
        node = self._alternatives()
        if self._take() != ")":
            raise PatternError(start, "A '(' is not closed.", "Write \\( for the character.")
        return node

    def _escape(self, start: int) -> _Node:
        char = self._take()
        if char in ("b", "B"):
            return _Node("assert", name=char)
        if char in _CLASSES:
            return _Node("char", _CLASSES[char])
        return _literal(self._escaped(start, char))

    def _escaped(self, start: int, char: str) -> str:
        if char == "" or (char.isascii() and char.isalnum()):
            raise PatternError(
                start,
                f"'\\{char}' is not known here.",
                "Known are \\d, \\w, \\s, \\D, \\W, \\S, \\b, \\B, \\n, \\r, \\t.",
            )
        return char

    def _class(self, start: int) -> _Ranges:
        is_negated = self._peek() == "^"
        self.at += is_negated
        found: list[tuple[int, int]] = []
        while True:
            first = self._class_item(start, found)
            if first is None:
                break
            found += self._range(first)
        return _complement(tuple(found)) if is_negated else tuple(found)

    def _range(self, first: str) -> list[tuple[int, int]]:
        start = self.at
        if not first or self._peek() != "-" or self.text[self.at + 1 : self.at + 2] in ("]", ""):
            return [(ord(char), ord(char)) for char in first]
        self.at += 1
        last = self._class_item(start, []) or ""
        if len(first) != 1 or len(last) != 1 or first > last:
            raise PatternError(start, "The range in '[...]' is empty.", "Write it as a-z.")
        return [(ord(first), ord(last))]

    def _class_item(self, start: int, found: list[tuple[int, int]]) -> str | None:
        """Give a folded character of a class: ``""`` for a class itself, ``None`` at the end."""
        at = self.at
        char = self._take()
        if char == "":
            raise PatternError(start, "A '[' is not closed.", "Write \\[ for the character.")
        if char == "]":
            return None
        if char == "\\":
            char = self._take()
            if char in _CLASSES:
                found += _CLASSES[char]
                return ""
            char = self._escaped(at, char)
        return fold(char)

    def _repeated(self, node: _Node) -> _Node:
        start = self.at
        char = self._peek()
        if char in _QUANTIFIERS:
            self.at += 1
            low, high = _QUANTIFIERS[char]
        elif char == "{":
            low, high = self._bounds(start)
        else:
            return node
        # Whether something is found is the same with a lazy one.
        self.at += self._peek() == "?"
        if self._peek() in ("*", "+", "?", "{"):
            raise PatternError(self.at, "A repeat cannot repeat.", "Write (...)* around it.")
        return _Node("repeat", parts=(node,), low=low, high=high)

    def _bounds(self, start: int) -> tuple[int, int | None]:
        end = self.text.find("}", start)
        low, comma, high = self.text[start + 1 : end].partition(",") if end > 0 else ("", "", "")
        if not _is_number(low) or not (high == "" or _is_number(high)):
            raise PatternError(start, "A '{' does not count.", "Write {2}, {2,} or {2,5}.")
        self.at = end + 1
        bounds = (int(low), (int(high) if high else None) if comma else int(low))
        if max(bounds[0], bounds[1] or 0) > MAX_REPEAT or (bounds[1] or MAX_REPEAT) < bounds[0]:
            raise PatternError(
                start, f"The counts are not 0 to {MAX_REPEAT}, in order.", "Write {2,5}."
            )
        return bounds


def _is_number(text: str) -> bool:
    return 0 < len(text) <= 3 and all("0" <= char <= "9" for char in text)


def _literal(char: str) -> _Node:
    parts = tuple(_Node("char", ((ord(each), ord(each)),)) for each in fold(char))
    return parts[0] if len(parts) == 1 else _Node("cat", parts=parts)


class _Reached:
    """Where a text may have led to.

    :ivar moves: By the next character, where that leads to.
    """

    __slots__ = ("before", "moves", "states")

    def __init__(self, states: frozenset[int], before: str) -> None:
        self.states = states
        self.before = before
        self.moves: dict[str, _Reached] = {}


#: Nothing that follows can change it.
_FOUND = _Reached(frozenset(), "")


class Pattern:
    """Finds a pattern in texts."""

    def __init__(self, text: str) -> None:
        """Read a pattern.

        :raises PatternError: It is not understood, or too large.
        """
        self._states: list[tuple[str, object, tuple[int, ...]]] = []
        self._final = self._add("final", None, ())
        self._first = self._build(_Reader(text).read(), self._final)
        self._reached: dict[tuple[frozenset[int], str], _Reached] = {}

    def is_in(self, text: str) -> bool:
        """Whether the text holds a match anywhere."""
        reached = self._reach(frozenset((self._first,)), "start")
        for char in fold(text):
            following = reached.moves.get(char) or self._move(reached, char)
            if following is _FOUND:
                return True
            reached = following
        return self._final in self._close(reached, "end")

    def _reach(self, states: frozenset[int], before: str) -> _Reached:
        if len(self._reached) > _MAX_KEPT:
            self._reached.clear()
        return self._reached.setdefault((states, before), _Reached(states, before))

    def _move(self, reached: _Reached, char: str) -> _Reached:
        after = "word" if _is_in(ord(char), _WORDS) else "other"
        closed = self._close(reached, after)
        following = _FOUND
        if self._final not in closed:
            states = {
                self._first,
                *(self._states[state][2][0] for state in closed if self._takes(state, char)),
            }
            following = self._reach(frozenset(states), after)
        reached.moves[char] = following
        return following

    def _takes(self, state: int, char: str) -> bool:
        kind, ranges, _ = self._states[state]
        return kind == "char" and _is_in(ord(char), ranges)  # type: ignore[arg-type]

    def _close(self, reached: _Reached, after: str) -> set[int]:
        """Give all states that are reached before a character of a kind, or the end."""
        closed: set[int] = set()
        waiting = list(reached.states)
        while waiting:
            state = waiting.pop()
            if state in closed:
                continue
            closed.add(state)
            kind, name, following = self._states[state]
            if kind == "split" or (kind == "assert" and _holds(str(name), reached.before, after)):
                waiting += following
        return closed

    def _add(self, kind: str, value: object, following: tuple[int, ...]) -> int:
        if len(self._states) >= MAX_STATES:
            raise PatternError(0, "The pattern repeats too much.", "Write smaller counts.")
        self._states.append((kind, value, following))
        return len(self._states) - 1

    def _build(self, node: _Node, following: int) -> int:
        """Add the states of a piece before those that follow it, and give the first."""
        build: dict[str, Callable[[_Node, int], int]] = {
            "char": lambda node, following: self._add("char", node.ranges, (following,)),
            "assert": lambda node, following: self._add("assert", node.name, (following,)),
            "cat": self._build_sequence,
            "alt": lambda node, following: self._add(
                "split", None, tuple(self._build(part, following) for part in node.parts)
            ),
            "repeat": self._build_repeat,
        }
        return build[node.kind](node, following)

    def _build_sequence(self, node: _Node, following: int) -> int:
        for part in reversed(node.parts):
            following = self._build(part, following)
        return following

    def _build_repeat(self, node: _Node, following: int) -> int:
        part = node.parts[0]
        if node.high is None:
            loop = self._add("split", None, ())
            self._states[loop] = ("split", None, (self._build(part, loop), following))
            following = loop
        else:
            end = following
            for _ in range(node.high - node.low):
                following = self._add("split", None, (self._build(part, following), end))
        for _ in range(node.low):
            following = self._build(part, following)
        return following


def _is_in(char: int, ranges: _Ranges) -> bool:
    return any(low <= char <= high for low, high in ranges)


def _holds(name: str, before: str, after: str) -> bool:
    match name:
        case "start":
            return before == "start"
        case "end":
            return after == "end"
        case _:
            return ((before == "word") != (after == "word")) == (name == "b")
