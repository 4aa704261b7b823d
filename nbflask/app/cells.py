"""Who declares: the cells of a notebook and their runs.

Rule 1: what is declared while a cell runs belongs to that run.

Rule 2: a run that ends well replaces the run of the same cell before it.

Rule 3: what a request does, or a module that is being imported, belongs to no
cell. A request is not set-up, and a module is imported once: it would not
declare again when the cell runs again.

A context variable carries the run, so that a thread or a task that the cell
did not hand its context to declares nothing in its name.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .tables import Claim, Ledger, Slots


class Restorable(Protocol):
    """Something that a failing cell puts back as it was."""

    def restore(self, key: Any, former: Any, /) -> None:
        """Put back what stood at a key."""


@dataclass(eq=False)
class Cell:
    """A cell that has declared something, or is about to.

    :param cell_id: the front end's id; ``None`` where it sends none, as in a terminal.
    :param label: what the user is shown in place of the id.
    """

    cell_id: str | None
    label: str = ""
    run: Run | None = None
    """The last run that ended well."""
    made: dict[Any, Any] = field(default_factory=dict)
    """Weak references to the apps and blueprints that the cell has made, by their order."""


@dataclass(eq=False)
class Party:
    """Something on which claims rest: a claim stands while all its parties do."""

    cell: Cell | None = None
    claims: dict[Claim, tuple[Slots, Any]] = field(default_factory=dict)
    """The claims that rest on this party, each with its table and its key there."""

    def withdraw(self) -> None:
        """Take back all that was claimed in the name of this party."""
        for claim, (slots, key) in list(self.claims.items()):
            slots.drop(key, claim)


@dataclass(eq=False, kw_only=True)
class Run(Party):
    """One execution of a cell: what it claims, and how to undo it if the cell fails."""

    cell: Cell
    is_open: bool = True
    depth: int = 1
    undo: list[tuple[Restorable, Any, Any]] = field(default_factory=list)
    touched: dict[Ledger, None] = field(default_factory=dict)
    notices: dict[str, None] = field(default_factory=dict)
    made: dict[Any, int] = field(default_factory=dict)

    def is_former(self, party: Party) -> bool:
        """Whether a party is a run of the same cell before this one."""
        return party.cell is self.cell and party is not self

    def roll_back(self) -> None:
        """Put everything back as it was before the cell ran."""
        while self.undo:
            changed, key, former = self.undo.pop()
            changed.restore(key, former)
        for claim in list(self.claims):
            claim.strike()


_running: ContextVar[Run | None] = ContextVar("nbflask_running_cell", default=None)
_apart: ContextVar[bool] = ContextVar("nbflask_apart_from_the_cell", default=False)
_with: ContextVar[tuple[Party, ...]] = ContextVar("nbflask_claims_rest_also_on", default=())


def running() -> Run | None:
    """Give the run of the cell that this code is a part of, if any."""
    run = _running.get()
    if run is None or not run.is_open or _apart.get():
        return None
    return run


def parties() -> tuple[Party, ...]:
    """Give the parties on which a claim made here and now rests; empty where no cell is."""
    run = running()
    if run is not None and _imported_here() is None:
        return (run, *(party for party in _with.get() if party is not run))
    return _with.get()


def is_superseded(by: tuple[Party, ...]) -> bool:
    """Whether the cell that runs here has declared this in an earlier run, which it replaces."""
    run = running()
    return run is not None and any(run.is_former(party) for party in by)


@contextmanager
def resting_on(*more: Party) -> Iterator[None]:
    """Let claims rest on further parties as well, such as the registration of a blueprint."""
    token = _with.set(tuple(dict.fromkeys((*_with.get(), *more))))
    try:
        yield
    finally:
        _with.reset(token)


@contextmanager
def apart() -> Iterator[None]:
    """Let what is done here belong to no cell."""
    token = _apart.set(True)
    try:
        yield
    finally:
        _apart.reset(token)


def enter(run: Run) -> None:
    """Make a run the one that this context declares for."""
    _running.set(run)


class Imported:
    """What a module has changed while it was imported: it stands once the module is there.

    The module is not imported again when the failed cell is run again, so that nothing would
    bring the change back. It is undone if the import itself failed.

    :param names: the module's globals.
    """

    def __init__(self, changed: Restorable, names: Mapping[str, Any]) -> None:
        self.changed, self.names = changed, names

    def restore(self, key: Any, former: Any) -> None:
        """Put back what stood at a key, unless the module is there."""
        module = sys.modules.get(self.names.get("__name__", ""))
        if module is None or vars(module) is not self.names:
            self.changed.restore(key, former)


def undoing(changed: Restorable) -> Restorable:
    """Give what puts a change back that is made here and now, if the cell fails."""
    names = _imported_here()
    return changed if names is None else Imported(changed, names)


def _imported_here() -> Mapping[str, Any] | None:
    """Give the globals of the module that is being imported here; ``None`` if none is."""
    frame = sys._getframe(1)
    innermost: Mapping[str, Any] | None = None
    while frame is not None:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
            return {} if innermost is None else innermost
        if innermost is None and frame.f_code.co_name == "<module>":
            innermost = frame.f_globals
        frame = frame.f_back  # type: ignore[assignment]
    return None
