"""Every notebook runs from top to bottom by nbconvert, as others run notebooks in their own CI."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.notebooks.files import NOTEBOOKS, find_notebooks

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "path", find_notebooks(), ids=lambda path: str(path.relative_to(NOTEBOOKS).with_suffix(""))
)
def test_a_notebook_runs_from_top_to_bottom(path: Path) -> None:
    before = sorted(path.parent.iterdir())
    command = [sys.executable, "-m", "nbconvert", "--execute", "--to", "notebook", "--stdout"]
    # The kernel of this environment, not one that is installed for the user.
    environment = {**os.environ, "JUPYTER_PREFER_ENV_PATH": "1"}
    done = subprocess.run(
        [*command, path], env=environment, capture_output=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    assert sorted(path.parent.iterdir()) == before, "The notebook left files beside itself"
