"""Runs commands on hostile files under an audit hook, in a process of its own.

::

    python -m tests.export.hostile.running FOLDER fixed [ONE OF SO MANY IS CHECKED]
    python -m tests.export.hostile.running FOLDER random SEED COUNT
    python -m tests.export.hostile.running FOLDER modules SEED COUNT [ONE OF SO MANY]
    python -m tests.export.hostile.running FOLDER files PATH ...

It writes a line of JSON: how often which command has ended how, and each fault.
"""

from __future__ import annotations

import io
import json
import shutil
import signal
import sys
import traceback
import warnings
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbflask.cli import main as run_command
from tests.export.hostile.documents import Case, example_document
from tests.export.hostile.guard import Guard
from tests.export.hostile.judging import judge_blame, judge_end, judge_folder, judge_notebook
from tests.export.hostile.modules import fixed_modules, random_modules
from tests.export.hostile.mutating import random_cases
from tests.export.hostile.spoiling import fixed_cases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

# Nothing takes a second; ten thousand cells take some.
_MAX_S = 60


@dataclass(frozen=True, kw_only=True)
class End:
    """How a command has ended."""

    status: int
    stderr: str
    faults: tuple[str, ...]


@dataclass
class Runner:
    """Runs commands in a folder.

    :param ends: How often which command ended with which status.
    """

    folder: Path
    guard: Guard = field(default_factory=Guard)
    ends: Counter[str] = field(default_factory=Counter)
    faults: list[dict[str, Any]] = field(default_factory=list)

    def run(self, *words: str) -> End:
        """Run a command, and say what it did that it may not do."""
        # As a terminal's: what UTF-8 cannot say, they do not take.
        out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace")
        status = 1
        raised: BaseException | None = None
        signal.alarm(_MAX_S)
        with self.guard.watch(self.folder) as found, redirect_stdout(out), redirect_stderr(err):
            try:
                status = run_command(words)
                out.flush()
            except BaseException as fault:  # noqa: BLE001 - each is one.
                raised = fault
        signal.alarm(0)
        err.flush()
        stderr = err.buffer.getvalue().decode()
        self.ends[f"{words[0]} {status}"] += 1
        shown = traceback.format_exception(raised)[-6:] if raised else []
        faults = ["".join(shown)[-1_500:]] if shown else list(judge_end(status, stderr))
        return End(status=status, stderr=stderr, faults=(*faults, *dict.fromkeys(found)))

    def take_notebook(self, case: Case, commands: Sequence[str] = ("export", "check")) -> None:
        """Export a notebook, and check it."""
        source, target = self._make_folders()
        notebook = source / "shop.ipynb"
        notebook.write_bytes(case.content)
        for command in commands:
            words = [str(notebook)] if command != "export" else [str(notebook), str(target / "out")]
            end = self.run(command, *words)
            faults = list(end.faults)
            if command == "export":
                faults += [*judge_blame(end.stderr), *judge_folder(end.status, target, "out")]
            elif command == "check":
                # What it finds is its output; it complains of nothing but what it cannot read.
                faults = [each for each in faults if each != "no single line: ''"]
            self._note(case, command, faults)
        self._note(case, "all", _judge_left(source, {"shop.ipynb"}))

    def take_module(self, case: Case) -> None:
        """Make a notebook of a module, and a project of that."""
        source, target = self._make_folders()
        module = source / "shop.py"
        module.write_bytes(case.content)
        notebook = target / "shop.ipynb"
        end = self.run("import", str(module), str(notebook))
        faults = list(end.faults)
        if end.status == 0:
            faults += judge_notebook(notebook)
            again = self.run("export", str(notebook), str(target / "out"))
            faults += again.faults
            faults += judge_blame(again.stderr)
            if again.status == 0:
                notebook.unlink()
                faults += judge_folder(0, target, "out")
        else:
            faults += judge_folder(1, target, "")
        self._note(case, "import", faults)
        self._note(case, "all", _judge_left(source, {"shop.py"}))

    def _make_folders(self) -> tuple[Path, Path]:
        shutil.rmtree(self.folder, ignore_errors=True)
        source, target = self.folder / "in", self.folder / "out"
        source.mkdir(parents=True)
        target.mkdir()
        return source, target

    def _note(self, case: Case, command: str, faults: Iterable[str]) -> None:
        self.faults += [{"case": case.name, "command": command, "fault": each} for each in faults]


def _judge_left(folder: Path, wanted: set[str]) -> Iterator[str]:
    left = {each.name for each in folder.iterdir()}
    if left != wanted:
        yield f"beside the notebook are {sorted(left)}"


def _warm_up(runner: Runner) -> None:
    """Have everything imported that a command imports, so that what runs later stands out."""
    for version in (4, 3):
        document = example_document() | {"nbformat": version}
        if version == 3:
            document["worksheets"] = [{"cells": []}]
        runner.take_notebook(Case(name="", content=json.dumps(document).encode()))
    runner.take_module(Case(name="", content=b"from flask import Flask\napp = Flask(__name__)\n"))
    runner.ends.clear()
    runner.faults.clear()


def _main(folder: str, kind: str, *rest: str) -> None:
    warnings.simplefilter("always")
    signal.signal(signal.SIGALRM, _give_up)
    runner = Runner(folder=Path(folder).resolve())
    _warm_up(runner)
    _KINDS[kind](runner, *rest)
    shutil.rmtree(runner.folder)
    sys.stdout.write(json.dumps({"ends": runner.ends, "faults": runner.faults}) + "\n")


def _run_fixed(runner: Runner, every: str = "1") -> None:
    """Export each, and check one of so many."""
    for number, case in enumerate(fixed_cases()):
        is_checked = number % int(every) == 0
        runner.take_notebook(case, ("export", "check") if is_checked else ("export",))


def _run_random(runner: Runner, seed: str, count: str) -> None:
    for case in random_cases(int(seed), int(count)):
        runner.take_notebook(case)


def _run_modules(runner: Runner, seed: str, count: str, every: str = "1") -> None:
    fixed = list(fixed_modules())[:: int(every)]
    for case in (*fixed, *random_modules(int(seed), int(count))):
        runner.take_module(case)


def _run_files(runner: Runner, *paths: str) -> None:
    for path in paths:
        runner.take_notebook(Case(name=path, content=Path(path).read_bytes()))


_KINDS: dict[str, Callable[..., None]] = {
    "fixed": _run_fixed,
    "random": _run_random,
    "modules": _run_modules,
    "files": _run_files,
}


def _give_up(*_: object) -> None:
    raise TimeoutError(f"It takes more than {_MAX_S} s.")


if __name__ == "__main__":
    _main(*sys.argv[1:])
