"""A view's exception as whoever wrote the cells wants to see it: their own lines."""

from __future__ import annotations

import linecache
import traceback
from types import TracebackType

from nbflask.values.code_names import is_cell, is_foreign, name_cell


def without_foreign_frames(tb: TracebackType | None) -> TracebackType | None:
    """Give the traceback without frames of libraries, but all of it where nothing else is left."""
    kept: TracebackType | None = None
    for each in reversed(list(_walk(tb))):
        if not is_foreign(each.tb_frame.f_code.co_filename):
            kept = TracebackType(kept, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return kept or tb


def format_failure(error: BaseException) -> str:
    """Give the traceback as Python writes it, with the notebook's lines only.

    It is the same on every run: a cell is called by its first line, as ``<cell %%route /hello>``.
    """
    told = traceback.TracebackException.from_exception(error)
    _tidy(told)
    return "".join(told.format()).rstrip("\n")


def _walk(tb: TracebackType | None) -> list[TracebackType]:
    found: list[TracebackType] = []
    while tb is not None:
        found.append(tb)
        tb = tb.tb_next
    return found


def _name_cell(filename: str) -> str:
    """Call a cell by its first line: its number is another after each run."""
    first = name_cell(linecache.getlines(filename))
    return f"<cell {first}>" if first else "<cell>"


def _tidy(told: traceback.TracebackException) -> None:
    """Leave out foreign frames and rename cells, here and in what the exception came from."""
    kept = [frame for frame in told.stack if not is_foreign(frame.filename)]
    for frame in kept:
        if is_cell(frame.filename):
            frame.filename = _name_cell(frame.filename)
    told.stack[:] = kept
    for other in (told.__cause__, told.__context__, *(told.exceptions or ())):
        if other is not None:
            _tidy(other)
