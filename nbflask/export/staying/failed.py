"""Cells that failed: their views are in no notebook's app, and so in no export.

Those that are there to fail, by the tag ``raises-exception``, are meant so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflask.errors import NotebookError

from ..declared import keys_of
from ..interpreting import interpret_cell
from ..project import Note
from ..python import Reader
from ..steps import Code, Declare, Place
from ..wording import write_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..notebooks import SourceCell
    from ..steps import Step


def note_failed(steps: Iterable[Step]) -> Iterator[Note]:
    """Say which rules an export has not, since their cells failed."""
    for cell, rules in find_failed(steps):
        yield Note(text=describe_failed(rules), place=Place(cell=cell))


def describe_failed(rules: Sequence[str]) -> str:
    """Say why rules are nowhere."""
    named = ", ".join(f"`{write_line(each)}`" for each in rules)
    verb = "is" if len(rules) == 1 else "are"
    return f"{named} {verb} left out: the cell failed, and declares nothing. Mend it, and run it."


def find_failed(steps: Iterable[Step]) -> Iterator[tuple[SourceCell, tuple[str, ...]]]:
    """Give cells that failed, with the rules that they and no other cell would declare."""
    known = tuple(steps)
    declared = {rule for step in known for rule in _rules_of(step)}
    cells = {step.place.cell.number: step.place.cell for step in known}
    for cell in filter(lambda each: each.has_failed, cells.values()):
        rules = tuple(dict.fromkeys(each for each in _read_rules(cell) if each not in declared))
        if rules and "raises-exception" not in cell.tags:
            yield cell, rules


def _read_rules(cell: SourceCell) -> Iterator[str]:
    try:
        steps = interpret_cell(cell, Reader())
    except NotebookError:
        return  # It failed since it cannot be read.
    yield from (rule for step in steps for rule in _rules_of(step))


def _rules_of(step: Step) -> Iterator[str]:
    match step:
        case Declare(kind="route", arguments=arguments):
            yield str(arguments["rule"])
        case Code(statement=statement):
            yield from (key[2] for key in sorted(keys_of(statement.node)) if key[0] == "rule")
