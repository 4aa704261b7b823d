"""An app's module as text: docstring, imports, then the notebook's statements in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import black

from .imports import Imported, keep_used, parse_imports, read_imports, write_imports
from .names import flask_names, missing_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .collecting import Program
    from .program import Piece


@dataclass(frozen=True, kw_only=True)
class Module:
    """A module that is ready to be written.

    :param imports: What it imports; they say what has to be installed.
    :param missing: Names that it uses and nobody gives, each with the piece that does.
    """

    text: str
    imports: tuple[Imported, ...]
    missing: tuple[tuple[str, Piece], ...]


def write_module(program: Program) -> Module:
    """Write the module of an app."""
    statements = [each for each in program.pieces if not each.is_import]
    imports, missing = find_imports(program, statements)
    parts = [_docstring(program), write_imports(imports), *_with_headings(statements)]
    text = format_code("\n\n".join(filter(None, parts)))
    return Module(text=text, imports=imports, missing=missing)


def find_imports(
    program: Program, statements: Sequence[Piece]
) -> tuple[tuple[Imported, ...], tuple[tuple[str, Piece], ...]]:
    """Give what statements need to be imported, and the names that nobody gives."""
    own = [
        *read_imports(each.statement.node for each in program.pieces if each.is_import),
        *parse_imports(program.imports),
    ]
    used = frozenset(name for each in statements for name in each.statement.uses)
    missing = missing_names(statements, (each.bound for each in own))
    from_flask = [Imported(module="flask", name=name) for name in missing if name in flask_names()]
    from_flask += [Imported(module=name) for name in missing if name in ("json", "os", "tomllib")]
    given = {each.bound for each in from_flask}
    left = tuple((name, piece) for name, piece in missing.items() if name not in given)
    return keep_used([*from_flask, *own], used), left


def format_code(text: str) -> str:
    """Format Python as black does."""
    return black.format_str(text, mode=black.Mode())


def _docstring(program: Program) -> str:
    title = program.title.rstrip(".") or "A Flask app"
    return f'"""{title}."""'.replace("\\", "\\\\")


def _with_headings(pieces: Iterable[Piece]) -> Iterable[str]:
    """Give the text of each piece, with a comment where another section of the notebook begins."""
    heading = ""
    for piece in pieces:
        text = piece.statement.text
        if piece.heading and piece.heading != heading:
            # An empty line keeps a heading apart from a comment of the code's own.
            gap = "\n\n" if text.startswith("#") else "\n"
            text = f"# {piece.heading}{gap}{text}"
        heading = piece.heading or heading
        yield text
