"""A value as it is now: plain data copied, within bounds, and all else only named.

Rule 1: nothing of the user's runs. Only what Python itself defines is looked into; another
object's ``__repr__`` may ask a database, or take a second.

Rule 2: what is left out is marked, so that a part never passes for the whole.
"""

from __future__ import annotations

import datetime
import decimal
import uuid
from dataclasses import dataclass
from itertools import islice
from typing import Any

#: Copied as they are: they cannot change.
_ATOMS = frozenset({int, float, bool, complex, type(None)})
#: They cannot change, either, and their ``repr`` is Python's own.
_WRITTEN = frozenset(
    {
        datetime.datetime, datetime.date, datetime.time, datetime.timedelta, datetime.timezone,
        decimal.Decimal, uuid.UUID, range,
    }
)  # fmt: skip


class Opaque(str):
    """Stands for a value that is not copied, and says what it is."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


#: Stands for the rest of a container.
REST = Opaque("…")


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much of a value is copied.

    :param depth: Containers within containers.
    :param breadth: Items of one container.
    :param chars: Of one text.
    :param items: Of all containers of one value.
    """

    depth: int
    breadth: int
    chars: int
    items: int


def snapshot(value: Any, limits: Limits) -> tuple[Any, bool]:
    """Give a value as plain data, and whether that is all of it."""
    if type(value) in _ATOMS:
        return value, True
    taking = _Taking(limits)
    return taking.copy(value, limits.depth), taking.is_exact


class _Taking:
    """One snapshot, while it is taken."""

    __slots__ = ("_left", "_limits", "is_exact")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._left = limits.items
        self.is_exact = True

    def copy(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if kind is str or kind is bytes:
            if len(value) <= self._limits.chars:
                return value
            self.is_exact = False
            return value[: self._limits.chars]
        if kind in _ATOMS:
            return value
        if kind in _CONTAINERS:
            return self._copy_container(value, kind, depth)
        return self._name(value, kind)

    def _copy_container(self, value: Any, kind: type, depth: int) -> Any:
        if not depth or self._left <= 0:
            self.is_exact = False
            return Opaque(f"<{kind.__name__} of {len(value)}>")
        count = min(len(value), self._limits.breadth, self._left)
        is_cut = count < len(value)
        self._left -= count
        self.is_exact = self.is_exact and not is_cut
        try:
            if kind is dict:
                return self._copy_dict(value, count, depth - 1)
            copied = [
                each if type(each) in _ATOMS else self.copy(each, depth - 1)
                for each in islice(value, count)
            ]
        except RuntimeError:
            # Another thread changes it.
            self.is_exact = False
            return Opaque(f"<{kind.__name__}>")
        if is_cut:
            copied.append(REST)
        return tuple(copied) if kind is tuple else copied

    def _copy_dict(self, value: dict[Any, Any], count: int, depth: int) -> Any:
        copied = {
            key if type(key) is str else self._copy_key(key): (
                each if type(each) in _ATOMS else self.copy(each, depth)
            )
            for key, each in islice(value.items(), count)
        }
        if count < len(value):
            copied[REST] = REST
        return copied

    def _copy_key(self, key: Any) -> Any:
        kind = type(key)
        return key if kind in _ATOMS else self._name(key, kind)

    def _name(self, value: Any, kind: type) -> Any:
        if kind in _WRITTEN:
            return Opaque(repr(value))
        if isinstance(value, str):
            # A str of the user's class, such as Markup or an enumeration's: its text.
            return self.copy(str.__str__(value), 0)
        self.is_exact = False
        return Opaque(f"<{kind.__module__}.{kind.__qualname__}>")


_CONTAINERS = frozenset({dict, list, tuple, set, frozenset})
