"""A dict of an app whose values know who put them there.

Rule 1: the latest claim of a key is in force.

Rule 2: a cell doesn't see what its own earlier runs claimed when it asks
whether a key is there. It would be refused ("already registered") what it may
have, and would find its own old values where a fresh kernel finds none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .cells import parties, running
from .claims import MISSING, Claim, Ledger, Slots

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

K = TypeVar("K")
V = TypeVar("V")


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
        value = self.published(key)
        return () if value is MISSING else (Claim(value),)

    def published(self, key: Any) -> Any:
        """Give the value that is in force, whoever asks."""
        return super().get(key, MISSING)

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
            return self.published(key)
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
