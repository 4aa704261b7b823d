"""A project is put into its folder whole, or not at all.

Rule 1: a folder that holds anything that an export has not written is not touched.

Rule 2: everything is written beside the folder first, and then takes its place by one rename.

Rule 3: what an owner keeps in the folder and out of version control, such as the app's data, stays
where it is.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from nbflask.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .project import Project

#: Says which files an export wrote, so that the next one may replace them: SHA-256 by path.
MANIFEST = ".nbflask-export.json"
# What running the project leaves in its folder, and nobody has written.
_LEFT_BY_RUNNING = frozenset({"__pycache__", ".pytest_cache", ".ruff_cache"})
# What the next export hands on as it is, where it does not bring its own: data, the environment
# that the README has its reader make, its variables, and the history.
_HANDED_ON = ("instance", ".venv", "venv", ".env", ".git")
# What an app stores beside its code, with what SQLite keeps beside a database.
_DATABASE = re.compile(r".+\.(?:db|sqlite3?)(?:-journal|-wal|-shm)?")


def place(project: Project, folder: Path) -> None:
    """Write a project.

    :param folder: It is made, or filled if it is empty, or replaced if an export wrote all of it.
    :raises ExportError: It holds other things, or cannot be written. It is as it was before.
    """
    _check_paths(project)
    own = {PurePosixPath(name).parts[0] for name in project.files}
    try:
        handed_on = [each for each in _find_handed_on(folder) if each not in own]
        _check_folder(folder, handed_on)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _beside(folder.absolute()) as draft:
            _write(project, draft)
            _take_place(draft, folder.absolute(), handed_on)
    except OSError as fault:
        raise ExportError(
            f"The folder {str(folder)!r} cannot be written: {fault.strerror or fault}."
        ) from fault


def _check_paths(project: Project) -> None:
    for name in project.files:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or not path.parts:
            raise ExportError(f"{name!r} is not a path inside the project.")


def _find_handed_on(folder: Path) -> Iterator[str]:
    yield from _HANDED_ON
    written = _read_manifest(folder)
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if _DATABASE.fullmatch(path.name) and path.name not in written:
            yield path.name


def _check_folder(folder: Path, handed_on: Sequence[str]) -> None:
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise ExportError(f"{str(folder)!r} is not a folder. Name another one.")
    above = next(each for each in folder.absolute().parents if each.exists())
    if not above.is_dir():
        raise ExportError(f"{str(above)!r} is not a folder: nothing can be written below it.")
    if not folder.exists():
        return
    written = _read_manifest(folder)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        parts = path.relative_to(folder).parts
        if path.is_dir() and not path.is_symlink():
            continue
        if name == MANIFEST or parts[0] in handed_on or _LEFT_BY_RUNNING & set(parts):
            continue
        if path.is_symlink() or written.get(name) != _digest(path.read_bytes()):
            raise ExportError(f"The folder {str(folder)!r} holds {_describe(name, written)}")


def _describe(name: str, written: Mapping[str, str]) -> str:
    """Say why a file is in the way, and what to do."""
    if not written:
        return (
            f"{name!r}, which no export has written as far as can be told: {MANIFEST!r}, which "
            "would say so, is not there. Name another folder."
        )
    if name in written:
        return (
            f"{name!r}, which was changed since it was exported. Take the change into the "
            "notebook, or name another folder."
        )
    return f"{name!r}, which no export has written. Move it elsewhere, or name another folder."


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


def _take_place(draft: Path, folder: Path, handed_on: Sequence[str]) -> None:
    """Exchange the folder for the draft; what stood there stays until the draft is in place."""
    if not folder.exists():
        draft.rename(folder)
        return
    former = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        # Whoever is in the folder stays in it: then its content is exchanged, and not the folder.
        exchange = _exchange_content if _is_around(folder) else _exchange
        exchange(draft, folder, former / "former", handed_on)
    finally:
        shutil.rmtree(former, ignore_errors=True)


def _is_around(folder: Path) -> bool:
    """Whether the working folder is this one, or in it."""
    try:
        return Path.cwd().is_relative_to(folder.resolve())
    except FileNotFoundError:  # It was removed.
        return False


def _exchange(draft: Path, folder: Path, former: Path, handed_on: Sequence[str]) -> None:
    folder.rename(former)
    try:
        _move(handed_on, former, draft)
        draft.rename(folder)
    except OSError:
        _move(handed_on, draft, former)
        former.rename(folder)
        raise


def _exchange_content(draft: Path, folder: Path, former: Path, handed_on: Sequence[str]) -> None:
    former.mkdir()
    old = [each.name for each in folder.iterdir() if each.name not in handed_on]
    new = [each.name for each in draft.iterdir()]
    try:
        _move(old, folder, former)
        try:
            _move(new, draft, folder)
        except OSError:
            _move(new, folder, draft)
            raise
    except OSError:
        _move(old, former, folder)
        raise


def _move(names: Iterable[str], source: Path, target: Path) -> None:
    """Move what is there of several things."""
    for name in names:
        if os.path.lexists(source / name):
            (source / name).rename(target / name)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
