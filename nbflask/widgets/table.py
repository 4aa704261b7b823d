"""A table that a notebook shows as HTML, and a terminal or nbval as text."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from jinja2 import Environment

from nbflask.values.visible import make_line

if TYPE_CHECKING:
    from jinja2 import Template


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of words under column names.

    :param empty: The sentence that stands in place of no rows.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""
    empty: str = "Nothing."

    def __repr__(self) -> str:
        """Lay the rows out in columns."""
        lines = [self.title] if self.title else []
        if not self.rows:
            return "\n".join([*lines, self.empty])
        table = (self.columns, *self._lines)
        widths = [max(len(row[at]) for row in table) for at in range(len(self.columns))]
        for row in table:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            lines.append("  ".join(cells).rstrip())
        return "\n".join(lines)

    @property
    def _lines(self) -> tuple[tuple[str, ...], ...]:
        """The rows; what was sent by others does nothing to a terminal."""
        return tuple(tuple(map(make_line, row)) for row in self.rows)

    def _repr_html_(self) -> str:
        return _template().render(
            css=_read("table.css"),
            title=self.title,
            columns=self.columns,
            rows=self._lines,
            empty=self.empty,
        )


@functools.cache
def _template() -> Template:
    return Environment(autoescape=True).from_string(_read("table.html"))


@functools.cache
def _read(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
