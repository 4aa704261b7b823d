"""The plain Flask code that the guide shows runs as an ordinary script, without nbflask."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.notebooks.files import Fragment, find_notebooks, read_fragments

if TYPE_CHECKING:
    from pathlib import Path

FRAGMENTS = [fragment for path in find_notebooks() for fragment in read_fragments(path)]

#: Runs a script where nbflask cannot be imported.
RUN = """\
import runpy, sys
sys.modules["nbflask"] = None
runpy.run_path(sys.argv[1], run_name="__main__")
"""


def name_of(fragment: Fragment) -> str:
    return f"{fragment.notebook}-{fragment.cell}-{fragment.number}"


def run_script(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run code as a file in a folder of its own."""
    script = folder / "script.py"
    script.write_text(code, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-X", "utf8", "-c", RUN, script],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("fragment", FRAGMENTS, ids=name_of)
def test_a_fragment_runs_as_a_script_and_prints_what_the_guide_says(
    fragment: Fragment, tmp_path: Path
) -> None:
    done = run_script(fragment.code, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    if fragment.output is not None:
        assert done.stdout == fragment.output


def test_a_script_that_needs_nbflask_or_fails_is_seen(tmp_path: Path) -> None:
    assert "nbflask" in run_script("import nbflask", tmp_path).stderr
    assert run_script("raise SystemExit(3)", tmp_path).returncode == 3


def test_the_guide_shows_plain_flask_code() -> None:
    assert len(FRAGMENTS) >= 20
