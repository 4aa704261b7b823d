"""What an export keeps to itself, for whoever runs it on the machine where the notebook is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..collecting import build_program
from ..environment import read_from_environment
from ..interpreting import interpret

if TYPE_CHECKING:
    from ..notebooks import SourceNotebook


def find_secrets(notebook: SourceNotebook, app: str | None = None) -> dict[str, str]:
    """Give the values that the notebook's cells hold, by the variables that stand for them.

    :raises NotebookError: A cell is not Python or not what its magic takes, or no app is there.
    """
    steps = interpret(notebook)
    _, vault = read_from_environment(build_program(notebook, steps, app), steps)
    return {name: literal for literal, name in vault.names.items()}
