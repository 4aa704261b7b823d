"""A view's exception as whoever wrote the cells wants to see it: their own lines."""

from __future__ import annotations

import linecache
import re
import sysconfig
import traceback
from pathlib import Path
from types import TracebackType

import flask
import jinja2
import werkzeug

_HERE = Path(__file__).parent.parent
_FOREIGN = tuple(
    {
        *(str(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
        *(str(Path(str(module.__file__)).parent) for module in (flask, jinja2, werkzeug)),
        str(_HERE),
        "<frozen",
    }
)

# How IPython and ipykernel name the code of a cell; both hold what differs from run to run.
_CELL = re.compile(r"<ipython-input-.*>|.*[\\/]ipykernel_\d+[\\/]\d+\.py")

# What IPython makes of a magic; it differs from what stands in the notebook.
_REWRITTEN = "get_ipython()."
# As much as still tells cells apart on one line.
_MAX_NAME_CHARS = 60


def is_foreign(filename: str) -> bool:
    """Whether the code is a library's or ours, and nothing to mend in the notebook."""
    return filename.startswith(_FOREIGN)


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
    lines = (line.strip() for line in linecache.getlines(filename))
    first = next((each for each in lines if each and not each.startswith(_REWRITTEN)), "")
    if len(first) > _MAX_NAME_CHARS:
        first = f"{first[:_MAX_NAME_CHARS]}…"
    return f"<cell {first}>" if first else "<cell>"


def _tidy(told: traceback.TracebackException) -> None:
    """Leave out foreign frames and rename cells, here and in what the exception came from."""
    kept = [frame for frame in told.stack if not is_foreign(frame.filename)]
    for frame in kept:
        if _CELL.fullmatch(frame.filename):
            frame.filename = _name_cell(frame.filename)
    told.stack[:] = kept
    for other in (told.__cause__, told.__context__, *(told.exceptions or ())):
        if other is not None:
            _tidy(other)
