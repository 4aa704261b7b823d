"""What IPython says of cells becomes runs in the journal.

Rule 1: a blank cell ends without having begun, so it is passed over.

Rule 2: cells nest (``%run``, ``%%capture``): the last that began is the first that ends.

Rule 3: ``%load_ext`` runs in a cell that began before we listened; that cell is entered
when the extension loads, and what it declares from there on is its own.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from nbflask.values.code_names import cover_secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from nbflask.notebook.owner import Notebook

# Long enough to tell cells apart, short enough for one column of a table.
MAX_LABEL_CHARS = 40


class CellEvents:
    """Listens to the shell, and keeps the journal and the previews up to date.

    :param write: Takes each line for the user, without its line end.
    """

    def __init__(self, notebook: Notebook, write: Callable[[str], None]) -> None:
        """Prepare to listen."""
        self._notebook, self._write = notebook, write
        self._runs: list[Any] = []
        self._is_entered_late = False

    def start(self) -> None:
        """Listen from now on; the cell that runs is entered as if it had just begun."""
        events = self._notebook.shell.events
        events.register("pre_run_cell", self.before_cell)
        events.register("post_run_cell", self.after_cell)
        self._is_entered_late = True
        message = self._message()
        source = message.get("content", {}).get("code", "%load_ext nbflask")
        self._begin(message.get("metadata", {}).get("cellId"), source)

    def stop(self) -> None:
        """Listen no more. The cell that runs has ended well."""
        events = self._notebook.shell.events
        # Another listener's fault may have left us out already.
        with contextlib.suppress(ValueError):
            events.unregister("pre_run_cell", self.before_cell)
        with contextlib.suppress(ValueError):
            events.unregister("post_run_cell", self.after_cell)
        while self._runs:
            self._finish(succeeded=True)

    def before_cell(self, info: Any) -> None:
        """Begin the run of a cell, when the cells that the user deleted are forgotten."""
        if self._is_entered_late and self._runs:
            # Extensions named in a configuration load outside any cell: nothing ends that run.
            self._finish(succeeded=True)
        self._is_entered_late = False
        metadata = self._message().get("metadata", {})
        metadata = {**metadata, **(getattr(info, "cell_meta", None) or {})}
        self._forget(metadata.get("deletedCells") or ())
        cell_id = getattr(info, "cell_id", None) or metadata.get("cellId")
        if not self._runs:
            self._notebook.shown.forget([cell_id])
        self._begin(cell_id, info.raw_cell)
        self._notebook.record()

    def after_cell(self, result: Any) -> None:
        """End the run of a cell, and let servers and previews follow it."""
        info = getattr(result, "info", None)
        if info is not None and not (info.raw_cell or "").strip():
            return
        self._is_entered_late = False
        if self._runs:
            # A cell whose task was cancelled gives no result.
            self._finish(succeeded=result is not None and result.success)

    def _begin(self, cell_id: str | None, source: str) -> None:
        if not self._runs:
            self._notebook.cell_id = cell_id
            self._notebook.idle.begin_cell()
        self._runs.append(self._notebook.journal.begin(cell_id, source, label_of(source)))

    def _finish(self, *, succeeded: bool) -> None:
        outcome = self._notebook.journal.finish(self._runs.pop(), succeeded)
        self._report(outcome)
        if not self._runs:
            self._notebook.cell_id = None
            self._notebook.idle.end_cell()

    def _forget(self, deleted: Iterable[str]) -> None:
        cell_ids = list(deleted)
        if cell_ids:
            self._notebook.shown.forget(cell_ids)
            self._report(self._notebook.journal.forget(cell_ids))

    def _report(self, outcome: Any) -> None:
        for notice in outcome.notices:
            self._write(notice)
        self._notebook.follow(outcome.changed)

    def _message(self) -> dict[str, Any]:
        """Give the request that the kernel answers; empty outside a kernel."""
        get_parent = getattr(self._notebook.shell, "get_parent", None)
        if get_parent is None:
            return {}
        # ipykernel 6 keeps the message in a context variable that may not be set yet.
        with contextlib.suppress(LookupError, AttributeError):
            message = get_parent()
            return message if isinstance(message, dict) else {}
        return {}


def label_of(source: str) -> str:
    """Name a cell for people: by its first line that says something."""
    lines = (line.strip() for line in source.splitlines())
    first = cover_secret(next((line for line in lines if line), ""))
    if len(first) <= MAX_LABEL_CHARS:
        return first
    return f"{first[: MAX_LABEL_CHARS - 1]}…"
