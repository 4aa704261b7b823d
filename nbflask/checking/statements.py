"""Statements that are Python by their grammar alone: no module that holds them compiles."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from nbflask.export.soundness import AWAITING, awaits_at_top

from .finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .subject import Subject


def look_at_statements(subject: Subject) -> Iterator[Finding]:
    """Give what a module cannot hold, such as a ``return`` or an ``await`` outside of functions."""
    for unit in subject.units:
        fault = _find_fault(unit.piece.statement.text)
        if fault is None:
            continue
        text = f"No module can hold this: {fault.msg}."
        remedy = "Mend the cell, or make it a text cell."
        if awaits_at_top(fault):
            text, remedy = AWAITING
        yield Finding(
            kind="cell-not-readable",
            level="error",
            text=text,
            remedy=remedy,
            cell=unit.place.cell,
            line=unit.place.line + max((fault.lineno or 1) - 1, 0),
        )


def _find_fault(text: str) -> SyntaxError | None:
    with warnings.catch_warnings():
        # Such as of "\\d" in a text: its author was told.
        warnings.simplefilter("ignore")
        try:
            compile(text, "<cell>", "exec", dont_inherit=True)
        except SyntaxError as fault:
            return fault
    return None
