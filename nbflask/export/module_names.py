"""Names of a notebook's own modules as names that say whose they are, such as ``bp⟨shop.blog⟩``.

So one reader can follow a blueprint from the module that makes it to the one that registers it.
"""

from __future__ import annotations

import ast
import copy
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbflask.values.module_path import ModulePath

from .own_modules import resolve
from .steps import Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .collecting import Program
    from .steps import Step

    #: A statement of a module, and the number of its cell if that is known.
    PartOfModule = tuple[ModulePath, ast.stmt, int | None]

_OWNER = re.compile("⟨[^⟩]*⟩")


@dataclass(frozen=True, kw_only=True)
class Line:
    """A statement, with names that say whose they are.

    :param binds: The variables of the app's module that it gives a value.
    """

    node: ast.stmt
    cell: int | None
    binds: frozenset[str] = frozenset()


def read_parts(steps: Iterable[Step]) -> list[PartOfModule]:
    """Give the statements of the cells of modules."""
    parts = (each for each in steps if isinstance(each, Part))
    return [(each.path, node, each.place.cell.number) for each in parts for node in each.nodes]


def find_lines(program: Program, parts: Sequence[PartOfModule]) -> Iterator[Line]:
    """Give the app's statements, and those of its modules."""
    own = {path for path, _, _ in parts}
    modules = frozenset({each.name for path in own for each in (path, *path.parents)})
    plain = [each.statement.node for each in program.pieces]
    named = _with_owners(plain, ModulePath(parts=()), modules)
    for piece, node in zip(program.pieces, named, strict=True):
        yield Line(node=node, cell=piece.place.cell.number, binds=piece.statement.binds)
    for path in dict.fromkeys(path for path, _, _ in parts):
        found = [(node, cell) for each, node, cell in parts if each == path]
        named = _with_owners((node for node, _ in found), path, modules)
        for node, (_, cell) in zip(named, found, strict=True):
            yield Line(node=node, cell=cell)


def without_owners(text: str) -> str:
    """Give code as it is written."""
    return _OWNER.sub("", text)


def _with_owners(
    nodes: Iterable[ast.stmt], here: ModulePath, modules: frozenset[str]
) -> Iterator[ast.stmt]:
    """Give statements whose names say whose they are; what other packages give stays.

    :param here: The module; that of plain cells has no parts, and its names stay.
    :param modules: The dotted names of all own modules.
    """
    nodes = [copy.deepcopy(each) for each in nodes]
    namer = _Namer(here.name, modules)
    for node in (inner for each in nodes for inner in ast.walk(each)):
        namer.note_import(node, here)
    yield from (namer.visit(each) for each in nodes)


class _Namer(ast.NodeTransformer):
    def __init__(self, here: str, modules: frozenset[str]) -> None:
        self._here = here
        self._modules = modules
        self._names: dict[str, str] = {}
        self._aliases: dict[str, str] = {}

    def note_import(self, node: ast.AST, here: ModulePath) -> None:
        """Note whose the names are that an import binds."""
        if isinstance(node, ast.ImportFrom):
            module = resolve(node, here)
            for each in node.names:
                bound = each.asname or each.name
                if f"{module}.{each.name}".lstrip(".") in self._modules:
                    self._aliases[bound] = f"{module}.{each.name}".lstrip(".")
                is_own = module in self._modules
                self._names[bound] = _with_owner(each.name, module) if is_own else bound
        elif isinstance(node, ast.Import):
            for each in node.names:
                bound = each.asname or each.name.partition(".")[0]
                self._names[bound] = bound
                if each.name in self._modules:
                    self._aliases[each.asname or each.name] = each.name

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        owner = self._aliases.get(ast.unparse(node.value))
        if owner is None:
            return self.generic_visit(node)
        return ast.copy_location(ast.Name(id=_with_owner(node.attr, owner), ctx=node.ctx), node)

    def visit_Name(self, node: ast.Name) -> ast.Name:
        name = self._names.get(node.id) or _with_owner(node.id, self._here)
        return ast.copy_location(ast.Name(id=name, ctx=node.ctx), node)


def _with_owner(name: str, module: str) -> str:
    return f"{name}⟨{module}⟩" if module else name
