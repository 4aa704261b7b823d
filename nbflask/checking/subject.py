"""What a check looks at: a notebook's steps, and what becomes of them in the app's module."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from nbflask.errors import NotebookError
from nbflask.export.around.database_files import read_values
from nbflask.export.collecting import build_program
from nbflask.export.imports import read_imports
from nbflask.export.interpreting import interpret_cell, split_cell_magic, transform
from nbflask.export.magics import TRANSPARENT_CELLS
from nbflask.export.module import find_imports
from nbflask.export.program import Piece
from nbflask.export.python import Reader
from nbflask.export.statements import Statement, parse_statements
from nbflask.export.steps import Code, Declare, Leave, Part, Place
from nbflask.values.code_names import cover_secret

from .finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from nbflask.export.collecting import Program
    from nbflask.export.imports import Imported
    from nbflask.export.notebooks import SourceCell, SourceNotebook
    from nbflask.export.steps import Step
    from nbflask.values.module_path import ModulePath


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A piece of the module, with its code as it stands in the cell.

    :param node: Its line numbers are the cell's, unless ``is_written``.
    :param is_written: The export writes it for a magic: nothing in it has a line of its own.
    """

    piece: Piece
    node: ast.stmt
    is_written: bool = False

    @property
    def place(self) -> Place:
        """Where it begins."""
        return self.piece.place

    @property
    def binds(self) -> frozenset[str]:
        """Names of the module that it gives a value."""
        return self.piece.statement.binds

    def line_of(self, node: ast.AST) -> int:
        """Give the line in the cell on which something in the unit stands."""
        return self.place.line if self.is_written else getattr(node, "lineno", self.place.line)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A notebook that is checked, and its app as the export would write it.

    :param folder: Where the notebook lies, to see what is there; ``None`` if it is nowhere.
    :param faults: Cells that cannot be read at all.
    :param program: ``None`` where there is no app.
    :param imports: What the app's module imports.
    :param missing: Names that it uses and nobody gives, each with the piece that does.
    :param path: The module's, where the notebook has it in cells of its own.
    """

    notebook: SourceNotebook
    folder: Path | None
    steps: tuple[Step, ...]
    faults: tuple[Finding, ...]
    program: Program | None = None
    imports: tuple[Imported, ...] = ()
    missing: tuple[tuple[str, Piece], ...] = ()
    units: tuple[Unit, ...] = field(default=())
    path: ModulePath | None = None

    @property
    def app(self) -> str:
        """The app's variable; ``""`` if there is none."""
        return self.program.app if self.program else ""

    @cached_property
    def makers(self) -> Mapping[str, Unit]:
        """The unit that last gives a value to each name of the module, imports too."""
        return {
            name: unit for unit in self.units if not unit.piece.is_declared for name in unit.binds
        }

    @cached_property
    def functions(self) -> Mapping[str, ast.FunctionDef | ast.AsyncFunctionDef]:
        """The functions of the module that are no views, by their names; lambdas as functions."""
        found = {name: _as_function(name, unit.node) for name, unit in self.makers.items()}
        return {name: function for name, function in found.items() if function is not None}

    @cached_property
    def packages(self) -> frozenset[str]:
        """The packages that the app's module imports."""
        return frozenset(each.package for each in self.imports)

    @cached_property
    def modules(self) -> tuple[Subject, ...]:
        """The modules that the notebook has in cells of their own, each looked at by itself."""
        found: dict[ModulePath, list[Unit]] = {}
        for step in self.steps:
            if isinstance(step, Part):
                found.setdefault(step.path, []).extend(_read_part(step))
        return tuple(
            replace(
                self,
                units=tuple(units),
                imports=tuple(read_imports(each.node for each in units)),
                path=path,
            )
            for path, units in found.items()
        )

    @cached_property
    def own_packages(self) -> frozenset[str]:
        """The first parts of the names of those modules."""
        return frozenset(each.path.parts[0] for each in self.steps if isinstance(each, Part))

    @cached_property
    def owners(self) -> frozenset[str]:
        """The variables of the app and of the blueprints that its module makes."""
        made = (name for name, unit in self.makers.items() if _is_blueprint(unit.node))
        return frozenset({self.app, *made})

    @cached_property
    def values(self) -> Mapping[str, ast.expr]:
        """The value of each variable and setting, of all modules, that has one and no other."""
        parts = [node for each in self.steps if isinstance(each, Part) for node in each.nodes]
        pieces = self.program.pieces if self.program else ()
        return read_values([*(each.statement.node for each in pieces), *parts])

    @cached_property
    def written(self) -> Mapping[str, tuple[Place, ...]]:
        """Where in the notebook each name is given a value, be it exported or not."""
        found: dict[str, list[Place]] = {}
        for cell in self.notebook.cells:
            for statement in read_plain(cell):
                for name in statement.binds:
                    found.setdefault(name, []).append(Place(cell=cell, line=statement.line))
        return {name: tuple(places) for name, places in found.items()}


def read_subject(notebook: SourceNotebook, app: str | None, folder: Path | None) -> Subject:
    """Read a notebook as the export does, without stopping at what it cannot read.

    :raises NotebookError: An app is named, and there is none of that name.
    """
    steps, faults = _read_steps(notebook)
    try:
        program = build_program(notebook, steps, app)
    except NotebookError as fault:
        if app is not None:
            raise
        remedy = "Write `app = Flask(__name__)` or `%load_ext nbflask` in a cell."
        no_app = Finding(kind="no-app", level="error", text=str(fault), remedy=remedy)
        faults = (*faults, no_app)
        return Subject(notebook=notebook, folder=folder, steps=steps, faults=faults)
    statements = [each for each in program.pieces if not each.is_import]
    imports, missing = find_imports(program, statements)
    return Subject(
        notebook=notebook,
        folder=folder,
        steps=steps,
        faults=faults,
        program=program,
        imports=imports,
        missing=missing,
        units=tuple(_find_units(program, steps)),
    )


def _read_steps(notebook: SourceNotebook) -> tuple[tuple[Step, ...], tuple[Finding, ...]]:
    reader = Reader()
    steps: list[Step] = []
    faults: list[Finding] = []
    for cell in notebook.cells:
        if cell.kind != "code" or not cell.source.strip():
            continue
        if cell.has_failed:
            steps.append(Leave(place=Place(cell=cell), what="a cell that fails"))
            continue
        try:
            steps += interpret_cell(cell, reader)
        except NotebookError as fault:
            faults.append(_describe(cell, fault))
    return tuple(steps), tuple(faults)


def _describe(cell: SourceCell, fault: NotebookError) -> Finding:
    cause: BaseException | None = fault
    # What is raised "from None" still knows what it was raised for.
    while cause is not None and not isinstance(cause, SyntaxError):
        cause = cause.__context__
    line = cause.lineno if cause is not None else 1
    return Finding(
        kind="cell-not-readable",
        level="error",
        text=cover_secret(str(fault).removeprefix(f"In {cell.label}: ")),
        remedy="Mend the cell, or make it a text cell.",
        cell=cell,
        line=line or 1,
    )


def _find_units(program: Program, steps: tuple[Step, ...]) -> Iterator[Unit]:
    """Give each piece the tree of the cell that it comes from."""
    # A piece has its step's own place.
    sources = {id(each.place): each for each in steps}
    for piece in program.pieces:
        source = sources.get(id(piece.place))
        match source:
            case Declare(body=body):
                yield Unit(piece=piece, node=body.tree.body[-1])
            case Code(statement=statement):
                yield Unit(piece=piece, node=statement.node)
            case _:
                yield Unit(piece=piece, node=piece.statement.node, is_written=True)


def _read_part(step: Part) -> Iterator[Unit]:
    for node in step.nodes:
        statement = Statement(text=ast.unparse(node), node=node, line=node.lineno)
        place = Place(cell=step.place.cell, line=node.lineno)
        yield Unit(piece=Piece(statement=statement, place=place), node=node)


def _as_function(name: str, node: ast.stmt) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return node
        case ast.Assign(value=ast.Lambda(args=arguments, body=body)):
            gives = ast.copy_location(ast.Return(value=body), body)
            function = ast.FunctionDef(name=name, args=arguments, body=[gives], decorator_list=[])
            return ast.copy_location(function, node)
    return None


def _is_blueprint(node: ast.stmt) -> bool:
    value = getattr(node, "value", None)
    return isinstance(value, ast.Call) and ast.unparse(value.func).rpartition(".")[2] == "Blueprint"


def read_plain(cell: SourceCell) -> tuple[Statement, ...]:
    """Give the statements of a cell that is Python, whether they are exported or not."""
    if cell.kind != "code":
        return ()
    above, written = split_cell_magic(cell)
    try:
        if written is None:
            return parse_statements(transform(cell.source))
        if written.magic in TRANSPARENT_CELLS:
            return parse_statements(transform(written.text or ""), above + 2)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    return ()
