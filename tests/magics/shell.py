"""A shell of its own for a test, with the extension loaded, that says what each cell gave."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from nbflask.notebook import get_notebook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbflask.notebook import Notebook


class QuietHook(DisplayHook):
    """Displays nothing: a test looks at the result itself."""

    def __call__(self, result: Any = None) -> None:
        if result is not None and self.exec_result is not None:
            self.exec_result.result = result


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What a cell gave.

    :param error: ``"Kind: message"``, or ``""``.
    """

    result: Any
    stdout: str
    error: str

    @property
    def text(self) -> str:
        """The result as text."""
        return repr(self.result)


class Shell:
    """An IPython shell without history, whose cells have ids."""

    def __init__(self) -> None:
        config = Config()
        config.HistoryManager.enabled = False
        InteractiveShell.clear_instance()
        self.ip: InteractiveShell = InteractiveShell.instance(
            config=config,
            displayhook_class=QuietHook,
            display_pub_class=CapturingDisplayPublisher,
        )
        self.run("%load_ext nbflask", cell_id="load")

    @property
    def notebook(self) -> Notebook:
        """The shell's notebook."""
        return get_notebook()

    @property
    def names(self) -> dict[str, Any]:
        """The namespace."""
        namespace: dict[str, Any] = self.ip.user_ns
        return namespace

    @property
    def shown(self) -> list[str]:
        """The plain text of what was displayed so far, apart from results."""
        publisher: Any = self.ip.display_pub
        return [each["data"].get("text/plain", "") for each in publisher.outputs]

    def run(
        self, source: str, *, cell_id: str | None = None, deleted_cells: Sequence[str] = ()
    ) -> Ran:
        """Run a cell."""
        stdout, stderr = io.StringIO(), io.StringIO()
        if deleted_cells:
            # As in a kernel; IPython 8 hands no more than the id to the events.
            message = {"metadata": {"deletedCells": list(deleted_cells)}}
            self.ip.__dict__["get_parent"] = lambda: message
        with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
            result = self.ip.run_cell(source, cell_id=cell_id)
        self.ip.__dict__.pop("get_parent", None)
        fault = result.error_before_exec or result.error_in_exec
        error = f"{type(fault).__name__}: {fault}" if fault is not None else ""
        printed = "" if fault is not None else stdout.getvalue()
        return Ran(result=result.result, stdout=printed, error=error)

    def get(self, path: str, name: str = "app") -> tuple[int, str]:
        """Ask an app, and give the status code and the text."""
        response = self.names[name].test_client().get(path)
        return response.status_code, response.text

    def close(self) -> None:
        """Unload the extension; the shell is another test's no more."""
        self.run("%unload_ext nbflask")
        InteractiveShell.clear_instance()
