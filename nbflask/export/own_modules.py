"""The modules that a notebook holds in cells of their own, by ``%%module``, as a project's files.

Rule 1: a module's text is its cells' text, in their order. Nothing is left out, moved or formatted:
who imports what from it cannot be seen here, and a person has divided it.

Rule 2: an app that such a module makes, or a function that makes one, is the notebook's by the
import that fetches it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nbflask.values.module_path import ModulePath

from .made_apps import find_made_apps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .notebooks import SourceNotebook
    from .steps import Part

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, kw_only=True)
class OwnModule:
    """A module of the project that stands in cells.

    :param nodes: Its statements.
    """

    path: ModulePath
    text: str
    nodes: tuple[ast.stmt, ...]


@dataclass
class OwnModules:
    """Takes the parts of modules in order, and finds the apps that they make.

    :param apps: Who makes each app: the path of a module, by its dotted name and the app's.
    :param makers: The same for functions that make one.
    :param root: The folder in which the app that was imported last looks for templates.
    """

    parts: dict[ModulePath, list[Part]] = field(default_factory=dict)
    apps: dict[tuple[str, str], ModulePath] = field(default_factory=dict)
    makers: dict[tuple[str, str], ModulePath] = field(default_factory=dict)
    root: str = ""

    def take(self, part: Part) -> None:
        """Add a part of a module."""
        name = part.path.name
        self.parts.setdefault(part.path, []).append(part)
        for node in part.nodes:
            if isinstance(node, ast.ImportFrom):
                for table in (self.apps, self.makers):
                    for bound, origin in self._imported(node, part.path, table):
                        table[name, bound] = origin
                continue
            makers = {bound for module, bound in self.makers if module == name}
            for app in find_made_apps(node, makers):
                self.apps[name, app] = part.path
            for maker in makers:
                self.makers.setdefault((name, maker), part.path)

    def imported_apps(self, node: ast.stmt, makers: set[str]) -> list[str]:
        """Give the apps that a plain cell's statement imports; note functions that make one."""
        if not isinstance(node, ast.ImportFrom):
            return []
        here = ModulePath(parts=())
        apps = dict(self._imported(node, here, self.apps))
        found = dict(self._imported(node, here, self.makers))
        makers |= set(found)
        for origin in (*found.values(), *apps.values()):
            self.root = origin.folder
        return list(apps)

    def write(self, notebook: SourceNotebook) -> tuple[OwnModule, ...]:
        """Write the text of each module; packages without a cell are empty files."""
        sections = _find_sections(notebook)
        written = {path: _write(path, parts, sections) for path, parts in self.parts.items()}
        for path in list(written):
            for parent in path.parents:
                written.setdefault(parent, OwnModule(path=parent, text="", nodes=()))
        return tuple(written.values())

    def _imported(
        self, node: ast.ImportFrom, here: ModulePath, table: dict[tuple[str, str], ModulePath]
    ) -> Iterator[tuple[str, ModulePath]]:
        module = resolve(node, here)
        for each in node.names:
            for (name, bound), origin in list(table.items()):
                if name == module and each.name in (bound, "*"):
                    yield each.asname or bound, origin


def resolve(node: ast.ImportFrom, here: ModulePath) -> str:
    """Give the dotted name of the module that names are imported from."""
    if not node.level:
        return node.module or ""
    parts = here.parts if here.is_package else here.parts[:-1]
    base = parts[: len(parts) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])


def _write(path: ModulePath, parts: Sequence[Part], sections: dict[int, str]) -> OwnModule:
    text = ""
    former: Part | None = None
    for part in parts:
        own = part.text.strip("\n")
        heading = sections.get(part.place.cell.number, "")
        if heading:
            gap = "\n\n" if own.startswith("#") else "\n"
            own = f"# {heading}{gap}{own}"
        text = f"{text}{_gap(former, part)}{own}" if former else own
        former = part
    nodes = tuple(node for part in parts for node in part.nodes)
    return OwnModule(path=path, text=text, nodes=nodes)


def _gap(above: Part, below: Part) -> str:
    """Give the empty lines between two cells, as PEP 8 has them."""
    near = (*above.nodes[-1:], *below.nodes[:1])
    return "\n\n\n" if any(isinstance(each, _DEFINITIONS) for each in near) else "\n\n"


def _find_sections(notebook: SourceNotebook) -> dict[int, str]:
    """Give the section that a cell begins, by the cell's number.

    It is told by a heading of the third level or a deeper one, right above the cell.
    """
    found: dict[int, str] = {}
    section = ""
    for cell in notebook.cells:
        if cell.kind == "code":
            found[cell.number], section = section, ""
        elif cell.kind == "markdown":
            for line in cell.source.splitlines():
                sign, _, title = line.partition(" ")
                if sign and not sign.strip("#"):
                    section = title.strip() if len(sign) > 2 else ""
    return found
