"""Files that lie beside a notebook and belong to its app: those that no cell can hold.

A notebook names them in its metadata, as ``nbflask.files``: paths below its folder. Such a list may
come from anybody, so a path that leads out of the folder is refused.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from nbflask.errors import NotebookError

#: Of Linux and macOS; what lies above a project's folder takes from it.
MAX_PART_BYTES = 255
MAX_PATH_BYTES = 1_000

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def read_files_beside(notebook: Path, names: Iterable[str]) -> dict[str, bytes]:
    """Read the files that a notebook names.

    :raises NotebookError: One is not there, or is not a file of the notebook's folder.
    """
    folder = notebook.parent.resolve()
    return {name: _read(folder, name) for name in names}


def is_path_beside(name: str) -> bool:
    """Say whether a text is a path that leads no way but down, to a file that is not hidden."""
    parts = PurePosixPath(name).parts
    return bool(parts) and not (
        name.startswith("/")
        or any(part.startswith(".") for part in parts)
        or any(char in name for char in "\\:\0")
        or not is_name_of_file(name)
    )


def is_name_of_file(path: str) -> bool:
    """Say whether file systems take a path: each part, all of it, and in UTF-8."""
    try:
        data = path.encode()
    except UnicodeEncodeError:
        return False
    longest = max(map(len, data.split(b"/")))
    return longest <= MAX_PART_BYTES and len(data) <= MAX_PATH_BYTES


def _read(folder: Path, name: str) -> bytes:
    path = folder / name
    try:
        if not is_path_beside(name) or not path.resolve().is_relative_to(folder):
            raise NotebookError(
                f"The notebook names {name!r} as a file of its app, which does not lie in its "
                "folder. Take it off the list `nbflask.files` in the notebook's metadata."
            )
        return path.read_bytes()
    except OSError as fault:
        raise NotebookError(
            f"The file {name!r} beside the notebook cannot be read: {fault.strerror}. Put it back, "
            "or take it off the list `nbflask.files` in the notebook's metadata."
        ) from fault
