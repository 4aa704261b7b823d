"""Bad notebooks and modules end in a whole project or in one line, and in nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

from tests.export.hostile.guard import ROOT
from tests.export.written import document_of
from tests.flask_suite.source import unpack_source

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

# Those that were tried while this was written.
_SOURCES = {"nbformat": "5.10.4", "nbconvert": "7.16.6"}
SEED = "2026"
_MIN_NOTEBOOKS = 40


def run(folder: Path, *words: str) -> Counter[str]:
    """Run commands on hostile files in a process of their own.

    :returns: How often which command ended with which status.
    """
    command = [sys.executable, "-m", "tests.export.hostile.running", str(folder / "case"), *words]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr[-3_000:]
    found = json.loads(done.stdout.splitlines()[-1])
    shown = "\n".join(
        f"{each['case']}: {each['command']} {each['fault']}" for each in found["faults"]
    )
    assert not shown, shown[:8_000]
    return Counter(found["ends"])


def test_each_wrong_cell_and_file_ends_well(tmp_path: Path) -> None:
    ends = run(tmp_path, "fixed", "12")
    assert ends["export 0"] + ends["export 1"] > 400
    assert min(ends["export 0"], ends["export 1"]) > 100


def test_notebooks_spoilt_at_random_end_well(tmp_path: Path) -> None:
    ends = run(tmp_path, "random", SEED, "100")
    assert min(ends["export 0"], ends["export 1"]) > 20


def test_spoilt_modules_end_well(tmp_path: Path) -> None:
    ends = run(tmp_path, "modules", SEED, "20", "9")
    assert min(ends["import 0"], ends["import 1"]) > 10


def test_notebooks_of_others_tests_end_well(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    cache = request.config.cache
    assert cache is not None
    found: list[Path] = []
    for project, version in _SOURCES.items():
        top = unpack_source(project, version, cache.mkdir(f"{project}-source"), tmp_path)
        found += sorted(top.rglob("*.ipynb"))
    assert len(found) >= _MIN_NOTEBOOKS
    # None of them makes an app: as they are, few cells are looked at closely.
    made = []
    for number, path in enumerate(found):
        if (text := _with_app(path)) is not None:
            made.append(tmp_path / f"{number}-{path.name}")
            made[-1].write_text(text)
    ends = run(tmp_path, "files", *map(str, (*found, *made)))
    assert min(ends["export 0"], ends["export 1"]) > 10


def _with_app(path: Path) -> str | None:
    """Give a notebook with an app in its first cells, unless it is no notebook of version 4."""
    try:
        document = json.loads(path.read_text())
        document["cells"] = (
            document_of("%load_ext nbflask", "%%route /\n'x'")["cells"] + document["cells"]
        )
    except (ValueError, KeyError, TypeError):
        return None
    return json.dumps(document)
