"""Whether the export of each notebook does what the notebook's app does: ``make exports``.

::

    python -m tools.check_exports                                   all of notebooks/
    python -m tools.check_exports notebooks/apps/blog.ipynb ...     some

A notebook is run in a kernel, and what its test clients ask is noted; it is exported by
``nbflask export``, and installed into a fresh virtual environment. There its tests run, and
gunicorn, waitress and Werkzeug serve it. The notebook is run again, the app is asked all that was
noted, and a good deal more, and so is each server, over HTTP.

    check_exports_requests      what is asked
    check_exports_kernel        the comparison, in the notebook's kernel
    check_exports_servers, check_exports_websockets, check_exports_environments
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbflask.alike.page import render_text
from nbflask.alike.report import Parity
from nbflask.checking import count_workers, examine
from nbflask.export import read_notebook
from nbflask.export.collecting import build_program
from nbflask.export.interpreting import interpret
from nbflask.export.secrecy.withheld import find_secrets
from tools.check_exports_environments import Environments, InstallError, last_lines, run
from tools.check_exports_notebooks import (
    CONVERSATIONS,
    MASKS,
    KernelError,
    run_notebook,
)
from tools.check_exports_servers import SERVERS, WITHOUT_WEBSOCKETS

ROOT = Path(__file__).parents[1]
_COLUMNS = ("notebook", "ruff", "tests", "requests", "workers", *SERVERS, "seconds")


@dataclass(kw_only=True)
class Report:
    """What came of one notebook.

    :param cells: Of its row in the table, by the column.
    :param faults: In words; empty where all is well.
    """

    name: str
    cells: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def note(self, column: str, fault: str = "", *, text: str = "ok") -> None:
        """Fill a cell of the row."""
        self.cells[column] = "FAILS" if fault else text
        if fault:
            self.faults.append(f"{column}: {fault}")


def main() -> int:
    """Check notebooks, and give the exit status."""
    parser = argparse.ArgumentParser(description="Compare notebooks' apps with their exports.")
    parser.add_argument("notebooks", nargs="*", type=Path)
    parser.add_argument("--keep", type=Path, help="a folder for the projects, to look at them")
    options = parser.parse_args()
    paths = options.notebooks or sorted((ROOT / "notebooks").rglob("*.ipynb"))
    paths = [each.absolute() for each in paths if ".ipynb_checkpoints" not in each.parts]
    failed = False
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made:
        folder = (options.keep or Path(made)).absolute()
        environments = Environments(folder=Path(made, "environments"))
        _print_row(dict(zip(_COLUMNS, _COLUMNS, strict=True)))
        for path in paths:
            report = check(path, folder / path.stem, environments)
            failed = failed or bool(report.faults)
            _print_row(report.cells)
            for fault in report.faults:
                _print("    " + fault.replace("\n", "\n    "))
    _print(
        f"{len(paths)} notebooks, {len(environments.made)} environments: "
        "projects whose requirements are equal share one. `no socket`: all is answered alike, and "
        "websockets are refused, as the server hands no connection to an app."
    )
    return 1 if failed else 0


def check(path: Path, folder: Path, environments: Environments) -> Report:
    """Check one notebook.

    :param folder: For its project, and what else there is of it.
    """
    began = time.monotonic()
    report = Report(name=path.stem, cells={"notebook": path.stem})
    try:
        _check(path, folder, environments, report)
    except (InstallError, KernelError, subprocess.CalledProcessError) as fault:
        report.faults.append(getattr(fault, "stderr", "") or str(fault))
    report.cells["seconds"] = f"{time.monotonic() - began:.0f}"
    return report


def _check(path: Path, folder: Path, environments: Environments, report: Report) -> None:
    project = folder / path.stem
    folder.mkdir(parents=True, exist_ok=True)
    _nbflask("export", str(path), str(project))
    _check_ruff(project, report)
    python = environments.python_for(project)
    _check_tests(project, python, report)
    source = read_notebook(path)
    workers = count_workers(examine(source))
    report.cells["workers"] = str(workers)
    task = {
        "app": build_program(source, interpret(source)).app,
        "notes": str(folder / "notes.pickle"),
        "result": str(folder / "result.json"),
        "folder": str(project),
        "python": str(python),
        "workers": workers,
        "variables": find_secrets(source),
        "masks": [*MASKS.get(path.stem, {})],
        "conversations": CONVERSATIONS.get(path.stem, {}),
    }
    run_notebook(path, task, is_second=False)
    run_notebook(path, task, is_second=True)
    _read_result(json.loads((folder / "result.json").read_text()), report)


def _nbflask(*arguments: str) -> str:
    command = [sys.executable, "-m", "nbflask", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout


def _check_ruff(project: Path, report: Report) -> None:
    """Check style with ruff's defaults."""
    said = []
    for command in (["check"], ["format", "--check"]):
        ran = [sys.executable, "-m", "ruff", *command, "--isolated", "--no-cache", "-q", "."]
        done = subprocess.run(ran, cwd=project, capture_output=True, text=True, check=False)
        said += [last_lines(done)] if done.returncode else []
    report.note("ruff", "\n".join(said))


def _check_tests(project: Path, python: Path, report: Report) -> None:
    """Run the project's tests twice, as what the first run keeps must not fail the second."""
    if not (project / "tests").is_dir():
        report.note("tests", text="none")
        return
    for _ in range(2):
        done = run(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", folder=project)
        if done.returncode:
            report.note("tests", last_lines(done))
            return
    report.note("tests", text=done.stdout.strip().splitlines()[-1].split()[0])


def _read_result(result: dict[str, Any], report: Report) -> None:
    has_websockets = bool(CONVERSATIONS.get(report.name))
    for server, found in result.items():
        if failed := found.get("failed"):
            report.note(server, failed)
            continue
        parity = Parity.of_data(found["parity"])
        report.cells["requests"] = str(len(parity.outcomes))
        faults = [render_text(parity)] if parity.differs else []
        is_cut = has_websockets and server in WITHOUT_WEBSOCKETS
        text = "no socket" if is_cut else "ok"
        report.note(server, "\n".join([*faults, *found["conversations"]]), text=text)


def _print_row(cells: dict[str, str]) -> None:
    first, *rest = _COLUMNS
    _print(f"{cells.get(first, ''):28}" + "".join(f"{cells.get(each, ''):>10}" for each in rest))


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    sys.exit(main())
