"""Every notebook runs from top to bottom by nbconvert, as others run notebooks in their own CI."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.notebooks.files import find_notebooks

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "folder", sorted({path.parent for path in find_notebooks()}), ids=lambda path: path.name
)
def test_the_notebooks_of_a_folder_run_from_top_to_bottom(folder: Path, tmp_path: Path) -> None:
    before = sorted(folder.iterdir())
    notebooks = [path for path in find_notebooks() if path.parent == folder]
    # One command for all, which takes half as long; what fails is named in what it prints.
    command = [sys.executable, "-m", "nbconvert", "--execute", "--to", "notebook", "--output-dir"]
    # The kernel of this environment, not one that is installed for the user.
    environment = {**os.environ, "JUPYTER_PREFER_ENV_PATH": "1"}
    done = subprocess.run(
        [*command, tmp_path, *notebooks], env=environment, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in notebooks}
    assert sorted(folder.iterdir()) == before, "A notebook left files beside itself"
