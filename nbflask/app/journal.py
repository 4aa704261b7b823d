"""The journal: when a cell begins and ends, and what that means for the apps.

A cell that ends well replaces what it declared before; one that fails leaves
all as it was; one that is deleted takes its declarations along.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .cells import Cell, Run, apart, enter, running

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .tables import Ledger


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a cell's end meant.

    :param changed: the apps and blueprints whose declarations are not what they were.
    :param notices: lines for the user, such as conflicts between cells.
    """

    changed: tuple[Any, ...] = ()
    notices: tuple[str, ...] = ()


class Journal:
    """The cells of one notebook, and what each has declared."""

    def __init__(self) -> None:
        self._cells: dict[Any, Cell] = {}

    def begin(self, cell_id: str | None, source: str, label: str = "") -> Run:
        """Begin a run of a cell; what is declared until its end belongs to it.

        A run within a run, as a magic may start one, is a part of the outer one.

        :param cell_id: the front end's id, or ``None``: then the same source is the same cell.
        :param label: what other cells' notices call this cell.
        """
        outer = running()
        if outer is not None:
            outer.depth += 1
            return outer
        cell = self._cells.setdefault(cell_id or ("source", source), Cell(cell_id))
        cell.label = label or cell.label
        run = Run(cell=cell)
        enter(run)
        return run

    def finish(self, run: Run, succeeded: bool) -> Outcome:
        """End a run: withdraw what the cell no longer declares, or undo what it did.

        :param succeeded: whether the cell ended without an exception.
        """
        run.depth -= 1
        if run.depth > 0 or not run.is_open:
            return Outcome()
        try:
            if succeeded:
                if run.cell.run is not None:
                    _withdraw(run.cell.run, into=run)
                run.cell.run = run
            else:
                run.roll_back()
        finally:
            # Also after a fault of ours: an open run would swallow all later cells.
            run.is_open = False
            run.undo.clear()
            if run.cell.cell_id is None:
                self._forget_replaced()
        if not succeeded:
            return Outcome()
        return Outcome(changed=_owners(run.touched), notices=tuple(run.notices))

    def _forget_replaced(self) -> None:
        """Forget the cells without an id of which nothing is left: each input would be one."""
        self._cells = {
            key: cell
            for key, cell in self._cells.items()
            if cell.cell_id is not None or cell.made or (cell.run and cell.run.claims)
        }

    def forget(self, cell_ids: Iterable[str]) -> Outcome:
        """Withdraw what deleted cells have declared; unknown ids are passed over."""
        touched: dict[Ledger, None] = {}
        for cell_id in cell_ids:
            cell = self._cells.pop(cell_id, None)
            if cell is not None and cell.run is not None:
                touched |= dict.fromkeys(_ledgers(cell.run))
                _withdraw(cell.run)
        return Outcome(changed=_owners(touched))

    def reset(self, app: Any) -> None:
        """Withdraw all that cells have declared on an app."""
        for cell in self._cells.values():
            for run in (cell.run, running()):
                if run is not None and run.cell is cell:
                    _withdraw_from(run, app)


def _ledgers(run: Run) -> list[Ledger]:
    return [slots.ledger for slots, _key in run.claims.values()]


def _withdraw(run: Run, into: Run | None = None) -> None:
    """Withdraw a run as one change of each app, so that no request sees half of it."""
    ledgers = list(dict.fromkeys(_ledgers(run)))
    if into is not None:
        into.touched |= dict.fromkeys(ledgers)
    for ledger in ledgers:
        ledger.__enter__()
    try:
        with apart():
            run.withdraw()
    finally:
        for ledger in reversed(ledgers):
            ledger.__exit__()


def _withdraw_from(run: Run, app: Any) -> None:
    with app._ledger, apart():
        for claim, (slots, key) in list(run.claims.items()):
            if slots.ledger is app._ledger:
                slots.drop(key, claim)


def _owners(ledgers: Iterable[Ledger]) -> tuple[Any, ...]:
    owners = (ledger.owner() for ledger in ledgers)
    return tuple(dict.fromkeys(owner for owner in owners if owner is not None))
