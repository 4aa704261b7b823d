from __future__ import annotations

from typing import TYPE_CHECKING

from nbflask.alike.stripping import strip_requests
from nbflask.cli import main
from tests.cli.command import run_command, write_notebook
from tests.export.written import notebook

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_notebook_is_run_and_what_its_export_answers_otherwise_is_told(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = write_notebook(
        tmp_path / "shop.ipynb",
        "app.secret_key = 'drawn-once-4f6a9be2c1'  # pragma: allowlist secret",
        "from flask import session",
        "%%route /in/<name>\nsession['name'] = name\nreturn {'name': name}",
        "%%route /me\nreturn session['name']",
        # What a notebook's other cells do while it is run, no export can know.
        "def me():\n    session.accessed = True\n    return 'somebody'\n"
        "get_ipython().user_global_ns['app'].view_functions['me'] = me",
        "hits = 0",
        "%%route /hits\nhits += 1\nreturn str(hits)",
        "for _ in range(2):\n    app.test_client().get('/hits')",
        # What the app has counted is its history, and no difference.
        "hits = 10",
        "%flask_get /in/Ada",
        "%flask_get /me",
    )
    assert main(["check", str(path), "--parity"]) == 1
    said = capfd.readouterr()
    assert said.err == ""
    assert said.out.endswith(
        "\nOf 4 requests, 1 is answered otherwise.\n\n4: GET /me\n  line 1: somebody -> Ada\n"
    )
    assert [each.name for each in tmp_path.iterdir()] == ["shop.ipynb"]


def test_a_cell_that_fails_when_it_is_run_is_named(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "shop.ipynb", "%flask_get /", "1 / 0")
    done = run_command("check", str(path), "--parity")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "nbflask: Cell 3 fails when the notebook is run: ZeroDivisionError: division by zero"
    )


def test_cells_without_what_only_tries_the_app_keep_the_rest() -> None:
    source = notebook(
        "%load_ext nbflask",
        "stock = {'tea': 1}\nanswer = %flask_get /\nprint(stock)",
        "%%route /\nstock",
        "%%flask_post /\nx",
        "client = app.test_client()\nlimit = 3\nclient.get('/').text",
        "import nbflask\n%flask_config A=1",
        "for path in 'ab':\n    %flask_get /\nlimit += 1",
    )
    assert strip_requests(source) == [
        "%load_ext nbflask",
        "stock = {'tea': 1}\n\n",
        "%%route /\nstock",
        "",
        "\nlimit = 3\n",
        "import nbflask\n%flask_config A=1",
        "\n\nlimit += 1",
    ]
