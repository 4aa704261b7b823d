"""What became of the recorded exchanges, as listeners are told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Change:
    """Exchanges by their ids.

    :param added: They have begun.
    :param updated: Something of them is other than before.
    :param evicted: They are gone.
    """

    added: tuple[int, ...] = ()
    updated: tuple[int, ...] = ()
    evicted: tuple[int, ...] = ()
