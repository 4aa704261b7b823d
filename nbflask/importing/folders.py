"""The folders in which apps and blueprints look for templates and static files, as their text says.

Rule 1: a folder that is named in the code is found there: ``template_folder="pages"`` in the folder
of its module.

Rule 2: what lies outside the folder of the notebook is refused. What is computed is not known, and
that is said.
"""

from __future__ import annotations

import ast
import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from nbflask.errors import ProjectError
from nbflask.export.around.beside import is_path_beside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from nbflask.values.module_path import ModulePath

    from .sources import SourceTree

    Kind = Literal["template", "static"]

#: Where each folder stands among the arguments that have no keyword.
_PLACES: dict[str, dict[str, int]] = {
    "Flask": {"static_folder": 2, "template_folder": 6},
    "Blueprint": {"static_folder": 2, "template_folder": 4},
}
_DEFAULTS: dict[Kind, str] = {"template": "templates", "static": "static"}


@dataclass(frozen=True, kw_only=True)
class _Naming:
    """A call, or an assignment to an app, that says a folder.

    :param value: ``None`` where the app takes its own.
    """

    kind: Kind
    value: ast.expr | None
    line: int
    is_app: bool

    @property
    def text(self) -> str:
        value = "" if self.value is None else ast.unparse(self.value)
        return f"{self.kind}_folder={value}"


@dataclass
class Folders:
    """Folders below a project's top.

    :param named: Those that the code names, other than the app's usual ones.
    :param usual: Whether the app looks into its folder ``templates`` or ``static``.
    :param notes: What to know of those that cannot be found, in a sentence each.
    """

    root: str
    named: set[str] = field(default_factory=set)
    usual: dict[Kind, bool] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def find_usual(self) -> dict[Kind, str]:
        """Give the folders whose files may become cells."""
        return {
            kind: posixpath.join(self.root, name)
            for kind, name in _DEFAULTS.items()
            if self.usual.get(kind, True)
        }


def find_folders(tree: SourceTree, modules: Iterable[ModulePath], root: str) -> Folders:
    """Find the folders that the apps and blueprints of modules look into.

    :param root: The folder of the module that makes the app.
    :raises ProjectError: One lies where no notebook could have it beside.
    """
    found = Folders(root=root)
    for path in sorted(modules, key=str):
        module = tree.read(path).tree
        texts = _constants(module)
        for naming in _find_namings(module):
            value = naming.value
            if isinstance(value, ast.Name):
                value = texts.get(value.id, value)
            _take(found, naming, value, path, tree.root)
    return found


def _take(
    found: Folders, naming: _Naming, value: ast.expr | None, path: ModulePath, top: Path
) -> None:
    """Note what one app or blueprint says of a folder."""
    where = f"{top / str(path)}:{naming.line}"
    is_usual = False
    match value:
        case None:
            is_usual = True
        case ast.Constant(value=None):
            pass
        case ast.Constant(value=str(name)) if name.startswith("/"):
            found.notes.append(
                f"{where}: {naming.text} is an absolute path, so its files were not taken along."
            )
        case ast.Constant(value=str(name)):
            folder = _place(name, path.folder, f"{where}: {naming.text}")
            is_usual = folder == posixpath.join(found.root, _DEFAULTS[naming.kind])
            if folder and not is_usual:
                found.named.add(folder)
        case _:
            which = " unless they lie in the package" if path.folder else ""
            found.notes.append(
                f"{where}: {naming.text} is computed, so its files were not taken along{which}. "
                "Write it as a text."
            )
            is_usual = True
    if naming.is_app and path.folder == found.root:
        found.usual[naming.kind] = found.usual.get(naming.kind, False) or is_usual


def _place(name: str, folder: str, words: str) -> str:
    """Give a folder's path below the top, and ``""`` for the top itself."""
    path = posixpath.normpath(posixpath.join(folder, name))
    if path == ".":
        return ""
    if not is_path_beside(path):
        raise ProjectError(
            f"{words} cannot lie beside a notebook: it is hidden, or outside of the folder that is "
            "imported. Move it to the module."
        )
    return path


def _constants(module: ast.Module) -> dict[str, ast.expr]:
    """Give the module's variables that are texts."""
    found: dict[str, ast.expr] = {}
    for node in module.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str()) as value):
                found[name] = value
    return found


def _find_namings(module: ast.Module) -> Iterator[_Naming]:
    for node in ast.walk(module):
        match node:
            case ast.Call(func=func):
                called = ast.unparse(func).rpartition(".")[2]
                maker = next((each for each in _PLACES if called.endswith(each)), "")
                if maker:
                    yield from _read_call(node, maker)
            case ast.Assign(
                targets=[ast.Attribute(attr="template_folder" | "static_folder" as name)],
                value=value,
            ):
                yield _Naming(kind=_kind_of(name), value=value, line=node.lineno, is_app=False)


def _read_call(call: ast.Call, maker: str) -> Iterator[_Naming]:
    keywords = {each.arg: each.value for each in call.keywords}
    for name, place in _PLACES[maker].items():
        is_placed = len(call.args) > place
        value = call.args[place] if is_placed else keywords.get(name)
        is_app = maker == "Flask"
        if value is not None or is_app:
            yield _Naming(kind=_kind_of(name), value=value, line=call.lineno, is_app=is_app)


def _kind_of(name: str) -> Kind:
    return "static" if name.startswith("static") else "template"
