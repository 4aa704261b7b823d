"""One thing that was found in a notebook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nbflask.values.code_names import cover_secret

if TYPE_CHECKING:
    from nbflask.export.notebooks import SourceCell

#: The worst first.
Level = Literal["error", "warning", "info"]
LEVELS: tuple[Level, ...] = ("error", "warning", "info")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that will not survive leaving the kernel, or is good to know before.

    :param kind: What it is, in words joined by ``-``; the same in all versions.
    :param cell: ``None`` where it is about the whole notebook.
    :param line: In the cell, from 1; 0 where there is no cell.
    :param text: What it is, in whole sentences.
    :param remedy: What to do about it.
    """

    kind: str
    level: Level
    text: str
    remedy: str
    cell: SourceCell | None = None
    line: int = 0

    @property
    def is_error(self) -> bool:
        """Whether the project fails because of it."""
        return self.level == "error"

    @property
    def order(self) -> tuple[int, int, int, str, str]:
        """Sorts findings by level, then as they stand in the notebook."""
        number = self.cell.number if self.cell else 0
        return LEVELS.index(self.level), number, self.line, self.kind, self.text


def label_of(cell: SourceCell) -> str:
    """Give the cell's number and first line, without what it may give to a secret's name."""
    label = cell.label
    covered = cover_secret(label)
    return label if covered == label else f"{covered})"
