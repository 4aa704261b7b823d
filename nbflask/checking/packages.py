"""Imports of what is not installed here, and of modules beside the notebook."""

from __future__ import annotations

import ast
import re
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from nbflask.export.imports import read_imports

from .finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .subject import Subject

_WRITING = re.compile(r"\s*%%(?:writefile|file)\s+(?:-a\s+)?(\S+)")


def look_at_packages(subject: Subject) -> Iterator[Finding]:
    """Give the packages that the app imports and that nobody could install from a name."""
    wanted = subject.packages - subject.own_packages
    seen: set[str] = set(subject.own_packages)
    for unit in subject.units:
        for node in _find_imports(unit.node):
            for package in sorted({each.package for each in read_imports([node])} - seen - {""}):
                # What nobody uses is not exported.
                if unit.piece.is_import and package not in wanted:
                    continue
                seen.add(package)
                text = _describe(package, subject)
                if text:
                    yield Finding(
                        kind=text[0],
                        level="error",
                        text=text[1],
                        remedy=text[2],
                        cell=unit.place.cell,
                        line=unit.line_of(node),
                    )


def _find_imports(node: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """Give the imports that a statement and the functions in it cannot do without.

    What a ``try`` would do without is not needed, nor is what only types name.
    """
    match node:
        case ast.Import() | ast.ImportFrom():
            yield node
        case ast.Try():
            return
        case ast.If(test=test) if "TYPE_CHECKING" in ast.unparse(test):
            return
        case _:
            yield from (
                found for each in ast.iter_child_nodes(node) for found in _find_imports(each)
            )


def _describe(package: str, subject: Subject) -> tuple[str, str, str] | None:
    if package in sys.stdlib_module_names:
        return None
    is_beside = subject.folder is not None and _is_beside(package, subject.folder)
    if is_beside or _is_written(package, subject):
        return (
            "module-beside-notebook",
            f"The module {package!r} is a file beside the notebook, which the export leaves there.",
            f"Copy it into the project, or put its code into a `%%module {package}.py` cell.",
        )
    if _is_installed(package):
        return None
    return (
        "package-not-installed",
        f"The package {package!r} is not installed here: nobody knows its version, nor that the "
        "app runs with it.",
        "Install it in the environment in which you export, or take the import out.",
    )


def _is_beside(package: str, folder: Path) -> bool:
    return (folder / f"{package}.py").is_file() or (folder / package).is_dir()


def _is_written(package: str, subject: Subject) -> bool:
    """Say whether a cell writes the module's file, by ``%%writefile``."""
    written = (_WRITING.match(each.source) for each in subject.notebook.cells)
    paths = [each[1].removeprefix("./") for each in written if each]
    return any(path == f"{package}.py" or path.startswith(f"{package}/") for path in paths)


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except (ImportError, ValueError):
        # A module that is loaded may have no specification.
        return package in sys.modules
