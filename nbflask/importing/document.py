"""Cells as the text of a notebook, the same for the same cells."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


@dataclass(frozen=True, kw_only=True)
class NewCell:
    """A cell that was never run."""

    kind: Literal["code", "markdown"]
    source: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ImportedNotebook:
    """A notebook that a project became.

    :param files: What lies beside it: content by path below its folder.
    :param folders: Those of the project that were read whole.
    :param notes: What to know of it, in a sentence each.
    """

    cells: tuple[NewCell, ...]
    files: Mapping[str, bytes] = field(default_factory=dict)
    folders: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What its file holds, in version 4.5 of the format."""
        own = {"nbflask": {"files": sorted(self.files)}} if self.files else {}
        seen: dict[str, int] = {}
        document = {
            "cells": [_write(each, seen) for each in self.cells],
            "metadata": {**_METADATA, **own},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _write(cell: NewCell, seen: dict[str, int]) -> dict[str, Any]:
    text = {
        "cell_type": cell.kind,
        "id": _identify(cell, seen),
        "metadata": {"tags": list(cell.tags)} if cell.tags else {},
        "source": _split_lines(cell.source),
    }
    return text if cell.kind == "markdown" else {**text, "execution_count": None, "outputs": []}


def _identify(cell: NewCell, seen: dict[str, int]) -> str:
    """Name a cell by what it says, so that an import of tomorrow differs where the project does."""
    digest = hashlib.sha256(f"{cell.kind}\n{cell.source}".encode("utf-8", "surrogatepass"))
    name = digest.hexdigest()[:8]
    seen[name] = seen.get(name, 0) + 1
    return name if seen[name] == 1 else f"{name}-{seen[name]}"


def _split_lines(text: str) -> list[str]:
    """Give lines with their ends, as Jupyter stores them."""
    lines = text.split("\n")
    return [*(f"{each}\n" for each in lines[:-1]), *([lines[-1]] if lines[-1] else [])]
