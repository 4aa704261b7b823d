"""Which app of a project is the notebook's, and by which lines a plain cell gets it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nbflask.errors import ProjectError
from nbflask.export.made_apps import find_made_apps
from nbflask.export.notebooks import SourceCell
from nbflask.export.own_modules import OwnModules
from nbflask.export.steps import Part, Place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbflask.values.module_path import ModulePath

    from .ordering import Located, Ordering

#: In the order in which Flask looks for them.
_APPS = ("app", "application")
_MAKERS = ("create_app", "make_app")
#: Modules of a package that make its app as a rule.
_LIKELY = ("app", "main", "wsgi", "core", "application", "server", "factory", "web")
_NOWHERE = Place(cell=SourceCell(number=0, id="", kind="code", source=""))


@dataclass(frozen=True, kw_only=True)
class Entry:
    """How a plain cell gets the app.

    :param lines: Of the cell; none where plain cells make it.
    :param root: The folder in which the app looks for its files; ``""`` for the notebook's.
    """

    lines: tuple[str, ...] = ()
    root: str = ""


def find_script_entry(order: Iterable[Located], script: ModulePath) -> Entry | None:
    """Find the app of a module whose chunks are plain cells; ``None`` if it has none."""
    own, makers = OwnModules(), set[str]()
    functions: dict[str, ast.FunctionDef] = {}
    app, root = "", ""
    for located in order:
        if located.path != script:
            own.take(_part(located))
            continue
        for node in located.chunk.nodes:
            imported = own.imported_apps(node, makers)
            if isinstance(node, ast.FunctionDef):
                functions[node.name] = node
            is_elsewhere = bool(imported) or _called(node) in makers - set(functions)
            if found := [*find_made_apps(node, makers), *imported]:
                app, root = found[-1], own.root if is_elsewhere else ""
    if app:
        return Entry(root=root)
    able = [each for each in makers if each not in functions or _takes_nothing(functions[each])]
    if not able:
        return None
    maker = _choose(able, _MAKERS)
    return Entry(lines=(f"app = {maker}()",), root="" if maker in functions else own.root)


def find_package_entry(ordering: Ordering, package: ModulePath) -> Entry:
    """Find the app of a package, and have all modules that it needs in order.

    :raises ProjectError: It makes no app that could be had without arguments.
    """
    inner = [each for each in ordering.tree.modules(package.folder) if each != package]
    inner.sort(key=lambda each: (_rank(each), len(each.parts), each.name))
    for path in (package, *(inner if package.is_package else ())):
        ordering.visit(path)
        ordering.finish()
        entry = _find_in(ordering.order, path)
        if entry is not None:
            return entry
    raise ProjectError(
        f"{ordering.tree.root / str(package)}:1: the package makes no Flask app: it has neither "
        "`app = Flask(__name__)` nor a function without parameters that returns one. Name the "
        "module that makes it."
    )


@dataclass
class _Known:
    """What modules make.

    :param functions: By their module's path and their name.
    """

    own: OwnModules = field(default_factory=OwnModules)
    functions: dict[tuple[ModulePath, str], ast.FunctionDef] = field(default_factory=dict)


def _find_in(order: Iterable[Located], path: ModulePath) -> Entry | None:
    known = _Known()
    for located in order:
        known.own.take(_part(located))
        for node in located.chunk.nodes:
            if isinstance(node, ast.FunctionDef):
                known.functions[located.path, node.name] = node
    apps = {
        name: origin for (module, name), origin in known.own.apps.items() if module == path.name
    }
    if apps:
        name = _choose(apps, _APPS)
        fetched = "app" if name == "app" else f"{name} as app"
        return Entry(lines=(f"from {path.name} import {fetched}",), root=apps[name].folder)
    makers = {
        name: origin
        for (module, name), origin in known.own.makers.items()
        if module == path.name and _takes_nothing(known.functions.get((origin, name)))
    }
    if not makers:
        return None
    name = _choose(makers, _MAKERS)
    lines = (f"from {path.name} import {name}", "", f"app = {name}()")
    return Entry(lines=lines, root=makers[name].folder)


def _part(located: Located) -> Part:
    chunk = located.chunk
    return Part(place=_NOWHERE, path=located.path, text=chunk.text, nodes=chunk.nodes)


def _rank(path: ModulePath) -> int:
    name = path.parts[-1]
    return _LIKELY.index(name) if name in _LIKELY else len(_LIKELY)


def _choose(names: Iterable[str], liked: tuple[str, ...]) -> str:
    found = list(names)
    return next((each for each in liked if each in found), min(found))


def _called(node: ast.stmt) -> str:
    value = getattr(node, "value", None)
    return ast.unparse(value.func) if isinstance(value, ast.Call) else ""


def _takes_nothing(function: ast.FunctionDef | None) -> bool:
    """Say whether a function can be called without arguments; one under another name, surely."""
    if function is None:
        return True
    given = function.args
    positional = len(given.posonlyargs) + len(given.args) - len(given.defaults)
    return positional == 0 and None not in given.kw_defaults
