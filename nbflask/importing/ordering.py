"""Chunks of several modules in the order in which Python would run them.

Rule 1: a module's cells stand above the import that first runs it, between the lines of another
module if need be: so it is that ``from . import views`` below ``app = Flask(__name__)`` works.

Rule 2: what a function imports is run when it is called. Such a module stands behind the one that
the function is in, or above the statement that calls the function.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nbflask.export.own_modules import resolve
from nbflask.export.statements import Statement

from .dividing import divide

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from nbflask.values.module_path import ModulePath

    from .dividing import Chunk
    from .sources import SourceTree

_IMPORTING = frozenset({"from_object", "import_string", "import_module"})
_DEFERRED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True, kw_only=True)
class Located:
    """A chunk, and the module that it is of."""

    path: ModulePath
    chunk: Chunk


@dataclass
class Ordering:
    """Goes through the modules of a project as their imports lead.

    :param waiting: What functions import, with their module and their names.
    """

    tree: SourceTree
    order: list[Located] = field(default_factory=list)
    started: set[ModulePath] = field(default_factory=set)
    waiting: list[tuple[ModulePath, frozenset[str], list[ModulePath]]] = field(default_factory=list)

    def visit(self, path: ModulePath) -> None:
        """Add a module, and what it imports, unless it was begun before."""
        for parent in path.parents:
            if (self.tree.root / str(parent)).is_file():
                self._visit(parent)
        self._visit(path)

    def finish(self) -> None:
        """Add what functions import."""
        while self.waiting:
            _, _, targets = self.waiting.pop(0)
            for target in targets:
                self.visit(target)

    def _visit(self, path: ModulePath) -> None:
        if path in self.started:
            return
        self.started.add(path)
        chunks = divide(self.tree.read(path))
        for at, chunk in enumerate(chunks):
            for target in self._run_first(path, chunks, at):
                self.visit(target)
            if chunk.kind in ("plain", "app"):
                self._call(path, chunks[:at], chunk)
            self.order.append(Located(path=path, chunk=chunk))
            later = [each for node in chunk.nodes for each in self._imports(node, path, later=True)]
            if later:
                self.waiting.append((path, _binds(chunk), later))

    def _run_first(
        self, path: ModulePath, chunks: Sequence[Chunk], at: int
    ) -> Iterator[ModulePath]:
        """Give the modules that run before a chunk.

        Those of the imports below it, too, if they don't need this module: so imports that stand
        together stay together.
        """
        yield from self._imported(path, chunks[at])
        if chunks[at].kind != "import":
            return
        for chunk in chunks[at + 1 :]:
            if chunk.kind != "import":
                return
            yield from (each for each in self._imported(path, chunk) if not self._needs(each, path))

    def _imported(self, path: ModulePath, chunk: Chunk) -> list[ModulePath]:
        return [each for node in chunk.nodes for each in self._imports(node, path, later=False)]

    def _needs(self, path: ModulePath, other: ModulePath) -> bool:
        """Say whether a module imports another one, by itself or by what it imports."""
        seen: set[ModulePath] = set()
        waiting = [path]
        while waiting:
            here = waiting.pop()
            if here == other:
                return True
            if here not in seen:
                seen.add(here)
                for chunk in divide(self.tree.read(here)):
                    waiting += self._imported(here, chunk)
        return False

    def _call(self, path: ModulePath, above: Sequence[Chunk], chunk: Chunk) -> None:
        """Add what the functions import that a statement calls, as far as text tells."""
        if not self.waiting:
            return
        names = _reach(chunk, above)
        is_script = path == self.tree.entry and self.tree.is_script
        for each in list(self.waiting):
            module, binds, targets = each
            # What a script calls may lie in any module.
            if each in self.waiting and (is_script or (module == path and binds & names)):
                self.waiting.remove(each)
                for target in targets:
                    self.visit(target)

    def _imports(self, node: ast.AST, here: ModulePath, *, later: bool) -> Iterator[ModulePath]:
        for each in _import_nodes(node, later=later):
            for name in _named(each, here):
                found = self.tree.find(name)
                if found is not None and found != here:
                    yield found


def _import_nodes(
    node: ast.AST, *, later: bool, is_deferred: bool = False
) -> Iterator[ast.Import | ast.ImportFrom | ast.Call]:
    """Give the imports that run with a statement, or those that run when what it defines does."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        if later == is_deferred:
            yield node
        return
    if isinstance(node, ast.Call) and later == is_deferred and _text_of_import(node):
        yield node
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        children: Iterable[ast.AST] = node.orelse
    else:
        children = ast.iter_child_nodes(node)
    is_deferred = is_deferred or isinstance(node, _DEFERRED)
    for child in children:
        yield from _import_nodes(child, later=later, is_deferred=is_deferred)


def _text_of_import(call: ast.Call) -> str:
    """Give what a call imports that is handed a name, as ``from_object("config.Live")`` does."""
    match call.args:
        case [ast.Constant(value=str(name)), *_]:
            is_import = ast.unparse(call.func).rpartition(".")[2] in _IMPORTING
            return name.replace(":", ".") if is_import else ""
    return ""


def _named(node: ast.Import | ast.ImportFrom | ast.Call, here: ModulePath) -> Iterator[str]:
    if isinstance(node, ast.Call):
        yield from _with_parents(_text_of_import(node))
    else:
        yield from _module_names(node, here)


def _with_parents(name: str) -> Iterator[str]:
    parts = name.split(".")
    return (".".join(parts[:length]) for length in range(1, len(parts) + 1))


def _module_names(node: ast.Import | ast.ImportFrom, here: ModulePath) -> Iterator[str]:
    """Give the dotted names of all modules that an import may run."""
    if isinstance(node, ast.Import):
        for each in node.names:
            yield from _with_parents(each.name)
        return
    base = resolve(node, here)
    if base:
        yield base
    for each in node.names:
        yield f"{base}.{each.name}" if base else each.name


def _binds(chunk: Chunk) -> frozenset[str]:
    return frozenset(name for each in _statements(chunk) for name in each.binds)


def _reach(chunk: Chunk, above: Sequence[Chunk]) -> frozenset[str]:
    """Give the names that a statement uses, and those that the functions among them use."""
    names = {name for each in _statements(chunk) for name in each.uses_at_once}
    defined = [each for part in above for each in _statements(part)]
    while True:
        more = {name for each in defined if each.binds & names for name in each.uses} - names
        if not more:
            return frozenset(names)
        names |= more


def _statements(chunk: Chunk) -> Iterator[Statement]:
    return (Statement(text="", node=node, line=1) for node in chunk.nodes)
