"""Where the text of a cell magic stands in its cell, so that tracebacks show the cell itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


@dataclass(frozen=True, kw_only=True)
class CellSource:
    """The text below a magic, ready to be compiled.

    :param text: Python, after IPython's transformation of magics and ``!`` lines.
    :param filename: Where tracebacks and debuggers look the cell's lines up.
    :param first_line: The number, in the cell, of the text's first line.
    :param flags: The notebook's ``from __future__`` flags.
    """

    text: str
    filename: str
    first_line: int
    flags: int


def find_cell_source(shell: InteractiveShell, magic_line: str, text: str) -> CellSource:
    """Find the text of a magic in the cell that runs.

    :param magic_line: The magic with its line, as ``%%route /hello``.
    """
    raw = _running_cell(shell)
    if not raw.rstrip().endswith(text.rstrip()) or not text.strip():
        raw = f"{magic_line}\n{text}"
    above = raw.rstrip()[: -len(text.rstrip()) or None]
    # IPython names a cell's code by a digest of the raw text, and shows that name as "Cell In[n]".
    # The lines that it keeps under the name are those of the transformed cell, which is one call
    # of the magic; kept anew they are the cell's own.
    filename = shell.compile.cache(raw, shell.execution_count, raw_code=raw)
    return CellSource(
        text=shell.transform_cell(text),
        filename=filename,
        first_line=above.count("\n") + 1,
        flags=shell.compile.flags,
    )


def _running_cell(shell: InteractiveShell) -> str:
    """Give the raw text of the cell that runs; empty where it is not known."""
    result = getattr(shell.displayhook, "exec_result", None)
    raw = getattr(getattr(result, "info", None), "raw_cell", None)
    return raw or ""
