"""What of a project does not come into its notebook, and has to be there for it to run."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from nbflask.values.variables import find_required

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


def describe_left(root: Path, nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Say which variables the app reads from the environment, and that tests stay.

    :param root: The project's folder.
    :param nodes: The app's statements.
    """
    module = ast.Module(body=list(nodes), type_ignores=[])  # type: ignore[arg-type]
    names = dict.fromkeys(find_required(module, is_bare=False))
    if names:
        they = "them" if len(names) > 1 else "it"
        yield (
            f"The app reads {', '.join(names)} from the environment. Set {they} before Jupyter "
            "starts, or a cell fails."
        )
    for folder in (root / "tests", root):
        if folder.is_dir() and next(folder.glob("test_*.py"), None):
            yield (
                f"The tests in {folder} stay there. An export of the notebook has tests of the "
                "requests in its cells."
            )
            return
