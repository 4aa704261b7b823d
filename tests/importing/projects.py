"""Small Flask projects for tests, written as the texts of their files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflask.importing import import_project

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from nbflask.importing import ImportedNotebook


def write_project(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write a project's files."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def sources_of(notebook: ImportedNotebook) -> list[str]:
    """Give the sources of a notebook's cells."""
    return [each.source for each in notebook.cells]


def import_script(folder: Path, text: str) -> list[str]:
    """Give the cells between the head of a notebook and its last two, of a module by itself."""
    write_project(folder, {"shop.py": text})
    return sources_of(import_project(folder / "shop.py"))[2:-2]
