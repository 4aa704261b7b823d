"""A notebook's cells without a notebook: text that is run under a journal."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

import flask

from nbflask.app import Blueprint, Flask, Journal

if TYPE_CHECKING:
    from nbflask.app import Outcome


class Cells:
    """Runs the text of cells in one namespace, as a kernel does."""

    def __init__(self) -> None:
        self.journal = Journal()
        public = {name: getattr(flask, name) for name in ("request", "g", "url_for", "session")}
        self.names: dict[str, Any] = public | {
            "__name__": "__main__",
            "Flask": Flask,
            "Blueprint": Blueprint,
        }

    def run(self, cell_id: str | None, source: str) -> Outcome:
        """Run a cell that ends well."""
        outcome, error = self.attempt(cell_id, source)
        if error is not None:
            raise error
        return outcome

    def attempt(self, cell_id: str | None, source: str) -> tuple[Outcome, Exception | None]:
        """Run a cell, and give the exception that ended it if one did."""
        run = self.journal.begin(cell_id, source, label=cell_id or "")
        error = None
        try:
            exec(compile(source, f"<cell {cell_id}>", "exec"), self.names)  # noqa: S102
        except Exception as fault:  # noqa: BLE001
            error = fault
        return self.journal.finish(run, error is None), error

    def get(self, path: str, app: str = "app", **options: Any) -> str:
        """Give the text that an app answers with, or the status where it isn't 200."""
        with self.names[app].test_client().get(path, **options) as response:
            return response.text if response.status_code == 200 else str(response.status_code)

    def module(self, name: str, source: str) -> None:
        """Let cells import a module of some source."""
        module = ModuleType(name)
        exec(source, module.__dict__)  # noqa: S102
        sys.modules[name] = module
