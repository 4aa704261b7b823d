"""``%flask_export`` writes the notebook that is running as a project."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.export.written import document_of

if TYPE_CHECKING:
    from tests.magics.shell import Shell

LINE = "%flask_export out/hello"
VIEW = "%%route /\nsession['n'] = 1\n'x'"
COUNTING = "hits = []\n@app.get('/hits')\ndef count():\n    hits.append(1)\n    return str(hits)"


@pytest.fixture
def saved(shell: Shell) -> Path:
    """Give the notebook's file, which the shell knows of."""
    path = Path("hello.ipynb").absolute()
    path.write_text(json.dumps(document_of("%load_ext nbflask", VIEW, LINE)), encoding="utf-8")
    notebook = shell.notebook
    notebook.surroundings = replace(notebook.surroundings, notebook=str(path))
    return path


@pytest.mark.usefixtures("saved")
def test_the_notebooks_file_becomes_a_project(shell: Shell) -> None:
    ran = shell.run(LINE)
    assert ran.error == ""
    assert Path("out/hello/app.py").is_file()
    lines = ran.text.splitlines()
    assert lines[:2] == ["hello: a Flask project", "file              size"]
    assert "wsgi.py           5 lines" in lines
    assert lines[-2:] == [
        "to know",
        "The project reads SECRET_KEY from the environment. Set it before the start.",
    ]
    assert "<td>requirements.txt</td>" in ran.result._repr_html_()
    assert str(Path.cwd()) not in ran.text


def test_one_worker_serves_what_requests_change_in_the_process(shell: Shell, saved: Path) -> None:
    document = document_of("%load_ext nbflask", COUNTING, LINE)
    saved.write_text(json.dumps(document), encoding="utf-8")
    assert shell.run(LINE).error == ""
    assert " --workers 1 " in Path("out/hello/README.md").read_text(encoding="utf-8")


@pytest.mark.usefixtures("saved")
def test_a_file_that_is_older_than_the_notebook_is_told(shell: Shell) -> None:
    result = shell.ip.run_cell("%flask_export elsewhere", store_history=True).result
    assert "This cell is not in the notebook's file" in repr(result)
    result = shell.ip.run_cell(LINE, store_history=True).result
    assert "This cell is not" not in repr(result)


@pytest.mark.usefixtures("saved")
def test_a_folder_of_other_things_is_not_touched(shell: Shell) -> None:
    Path("mine").mkdir()
    Path("mine/letter.txt").write_text("Dear", encoding="utf-8")
    assert (
        "holds 'letter.txt', which no export has written" in shell.run("%flask_export mine").error
    )
    assert [each.name for each in Path("mine").iterdir()] == ["letter.txt"]


def test_a_notebook_of_unknown_place_is_to_be_named(shell: Shell, saved: Path) -> None:
    notebook = shell.notebook
    notebook.surroundings = replace(notebook.surroundings, notebook="")
    assert shell.run(LINE).error == (
        "NotebookError: Which file this notebook is saved in is not known here. Name it: "
        "`%flask_export DIR --notebook FILE.ipynb`."
    )
    assert shell.run(f"{LINE} --notebook {saved.name}").error == ""
    assert "no app 'shop'" in shell.run(f"{LINE} --notebook {saved.name} --app shop").error
