"""Static files that cells hold are files of the project: how code and settings find them."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from .edits import apply_edits, replacing
from .project import Note
from .statements import rewrite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .collecting import Program
    from .program import Piece

#: Where a live app has the contents of its cells, by name.
_OF_CELLS = "static_files"


def read_from_folder(program: Program) -> Program:
    """Give a program that reads from the folder what a live app has in ``app.static_files``."""
    pieces = tuple(_read_from_folder(each, program.app) for each in program.pieces)
    if pieces == program.pieces:
        return program
    imports = (*program.imports, "from pathlib import Path")
    return replace(program, pieces=pieces, imports=imports)


def note_other_folder(program: Program) -> Iterator[Note]:
    """Say where the app is told to look for static files elsewhere than the project has them."""
    kept = [each.name for each in program.files if each.folder == "static"]
    for piece in program.pieces if kept else ():
        match piece.statement.node:
            case ast.Assign(
                targets=[ast.Attribute(value=ast.Name(id=app), attr="static_folder") as target]
            ) if app == program.app:
                yield Note(
                    text=f"`{ast.unparse(target)}` is set, but what `%%static` cells hold, such as "
                    f"{kept[0]!r}, is in the project's folder static. Put all files into one "
                    "folder.",
                    place=piece.place,
                )


def _read_from_folder(piece: Piece, app: str) -> Piece:
    text = piece.statement.text
    if _OF_CELLS not in text:
        return piece
    edits = [
        replacing(node, f"Path({app}.static_folder, {name}).read_bytes()")
        for node in ast.walk(ast.parse(text))
        if (name := _find_name(node, app))
    ]
    if not edits:
        return piece
    return replace(piece, statement=rewrite(piece.statement, apply_edits(text, edits)))


def _find_name(node: ast.AST, app: str) -> str:
    match node:
        case ast.Subscript(
            value=ast.Attribute(value=ast.Name(id=owner), attr="static_files"),
            slice=name,
            ctx=ast.Load(),
        ) if owner == app:
            return ast.unparse(name)
    return ""
