"""Python of cells that tries the app: asserts, what requests show, and functions that test it.

What a cell defines may be used by any cell below it, so all of them are gathered first.
"""

from __future__ import annotations

import ast
import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..imports import read_imports
from ..steps import Ask, Code, Leave
from .targets import sends_requests

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..imports import Imported
    from ..notebooks import SourceCell
    from ..program import Piece
    from ..statements import Statement
    from ..steps import Step

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = (*FUNCTIONS, ast.ClassDef)
_OF_NOTEBOOKS = frozenset({"nbflask", "IPython", "ipytest", "pytest_ipynb"})
#: What the project's own fixtures give.
FIXTURES = ("app", "client")


@dataclass(frozen=True, kw_only=True)
class Trial:
    """Statements of a cell that are no part of the app, with no request of a magic between them.

    :param above: The variables that the cell has given a value before them.
    :param shown: What is stored of its last statement's value; ``""`` for nothing.
    :param printed: What is stored of its standard output.
    """

    cell: SourceCell
    statements: tuple[Statement, ...]
    above: frozenset[str] = frozenset()
    shown: str = ""
    printed: str = ""


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A function, a class or a literal that a cell gives a name."""

    name: str
    cell: SourceCell
    statement: Statement

    @property
    def is_test(self) -> bool:
        """Whether pytest would collect it."""
        node = self.statement.node
        if isinstance(node, ast.ClassDef):
            return node.name.startswith("Test") and not node.bases
        return isinstance(node, FUNCTIONS) and node.name.startswith("test") and not self.is_fixture

    @property
    def is_fixture(self) -> bool:
        """Whether it is a fixture of pytest's."""
        decorators: list[ast.expr] = getattr(self.statement.node, "decorator_list", [])
        return any("fixture" in ast.unparse(each) for each in decorators)


@dataclass
class Bench:
    """All that the cells of a notebook try its app with.

    :param definitions: By name, in order.
    :param clients: The numbers of the cells that give a variable a new client, by the variable.
    :param variables: The numbers of the cells that give a variable a value, by the variable.
    """

    app: str
    trials: list[Trial] = field(default_factory=list)
    definitions: dict[str, list[Definition]] = field(default_factory=dict)
    imports: list[Imported] = field(default_factory=list)
    clients: dict[str, list[int]] = field(default_factory=dict)
    variables: dict[str, list[int]] = field(default_factory=dict)

    @property
    def tests(self) -> list[Definition]:
        """The functions and classes that pytest would collect, of each name the last."""
        last = (each[-1] for each in self.definitions.values())
        return sorted((each for each in last if each.is_test), key=_place_of)

    def find(self, name: str, cell: SourceCell) -> Definition | None:
        """Give what a name stands for in a cell; ``None`` where it is defined anew since."""
        found = self.definitions.get(name, [])
        if found and len(self.variables.get(name, ())) > len(found):
            return None
        # A test may use what stands below it.
        is_last = bool(found) and (found[-1].cell.number <= cell.number or len(found) == 1)
        return found[-1] if is_last else None

    def last_client(self, name: str, cell: SourceCell) -> int:
        """Give the cell whose client a variable holds in a cell; 0 where it holds none."""
        made = [each for each in self.clients.get(name, ()) if each <= cell.number]
        given = [each for each in self.variables.get(name, ()) if each <= cell.number]
        return made[-1] if made and made[-1] == max(given, default=0) else 0

    def last_value(self, name: str, cell: SourceCell) -> int:
        """Give the cell above that gives a variable its value; 0 for none."""
        return max((n for n in self.variables.get(name, ()) if n < cell.number), default=0)


def gather(steps: Sequence[Step], pieces: Iterable[Piece], app: str) -> Bench:
    """Gather what a notebook's cells try an app with.

    :param pieces: The app's statements, which are in the project already.
    """
    own = {(each.place.cell.number, each.statement.line) for each in pieces}
    bench = Bench(app=app)
    cells: dict[int, _Cell] = {}
    for step in steps:
        cell = step.place.cell
        if isinstance(step, Ask):
            cells.setdefault(cell.number, _Cell(cell=cell)).ask(step.name)
            bench.variables.setdefault(step.name, []).append(cell.number)
        statement = step.statement if isinstance(step, (Code, Leave)) else None
        if statement is None:
            continue
        if isinstance(statement.node, (ast.Import, ast.ImportFrom)):
            found = read_imports([statement.node])
            bench.imports += [each for each in found if each.package not in _OF_NOTEBOOKS]
        elif (cell.number, statement.line) not in own:
            _define(bench, cell, statement)
            if not isinstance(statement.node, DEFINITIONS):
                cells.setdefault(cell.number, _Cell(cell=cell)).parts[-1].append(statement)
    for each in cells.values():
        _note_variables(bench, each.cell, itertools.chain(*each.parts))
        bench.trials += _read_trials(each)
    return bench


@dataclass
class _Cell:
    """What a cell tries: the statements before, between and after the requests of its magics.

    :param asked: The variables that these give a value, ``""`` for none; each below a part.
    """

    cell: SourceCell
    parts: list[list[Statement]] = field(default_factory=lambda: [[]])
    asked: list[str] = field(default_factory=list)

    def ask(self, name: str) -> None:
        """Take a request, whose response a variable may be given."""
        self.asked.append(name)
        self.parts.append([])


def _define(bench: Bench, cell: SourceCell, statement: Statement) -> None:
    """Note what defines something that tests may use."""
    match statement.node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            pass
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_literal(value):
            pass
        case _:
            return
    found = Definition(name=name, cell=cell, statement=statement)
    if found.is_fixture and name in FIXTURES:
        # The project's own are in its place.
        return
    bench.definitions.setdefault(name, []).append(found)


def _note_variables(bench: Bench, cell: SourceCell, statements: Iterable[Statement]) -> None:
    for each in statements:
        for name in each.binds:
            bench.variables.setdefault(name, []).append(cell.number)
        if client := made_client(each.node, bench.app):
            bench.clients.setdefault(client, []).append(cell.number)


def made_client(node: ast.stmt, app: str) -> str | None:
    """Give the variable that a statement gives a new client of an app; ``None`` for none."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name if ast.unparse(value) == f"{app}.test_client()" else None
    return None


def _read_trials(read: _Cell) -> Iterator[Trial]:
    """Give the parts of a cell: the last has what it shows, an only one what it prints."""
    outputs = read.cell.outputs
    shown = [_plain_text(each) for each in outputs if _is_result(each)]
    printed = [
        _join(each.get("text"))
        for each in outputs
        if each.get("output_type") == "stream" and each.get("name") == "stdout"
    ]
    is_whole = sum(map(bool, read.parts)) == 1
    above: set[str] = set()
    for part, name in zip(read.parts, [*read.asked, ""], strict=True):
        is_last = part is read.parts[-1]
        if part:
            yield Trial(
                cell=read.cell,
                statements=tuple(part),
                above=frozenset(above),
                shown=shown[0] if len(shown) == 1 and is_last else "",
                printed="".join(printed) if is_whole else "",
            )
        above |= {bound for each in part for bound in each.binds} | ({name} - {""})


def tries(trial: Trial, bench: Bench) -> bool:
    """Say whether a cell's statements may tell anything of the app."""
    return any(_tries(each.node, bench) for each in trial.statements)


def _tries(node: ast.AST, bench: Bench) -> bool:
    for each in ast.walk(node):
        match each:
            case ast.Assert():
                return True
            case ast.Name(id=name) if name in bench.clients or name == bench.app:
                return True
            case ast.Call(func=ast.Name(id=name)) if name in bench.definitions:
                if any(sends_requests(one.statement.node) for one in bench.definitions[name]):
                    return True
    return False


def outer_names(statement: Statement) -> frozenset[str]:
    """Give the names that a statement needs from above it; what a loop makes, it has itself."""
    is_plain = isinstance(statement.node, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr))
    return statement.uses if is_plain else statement.uses - statement.binds


def _is_literal(value: ast.expr) -> bool:
    try:
        ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return False
    return True


def _place_of(definition: Definition) -> tuple[int, int]:
    return definition.cell.number, definition.statement.line


def _is_result(output: object) -> bool:
    return isinstance(output, dict) and output.get("output_type") == "execute_result"


def _plain_text(output: object) -> str:
    data = output.get("data") if isinstance(output, dict) else None
    return _join(data.get("text/plain")) if isinstance(data, dict) else ""


def _join(text: object) -> str:
    return "".join(map(str, text)) if isinstance(text, list) else str(text or "")
