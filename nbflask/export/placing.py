"""A project is put into its folder whole, or not at all.

Rule 1: a folder that holds anything that an export has not written is not touched.

Rule 2: everything is written beside the folder first, and then takes its place by one rename.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from nbflask.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .project import Project

#: Says which files an export wrote, so that the next one may replace them: SHA-256 by path.
MANIFEST = ".nbflask-export.json"
# What running the project leaves in its folder, and nobody has written.
_LEFT_BY_RUNNING = frozenset({"__pycache__", ".pytest_cache", ".ruff_cache", "instance"})


def place(project: Project, folder: Path) -> None:
    """Write a project.

    :param folder: It is made, or filled if it is empty, or replaced if an export wrote all of it.
    :raises ExportError: It holds other things, or cannot be written. It is as it was before.
    """
    _check_paths(project)
    _check_folder(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _beside(folder) as draft:
            _write(project, draft)
            _take_place(draft, folder)
    except OSError as fault:
        raise ExportError(
            f"The folder {str(folder)!r} cannot be written: {fault.strerror or fault}."
        ) from fault


def _check_paths(project: Project) -> None:
    for name in project.files:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or not path.parts:
            raise ExportError(f"{name!r} is not a path inside the project.")


def _check_folder(folder: Path) -> None:
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise ExportError(f"{str(folder)!r} is not a folder. Name another one.")
    if not folder.exists():
        return
    written = _read_manifest(folder)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        parts = path.relative_to(folder).parts
        if path.is_dir() and not path.is_symlink():
            continue
        if name == MANIFEST or _LEFT_BY_RUNNING & set(parts):
            continue
        if path.is_symlink() or written.get(name) != _digest(path.read_bytes()):
            raise ExportError(
                f"The folder {str(folder)!r} holds {name!r}, which no export has written or which "
                "was changed since. Name another folder, or remove it first."
            )


def _read_manifest(folder: Path) -> dict[str, str]:
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """Give a folder on the same disk, which is gone at the end unless it was moved."""
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _write(project: Project, draft: Path) -> None:
    for name, content in project.files.items():
        path = draft / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    manifest = {name: _digest(content) for name, content in sorted(project.files.items())}
    (draft / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    # mkdtemp keeps others out; a project is as readable as what its owner makes by hand.
    mask = os.umask(0)
    os.umask(mask)
    draft.chmod(0o777 & ~mask)


def _take_place(draft: Path, folder: Path) -> None:
    """Exchange the folder for the draft; what stood there stays until the draft is in place."""
    if not folder.exists():
        draft.rename(folder)
        return
    former = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        folder.rename(former / "former")
        try:
            draft.rename(folder)
        except OSError:
            (former / "former").rename(folder)
            raise
    finally:
        shutil.rmtree(former, ignore_errors=True)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
