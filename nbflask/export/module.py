"""An app's module as text: docstring, imports, then the notebook's statements in order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import black
from black.parsing import InvalidInput
from werkzeug import exceptions

from .arranging import arrange
from .comments import tidy_comments
from .extensions import divide_extensions
from .folding import fold_items
from .imports import Imported, keep_used, parse_imports, read_imports, write_imports
from .layout import lay_out, list_comments, write_docstring, write_name, write_title
from .names import flask_names, missing_names
from .ordering import find_end_of_settings
from .own_names import find_names, name_settings, write_head
from .statements import indent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .arranging import Arrangement
    from .collecting import Program
    from .program import Piece


# What configuration read from files and the environment is written with.
_MODULES = ("json", "os", "tomllib")


@dataclass(frozen=True, kw_only=True)
class Module:
    """A module that is ready to be written.

    :param imports: What it imports; they say what has to be installed.
    :param missing: Names that it uses and nobody gives, each with the piece that does.
    :param has_factory: It has ``create_app()`` in place of an app.
    :param hindering: Functions for whose sake alone it has none.
    """

    text: str
    imports: tuple[Imported, ...]
    missing: tuple[tuple[str, Piece], ...]
    has_factory: bool
    hindering: tuple[Piece, ...] = ()


def write_module(program: Program) -> Module:
    """Write the module of an app."""
    statements = [each for each in program.pieces if not each.is_import]
    imports, missing = find_imports(program, statements)
    arrangement = _arrange(program)
    factory = ""
    if arrangement.has_factory:
        taken = find_names(program.pieces) | {each.bound for each in imports}
        settings = name_settings(taken)
        head, needs = write_head(settings, imports, taken)
        imports = (*imports, *(each for each in needs if each not in imports))
        factory = f"{head}\n{_write_body(arrangement, program.app, settings)}"
    parts = [_docstring(program), write_imports(imports)]
    parts += [lay_out(arrangement.outside, program.app), factory]
    return Module(
        text=format_code(tidy_comments("\n\n".join(filter(None, parts)))),
        imports=imports,
        missing=missing,
        has_factory=arrangement.has_factory,
        hindering=arrangement.hindering,
    )


def _arrange(program: Program) -> Arrangement:
    pieces = fold_items(program.pieces)
    divided = divide_extensions(pieces, program.app)
    arrangement = arrange(divided.pieces, program.app, divided.names)
    if arrangement.has_factory:
        return arrangement
    return replace(arrange(pieces, program.app), hindering=arrangement.hindering)


def _write_body(arrangement: Arrangement, app: str, given: str) -> str:
    making, *rest = arrangement.inside
    settings = rest[: find_end_of_settings(rest, app)]
    lines = [lay_out([making, *settings], app)]
    lines += [f"if {given} is not None:\n    {app}.config.update({given})"]
    shown = list_comments(arrangement.outside, app)
    lines += [lay_out(rest[len(settings) :], app, shown), f"return {app}"]
    return indent("\n\n".join(filter(None, lines)))


def find_imports(
    program: Program, statements: Sequence[Piece]
) -> tuple[tuple[Imported, ...], tuple[tuple[str, Piece], ...]]:
    """Give what statements need to be imported, and the names that nobody gives."""
    own = [
        *read_imports(each.statement.node for each in program.pieces if each.is_import),
        *parse_imports(program.imports),
    ]
    # The app itself may be one that a module of the project's own makes.
    used = frozenset({program.app, *(name for each in statements for name in each.statement.uses)})
    missing = missing_names(statements, (each.bound for each in own))
    given = {name: source for name in missing if (source := find_source(name))}
    left = tuple((name, piece) for name, piece in missing.items() if name not in given)
    return keep_used([*given.values(), *own], used), left


def find_source(name: str) -> Imported | None:
    """Find what a notebook has without importing it, and what the export itself writes."""
    if name in flask_names():
        return Imported(module="flask", name=name)
    if name in _MODULES:
        return Imported(module=name)
    # %%errorhandler takes their names as they are.
    if isinstance(getattr(exceptions, name, None), type):
        return Imported(module="werkzeug.exceptions", name=name)
    return None


def format_code(text: str) -> str:
    """Format Python as black does; what black cannot read stays as it is."""
    try:
        return black.format_str(text, mode=black.Mode())
    except InvalidInput:
        return text


def _docstring(program: Program) -> str:
    return write_docstring(f"{write_title(program.title) or write_name(program.name)}.")
