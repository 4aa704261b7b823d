from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.command import run_command, write_notebook

if TYPE_CHECKING:
    from pathlib import Path


def test_a_notebook_is_run_and_what_its_export_answers_otherwise_is_told(tmp_path: Path) -> None:
    notebook = write_notebook(
        tmp_path / "shop.ipynb",
        "app.secret_key = 'drawn-once-4f6a9be2c1'  # pragma: allowlist secret",
        "from flask import session",
        "%%route /in/<name>\nsession['name'] = name\nreturn {'name': name}",
        "%%route /me\nreturn session['name']",
        # What a notebook's other cells do while it is run, no export can know.
        "def me():\n    session.accessed = True\n    return 'somebody'\n"
        "get_ipython().user_global_ns['app'].view_functions['me'] = me",
        "%flask_get /in/Ada",
        "%flask_get /me",
    )
    done = run_command("check", str(notebook), "--parity")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.endswith(
        "\nOf 2 requests, 1 is answered otherwise.\n\n2: GET /me\n  line 1: somebody -> Ada\n"
    )
    assert [each.name for each in tmp_path.iterdir()] == ["shop.ipynb"]


def test_a_cell_that_fails_when_it_is_run_is_named(tmp_path: Path) -> None:
    notebook = write_notebook(tmp_path / "shop.ipynb", "%flask_get /", "1 / 0")
    done = run_command("check", str(notebook), "--parity")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "nbflask: Cell 3 fails when the notebook is run: ZeroDivisionError: division by zero"
    )
