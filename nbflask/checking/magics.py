"""What cells say to the notebook alone, and an app would miss."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflask.export.steps import Refuse

from .finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .subject import Subject


def look_at_magics(subject: Subject) -> Iterator[Finding]:
    """Give the magics and shell lines that mean something and have no place in a module."""
    for step in subject.steps:
        if isinstance(step, Refuse):
            yield Finding(
                kind="magic-not-exported",
                level="warning",
                text=f"`{step.what}` works in a notebook only, and is left out.",
                remedy=step.why,
                cell=step.place.cell,
                line=step.place.line,
            )
