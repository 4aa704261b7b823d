"""Names that an export writes itself, kept apart from those of the notebook."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from .edits import apply_edits, replacing
from .imports import Imported
from .statements import rewrite

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from .collecting import Program
    from .program import Piece

#: The function that builds the app.
FACTORY = "create_app"
# What a factory may call the settings that it is given, the usual name first.
_SETTINGS = ("config", "settings", "overrides", "given_settings")
_HEAD = '''\
def {factory}({settings}: {kind} | None = None) -> Flask:
    """Build the app.

    :param {settings}: Settings that override the app's own.
    """'''
# What is written of the module, where the notebook calls something else by its name.
_OF_OS = ("environ", "makedirs", "path")
_OS = "os_module"


def find_names(pieces: Iterable[Piece]) -> frozenset[str]:
    """Give all names that pieces bind or read, those of imports among them."""
    statements = [each.statement for each in pieces]
    return frozenset(name for each in statements for name in each.binds | each.uses)


def name_settings(taken: Container[str]) -> str:
    """Name the parameter of a factory so that nothing of the notebook's is hidden by it."""
    return next((each for each in _SETTINGS if each not in taken), f"{_SETTINGS[0]}_of_host")


def write_head(
    settings: str, imports: Iterable[Imported], taken: Container[str]
) -> tuple[str, tuple[Imported, ...]]:
    """Write the head of a factory, and what it imports.

    :param settings: The name of its parameter.
    :param taken: Names that the module has.
    """
    needs = (
        Imported(module="collections.abc", name="Mapping"),
        Imported(module="typing", name="Any"),
    )
    given = frozenset(imports)
    is_free = all(each in given or each.name not in taken for each in needs)
    kind = "Mapping[str, Any]" if is_free else "dict"
    head = _HEAD.format(factory=FACTORY, settings=settings, kind=kind)
    return head, needs if is_free else ()


def with_names_apart(program: Program) -> Program:
    """Let a program import ``os`` by another name, if the notebook calls something else so."""
    own = [each for each in program.pieces if not each.is_import]
    is_hidden = any("os" in each.statement.binds for each in own)
    if not is_hidden or any(
        "os" in each.statement.binds for each in program.pieces if each not in own
    ):
        return program
    pieces = tuple(map(_with_module, program.pieces))
    if pieces == program.pieces:
        return program
    imports = (*(each for each in program.imports if each != "import os"), f"import os as {_OS}")
    return replace(program, pieces=pieces, imports=imports)


def _with_module(piece: Piece) -> Piece:
    """Write the module's other name, wherever a piece reads of the module what an export does."""
    text = piece.statement.text
    edits = [
        replacing(node.value, _OS)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute)
        and node.attr in _OF_OS
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
    ]
    if not edits:
        return piece
    return replace(piece, statement=rewrite(piece.statement, apply_edits(text, edits)))
