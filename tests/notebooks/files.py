"""The project's notebooks, read for tests about them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
GUIDE = NOTEBOOKS / "guide"

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$\s*", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Fragment:
    """A piece of plain Flask code that a notebook shows and does not run.

    :param cell: The id of its markdown cell.
    :param number: Its place among the cell's fragments, from 1.
    :param output: What the notebook says that it prints; ``None`` where it says nothing.
    """

    notebook: str
    cell: str
    number: int
    code: str
    output: str | None


def find_notebooks() -> list[Path]:
    """Find all notebooks of the project, in order."""
    found = sorted(NOTEBOOKS.rglob("*.ipynb"))
    return [path for path in found if ".ipynb_checkpoints" not in path.parts]


def read_markdown(path: Path) -> Iterator[tuple[str, str]]:
    """Give the id and the text of each markdown cell."""
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            yield cell.id, cell.source


def read_headings(path: Path) -> list[str]:
    """Give a notebook's headings; a comment in a piece of code is none."""
    texts = (_FENCE.sub("", text) for _, text in read_markdown(path))
    return [heading for text in texts for heading in _HEADING.findall(text)]


def read_fragments(path: Path) -> Iterator[Fragment]:
    """Give each ``python`` block of a notebook, with the ``text`` block right below it."""
    for cell, text in read_markdown(path):
        fences = list(_FENCE.finditer(text))
        number = 0
        for place, fence in enumerate(fences):
            if fence[1] != "python":
                continue
            number += 1
            below = fences[place + 1] if place + 1 < len(fences) else None
            is_output = below is not None and below[1] == "text" and below.start() == fence.end()
            yield Fragment(
                notebook=path.stem,
                cell=cell,
                number=number,
                code=fence[2],
                output=below[2] if is_output and below is not None else None,
            )
