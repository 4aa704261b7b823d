"""What a cell gives a variable once more, by the text of a cell above: no answer is older for it.

In between the object may have been changed, as by ``sensor.stop()``: from there on nobody knows
what it was. Where the app is tried below too, the later statement stays the one that counts.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from ..reaching import Reach
from ..steps import Ask, Code, Leave
from .effects import find_writes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..notebooks import SourceCell
    from ..program import Piece
    from ..statements import Statement
    from ..steps import Step

    Gap = tuple[SourceCell, frozenset[str]]

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


def with_first_places(
    pieces: Sequence[Piece], steps: Sequence[Step]
) -> tuple[tuple[Piece, ...], tuple[Gap, ...]]:
    """Give the pieces, those that only say again what was said at the place where it was first.

    And the cells from which on nobody knows what the variables are.
    """
    said = [(each, one) for each in steps if (one := _statement_of(each)) is not None]
    reach = Reach.of(one.node for _, one in said)
    moved: list[Piece] = []
    gaps: list[Gap] = []
    for piece in pieces:
        above = _find_above(piece, said)
        if above is None or _is_tried_below(piece, steps):
            moved.append(piece)
            continue
        first, between = above
        moved.append(replace(piece, place=first.place))
        names = piece.statement.binds
        changing = (each for each, one in between if names & _changed_by(one, reach))
        gaps += [(each.place.cell, names) for each in changing][:1]
    return tuple(moved), tuple(gaps)


def _find_above(
    piece: Piece, said: Sequence[tuple[Step, Statement]]
) -> tuple[Step, list[tuple[Step, Statement]]] | None:
    """Give where the variables of a piece were given the same before, and what stands between."""
    statement, number = piece.statement, piece.place.cell.number
    if piece.is_declared or not isinstance(statement.node, ast.Assign):
        return None
    between: list[tuple[Step, Statement]] = []
    for step, other in reversed(said):
        if (step.place.cell.number, other.line) >= (number, statement.line):
            continue
        if other.binds & statement.binds:
            is_same = ast.dump(other.node) == ast.dump(statement.node)
            return (step, between) if is_same else None
        if step.place.cell.number != number:
            between.insert(0, (step, other))
    return None


def _is_tried_below(piece: Piece, steps: Sequence[Step]) -> bool:
    """Say whether cells below a piece ask the app, or run anything that may do so."""
    number = piece.place.cell.number
    return any(
        isinstance(each, Ask) or _acts(each) for each in steps if each.place.cell.number > number
    )


def _acts(step: Step) -> bool:
    statement = _statement_of(step)
    return statement is not None and not isinstance(statement.node, _DEFINITIONS)


def _changed_by(statement: Statement, reach: Reach) -> frozenset[str]:
    """Give the names whose objects a statement may change while it runs."""
    if isinstance(statement.node, _DEFINITIONS):
        return statement.changes
    found = find_writes(statement.node, is_suspicious=True)
    return statement.changes | found | reach.changed_by(statement.uses_at_once)


def _statement_of(step: Step) -> Statement | None:
    return step.statement if isinstance(step, (Code, Leave)) else None
