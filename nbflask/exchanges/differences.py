"""Two values side by side: what is the same, what was added, removed or changed, and where.

Rule 1: a row has the path of what it is about, as ``$.items[2].name``, and both sides as text.
Rule 2: of plain data each leaf that differs is a row, and what is the same in both is none.
Rule 3: an element more in a list is one row, not a change of all that follow it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import count, islice, takewhile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Nobody reads more of them, and a message to the page is at most 256 KiB.
MAX_ROWS = 200
# A side as it is shown: long enough for an id or a sentence.
_MAX_CHARS = 120
# Aligning is quadratic at worst: two lists of this length that share nothing take about 50 ms.
_MAX_ALIGNED = 1000

_NAME = re.compile(r"[A-Za-z_][\w-]*")
_NOTHING: Any = object()


class Change(StrEnum):
    """How the right side differs from the left."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One place of two exchanges.

    :param left: What the first has there; ``""`` where it has nothing.
    :param is_volatile: Whether it differs although the app answers the same, as ``Date`` does.
    """

    path: str
    left: str = ""
    right: str = ""
    change: Change = Change.SAME
    is_volatile: bool = False

    @property
    def is_difference(self) -> bool:
        """Whether it tells the two apart."""
        return self.change is not Change.SAME and not self.is_volatile


def build_row(path: str, left: str | None, right: str | None, *, is_volatile: bool = False) -> Row:
    """Make the row of two texts; ``None`` stands for nothing."""
    if left == right:
        change = Change.SAME
    elif left is None:
        change = Change.ADDED
    else:
        change = Change.REMOVED if right is None else Change.CHANGED
    shown_left, shown_right = _shorten(left or "", right or "")
    return Row(
        path=path, left=shown_left, right=shown_right, change=change, is_volatile=is_volatile
    )


def diff_data(left: Any, right: Any, path: str = "$") -> tuple[Row, ...]:
    """Compare plain data: mappings, lists, texts, numbers.

    ``1``, ``1.0`` and ``true`` are three values, as they are in JSON.
    """
    return bound_rows(_diff(left, right, path))


def diff_lines(left: Sequence[str], right: Sequence[str], word: str = "line") -> tuple[Row, ...]:
    """Compare texts in their order; a row's path is the right one's number, or a removed one's."""
    return bound_rows(
        build_row(
            f"{word} {(at if after is _NOTHING else to) + 1}",
            None if before is _NOTHING else before,
            None if after is _NOTHING else after,
        )
        for at, before, to, after in _pair(left, right, left, right)
    )


def bound_rows(rows: Iterator[Row], most: int = MAX_ROWS) -> tuple[Row, ...]:
    """Keep the first rows, and count the others in a last one."""
    kept = list(islice(rows, most))
    more = sum(1 for _ in rows)
    if more:
        last = Row(path="…", right=f"{more:,} more", change=Change.CHANGED)
        kept.append(last)
    return tuple(kept)


def write_value(value: Any) -> str:
    """Write a value as JSON does, and what JSON has no word for by its type."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, default=lambda it: f"<{type(it).__name__}>"
    )


def _diff(left: Any, right: Any, path: str) -> Iterator[Row]:
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        # In the order of the left one, then what only the right one has.
        for key in dict.fromkeys((*left, *right)):
            here = f"{path}.{key}" if _NAME.fullmatch(str(key)) else f"{path}[{write_value(key)}]"
            yield from _diff(left.get(key, _NOTHING), right.get(key, _NOTHING), here)
    elif _is_list(left) and _is_list(right):
        keys = [write_value(each) for each in left], [write_value(each) for each in right]
        for at, before, to, after in _pair(left, right, *keys):
            yield from _diff(before, after, f"{path}[{at if after is _NOTHING else to}]")
    else:
        row = build_row(path, _write(left), _write(right))
        if row.change is not Change.SAME:
            yield row


def _write(value: Any) -> str | None:
    return None if value is _NOTHING else write_value(value)


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


def _pair(
    left: Sequence[Any], right: Sequence[Any], left_keys: Sequence[str], right_keys: Sequence[str]
) -> Iterator[tuple[int, Any, int, Any]]:
    """Pair what belongs together, with both positions; one without a partner has nothing."""
    for tag, at, at_end, to, to_end in _align(left_keys, right_keys):
        if tag == "equal":
            continue
        for step in range(max(at_end - at, to_end - to)):
            before = left[at + step] if at + step < at_end else _NOTHING
            after = right[to + step] if to + step < to_end else _NOTHING
            yield at + step, before, to + step, after


def _align(left: Sequence[str], right: Sequence[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """Give the pieces of two lists that belong together, as :mod:`difflib` names them."""
    # What is the same at both ends is most of it, and costs nothing this way.
    head = _count_same(left, right)
    tail = min(_count_same(left[::-1], right[::-1]), len(left) - head, len(right) - head)
    middle_left, middle_right = left[head : len(left) - tail], right[head : len(right) - tail]
    if max(len(middle_left), len(middle_right)) > _MAX_ALIGNED:
        yield "replace", head, len(left) - tail, head, len(right) - tail
        return
    matcher = SequenceMatcher(None, middle_left, middle_right, autojunk=False)
    for tag, at, at_end, to, to_end in matcher.get_opcodes():
        yield tag, at + head, at_end + head, to + head, to_end + head


def _count_same(left: Sequence[str], right: Sequence[str]) -> int:
    same = takewhile(lambda pair: pair[0] == pair[1], zip(left, right, strict=False))
    return sum(1 for _ in same)


def _shorten(left: str, right: str) -> tuple[str, str]:
    """Cut both texts to what can be shown, so that the first difference can be seen."""
    if max(len(left), len(right)) <= _MAX_CHARS:
        return left, right
    position = next(
        (at for at in count() if left[at : at + 1] != right[at : at + 1] or at >= len(left)), 0
    )
    start = max(0, position - _MAX_CHARS // 3)
    return _cut(left, start), _cut(right, start)


def _cut(text: str, start: int) -> str:
    piece = text[start : start + _MAX_CHARS]
    before = "…" if start and piece else ""
    return f"{before}{piece}{'…' if len(text) > start + _MAX_CHARS else ''}"
