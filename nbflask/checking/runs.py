"""Whether the notebook's outputs are those of one run from top to bottom, in which no cell failed.

What a cell did that is gone by now, or that was run before it stood where it stands, the outputs
may show, and no export begins with.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from nbflask.export.staying.failed import describe_failed, find_failed

from .finding import Finding, label_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbflask.export.notebooks import SourceCell

    from .subject import Subject

_REMEDY = "Restart the kernel, run all cells, save, and check again."


def look_at_runs(subject: Subject) -> Iterator[Finding]:
    """Give views of cells that failed, and the first place where the runs do not go on."""
    for cell, rules in find_failed(subject.steps):
        text, _, remedy = describe_failed(rules).partition(". ")
        yield Finding(
            kind="cell-failed", level="warning", text=f"{text}.", remedy=remedy, cell=cell, line=1
        )
    counted = [each for each in subject.notebook.cells if each.execution_count]
    for above, below in pairwise(counted):
        text = _describe(above, below)
        if text:
            yield Finding(
                kind="not-one-run",
                level="info",
                text=text,
                remedy=_REMEDY,
                cell=below,
                line=1,
            )
            return


def _describe(above: SourceCell, below: SourceCell) -> str:
    first, second = above.execution_count or 0, below.execution_count or 0
    if second <= first:
        return (
            f"The cell was run before {label_of(above)}: outputs may show what the app does not "
            "begin with."
        )
    gone = second - first - 1
    if not gone:
        return ""
    runs = "1 cell that was run is gone, or was" if gone == 1 else f"{gone} cells are gone, or were"
    return (
        f"Between {label_of(above)} and this one, {runs} run again elsewhere: what they left "
        "behind, the app does not begin with."
    )
