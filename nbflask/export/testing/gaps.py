"""Cells that change the app's state past its tests: by replays, and the notebook's own client."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..steps import Leave

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..notebooks import SourceCell
    from ..steps import Step

_SESSION = re.compile(r"\bnbflask\.(session|get_notebook)\(")
_CHANGES_SESSION = re.compile(r"\bnbflask\.(session|get_notebook)\([^)]*\)\s*[.\[]")


def find_gaps(
    steps: Sequence[Step], all_writes: frozenset[str], all_kept: frozenset[str]
) -> Iterator[tuple[SourceCell, frozenset[str]]]:
    """Give what cells may have changed that no test tells, with the cell.

    :param all_writes: Whatever any request may change.
    :param all_kept: All that a client's cookies may hold.
    """
    # Variables that hold the session of the notebook's own client.
    sessions: set[str] = set()
    for step in steps:
        if not isinstance(step, Leave):
            continue
        if "replay" in step.what:
            yield step.place.cell, all_writes | all_kept
        elif step.statement is not None:
            text = step.statement.text
            if "replay(" in text:
                yield step.place.cell, all_writes | all_kept
            elif step.statement.changes & sessions or _CHANGES_SESSION.search(text):
                yield step.place.cell, all_kept
            elif _SESSION.search(text):
                sessions |= step.statement.binds
