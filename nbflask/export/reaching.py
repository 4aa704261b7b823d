"""What is changed by calling what a notebook defines, as far as its text tells."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nbflask.values.scope import own_nodes

from .statements import free_names, root_name
from .written_files import Origins, written_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

#: Methods that change their object.
CHANGING = frozenset(
    {
        *("add", "append", "clear", "commit", "create", "discard", "execute", "executemany"),
        *("executescript", "extend", "init_app", "insert", "pop", "popitem", "push", "register"),
        *("remove", "save", "seed", "setdefault", "start", "update", "write", "write_bytes"),
        *("write_text", "connect", "fit", "partial_fit", "mkdir", "touch", "add_url_rule"),
        *("add_command", "create_all", "register_blueprint", "subscribe", "put", "send"),
        # Of a configuration; they tell whether there was something, which a cell then shows.
        *("from_envvar", "from_file", "from_mapping", "from_object", "from_prefixed_env"),
        "from_pyfile",
    }
)


@dataclass
class Reach:
    """Finds what the calls of functions change.

    :param definitions: The notebook's functions and classes, by name.
    :param origins: What the notebook's paths and open files were made of.
    """

    definitions: Mapping[str, ast.stmt]
    origins: Origins
    known: dict[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, nodes: Iterable[ast.stmt]) -> Reach:
        """Find what statements define."""
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        known = list(nodes)
        return cls(
            definitions={each.name: each for each in known if isinstance(each, kinds)},
            origins=Origins.of(inner for each in known for inner in own_nodes(each)),
        )

    def changed_by(self, names: Iterable[str]) -> frozenset[str]:
        """Give the names whose objects may be changed by calling these."""
        return frozenset(changed for name in names for changed in self._changed_by(name))

    def written_by(self, node: ast.stmt) -> frozenset[str]:
        """Give the names that the paths of the files were made of which a statement writes."""
        nodes = list(own_nodes(node))
        given = {
            part.id
            for each in nodes
            if isinstance(each, ast.Call) and self._writes(each.func)
            for argument in (*each.args, *(word.value for word in each.keywords))
            for part in ast.walk(argument)
            if isinstance(part, ast.Name)
        }
        return self.origins.trace(given.union(written_names(nodes)))

    def _writes(self, function: ast.expr) -> bool:
        """Say whether a call is one of a function of the notebook's that writes a file."""
        definition = self.definitions.get(function.id) if isinstance(function, ast.Name) else None
        return definition is not None and any(written_names(ast.walk(definition)))

    def _changed_by(self, name: str) -> frozenset[str]:
        if name not in self.definitions:
            return frozenset()
        if name not in self.known:
            self.known[name] = frozenset()  # Of a function that calls itself.
            node = self.definitions[name]
            outer = frozenset(free_names(node)) - {name}
            own = frozenset(_changes(node)) & (outer | _globals(node))
            nodes = list(ast.walk(node))
            written = Origins.of(nodes).trace(written_names(nodes)) & outer
            self.known[name] = own | self.origins.trace(written) | self.changed_by(outer)
        return self.known[name]


def _changes(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, (ast.Attribute, ast.Subscript)):
            if not isinstance(each.ctx, ast.Load):
                yield root_name(each)
        elif isinstance(each, (ast.Global, ast.Nonlocal)):
            yield from each.names
        elif (
            isinstance(each, ast.Call)
            and isinstance(each.func, ast.Attribute)
            and each.func.attr in CHANGING
        ):
            yield root_name(each.func)


def _globals(node: ast.AST) -> frozenset[str]:
    return frozenset(
        name for each in ast.walk(node) if isinstance(each, ast.Global) for name in each.names
    )
