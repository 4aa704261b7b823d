"""Where a test finds the names that code of cells takes from its notebook."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nbflask.values.scope import Scope

from ..imports import Imported, read_imports
from ..module import find_source
from ..names import BUILTINS
from .trials import FIXTURES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..notebooks import SourceCell
    from .trials import Bench, Definition

#: Fixtures that pytest has by itself.
_OF_PYTEST = frozenset(
    {
        *("cache", "capfd", "caplog", "capsys", "monkeypatch", "recwarn", "request", "tmp_path"),
        *("tmp_path_factory", "capsysbinary", "record_property"),
    }
)


class UnknownNameError(Exception):
    """Code uses a name that the project's tests cannot have."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(kw_only=True)
class Kit:
    """What code of a test needs.

    :param fixtures: Names of parameters.
    :param helpers: Definitions of the notebook, by name.
    :param clients: The cell that gives a variable its client, by the variable.
    :param variables: The cell that gives a variable of the notebook its value, by the variable.
    """

    fixtures: set[str] = field(default_factory=set)
    imports: set[Imported] = field(default_factory=set)
    helpers: dict[str, Definition] = field(default_factory=dict)
    clients: dict[str, int] = field(default_factory=dict)
    variables: dict[str, int] = field(default_factory=dict)

    def add(self, other: Kit) -> None:
        """Take in what other code needs."""
        self.fixtures |= other.fixtures
        self.imports |= other.imports
        self.helpers |= other.helpers
        self.clients |= other.clients
        self.variables |= other.variables


class Names:
    """Finds names for tests.

    :param module: The text of the app's module; ``""`` where tests cannot import of it.
    """

    def __init__(self, bench: Bench, module: str) -> None:
        self._bench = bench
        nodes = ast.parse(module).body
        bound = (Scope.of(each).bound for each in nodes if not _is_import(each))
        self._of_app = frozenset().union(*bound)
        own = [each for each in nodes if isinstance(each, (ast.Import, ast.ImportFrom))]
        imports = [*bench.imports, *read_imports(own)]
        self._imports = {each.bound: each for each in imports if each.module != "__future__"}
        self._known: dict[str, Kit] = {}

    def resolve(self, uses: Iterable[str], cell: SourceCell) -> Kit:
        """Find names that code of a cell reads from around itself.

        :raises UnknownNameError: One is nowhere in the project.
        """
        kit = Kit()
        for name in sorted(uses):
            kit.add(self._find(name, cell))
        return kit

    def resolve_definition(self, definition: Definition) -> Kit:
        """Find the names that a function of the notebook needs, its fixtures too.

        :raises UnknownNameError: One is nowhere in the project.
        """
        name = definition.name
        if name not in self._known:
            self._known[name] = Kit()  # Of a function that calls itself.
            statement = definition.statement
            try:
                kit = self.resolve(statement.uses - {name}, definition.cell)
                kit.add(self._find_parameters(definition))
                if given := {**kit.variables, **kit.clients}:
                    raise UnknownNameError(next(iter(given)))
            except UnknownNameError:
                del self._known[name]
                raise
            self._known[name] = kit
        return self._known[name]

    def _find(self, name: str, cell: SourceCell) -> Kit:
        bench = self._bench
        if name == bench.app:
            return Kit(fixtures={"app"})
        if (definition := bench.find(name, cell)) is not None:
            kit = Kit(helpers={name: definition})
            kit.add(self.resolve_definition(definition))
            return kit
        if number := bench.last_client(name, cell):
            is_fixture = name == "client"
            return (
                Kit(fixtures={name})
                if is_fixture
                else Kit(fixtures={"app"}, clients={name: number})
            )
        if above := bench.last_value(name, cell):
            return Kit(variables={name: above})
        return self._find_import(name)

    def _find_import(self, name: str) -> Kit:
        if name in self._of_app:
            return Kit(imports={Imported(module="app", name=name)})
        found = self._imports.get(name) or find_source(name)
        if found is None and name == "pytest":
            found = Imported(module=name)
        if found is not None:
            return Kit(imports={found})
        if name in BUILTINS - {"__file__", "__name__", "__doc__", "__spec__"}:
            return Kit()
        raise UnknownNameError(name)

    def _find_parameters(self, definition: Definition) -> Kit:
        """Find the fixtures that a test or a fixture asks for."""
        kit = Kit()
        if not (definition.is_test or definition.is_fixture):
            return kit
        node = definition.statement.node
        functions = [node] if not isinstance(node, ast.ClassDef) else _methods(node)
        given = _parametrized([node, *functions])
        for name in (each.arg for one in functions for each in one.args.args):  # type: ignore[attr-defined]
            own = self._bench.definitions.get(name, [])
            if own and own[-1].is_fixture:
                kit.helpers[name] = own[-1]
                kit.add(self.resolve_definition(own[-1]))
            elif name not in (*FIXTURES, *given, *_OF_PYTEST, "self"):
                raise UnknownNameError(name)
        return kit


def _methods(node: ast.ClassDef) -> list[ast.stmt]:
    return [each for each in node.body if isinstance(each, ast.FunctionDef)]


def _parametrized(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """Give the names of parameters that decorators give their values."""
    texts = {
        each.value
        for node in nodes
        for decorator in getattr(node, "decorator_list", [])
        for each in ast.walk(decorator)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    }
    return frozenset(name.strip() for text in texts for name in text.split(","))


def _is_import(node: ast.stmt) -> bool:
    return isinstance(node, (ast.Import, ast.ImportFrom))
