"""What only a notebook has, within functions that leave it: nbflask itself, and ``display()``.

Rule 1: a line that only shows is left out of its function. What gives a value cannot be, so it is
refused.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from nbflask.errors import NotebookError

from ..edits import apply_edits, replacing
from ..project import Note
from ..statements import rewrite, root_name
from ..steps import Leave
from ..wording import write_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..collecting import Program
    from ..own_modules import OwnModule
    from ..program import Piece
    from ..steps import Step

_OURS = "nbflask"


def without_tools(program: Program, steps: Iterable[Step]) -> tuple[Program, tuple[Note, ...]]:
    """Give a program that needs nothing of the notebook.

    :raises NotebookError: A function takes a value of nbflask; names the cell.
    """
    names = frozenset(_find_names(steps))
    notes: list[Note] = []
    pieces = []
    for piece in program.pieces:
        shown = _find_showing(ast.parse(piece.statement.text), names)
        notes += [
            Note(text=f"`{write_line(ast.unparse(each))}` is left out.", place=piece.place)
            for each in shown
        ]
        kept = _without(piece, shown)
        if used := _find_used(kept.statement.node, names):
            raise NotebookError(
                f"In {piece.place.cell.label}: A function takes a value of nbflask's {used!r}, "
                "which the project has not. Take it out of the function."
            )
        pieces.append(kept)
    modules = tuple(_without_in_module(each, names) for each in program.modules)
    return replace(program, pieces=tuple(pieces), modules=modules), tuple(notes)


def _find_names(steps: Iterable[Step]) -> Iterator[str]:
    """Give the names under which cells import what is ours."""
    yield _OURS
    for step in steps:
        if isinstance(step, Leave) and step.statement is not None:
            node = step.statement.node
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                yield from step.statement.binds


def _find_showing(tree: ast.Module, names: frozenset[str]) -> list[ast.stmt]:
    return [
        each
        for each in ast.walk(tree)
        if isinstance(each, ast.stmt) and each not in tree.body and _shows(each, names)
    ]


def _shows(node: ast.stmt, names: frozenset[str]) -> bool:
    match node:
        case ast.Expr(value=ast.Call(func=function)):
            return root_name(function) in names | {"display"}
        case ast.Import(names=imported):
            return all(each.name.partition(".")[0] == _OURS for each in imported)
        case ast.ImportFrom(module=str(module)):
            return module.partition(".")[0] == _OURS
    return False


def _find_used(node: ast.AST, names: frozenset[str]) -> str:
    """Give a name of ours that code reads and does not make; ``""`` for none."""
    nodes = list(ast.walk(node))
    made = {
        each.id for each in nodes if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }
    made |= {each.arg for each in nodes if isinstance(each, ast.arg)}
    read = {each.id for each in nodes if isinstance(each, ast.Name)}
    return next(iter(sorted((read & names) - made)), "")


def _without(piece: Piece, shown: Sequence[ast.stmt]) -> Piece:
    if not shown:
        return piece
    text = apply_edits(piece.statement.text, [replacing(each, "pass") for each in shown])
    return replace(piece, statement=rewrite(piece.statement, text))


def _without_in_module(module: OwnModule, names: frozenset[str]) -> OwnModule:
    if _OURS not in module.text and "display" not in module.text:
        return module
    tree = ast.parse(module.text)
    shown = [each for each in ast.walk(tree) if isinstance(each, ast.stmt) and _shows(each, names)]
    text = apply_edits(module.text, [replacing(each, "pass") for each in shown])
    if used := _find_used(ast.parse(text), frozenset({_OURS})):
        raise NotebookError(f"{module.path} takes a value of {used!r}, which the project has not.")
    return replace(module, text=text, nodes=tuple(ast.parse(text).body))
