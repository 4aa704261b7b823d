"""All checks, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .magics import look_at_magics
from .names import look_at_names
from .packages import look_at_packages
from .state import look_at_state
from .subject import read_subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from nbflask.export import SourceNotebook

    from .finding import Finding
    from .subject import Subject

_CHECKS: tuple[Callable[[Subject], Iterable[Finding]], ...] = (
    look_at_names,
    look_at_magics,
    look_at_packages,
    look_at_state,
)


def examine(
    notebook: SourceNotebook, app: str | None = None, folder: Path | None = None
) -> tuple[Finding, ...]:
    """Find what will not survive leaving the kernel, the worst first.

    :param app: The app's variable; by default the one that would be exported.
    :param folder: Where the notebook lies, to see what files are beside it.
    :raises NotebookError: There is no app of that name.
    """
    subject = read_subject(notebook, app, folder)
    found = [*subject.faults, *(each for check in _CHECKS for each in check(subject))]
    once = {each.order: each for each in found}
    return tuple(once[order] for order in sorted(once))
