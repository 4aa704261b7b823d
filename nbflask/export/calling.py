"""What is read by calling what a notebook defines, as far as its text tells."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nbflask.values.scope import DEFS, own_nodes

from .statements import free_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .statements import Statement

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass
class Calls:
    """Finds what statements read at once, themselves and by what they call.

    What a decorator makes is called later: it is read for what it does itself.

    :param definitions: The notebook's functions and classes, all of a name.
    """

    definitions: Mapping[str, tuple[_Definition, ...]]
    known: dict[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, nodes: Iterable[ast.stmt]) -> Calls:
        """Find what statements define."""
        found: dict[str, tuple[_Definition, ...]] = {}
        for each in nodes:
            if isinstance(each, _Definition):
                found[each.name] = (*found.get(each.name, ()), each)
        return cls(definitions=found)

    def read_at_once(self, statement: Statement) -> frozenset[str]:
        """Give the names that are read while a statement runs."""
        return statement.uses_at_once | self._read_by(_called(own_nodes(statement.node)))

    def _read_by(self, names: Iterable[str]) -> frozenset[str]:
        return frozenset(read for name in names for read in self._read_in(name))

    def _read_in(self, name: str) -> frozenset[str]:
        if name not in self.known:
            self.known[name] = frozenset()  # Of a function that calls itself.
            self.known[name] = frozenset(
                read
                for node in self.definitions.get(name, ())
                for read in (*_reads(node), *self._read_by(_called(_run_by(node))))
            )
        return self.known[name]


def _reads(node: _Definition) -> frozenset[str]:
    """Give the names of the module that a call of a definition reads."""
    own = {each.id for each in _run_by(node) if isinstance(each, ast.Name)}
    return frozenset(free_names(node)) & own - {node.name}


def _run_by(node: _Definition) -> Iterator[ast.AST]:
    """Give what runs when a definition is called: not what it defines and only hands on."""
    if isinstance(node, ast.ClassDef):
        yield from ast.walk(node)
        return
    nodes = [inner for part in node.body for inner in own_nodes(part)]
    called = _called(nodes)
    for each in nodes:
        yield each
        if isinstance(each, ast.Lambda):
            yield from ast.walk(each.body)
        elif isinstance(each, DEFS) and each.name in called:
            yield from _run_by(each)


def _called(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """Give the names of what is called, or handed to a function that may call it."""
    found: set[str] = set()
    for each in nodes:
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Name):
            found.add(each.func.id)
            found |= {part.id for part in each.args if isinstance(part, ast.Name)}
        found |= {
            part.id for part in getattr(each, "decorator_list", []) if isinstance(part, ast.Name)
        }
    return frozenset(found)
