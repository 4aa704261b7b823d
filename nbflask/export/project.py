"""A project as a value: its files, and what its reader has to be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .steps import Place


@dataclass(frozen=True, kw_only=True)
class Note:
    """Something that the project's owner should know, such as what was left out.

    :param text: A sentence or two: what it is, and what to do about it.
    :param place: The cell that it is about; ``None`` where it is about the whole.
    :param label: How the cell is called, if not by its own label.
    """

    text: str
    place: Place | None = None
    label: str = ""

    def __str__(self) -> str:
        """Say where it is and what it is, in one line."""
        return f"{self.label or self.place.cell.label}: {self.text}" if self.place else self.text


@dataclass(frozen=True, kw_only=True)
class Project:
    """What is written into a folder.

    :param files: Content by path below the folder, with ``/`` between its parts.
    :param notes: In the order of the notebook.
    """

    name: str
    files: Mapping[str, bytes]
    notes: tuple[Note, ...] = ()
