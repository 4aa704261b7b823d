"""What a magic gives back where a sentence or a table says it."""

from __future__ import annotations

from dataclasses import dataclass

from nbflask.widgets.table import Table

__all__ = ["Sentence", "Table"]


@dataclass(frozen=True)
class Sentence:
    """A sentence as a magic's result."""

    text: str

    def __repr__(self) -> str:
        """Say it."""
        return self.text
