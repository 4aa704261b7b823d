"""Where notebooks use each magic: the reference leads there, and takes its examples from them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# In a reference an example is looked at, not read.
MAX_LINES = 8

# Who looks a magic up wants the chapter that teaches it before the app that uses it.
_ORDER = {"quickstart.ipynb": 0, "guide": 1, "apps": 3}

_LINE_MAGIC = re.compile(r"^(?:\w+ = )?(%[a-z_]+)", re.MULTILINE)
_CELL_MAGIC = re.compile(r"\A(%%[a-z_]+)")


@dataclass(frozen=True)
class Use:
    """One cell that begins with a magic, or holds one."""

    magic: str
    cell: str
    title: str
    page: str


def find_uses(folder: Path) -> tuple[Use, ...]:
    """Give all uses of magics in the notebooks below a folder, page by page.

    :returns: Pages are relative to the folder, ``guide/02_routing.ipynb``.
    """
    pages = sorted(folder.rglob("*.ipynb"), key=lambda path: _rank(path.relative_to(folder)))
    return tuple(use for path in pages for use in _read(path, folder))


def example_of(magic: str, uses: tuple[Use, ...]) -> str:
    """Give the shortest cell of a cell magic that has a text; ``""`` for none."""
    cells = [use.cell for use in uses if use.magic == magic]
    cells = [cell for cell in cells if 1 < len(cell.splitlines()) <= MAX_LINES]
    return min(cells, key=lambda cell: (len(cell), cell), default="")


def pages_of(name: str, uses: tuple[Use, ...]) -> dict[str, str]:
    """Give the titles of the notebooks that use a magic, in either form, by their pages."""
    return {use.page: use.title for use in uses if use.magic.lstrip("%") == name}


def _rank(page: Path) -> tuple[int, Path]:
    return _ORDER.get(page.parts[0], 2), page


def _read(path: Path, folder: Path) -> Iterator[Use]:
    cells = json.loads(path.read_text("utf-8"))["cells"]
    sources = [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    title = next((text for kind, text in sources if kind == "markdown"), path.stem)
    title = title.splitlines()[0].lstrip("# ")
    page = path.relative_to(folder).as_posix()
    for kind, text in sources:
        if kind == "code":
            found = _CELL_MAGIC.findall(text) or _LINE_MAGIC.findall(text)
            yield from (Use(magic, text, title, page) for magic in found)
