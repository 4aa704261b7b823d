"""A notebook's cells become steps: what each says of the app, in the order of the notebook."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from IPython.core.inputtransformer2 import TransformerManager

from nbflask.errors import CellError, NotebookError
from nbflask.values.syntax import describe_syntax

from .magics import PYTHON_CELLS, TRANSPARENT_CELLS, Written, interpret_magic
from .python import SHELL, Reader
from .soundness import refuse_broken_names, refuse_deep, refuse_secret_names, refuse_unwritable
from .statements import parse_statements
from .steps import Code, Declare, Leave, Place
from .wording import write_line

if TYPE_CHECKING:
    from .notebooks import SourceCell, SourceNotebook
    from .steps import Step

_CELL_MAGIC = re.compile(r"%%(!|[\w.]+)[ \t]*(.*)")


def interpret(notebook: SourceNotebook) -> tuple[Step, ...]:
    """Say what each cell means to the app.

    :raises NotebookError: A cell is not Python, or not what its magic takes; names the cell.
    """
    reader = Reader()
    steps: list[Step] = []
    for cell in notebook.cells:
        if cell.kind != "code" or not cell.source.strip():
            continue
        if cell.has_failed:
            steps.append(
                Leave(place=Place(cell=cell), what="a cell that fails, and so declares nothing")
            )
        else:
            steps += interpret_cell(cell, reader)
    return tuple(steps)


def interpret_cell(cell: SourceCell, reader: Reader) -> list[Step]:
    """Say what one cell means.

    :raises NotebookError: It is not Python, or not what its magic takes.
    """
    try:
        refuse_unwritable(cell.source)
        steps = _interpret(cell, reader)
        refuse_deep(steps)
        refuse_broken_names(steps)
        refuse_secret_names(steps)
    except CellError as fault:
        raise NotebookError(f"In {cell.label}: {write_line(str(fault))}") from None
    except (RecursionError, MemoryError):
        raise NotebookError(f"In {cell.label}: It is nested too deeply. Divide it.") from None
    except (SyntaxError, ValueError) as fault:
        raise NotebookError(f"In {cell.label}: {write_line(describe_syntax(fault))}") from None
    return steps


def _interpret(cell: SourceCell, reader: Reader) -> list[Step]:
    above, written = split_cell_magic(cell)
    if written is None:
        return reader.read(cell, transform(cell.source))
    if written.magic in TRANSPARENT_CELLS:
        inner = replace(cell, source="\n" * (above + 1) + (written.text or ""))
        if inner.source.lstrip("\n").startswith("%%"):
            return _interpret(inner, reader)
        return reader.read(cell, transform(written.text or ""), above + 2)
    if written.magic in PYTHON_CELLS:
        written = replace(written, text=transform(written.text or ""))
        return _divide(cell, interpret_magic(written))
    return [interpret_magic(written)]


def _divide(cell: SourceCell, step: Step) -> list[Step]:
    """Give what stands above a function as statements of their own, as they run with the cell."""
    if not isinstance(step, Declare):
        return [step]
    if any(isinstance(each, ast.Name) and each.id == SHELL for each in ast.walk(step.body.tree)):
        raise CellError(
            "A view or a hook without IPython cannot call a magic or the shell. Write what it does "
            "in Python."
        )
    if step.body.is_body:
        return [step]
    *above, function = parse_statements(step.text, step.place.line)
    steps: list[Step] = [
        Code(place=Place(cell=cell, line=each.line), statement=each) for each in above
    ]
    place = Place(cell=cell, line=function.line)
    return [*steps, replace(step, text=function.text, place=place)]


def split_cell_magic(cell: SourceCell) -> tuple[int, Written | None]:
    """Divide a cell magic's cell into its line and what stands below.

    :returns: The number of empty lines above it, and the magic; ``None`` for a plain cell.
    """
    text = cell.source.lstrip("\n")
    above = len(cell.source) - len(text)
    line, _, below = text.partition("\n")
    found = _CELL_MAGIC.fullmatch(line.rstrip())
    if found is None:
        return 0, None
    place = Place(cell=cell, line=above + 1)
    return above, Written(place=place, magic=found[1], line=found[2].strip(), text=below)


def transform(source: str) -> str:
    """Give Python for what IPython reads: magics, shell lines and questions become calls."""
    return TransformerManager().transform_cell(source)
