"""All checks, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .declarations import look_at_declarations
from .files import look_at_files
from .magics import look_at_magics, look_at_running
from .names import look_at_names, look_at_names_of_module
from .packages import look_at_packages
from .references import look_at_references
from .runs import look_at_runs
from .settings import look_at_settings
from .starts import look_at_starts
from .state import look_at_state
from .statements import look_at_statements
from .subject import read_subject
from .workers import look_at_workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from nbflask.export import SourceNotebook

    from .finding import Finding
    from .subject import Subject

_CHECKS: tuple[Callable[[Subject], Iterable[Finding]], ...] = (
    look_at_names,
    look_at_magics,
    look_at_running,
    look_at_declarations,
    look_at_runs,
)
#: Those that look at one module's code by itself, be it the app's or one of the notebook's own.
_CHECKS_OF_CODE: tuple[Callable[[Subject], Iterable[Finding]], ...] = (
    look_at_packages,
    look_at_state,
    look_at_references,
    look_at_settings,
    look_at_workers,
    look_at_starts,
    look_at_files,
)


#: Kinds of findings that say: two processes would be two apps.
KEPT_IN_PROCESS = frozenset(
    {
        *("state-changed-by-requests", "connection-shared", "cache-of-one-worker"),
        *("temporary-folder", "database-in-memory", "thread-at-start", "chance-at-start"),
        "lock-of-one-worker",
    }
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
    found += look_at_statements(subject)
    found += (each for code in subject.modules for each in look_at_names_of_module(code))
    for code in (subject, *subject.modules):
        found += (each for check in _CHECKS_OF_CODE for each in check(code))
    once = {each.order: each for each in found}
    return tuple(once[order] for order in sorted(once))


def count_workers(findings: Iterable[Finding]) -> int:
    """Say how many processes serve an app: one where what a process keeps matters, else two."""
    shared = (each for each in findings if each.kind in KEPT_IN_PROCESS)
    return 1 if any(map(_counts, shared)) else 2


def _counts(finding: Finding) -> bool:
    """Say whether what is kept in a process matters: a folder that is only read does not."""
    return finding.kind != "temporary-folder" or finding.level == "warning"


def describe_errors(findings: Iterable[Finding], name: str) -> tuple[str, ...]:
    """Say in a line that a check finds errors, if it does.

    :param name: The notebook's file.
    """
    count = sum(each.is_error for each in findings)
    if not count:
        return ()
    errors = "an error" if count == 1 else f"{count} errors"
    return (f"`nbflask check {name}` finds {errors}: the project fails, or a part of it.",)
