from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from nbflask.alike.stripping import strip_requests
from nbflask.cli import main
from tests.cli.command import write_notebook
from tests.export.written import notebook

if TYPE_CHECKING:
    from pathlib import Path


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


def test_a_cell_that_fails_when_it_is_run_is_named_below_the_findings(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = write_notebook(
        tmp_path / "shop.ipynb", "%flask_get /", "1 / 0", "app.config['DEBUG'] = True"
    )
    fault = "Cell 3 fails when the notebook is run: ZeroDivisionError: division by zero"
    assert main(["check", str(path), "--parity", "--json"]) == 1
    said = capfd.readouterr()
    found = json.loads(said.out)
    assert [(each["kind"], each["level"]) for each in found] == [
        ("debug-left-on", "warning"),
        ("not-compared", "error"),
    ]
    assert found[1]["text"] == fault
    assert set(found[0]) == set(found[1])
    assert said.err.splitlines()[-1] == f"nbflask: {fault}"


@pytest.mark.parametrize("options", [[], ["--parity"]])
def test_what_cannot_be_checked_is_an_object_too(
    tmp_path: Path, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_notebook(tmp_path / "shop.ipynb", "1")
    for words in ([str(path), "--app", "other"], [str(tmp_path / "none.ipynb")]):
        assert main(["check", *words, "--json", *options]) == 1
        said = capsys.readouterr()
        (found,) = json.loads(said.out)
        assert (found["kind"], found["level"]) == ("not-checked", "error")
        assert said.err == f"nbflask: {found['text']}\n"


def test_findings_stand_above_why_there_was_no_comparison(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = write_notebook(tmp_path / "shop.ipynb", "app.config['DEBUG'] = True")
    assert main(["check", str(path), "--parity"]) == 1
    said = capfd.readouterr()
    assert said.out.endswith("shop.ipynb: 1 warning; it can be shipped.\n")
    assert said.err.startswith("nbflask: No cell asks the app 'app' anything")


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
