"""What a check says of notebooks that are written as the sources of their cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflask.checking import Finding, examine
from tests.export.written import notebook

if TYPE_CHECKING:
    from pathlib import Path

APP = "app = Flask(__name__)"


def findings_of(*sources: str, folder: Path | None = None) -> tuple[Finding, ...]:
    """Check a notebook whose first cell makes the app."""
    return examine(notebook(APP, *sources), folder=folder)


def found(*sources: str, folder: Path | None = None) -> list[str]:
    """Give ``level kind cell:line`` of each finding."""
    return [
        f"{each.level} {each.kind} {each.cell.number if each.cell else 0}:{each.line}"
        for each in findings_of(*sources, folder=folder)
    ]
