"""Flask's own command finds the app of a notebook.

It is run as ``python -m flask``, which is what the script ``flask`` runs.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from .command import PATIENCE_S, Command, get, write_notebook

if TYPE_CHECKING:
    from pathlib import Path


def run_flask(cwd: Path, *words: str, text: str = "", **environment: str) -> tuple[int, str, str]:
    """Run ``flask`` to its end; give its status and what it wrote."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", *words],
        cwd=cwd,
        env={**os.environ, **environment},
        input=text,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with a notebook, and an empty one for temporary files."""
    (tmp_path / "temporary").mkdir()
    (tmp_path / "names.py").write_text("shop = 'Corner'")
    write_notebook(
        tmp_path / "shop.ipynb",
        "from names import shop\nfrom flask import Flask\nadmin = Flask('admin')",
        "%%route / --app app\nreturn shop",
        "%%route /admin --app admin\nreturn ''",
        "ran = open('ran', 'w')",
    )
    return tmp_path


def test_it_is_run_and_reloaded_when_it_is_saved(folder: Path) -> None:
    temporary = folder / "temporary"
    options = ["run", "--debug", "--port", "0"]
    environment = {"FLASK_APP": "shop.ipynb", "TMPDIR": str(temporary), "PYTHONPATH": ""}
    with Command(*options, module="flask", cwd=folder, **environment) as command:
        url = command.wait_for("Running on").rpartition(" ")[2]
        assert get(url)[1] == "Corner"
        write_notebook(folder / "shop.ipynb", "%%route /\nreturn 'saved'")
        command.wait_for("shop.ipynb', reloading")
        url = command.wait_for("Debugger PIN") and url
        assert get(url)[1] == "saved"
        command.end(signal.SIGINT)
    assert list(temporary.iterdir()) == []


def test_its_routes_and_a_shell_are_there_and_nothing_else_is_run(folder: Path) -> None:
    status, text, _ = run_flask(folder, "routes", FLASK_APP="shop.ipynb")
    assert status == 0
    assert [line.split() for line in text.splitlines()[2:]] == [
        ["index", "GET", "/"],
        ["static", "GET", "/static/<path:filename>"],
    ]
    code = "print('views:', *app.view_functions)"
    status, text, _ = run_flask(folder, "--app", "shop.ipynb:admin", "shell", text=code)
    assert status == 0
    assert "views: static get_admin" in text
    assert not (folder / "ran").exists()


def test_a_notebook_that_is_not_there_is_an_error_of_the_commands_own(folder: Path) -> None:
    status, _, text = run_flask(folder, "--app", "gone.ipynb", "routes")
    assert status == 2
    assert text.splitlines()[-1] == (
        f"Error: The notebook '{folder}/gone.ipynb' cannot be read: No such file or directory."
    )


def test_modules_are_flasks_own_business(folder: Path) -> None:
    # The notebook of the same name is not meant.
    (folder / "shop.py").write_text("from flask import Flask\napp = Flask(__name__)\n")
    status, text, _ = run_flask(folder, "--app", "shop", "routes")
    assert status == 0
    assert [line.split() for line in text.splitlines()[2:]] == [
        ["static", "GET", "/static/<path:filename>"]
    ]
