"""A Flask project's modules as text, found by the names that they are imported by."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nbflask.errors import OptionError, ProjectError
from nbflask.export.wording import write_line
from nbflask.values.module_path import ModulePath, is_module_name, parse_module_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_INIT = "__init__.py"
#: What Flask itself looks for in a folder.
_ENTRIES = ("app.py", "wsgi.py")
_COOKIE = re.compile(r"[ \t\f]*#.*?coding[:=][ \t]*[-\w.]+")


@dataclass(frozen=True, kw_only=True)
class SourceModule:
    """A module that was read.

    :param text: With line feeds alone between its lines.
    """

    path: ModulePath
    text: str
    tree: ast.Module


@dataclass
class SourceTree:
    """The modules below a folder.

    :param root: The folder that names begin at.
    :param entry: The module or the package that is imported.
    """

    root: Path
    entry: ModulePath
    _read: dict[ModulePath, SourceModule] = field(default_factory=dict)

    @property
    def is_script(self) -> bool:
        """Whether a module by itself is imported, not a package."""
        return not self.entry.is_package

    def find(self, name: str) -> ModulePath | None:
        """Find a module by its dotted name; ``None`` where the project has none."""
        parts = tuple(name.split("."))
        if not all(map(is_module_name, parts)):
            return None
        for path in (ModulePath(parts=parts, is_package=True), ModulePath(parts=parts)):
            if (self.root / str(path)).is_file():
                return path
        return None

    def read(self, path: ModulePath) -> SourceModule:
        """Give a module.

        :raises ProjectError: It cannot be read, or it is not Python.
        """
        if path not in self._read:
            self._read[path] = _read_module(self.root / str(path), path)
        return self._read[path]

    def modules(self, folder: str) -> Iterator[ModulePath]:
        """Give all modules below a folder, in the order of their names."""
        for file in sorted((self.root / folder).rglob("*.py")):
            name = file.relative_to(self.root).as_posix()
            try:
                yield parse_module_path(name)
            except OptionError:
                # Nobody imports it by such a name.
                continue


def open_tree(path: Path) -> SourceTree:
    """Find what a path means: a module, a package, or a folder with an app's module.

    :raises ProjectError: There is no such module.
    """
    if path.is_dir():
        return _open_folder(path.resolve())
    if not path.is_file():
        raise ProjectError(f"{str(path)!r} is not there.")
    if path.suffix != ".py":
        raise ProjectError(f"{str(path)!r} is not a Python module. Name a .py file or a package.")
    if not is_module_name(path.stem):
        raise _refuse_name(path, f"{_suggest_name(path.stem)}.py")
    file = path.resolve()
    if (file.parent / _INIT).exists():
        return _open_folder(file.parent)
    return SourceTree(root=file.parent, entry=ModulePath(parts=(file.stem,)))


def _suggest_name(stem: str) -> str:
    name = re.sub(r"\W+", "_", stem).strip("_") or "app"
    return name if is_module_name(name) else f"app_{name}"


def _refuse_name(path: Path, better: str) -> ProjectError:
    return ProjectError(
        f"{str(path)!r} has a name that Python cannot import. Rename it, to {better!r}."
    )


def _open_folder(folder: Path) -> SourceTree:
    if (folder / _INIT).is_file() and is_module_name(folder.name):
        while (folder.parent / _INIT).is_file():
            folder = folder.parent
        return SourceTree(
            root=folder.parent, entry=ModulePath(parts=(folder.name,), is_package=True)
        )
    for name in _ENTRIES:
        if (folder / name).is_file():
            return open_tree(folder / name)
    if (folder / _INIT).is_file():
        raise _refuse_name(folder, _suggest_name(folder.name))
    packages = sorted(folder.glob(f"*/{_INIT}"))
    offer = f", such as {packages[0].parent.name!r} in it" if packages else ""
    raise ProjectError(
        f"The folder {str(folder)!r} is no package: it has no {_INIT}. Name a .py file or a "
        f"package{offer}."
    )


def _read_module(file: Path, path: ModulePath) -> SourceModule:
    try:
        text = _decode(file.read_bytes())
        tree = ast.parse(text)
    except OSError as fault:
        raise ProjectError(f"{file}: {fault.strerror}.") from fault
    except SyntaxError as fault:
        line = (fault.text or "").strip()
        shown = f"{fault.msg}: {line!r}" if line else fault.msg
        raise ProjectError(
            f"{file}:{fault.lineno or 1}: not Python, {write_line(shown)}."
        ) from None
    except (ValueError, RecursionError, MemoryError) as fault:
        raise ProjectError(f"{file}:1: not Python: {fault}.") from None
    return SourceModule(path=path, text=text, tree=tree)


def _decode(content: bytes) -> str:
    """Read a source as Python does, and let its text be UTF-8's from here on."""
    encoding, first = tokenize.detect_encoding(io.BytesIO(content).readline)
    text = content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
    if encoding in ("utf-8", "utf-8-sig"):
        return text
    lines = text.split("\n")
    for at in range(len(first)):
        if _COOKIE.match(lines[at]):
            lines[at] = ""
    return "\n".join(lines)
