"""A notebook is put in its place with the files beside it, whole or not at all.

Rule 1: nothing that is there is written over. A file beside it that is the same already stays.

Rule 2: it is not put into its own project, where the next import would find it and its files.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from nbflask.errors import ExportError

if TYPE_CHECKING:
    from .document import ImportedNotebook


def place_notebook(notebook: ImportedNotebook, path: Path) -> tuple[str, ...]:
    """Write a notebook and what lies beside it.

    :returns: The paths of the files that were written beside it, below its folder.
    :raises ExportError: Something else is there, or it cannot be written. All is as it was.
    """
    if path.suffix != ".ipynb":
        raise ExportError(
            f"{str(path)!r} is not a notebook's name. Write one that ends in '.ipynb'."
        )
    if path.exists() or path.is_symlink():
        raise ExportError(f"{str(path)!r} is there already. Name another notebook, or remove it.")
    _check_place(notebook, path)
    missing = tuple(
        name
        for name, content in notebook.files.items()
        if not _is_there(path.parent / name, content)
    )
    made: list[Path] = []
    try:
        for name in missing:
            _write(path.parent / name, notebook.files[name], made)
        _write(path, notebook.text.encode("utf-8", "surrogatepass"), made)
    except OSError as fault:
        _take_back(made)
        raise ExportError(
            f"The notebook {str(path)!r} cannot be written: {fault.strerror or fault}."
        ) from fault
    return missing


def _check_place(notebook: ImportedNotebook, path: Path) -> None:
    place = path.parent.resolve()
    for folder in notebook.folders:
        if place.is_relative_to(folder.resolve()):
            raise ExportError(
                f"{str(path)!r} would lie in {str(folder)!r}, which it is made of. Write the "
                "notebook into another folder."
            )


def _is_there(file: Path, content: bytes) -> bool:
    if not file.exists() and not file.is_symlink():
        return False
    if file.is_file() and file.read_bytes() == content:
        return True
    raise ExportError(
        f"The notebook needs the file {str(file)!r}, where another one is. Write the notebook into "
        "another folder."
    )


def _write(file: Path, content: bytes, made: list[Path]) -> None:
    """Write a file that is not there yet, at once."""
    for folder in reversed([each for each in file.parents if not each.exists()]):
        folder.mkdir()
        made.append(folder)
    number, name = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
    draft = Path(name)
    try:
        with os.fdopen(number, "wb") as stream:
            stream.write(content)
        mask = os.umask(0)
        os.umask(mask)
        draft.chmod(0o666 & ~mask)
        # Unlike a rename, a link takes no other file's place.
        file.hardlink_to(draft)
        made.append(file)
    finally:
        draft.unlink()


def _take_back(made: list[Path]) -> None:
    for path in reversed(made):
        with suppress(OSError):
            path.rmdir() if path.is_dir() else path.unlink()
