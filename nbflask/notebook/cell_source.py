"""Where the text of a cell magic stands in its cell, so that tracebacks show the cell itself."""

from __future__ import annotations

import linecache
from dataclasses import dataclass
from typing import TYPE_CHECKING

from IPython.core.compilerop import code_name

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
    # IPython's transformation takes blank lines off the top.
    above = raw.rstrip()[: -len(text.strip()) or None].rstrip(" \t")
    return CellSource(
        text=shell.transform_cell(text),
        filename=_keep_lines(shell, raw),
        first_line=above.count("\n") + 1,
        flags=shell.compile.flags,
    )


def _keep_lines(shell: InteractiveShell, raw: str) -> str:
    """Let tracebacks find the cell's own lines, and give the name that they are kept under.

    IPython keeps those of the transformed cell, which is one call of the magic. And the name must
    not end in ".py" as ipykernel's do: for such a name without a file IPython 9.18 shows what
    ``inspect`` takes for the function, which without a ``def`` is its first line alone.
    """
    number = _execution_count(shell)
    name = code_name(raw, number)
    lines = [f"{line}\n" for line in raw.splitlines()]
    # No modification time: such an entry is never dropped by linecache.checkcache.
    linecache.cache[name] = (len(raw), None, lines, name)
    # Shows the name as "Cell In[n]"; the compiler has no other way to say so for a given name.
    shell.compile._filename_map[name] = number
    return name


def _execution_count(shell: InteractiveShell) -> int:
    """Give the running cell's number; the shell's own is the next cell's since IPython 9."""
    result = getattr(shell.displayhook, "exec_result", None)
    number = getattr(result, "execution_count", None)
    return shell.execution_count if number is None else int(number)


def _running_cell(shell: InteractiveShell) -> str:
    """Give the raw text of the cell that runs; empty where it is not known."""
    result = getattr(shell.displayhook, "exec_result", None)
    raw = getattr(getattr(result, "info", None), "raw_cell", None)
    return raw or ""
