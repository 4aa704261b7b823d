"""What made the client ask: the cell that calls a test client, a replay, a browser, a program."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from nbflask.values.code_names import is_cell

if TYPE_CHECKING:
    from types import FrameType

#: A client of the kernel's own is so few frames above the cell that calls it.
_MAX_FRAMES = 200


class Asking(NamedTuple):
    """The cell that runs a client.

    :param number: Its execution count.
    """

    filename: str
    number: int | None


def find_asking_cell() -> Asking | None:
    """Look for a cell among the callers."""
    frame: FrameType | None = sys._getframe(2)
    for _ in range(_MAX_FRAMES):
        if frame is None:
            return None
        if is_cell(frame.f_code.co_filename):
            return Asking(frame.f_code.co_filename, _read_number(frame.f_globals))
        frame = frame.f_back
    return None


def _read_number(names: dict[str, Any]) -> int | None:
    """Give the execution count of the cell that runs, from IPython's own name in the notebook."""
    get_shell = names.get("get_ipython")
    number = getattr(get_shell() if callable(get_shell) else None, "execution_count", None)
    return number if isinstance(number, int) else None
