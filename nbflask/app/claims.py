"""Claims: what cells want in an app's tables, and how it is entered and taken back.

A write by a running cell is a *claim*: it is in force at once, it can be taken
back, and what it covered comes into force again.
"""

from __future__ import annotations

import itertools
import threading
import weakref
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .cells import Cell, Party, Run, running, undoing

if TYPE_CHECKING:
    from collections.abc import Callable

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

    def strike(self) -> None:
        """Take the claim off the lists of those on which it rests."""
        for party in self.parties:
            party.claims.pop(self, None)

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
            party.claims[claim] = (slots, key)

    def strike_claim(self, slots: Slots, key: Any, claim: Claim) -> None:
        """Write down that a claim is taken back; the running cell's failure undoes this, too."""
        claim.strike()
        run = running()
        if run is not None:
            run.undo.append((self, (slots, key), claim))

    def restore(self, place: tuple[Slots, Any], claim: Claim) -> None:
        """Write down a claim again that was taken back."""
        self.enter_claim(*place, claim)

    def enter_undo(self, slots: Slots, key: Any, former: tuple[Claim, ...]) -> None:
        """Write down how the running cell's change is undone."""
        run = running()
        if run is not None:
            run.undo.append((undoing(slots), key, former))
            run.touched[self] = None


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
            self.ledger.strike_claim(self, key, claim)
