"""A notebook's cells without what only tries its app: run, they make the app that is exported."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from nbflask.export.interpreting import interpret_cell
from nbflask.export.python import SHELL, Reader
from nbflask.export.steps import Ask, Leave

if TYPE_CHECKING:
    from nbflask.export import SourceNotebook
    from nbflask.export.notebooks import SourceCell
    from nbflask.export.steps import Step


def strip_requests(notebook: SourceNotebook) -> list[str]:
    """Give the sources of all code cells, in order; requests and looks are empty lines.

    :raises NotebookError: A cell is not Python, or not what its magic takes.
    """
    reader = Reader()
    return [_strip(each, reader) for each in notebook.cells if each.kind == "code"]


def _strip(cell: SourceCell, reader: Reader) -> str:
    if cell.has_failed or not cell.source.strip():
        return ""
    steps = interpret_cell(cell, reader)
    dropped = [each for each in steps if _only_tries(each)]
    if dropped and len(dropped) == len(steps):
        return ""
    lines = cell.source.split("\n")
    for step in dropped:
        at, end = _lines_of(step)
        while at < end or (at <= len(lines) and lines[at - 1].endswith("\\")):
            lines[at - 1] = ""
            at += 1
        lines[at - 1] = ""
    return "\n".join(lines)


def _only_tries(step: Step) -> bool:
    if isinstance(step, Leave) and step.statement is not None:
        node = step.statement.node
        # What else a notebook does by IPython may change its app.
        is_other = SHELL in ast.unparse(node) and "'flask_" not in ast.unparse(node)
        return not (is_other or isinstance(node, (ast.Import, ast.ImportFrom)))
    return isinstance(step, (Ask, Leave))


def _lines_of(step: Step) -> tuple[int, int]:
    """Give the first and the last line of a step in its cell."""
    first = step.place.line
    node = step.statement.node if isinstance(step, Leave) and step.statement else None
    return first, (node.end_lineno if node else None) or first
