"""What an export has written, and what its owner has to know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbflask.widgets.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Exported:
    """A project that was written.

    :param name: Of its folder, without where that is.
    :param files: Lines by path below the folder.
    """

    name: str
    files: Mapping[str, int]
    notes: tuple[str, ...] = ()

    @property
    def _tables(self) -> tuple[Table, ...]:
        rows = tuple(
            (name, f"{lines} line{'' if lines == 1 else 's'}")
            for name, lines in sorted(self.files.items())
        )
        files = Table(title=f"{self.name}: a Flask project", columns=("file", "size"), rows=rows)
        if not self.notes:
            return (files,)
        notes = Table(columns=("to know",), rows=tuple((each,) for each in self.notes))
        return files, notes

    def __repr__(self) -> str:
        """List the files, and below them what is to be known."""
        return "\n\n".join(map(repr, self._tables))

    def _repr_html_(self) -> str:
        return "\n".join(each._repr_html_() for each in self._tables)
