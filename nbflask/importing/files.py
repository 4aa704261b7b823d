"""A project's files that are not Python: which become cells, and which lie beside the notebook.

Rule 1: a cell holds a text that comes out of it as it went in, and that a person would read there.

Rule 2: all else that belongs to the app lies beside the notebook, in the folder where the app looks
for it: pictures, data, modules that nothing imports.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

from nbflask.errors import ProjectError
from nbflask.export.around.beside import is_path_beside
from nbflask.export.building import NO_FINAL_NEWLINE

from .folders import find_folders

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from nbflask.values.module_path import ModulePath

    from .folders import Folders
    from .ordering import Ordering

_ENDINGS = {
    "template": frozenset(
        {".html", ".htm", ".xhtml", ".xml", ".txt", ".md", ".j2", ".jinja", ".jinja2"}
    ),
    "static": frozenset({".css", ".js", ".mjs", ".txt", ".json", ".html", ".xml", ".webmanifest"}),
}
# More is not read in a cell, and slows the notebook down.
_MAX_CELL_BYTES = 64 * 1024
_LEFT_BY_RUNNING = frozenset({"__pycache__", "instance", "node_modules"})
#: Data that the app itself writes.
_WRITTEN = frozenset({".db", ".sqlite", ".sqlite3", ".log", ".pyc", ".pyo"})


@dataclass(frozen=True, kw_only=True)
class KeptFile:
    """A template or a static file that becomes a cell.

    :param name: Its path below the folder.
    :param tags: Of the cell.
    """

    kind: Literal["template", "static"]
    name: str
    text: str
    tags: tuple[str, ...] = ()


@dataclass
class ProjectFiles:
    """The files of a project.

    :param beside: Content by path below the notebook's folder.
    :param folders: Those that were read whole.
    :param notes: What to know of files that were not found, in a sentence each.
    """

    kept: list[KeptFile] = field(default_factory=list)
    beside: dict[str, bytes] = field(default_factory=dict)
    folders: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()


def collect_files(ordering: Ordering, root: str) -> ProjectFiles:
    """Read the files that belong to an app.

    :param root: The folder in which it looks for templates and static files.
    :raises ProjectError: One cannot be read.
    """
    top = ordering.tree.root
    folders = find_folders(ordering.tree, ordering.started, root)
    read = _find_folders(ordering, folders)
    found = ProjectFiles(folders=tuple(top / name for name in read), notes=tuple(folders.notes))
    cells = _find_written(ordering)
    for name in sorted(set(_find_names(ordering, folders, read)) - cells):
        try:
            content = (top / name).read_bytes()
        except OSError as fault:
            raise ProjectError(f"{top / name}: {fault.strerror}.") from fault
        kept = _keep(name, content, folders)
        if kept is not None:
            found.kept.append(kept)
        else:
            found.beside[name] = content
    return found


def _find_written(ordering: Ordering) -> set[str]:
    """Give the modules that an export makes of cells: an empty one only where others lie in it."""
    filled = {each.path for each in ordering.order}
    return {str(each) for path in filled for each in (path, *path.parents)}


def _find_folders(ordering: Ordering, folders: Folders) -> list[str]:
    packages = {each.parts[0] for each in ordering.started if each.folder}
    usual = () if folders.root else folders.find_usual().values()
    return sorted({*packages, *folders.named, *usual})


def _find_names(ordering: Ordering, folders: Folders, read: Iterable[str]) -> Iterator[str]:
    top = ordering.tree.root
    for folder in read:
        yield from _below(top, folder)
    if not folders.root:
        yield from _named(top, ordering.started, ordering)


def _below(top: Path, folder: str) -> Iterator[str]:
    for path in sorted((top / folder).rglob("*")):
        name = path.relative_to(top).as_posix()
        if path.is_file() and _belongs(name):
            yield name


def _named(top: Path, modules: Iterable[ModulePath], ordering: Ordering) -> Iterator[str]:
    """Give the files that the code names, such as ``open_resource("schema.sql")``."""
    for module in modules:
        for node in ast.walk(ordering.tree.read(module).tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                name = node.value.removeprefix(".").removeprefix("/")
                if len(name) < 200 and is_path_beside(name) and _belongs(name):
                    path = top / name
                    if path.suffix != ".py" and path.is_file():
                        yield PurePosixPath(name).as_posix()


def _belongs(name: str) -> bool:
    path = PurePosixPath(name)
    return (
        is_path_beside(name)
        and path.suffix.lower() not in _WRITTEN
        and not _LEFT_BY_RUNNING & set(path.parts)
    )


def _keep(name: str, content: bytes, folders: Folders) -> KeptFile | None:
    """Give the cell that a file becomes; ``None`` if it lies beside the notebook."""
    if any(name.startswith(f"{each}/") for each in folders.named):
        return None
    for kind, folder in folders.find_usual().items():
        if name.startswith(f"{folder}/") and PurePosixPath(name).suffix.lower() in _ENDINGS[kind]:
            own = name.removeprefix(f"{folder}/")
            text = _read_text(content, is_template=kind == "template")
            if text is not None and not set(own) & set(" \"'="):
                tags = () if content.endswith(b"\n") else (NO_FINAL_NEWLINE,)
                return KeptFile(kind=kind, name=own, text=text, tags=tags)
    return None


def _read_text(content: bytes, *, is_template: bool) -> str | None:
    """Give a text that a cell can hold; what comes out of it ends with one line end."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if len(content) > _MAX_CELL_BYTES or not text.strip() or set(text) & set("\r\0\ufeff"):
        return None
    # Jinja takes one line end off the end: to the app, it is the same without.
    fits = text.endswith("\n") or is_template
    return text.removesuffix("\n") if fits and not text.endswith("\n\n") else None
