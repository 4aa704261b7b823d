"""What a filter can ask for: each key, the fact it looks at, and how its values are read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nbflask.exchanges.exchange import Source, Stage


class Kind(StrEnum):
    """How the values of a key are read."""

    #: Found anywhere in the fact.
    PART = "part"
    #: The whole fact.
    WHOLE = "whole"
    NUMBER = "number"
    #: One of a few words.
    CHOICE = "choice"
    #: How long ago it may be.
    AGE = "age"


@dataclass(frozen=True)
class Key:
    """One key.

    :param facts: Where it looks; any of them may match.
    :param is_named: Whether a name stands behind it, as in ``q.page:``.
    :param units: By the letters behind a number, in lower case, what they multiply it with.
    """

    kind: Kind
    facts: tuple[str, ...]
    is_named: bool = False
    is_heavy: bool = False
    choices: tuple[str, ...] = ()
    units: tuple[tuple[str, float], ...] = ()


_COUNTS = (("", 1.0),)
#: ``k`` is 1,000 and ``Ki`` is 1,024, as the SI has it; browsers differ among themselves.
_BYTES = (
    *(("", 1.0), ("b", 1.0)),
    *(("k", 1e3), ("kb", 1e3), ("ki", 1024.0), ("kib", 1024.0)),
    *(("m", 1e6), ("mb", 1e6), ("mi", 1024.0**2), ("mib", 1024.0**2)),
    *(("g", 1e9), ("gb", 1e9), ("gi", 1024.0**3), ("gib", 1024.0**3)),
)
#: Milliseconds.
_TIMES = (("", 1.0), ("us", 1e-3), ("ms", 1.0), ("s", 1e3), ("m", 6e4), ("min", 6e4), ("h", 3.6e6))
#: Seconds.
_AGES = (("s", 1.0), ("m", 60.0), ("min", 60.0), ("h", 3600.0), ("d", 86400.0), ("ms", 1e-3))

HAS = (
    *("body", "cookie", "error", "files", "flash", "form", "json", "log", "print"),
    *("query", "redirect", "session", "template"),
)
IS = (
    *("aborted", "complete", "failed", "pending", "pinned", "private", "redacted"),
    *("replay", "slow", "static", "streaming", "truncated"),
)
#: What ``from:browser`` stands for.
BROWSER = (Source.NAVIGATION, Source.FETCH, Source.HTMX, Source.SUBRESOURCE)
FROM = ("browser", *sorted(str(source) for source in Source))
STAGES = tuple(str(stage) for stage in Stage)

KEYS: dict[str, Key] = {
    "status": Key(Kind.NUMBER, ("status",), units=_COUNTS),
    "method": Key(Kind.WHOLE, ("method",)),
    "path": Key(Kind.PART, ("path",)),
    "url": Key(Kind.PART, ("url",)),
    "q": Key(Kind.WHOLE, ("query",), is_named=True),
    "route": Key(Kind.WHOLE, ("route",)),
    "endpoint": Key(Kind.WHOLE, ("endpoint",)),
    "blueprint": Key(Kind.WHOLE, ("blueprint",)),
    "view": Key(Kind.PART, ("view",)),
    "type": Key(Kind.PART, ("type",)),
    "size": Key(Kind.NUMBER, ("size",), units=_BYTES),
    "dur": Key(Kind.NUMBER, ("dur",), units=_TIMES),
    "stage": Key(Kind.NUMBER, ("stages",), is_named=True, units=_TIMES),
    "header": Key(Kind.PART, ("headers",), is_named=True, is_heavy=True),
    "resp": Key(Kind.PART, ("resp",), is_named=True, is_heavy=True),
    "cookie": Key(Kind.WHOLE, ("cookies",)),
    "body": Key(Kind.PART, ("req", "res"), is_heavy=True),
    "req": Key(Kind.PART, ("req",), is_heavy=True),
    "res": Key(Kind.PART, ("res",), is_heavy=True),
    "log": Key(Kind.PART, ("log",), is_heavy=True),
    "out": Key(Kind.PART, ("out",), is_heavy=True),
    "error": Key(Kind.PART, ("errors",)),
    "has": Key(Kind.CHOICE, ("has",), choices=HAS),
    "is": Key(Kind.CHOICE, ("is",), choices=IS),
    "from": Key(Kind.CHOICE, ("from",), choices=FROM),
    "cell": Key(Kind.NUMBER, ("cell",), units=_COUNTS),
    "replay": Key(Kind.NUMBER, ("replay",), units=_COUNTS),
    "id": Key(Kind.NUMBER, ("id",), units=_COUNTS),
    "since": Key(Kind.AGE, ("at",), units=_AGES),
}


def find_close(word: str, words: tuple[str, ...]) -> str:
    """Give the word that was probably meant; ``""`` for none.

    By Levenshtein's distance, of at most 2 and a third of the word; the first of equals.
    """
    limit = min(2, max(1, len(word) // 3))
    found = [(distance(word.lower(), each), each) for each in words]
    best = min(found, key=lambda pair: pair[0], default=(limit + 1, ""))
    return best[1] if best[0] <= limit else ""


def distance(one: str, other: str) -> int:
    """Count the letters to put in, take out, change or swap that make one word the other."""
    rows = [list(range(len(other) + 1))]
    for i, char in enumerate(one, 1):
        row = [i]
        for j, letter in enumerate(other, 1):
            cost = min(rows[-1][j] + 1, row[j - 1] + 1, rows[-1][j - 1] + (char != letter))
            if i > 1 and j > 1 and char == other[j - 2] and one[i - 2] == letter:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]
