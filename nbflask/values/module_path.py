"""Modules by the paths of their files: ``shop/db.py`` is ``shop.db``."""

from __future__ import annotations

import keyword
from dataclasses import dataclass

from nbflask.errors import OptionError

_PACKAGE = "__init__"


@dataclass(frozen=True, kw_only=True)
class ModulePath:
    """A module's file in a project.

    :param parts: The names on the way to it, without ``__init__`` and without the ending.
    """

    parts: tuple[str, ...]
    is_package: bool = False

    @property
    def name(self) -> str:
        """The dotted name that it is imported by."""
        return ".".join(self.parts)

    @property
    def package(self) -> str:
        """The package that its relative imports begin at; ``""`` for none."""
        return ".".join(self.parts if self.is_package else self.parts[:-1])

    @property
    def parents(self) -> tuple[ModulePath, ...]:
        """The packages that it lies in, the outermost first."""
        return tuple(
            ModulePath(parts=self.parts[:length], is_package=True)
            for length in range(1, len(self.parts))
        )

    @property
    def folder(self) -> str:
        """The folder that its file lies in, with ``/`` between its parts; ``""`` for the top."""
        return "/".join(self.parts if self.is_package else self.parts[:-1])

    def __str__(self) -> str:
        """Give the path of its file."""
        names = [*self.parts, _PACKAGE] if self.is_package else self.parts
        return f"{'/'.join(names)}.py"


def parse_module_path(text: str) -> ModulePath:
    """Read a module's path, such as ``shop/db.py`` or ``shop/__init__.py``.

    :raises OptionError: It is not the path of a module that could be imported.
    """
    stem, dot, ending = text.rpartition(".")
    parts = tuple(stem.split("/"))
    if not dot or ending != "py" or not all(map(is_module_name, parts)) or parts == (_PACKAGE,):
        raise OptionError(
            f"{text!r} is not the path of a module. Write it from the project's folder, such as "
            "'shop/db.py' or 'shop/__init__.py'."
        )
    if parts[-1] == _PACKAGE:
        return ModulePath(parts=parts[:-1], is_package=True)
    return ModulePath(parts=parts)


def is_module_name(text: str) -> bool:
    """Say whether a module can have the name."""
    return text.isidentifier() and not keyword.iskeyword(text)
