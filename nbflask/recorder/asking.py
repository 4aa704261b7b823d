"""What made the client ask: the cell that calls a test client, a replay, a browser, a program."""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from nbflask.values.code_names import is_cell

if TYPE_CHECKING:
    from types import FrameType

#: A client of the kernel's own is so few frames above the cell that calls it.
_MAX_FRAMES = 200

#: Callers are the same ones each time, but for the cell.
_is_cell = lru_cache(1024)(is_cell)


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
        if _is_cell(frame.f_code.co_filename):
            filename = frame.f_code.co_filename
            return Asking(filename, _read_number(frame.f_globals, filename))
        frame = frame.f_back
    return None


def _read_number(names: dict[str, Any], filename: str) -> int | None:
    """Give the execution count of a cell, as IPython's tracebacks have it.

    The shell's own count is the running cell's or the next one's, as its version has it.
    """
    get_shell = names.get("get_ipython")
    compiler = getattr(get_shell() if callable(get_shell) else None, "compile", None)
    number = getattr(compiler, "_filename_map", {}).get(filename)
    return number if isinstance(number, int) else None
