"""A list of an app whose entries know who put them there.

All claims on a list are in force; one that a cell makes again takes the place
of the one before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .cells import Party, Run, parties, running
from .claims import Claim, Ledger, Slots

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

V = TypeVar("V")


def declared_name(value: Any) -> Any:
    """Give the name by which a callable in a list is known again; ``None`` if it has none."""
    name = getattr(value, "__qualname__", None)
    return None if name is None or name.endswith("<lambda>") or name == "_" else name


class LiveList(list[V], Slots, Generic[V]):
    """A list whose entries by cells are claims.

    Whoever iterates sees the list as it was at that moment, so that a request
    that is going through the hooks misses none when a cell changes them.

    :param name_of: by what a value that a cell adds again is known as the same one.
    """

    def __init__(
        self,
        ledger: Ledger,
        path: tuple[Any, ...],
        values: Iterable[V] = (),
        name_of: Callable[[Any], Any] = declared_name,
    ) -> None:
        super().__init__(values)
        self.ledger = ledger
        self.path = path
        self.name_of = name_of
        self._claims = tuple(Claim(value) for value in super().__iter__())

    def __iter__(self) -> Iterator[V]:
        return iter(self.copy())

    def __reversed__(self) -> Iterator[V]:
        return reversed(self.copy()) if self else iter(())

    def claims_of(self, _key: Any = None) -> tuple[Claim, ...]:
        """Give the claims on the list, in its order."""
        return self._claims

    def publish(self, _key: Any, claims: tuple[Claim, ...]) -> None:
        """Make the values of some claims the list's content."""
        self._claims = claims
        super().__setitem__(slice(None), [claim.value for claim in claims])

    def append(self, value: V) -> None:
        """Claim the place of the same value of an earlier run, or the last place."""
        claim = Claim(value, parties())
        with self.ledger:
            former = self._former(claim)
            if former is None:
                claims = (*self._claims, claim)
            else:
                claims = tuple(claim if other is former else other for other in self._claims)
            self.put(None, claims)
            self.ledger.enter_claim(self, None, claim)
        if self.ledger.on_write is not None and claim.parties:
            self.ledger.on_write(self.path, value)

    def _former(self, claim: Claim) -> Claim | None:
        run = running()
        name = self.name_of(claim.value)
        if run is None or name is None or run not in claim.parties:
            return None
        for other in self._claims:
            if self.name_of(other.value) == name and _may_replace(run, claim, other):
                return other
        return None

    def drop(self, _key: Any, claim: Claim) -> None:
        """Take a claim back; the cell's places are filled in the order of its new run."""
        with self.ledger:
            self.ledger.strike_claim(self, None, claim)
            claims = list(self._claims)
            if claim not in claims:
                return
            newer = [c for c in claims if c.is_same_party(claim) and _runs(c) - _runs(claim)]
            places = sorted(claims.index(c) for c in (claim, *newer))
            for place, heir in zip(places, sorted(newer, key=lambda c: c.serial), strict=False):
                claims[place] = heir
            del claims[places[-1]]
            self.put(None, tuple(claims))

    def _assign(self, values: list[V]) -> None:
        """Make some values the content; those that were there keep their claims."""
        former = list(self._claims)
        claims = []
        for value in values:
            kept = next((claim for claim in former if claim.value is value), None)
            if kept is not None:
                former.remove(kept)
            claims.append(kept or Claim(value, parties()))
        with self.ledger:
            new = [claim for claim in claims if claim not in self._claims]
            self.put(None, tuple(claims))
            for claim in new:
                self.ledger.enter_claim(self, None, claim)

    def extend(self, values: Iterable[V]) -> None:
        """Append each of some values."""
        for value in list(values):
            self.append(value)

    def __iadd__(self, values: Iterable[V]) -> Any:  # type: ignore[override,misc]
        self.extend(values)
        return self

    def _changed(self, change: Callable[[list[V]], Any]) -> Any:
        values = list(self)
        result = change(values)
        self._assign(values)
        return result

    def insert(self, index: Any, value: V) -> None:
        """Insert a value before an index."""
        self._changed(lambda values: values.insert(index, value))

    def remove(self, value: V) -> None:
        """Remove the first entry that equals a value."""
        self._changed(lambda values: values.remove(value))

    def pop(self, index: Any = -1) -> V:
        """Remove and give the entry at an index."""
        value: V = self._changed(lambda values: values.pop(index))
        return value

    def clear(self) -> None:
        """Remove all entries."""
        self._assign([])

    def sort(self, **kwargs: Any) -> None:
        """Sort the entries."""
        self._changed(lambda values: values.sort(**kwargs))

    def reverse(self) -> None:
        """Turn the order round."""
        self._changed(lambda values: values.reverse())

    def __setitem__(self, index: Any, value: Any) -> None:
        self._changed(lambda values: values.__setitem__(index, value))

    def __delitem__(self, index: Any) -> None:
        self._changed(lambda values: values.__delitem__(index))


def _runs(claim: Claim) -> frozenset[Party]:
    return frozenset(party for party in claim.parties if party.cell is not None)


def _may_replace(run: Run, claim: Claim, other: Claim) -> bool:
    """Whether a claim may take the place of another: its cell's earlier run made that one."""
    if other.is_former_of(run):
        return other.is_same_party(claim)
    return run.cell.cell_id is None and _is_nameless(other, but=run)


def _is_nameless(claim: Claim, but: Run) -> bool:
    return bool(claim.parties) and all(
        party.cell is not None and party.cell.cell_id is None and party is not but
        for party in claim.parties
    )
