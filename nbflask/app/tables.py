"""The tables of an app, as containers that know who wrote what.

Flask keeps all that is declared in dicts and lists, and its own code writes
there, as do extensions. These containers are dicts and lists to every reader.
A write by a running cell is a *claim*: it is in force at once, it can be taken
back, and what it covered comes into force again. A write by anything else is
a dict's or a list's.

Rule 1: in a dict the latest claim of a key is in force.

Rule 2: in a list all claims are in force; one that a cell makes again takes
the place of the one before.

Rule 3: a cell doesn't see what its own earlier runs claimed when it asks
whether a key is there. It would be refused ("already registered") what it may
have, and would find its own old values where a fresh kernel finds none.
"""

from __future__ import annotations

import itertools
import threading
import weakref
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .cells import Cell, Party, Run, parties, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

MISSING: Any = type("Missing", (), {"__repr__": lambda _self: "<missing>"})()
"""The value of a claim that a key is gone."""


@dataclass(eq=False)
class Claim:
    """A value that some parties want in a table; with no parties it is nobody's to take back."""

    value: Any
    parties: tuple[Party, ...] = ()
    declares: bool = False
    """Whether a URL rule came with it."""
    serial: int = field(default_factory=itertools.count().__next__)

    def is_same_party(self, other: Claim) -> bool:
        """Whether two claims are made for the same cells, in this run or an earlier one."""
        return self.owners == other.owners and bool(self.parties) == bool(other.parties)

    @property
    def owners(self) -> frozenset[Cell]:
        """The cells whose runs the claim rests on."""
        return frozenset(party.cell for party in self.parties if party.cell is not None)

    def is_former_of(self, run: Run) -> bool:
        """Whether the claim rests on an earlier run of the same cell."""
        return any(run.is_former(party) for party in self.parties)


class Ledger:
    """One app's or blueprint's changes: one at a time, each seen whole.

    ``version`` is odd while a change is under way, so that a reader who finds it
    even, and the same afterwards, knows that nothing changed in between. To be
    used as a context manager around a change.

    :param owner: the app or blueprint; held weakly, since it holds its tables.
    """

    def __init__(self, owner: Any) -> None:
        self.owner = weakref.ref(owner)
        self.version = 0
        self.on_write: Callable[[tuple[Any, ...], Any], None] | None = None
        self._lock = threading.RLock()
        self._depth = 0

    def __enter__(self) -> None:
        self._lock.acquire()
        self._depth += 1
        if self._depth == 1:
            self.version += 1

    def __exit__(self, *_exc: object) -> None:
        self._depth -= 1
        if self._depth == 0:
            self.version += 1
        self._lock.release()

    def settled_version(self) -> int:
        """Wait until no other thread is in the middle of a change, and give the version."""
        version = self.version
        if version % 2:
            with self._lock:
                version = self.version
        return version

    def enter_claim(self, slots: Slots, key: Any, claim: Claim) -> None:
        """Write down on whose behalf a claim was made."""
        for party in claim.parties:
            party.claims.append((slots, key, claim))

    def enter_undo(self, slots: Slots, key: Any, former: tuple[Claim, ...]) -> None:
        """Write down how the running cell's change is undone."""
        run = running()
        if run is not None:
            run.undo.append((slots, key, former))
            run.touched[self] = None


K = TypeVar("K")
V = TypeVar("V")


class Slots:
    """What a journal needs of a container: the claims on each key, and a way to publish them."""

    ledger: Ledger
    path: tuple[Any, ...]

    def claims_of(self, key: Any) -> tuple[Claim, ...]:
        """Give the claims on a key, the oldest first."""
        raise NotImplementedError

    def publish(self, key: Any, claims: tuple[Claim, ...]) -> None:
        """Bring claims into force."""
        raise NotImplementedError

    def put(self, key: Any, claims: tuple[Claim, ...]) -> None:
        """Bring claims into force in a way that the running cell's failure undoes."""
        if running() is not None:
            self.ledger.enter_undo(self, key, self.claims_of(key))
        self.publish(key, claims)

    def restore(self, key: Any, claims: tuple[Claim, ...]) -> None:
        """Bring earlier claims into force again."""
        with self.ledger:
            self.publish(key, claims)

    def drop(self, key: Any, claim: Claim) -> None:
        """Take a claim back; nothing happens when it is no longer there."""
        with self.ledger:
            claims = self.claims_of(key)
            kept = tuple(other for other in claims if other is not claim)
            if len(kept) != len(claims):
                self.put(key, kept)


class LiveDict(dict[K, V], Slots, Generic[K, V]):
    """A dict whose writes by cells are claims.

    :param path: where the table stands in its app: ``("view_functions",)``.
    :param on_change: called after each change that is seen.
    """

    is_declaring = False

    def __init__(
        self,
        ledger: Ledger,
        path: tuple[Any, ...],
        values: Mapping[K, V] | None = None,
        on_change: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(values or {})
        self.attach(ledger, path, on_change)

    def attach(
        self, ledger: Ledger, path: tuple[Any, ...], on_change: Callable[[], None] | None = None
    ) -> None:
        """Enter this table's writes in a ledger from now on."""
        self.ledger = ledger
        self.path = path
        self.on_change = on_change
        self._slots: dict[Any, tuple[Claim, ...]] = {}

    def claims_of(self, key: Any) -> tuple[Claim, ...]:
        """Give the claims on a key, the oldest first; a plain value counts as nobody's claim."""
        slot = self._slots.get(key)
        if slot is not None:
            return slot
        value = super().get(key, MISSING)
        return () if value is MISSING else (Claim(value),)

    def publish(self, key: Any, claims: tuple[Claim, ...]) -> None:
        """Bring the last of some claims into force."""
        if all(not claim.parties for claim in claims):
            self._slots.pop(key, None)
        else:
            self._slots[key] = claims
        self.store(key, claims[-1].value if claims else MISSING)
        if self.on_change is not None:
            self.on_change()

    def store(self, key: Any, value: Any) -> None:
        """Write a value where readers find it."""
        if value is MISSING:
            super().pop(key, None)
        else:
            super().__setitem__(key, value)

    def claim(self, key: Any, value: Any) -> Claim:
        """Claim a key for whoever runs here; the claim covers all others."""
        claim = Claim(value, parties(), declares=self.is_declaring)
        if not claim.parties and key not in self._slots:
            self.publish(key, (claim,))
            return claim
        with self.ledger:
            others = (c for c in self.claims_of(key) if not c.is_same_party(claim))
            self.put(key, (*others, claim))
            self.ledger.enter_claim(self, key, claim)
        if self.ledger.on_write is not None and claim.parties:
            self.ledger.on_write((*self.path, key), value)
        return claim

    def seen(self, key: Any) -> Any:
        """Give what the running cell may know of: all but what its own earlier runs claimed."""
        run = running()
        if run is None or key not in self._slots:
            return super().get(key, MISSING)
        for claim in reversed(self._slots[key]):
            if not claim.is_former_of(run):
                return claim.value
        return MISSING

    def __setitem__(self, key: K, value: V) -> None:
        self.claim(key, value)

    def __delitem__(self, key: K) -> None:
        if not super().__contains__(key):
            raise KeyError(key)
        self.claim(key, MISSING)

    def __contains__(self, key: object) -> bool:
        if not self._slots:
            return super().__contains__(key)
        return self.seen(key) is not MISSING

    def get(self, key: Any, default: Any = None) -> Any:
        """Give a value as the running cell may know of it."""
        if not self._slots:
            return super().get(key, default)
        value = self.seen(key)
        return default if value is MISSING else value

    def values(self) -> Any:
        """Give the values that the running cell may know of."""
        if not self._slots or running() is None:
            return super().values()
        seen = (self.seen(key) for key in list(self))
        return [value for value in seen if value is not MISSING]

    def setdefault(self, key: K, default: Any = None) -> Any:
        """Give the value of a key, after claiming it if the running cell knows of none."""
        value = self.seen(key)
        if value is MISSING:
            self[key] = default
            return super().__getitem__(key)
        return value

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Claim each of some keys."""
        for key, value in dict(*args, **kwargs).items():
            self[key] = value

    def __ior__(self, other: Any) -> Any:  # type: ignore[misc]
        self.update(other)
        return self

    def pop(self, key: Any, *default: Any) -> Any:
        """Claim that a key is gone, and give its value."""
        value = self.seen(key)
        if value is MISSING:
            if default:
                return default[0]
            raise KeyError(key)
        self.claim(key, MISSING)
        return value

    def popitem(self) -> tuple[K, V]:
        """Claim that the last key is gone."""
        key = next(reversed(self))
        return key, self.pop(key)

    def clear(self) -> None:
        """Claim that all keys are gone."""
        for key in list(self):
            self.claim(key, MISSING)


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
        return iter(list.__getitem__(self, slice(None)))

    def __reversed__(self) -> Iterator[V]:
        return reversed(list.__getitem__(self, slice(None)))

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
