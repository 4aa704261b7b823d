"""Whether the app that a notebook leaves answers as the one that its cells make.

The notebook is run, all of it, in a kernel of its own and in its folder: with this alone something
of a notebook is executed by a command. If an answer differs, it is run once more without its
requests, and then asked what it was asked before: so what was only the app's history is told apart.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from nbflask.errors import NotebookError
from nbflask.export import read_notebook
from nbflask.export.collecting import build_program
from nbflask.export.interpreting import interpret

from .parity import ANSWERS_NOW
from .repeating import read_asked, settle
from .report import Parity
from .stripping import strip_requests

if TYPE_CHECKING:
    from nbflask.export import SourceNotebook

# What the kernel hands over.
_MEDIA_TYPE = "application/vnd.nbflask.parity+json"
_LOAD = "%load_ext nbflask"
# As long as a cell may take; one that trains a model takes its time.
_CELL_TIMEOUT_S = 600


def run_and_compare(path: Path, app: str | None = None) -> Parity:
    """Run a notebook, record what its app is asked, export it, and compare.

    :param app: The app's variable; by default ``app``, else the last one.
    :raises NotebookError: It cannot be read or exported, a cell fails, or nothing is asked.
    """
    source = read_notebook(path)
    name = build_program(source, interpret(source), app).app
    sources = [each.source for each in source.cells if each.kind == "code"]
    has_loaded = any("load_ext nbflask" in each for each in sources)
    with TemporaryDirectory(prefix="nbflask-parity-") as folder:
        asked = Path(folder) / "asked.json"
        running = _Running(path=path, app=name, asked=asked, has_loaded=has_loaded)
        first = running.compare(_read_document(path))
        if not first.differs:
            return first
        again = running.compare(_read_stripped(path, source))
        return settle(first, read_asked(asked), again, ANSWERS_NOW)


@dataclass(frozen=True, kw_only=True)
class _Running:
    """Runs a notebook's document, and compares.

    :param app: The app's variable.
    :param asked: The file of what the app was asked in the first run.
    """

    path: Path
    app: str
    asked: Path
    has_loaded: bool

    def compare(self, document: Any) -> Parity:
        if not self.has_loaded:
            document.cells.insert(0, _make_cell(_LOAD))
        document.cells.append(_make_cell(self._write_comparison()))
        _run(document, self.path, offset=0 if self.has_loaded else 1)
        for output in document.cells[-1].outputs:
            if data := output.get("data", {}).get(_MEDIA_TYPE):
                return Parity.of_data(data)
        raise NotebookError(
            f"The kernel of {str(self.path)!r} has said nothing of its app {self.app!r}."
        )

    def _write_comparison(self) -> str:
        """Write the cell that compares; it leaves no name behind."""
        files = [json.dumps(str(each)) for each in (self.path.absolute(), self.asked)]
        return _show(f"{self.app}, {files[0]}, {self.app!r}, {files[1]}")


def _read_stripped(path: Path, source: SourceNotebook) -> Any:
    """Read a notebook without the requests of its cells, which make the app alone."""
    document = _read_document(path)
    # Some cell may look at what only the others' requests have given.
    tags = ["raises-exception"]
    cells = [each for each in document.cells if each.cell_type == "code"]
    for cell, text in zip(cells, strip_requests(source), strict=True):
        cell.source = text
        cell.metadata["tags"] = tags
    return document


def _show(arguments: str) -> str:
    found = f"__import__('nbflask.alike.parity', fromlist=['']).parity_with_notebook({arguments})"
    display = "__import__('IPython').display.display"
    return f"{display}({{{_MEDIA_TYPE!r}: {found}.to_data()}}, raw=True)"


def _read_document(path: Path) -> Any:
    import nbformat

    try:
        return nbformat.read(path, as_version=4)
    except Exception as fault:
        # Its readers raise whatever they come upon.
        raise NotebookError(f"The notebook {str(path)!r} cannot be run: {fault}.") from fault


def _make_cell(source: str) -> Any:
    from nbformat.v4 import new_code_cell

    return new_code_cell(source)


def _run(document: Any, path: Path, offset: int) -> None:
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    reached = [0]

    def note(cell: Any, cell_index: int) -> None:  # noqa: ARG001  (nbclient names them)
        reached[0] = cell_index

    client = NotebookClient(
        document,
        # This Python's: what it has installed is what the export is run with.
        kernel_name="python3",
        timeout=_CELL_TIMEOUT_S,
        resources={"metadata": {"path": str(path.absolute().parent)}},
        on_cell_start=note,
        # It would warn of its own transport on the command's error output.
        extra_arguments=["--log-level=ERROR"],
    )
    try:
        client.execute()
    except CellExecutionError as fault:
        if reached[0] == len(document.cells) - 1:
            raise NotebookError(f"{fault.evalue}") from None
        raise NotebookError(
            f"Cell {reached[0] + 1 - offset} fails when the notebook is run: "
            f"{fault.ename}: {fault.evalue}"
        ) from None
    except (CellTimeoutError, DeadKernelError) as fault:
        reason = str(fault).partition("\n")[0]
        raise NotebookError(f"Cell {reached[0] + 1 - offset} does not end: {reason}") from None
