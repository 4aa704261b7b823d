"""The tables of an app, as containers that know who wrote what.

Flask keeps all that is declared in dicts and lists, and dicts of these, and its
own code writes there, as do extensions. The containers here are dicts and lists
to every reader, and to whoever writes outside a cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .claims import MISSING, Claim, Ledger, Slots
from .live_dict import LiveDict
from .live_list import LiveList

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "MISSING", "Claim", "Ledger", "LiveDict", "LiveList", "LiveNested", "Slots", "handler_table",
    "list_table",
]  # fmt: skip


class LiveNested(LiveDict[Any, Any]):
    """A dict of live containers, which come into being when they are first asked for.

    :param factory: makes the container of a key from the ledger and its path.
    """

    def __init__(
        self,
        ledger: Ledger,
        path: tuple[Any, ...],
        factory: Callable[[Ledger, tuple[Any, ...]], Any],
        values: Mapping[Any, Any] | None = None,
    ) -> None:
        super().__init__(ledger, path)
        self.factory = factory
        for key, value in (values or {}).items():
            self[key] = value

    # The containers are nobody's claims, so there is nothing to hide; requests look here often.
    __contains__ = dict.__contains__
    get = dict.get  # type: ignore[assignment]
    values = dict.values

    def __missing__(self, key: Any) -> Any:
        with self.ledger:
            if not dict.__contains__(self, key):
                self.store(key, self.factory(self.ledger, (*self.path, key)))
        return dict.__getitem__(self, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        if value is not self[key]:
            _fill(self[key], value)

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """Give the container of a key, filled with the default if it is new."""
        if not dict.__contains__(self, key):
            _fill(self[key], default or ())
        return self[key]


def _fill(container: Any, value: Any) -> None:
    if isinstance(container, LiveList):
        container._assign(list(value))
    elif value:
        container.update(value)


def list_table(ledger: Ledger, path: tuple[Any, ...], values: Any = None) -> LiveNested:
    """Make a table of lists, such as the hooks of each blueprint."""
    return LiveNested(ledger, path, LiveList, values)


def handler_table(ledger: Ledger, path: tuple[Any, ...], values: Any = None) -> LiveNested:
    """Make a table of error handlers: by scope, by status code, by exception class."""

    def by_code(ledger: Ledger, path: tuple[Any, ...]) -> LiveNested:
        return LiveNested(ledger, path, LiveDict)

    return LiveNested(ledger, path, by_code, values)
