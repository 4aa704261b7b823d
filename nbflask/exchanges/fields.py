"""Names and values in their order, as HTTP has them: a name may come twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Fields(tuple[tuple[str, str], ...]):
    """Pairs of name and value: header fields, a query's parameters, cookies, a form.

    It shows its names only, so that a value can be a secret and the whole still be printed.
    """

    __slots__ = ()

    def __new__(cls, pairs: Iterable[tuple[str, str]] = ()) -> Fields:
        """Keep the pairs in their order."""
        return super().__new__(cls, pairs)

    def __repr__(self) -> str:
        """Name the names."""
        return f"Fields({', '.join(ascii(name)[1:-1] for name, _ in self)})"

    @overload
    def get(self, name: str) -> str | None: ...
    @overload
    def get(self, name: str, default: str) -> str: ...
    def get(self, name: str, default: str | None = None) -> str | None:
        """Give the first value of a name, whose case is not looked at."""
        return next(self._values(name), default)

    def get_all(self, name: str) -> tuple[str, ...]:
        """Give each value of a name, whose case is not looked at."""
        return tuple(self._values(name))

    def names(self) -> tuple[str, ...]:
        """Give each name once, as it was written first."""
        seen = {name.lower(): name for name, _ in reversed(self)}
        return tuple(dict.fromkeys(seen[name.lower()] for name, _ in self))

    def _values(self, name: str) -> Iterator[str]:
        wanted = name.lower()
        return (value for key, value in self if key.lower() == wanted)


NO_FIELDS = Fields()
