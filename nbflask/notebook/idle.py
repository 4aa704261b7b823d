"""How long the kernel has had nothing to do.

A page's messages wait while cells run, so time alone does not tell that a page is
silent. Time in which the kernel would have heard it does.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Idle:
    """Adds up the time between cells.

    :param now: A clock, in seconds.
    """

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        """Begin in a cell: the one that loads the extension."""
        self._now = now
        self._since: float | None = None
        self._sum_s = 0.0

    def begin_cell(self) -> None:
        """Count no more: a cell runs."""
        self._sum_s = self.seconds
        self._since = None

    def end_cell(self) -> None:
        """Count from now on: no cell runs."""
        self._since = self._now()

    @property
    def seconds(self) -> float:
        """The seconds between cells, so far."""
        return self._sum_s + (self._now() - self._since if self._since is not None else 0.0)
