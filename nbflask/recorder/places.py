"""Where code stands, in its author's words: the cell's first line, and the line in it."""

from __future__ import annotations

import linecache
import traceback
from typing import TYPE_CHECKING

from nbflask.exchanges.exchange import ErrorRecord, Frame
from nbflask.values.code_names import is_cell, is_foreign, name_cell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .faults import Fault


def cell_of(filename: str) -> str:
    """Give the first line of a cell, ``""`` for what is none."""
    if not is_cell(filename):
        return ""
    return name_cell(linecache.getlines(filename)) or "(cell)"


def build_error(fault: Fault, *, is_bare: bool = False) -> ErrorRecord:
    """Write an exception out.

    :param is_bare: Leave out what may hold what the client sent.
    """
    module, name = fault.type.__module__, fault.type.__qualname__
    kind_name = name if module == "builtins" else f"{module}.{name}"
    if is_bare:
        return ErrorRecord(
            kind=fault.kind,
            type=kind_name,
            message="",
            handled_by=fault.handled_by,
            status_code=fault.code,
        )
    told = fault.told
    if told is None:
        stack: Iterable[traceback.FrameSummary] = [
            traceback.FrameSummary(code.co_filename, line, code.co_name, lookup_line=False)
            for code, line in fault.frames
        ]
        text = ""
    else:
        stack = told.stack
        text = write_traceback(told)
    return ErrorRecord(
        kind=fault.kind,
        type=kind_name,
        message=fault.message,
        text=text,
        frames=tuple(_build_frame(each) for each in stack if not _is_ours(each.filename)),
        handled_by=fault.handled_by,
        status_code=fault.code,
    )


def _build_frame(frame: traceback.FrameSummary) -> Frame:
    cell = cell_of(frame.filename)
    return Frame(
        file="" if cell else frame.filename,
        line=frame.lineno,
        function=frame.name,
        code=frame.line or "",
        cell=cell,
        is_library=not cell and is_foreign(frame.filename),
    )


def write_traceback(told: traceback.TracebackException) -> str:
    """Write a traceback as Python does, without what recording put into it."""
    _rename(told)
    return "".join(told.format())


def _rename(told: traceback.TracebackException) -> None:
    told.stack[:] = [frame for frame in told.stack if not _is_ours(frame.filename)]
    for other in (told.__cause__, told.__context__, *(told.exceptions or ())):
        if other is not None:
            _rename(other)


def _is_ours(filename: str) -> bool:
    return filename.startswith(_HERE)


_HERE = __file__.rpartition("places.py")[0]
