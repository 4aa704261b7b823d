"""What the cells of a notebook show and must be told of: how long it is kept.

Rule 1: a cell that is run again shows anew; what its run before showed is closed.

Rule 2: where cells have no id nothing says what is gone, so only the newest are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from nbflask.notebook.idle import Idle
from nbflask.widgets.heard import HeardWidget

if TYPE_CHECKING:
    from collections.abc import Iterable

# A widget is 40 KiB or so in the kernel; few notebooks show more than this at once.
MAX_WITHOUT_CELL = 20


class Closable(Protocol):
    """A widget, or what keeps one up to date."""

    def close(self) -> None:
        """Show nothing any more. May be called twice."""


Kind = TypeVar("Kind", bound=Closable)


@dataclass(frozen=True, eq=False)
class _Kept:
    what: Closable
    cell_id: str | None
    idle_s: float


@dataclass(frozen=True, kw_only=True)
class Display:
    """A widget that a cell shows.

    :param is_heard: Whether a page has answered for it, so that somebody sees it.
    :param idle_s: The seconds in which the kernel could have heard one.
    """

    kind: str
    is_heard: bool
    idle_s: float


class Shown:
    """Keeps what cells show, by the cell.

    :param idle: How long the kernel has had nothing to do.
    """

    def __init__(self, idle: Idle | None = None) -> None:
        """Begin with nothing."""
        self._kept: list[_Kept] = []
        self._idle = idle or Idle()

    def keep(self, what: Closable, cell_id: str | None) -> None:
        """Keep what a cell shows until the cell runs again or is gone.

        :param cell_id: ``None`` where cells have no ids.
        """
        self._kept.append(_Kept(what, cell_id, self._idle.seconds))
        strays = [each for each in self._kept if each.cell_id is None]
        self._close(strays[:-MAX_WITHOUT_CELL])

    def all(self, kind: type[Kind]) -> list[Kind]:
        """Give what is shown of a kind, the oldest first."""
        return [each.what for each in self._kept if isinstance(each.what, kind)]

    def displays(self) -> list[Display]:
        """Tell of each widget whether anybody sees it, the oldest first."""
        found = []
        for each in self._kept:
            widget = getattr(each.what, "widget", each.what)
            if isinstance(widget, HeardWidget):
                kind = type(widget).__name__.removesuffix("Widget").lower()
                idle_s = self._idle.seconds - each.idle_s
                found.append(Display(kind=kind, is_heard=widget.is_heard, idle_s=idle_s))
        return found

    def forget(self, cell_ids: Iterable[str | None]) -> None:
        """Close what the cells showed: they run again, or are gone."""
        gone = {each for each in cell_ids if each is not None}
        self._close([each for each in self._kept if each.cell_id in gone])

    def close(self) -> None:
        """Close all."""
        self._close(list(self._kept))

    def _close(self, gone: Iterable[_Kept]) -> None:
        for each in gone:
            self._kept.remove(each)
            each.what.close()
