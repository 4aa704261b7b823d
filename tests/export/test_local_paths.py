"""A path of the machine that a notebook was written on is in no project."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from nbflask.export import build_project, parse_notebook
from nbflask.export.secrecy.withheld import find_secrets
from tests.export.canaries import PATH
from tests.export.canaries_of_paths import PATHS
from tests.export.written import document_of, notebook

if TYPE_CHECKING:
    from pathlib import Path

LOAD = "%load_ext nbflask"
CANARY = b"canary-ada"


@pytest.mark.parametrize("name", PATHS)
def test_no_path_of_this_machine_leaves_the_notebook(name: str) -> None:
    project = build_project(notebook(LOAD, *PATHS[name], "%%route /d\n'd'"))
    assert [each for each, data in project.files.items() if CANARY in data] == []
    for each in project.files:
        if each.endswith(".py"):
            ast.parse(project.files[each])


def test_no_path_of_prose_leaves_the_notebook() -> None:
    text = f"# Teas\n\nThe data are in {PATH}/a.csv."
    cells = [{"cell_type": "markdown", "metadata": {}, "source": text}]
    document = document_of(LOAD, "%%route /\n'x'")
    document["cells"][:0] = cells
    project = build_project(parse_notebook(json.dumps(document), "shop"))
    assert CANARY not in b"".join(project.files.values())
    assert b"The data are in ~/teas/a.csv." in project.files["README.md"]


def test_an_app_reads_the_path_that_its_environment_names(tmp_path: Path) -> None:
    cells = (f"DATA_DIR = '{PATH}'", f"NAMES = open('{PATH}/a.csv').read()")
    made = notebook(LOAD, *cells, "%%route /\nNAMES + DATA_DIR")
    project = build_project(made)
    for name, data in project.files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    (tmp_path / "teas.csv").write_text("oolong in ")
    code = "import wsgi; print(wsgi.app.test_client().get('/').text)"
    given = {"A_CSV": str(tmp_path / "teas.csv"), "DATA_DIR": "Taipei"}
    environment = {**os.environ, **given}
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert (ran.stdout, ran.stderr) == ("oolong in Taipei\n", "")
    # Whoever runs it where the notebook is has what the notebook says.
    assert find_secrets(made) == {"DATA_DIR": PATH, "A_CSV": f"{PATH}/a.csv"}
    said = "\n".join(map(str, project.notes))
    assert "A_CSV stands for a path of this machine" in said
    assert "canary" not in said


@pytest.mark.parametrize(
    "cell",
    [
        "%%route /home/<name>\nredirect('/home/ada/new')",
        "%%route /\nredirect('/home/ada')",
        "%%route /x\n'<a href=\"https://example.org/home/ada/tea\">'",
        "%%route /x\nstr(request.path == '/home/ada/tea')",
        "%%route /x\n'at 12:30, a:b, C: x, /homely/tea, and/home/or'",
    ],
    ids=["rule", "redirect", "page", "comparison", "prose"],
)
def test_a_url_is_no_path(cell: str) -> None:
    project = build_project(notebook(LOAD, cell))
    assert b"environ" not in project.files["app.py"]
    assert list(map(str, project.notes)) == []


@pytest.mark.parametrize("path", ["/srv/teas/a.csv", "~/teas.csv", "/tmp/t.db"])  # noqa: S108
def test_a_path_that_may_be_there_in_production_is_told(path: str) -> None:
    project = build_project(notebook(LOAD, f"TEAS = {path!r}", "%%route /\nTEAS"))
    assert path.encode() in project.files["app.py"]
    (note,) = (each.text for each in project.notes)
    assert note.startswith(f"{path!r} is a path of this machine. Write it from the module's")


@pytest.mark.parametrize("text", ["/home", "teas.csv", "/teas/1", "https://a.b/home/x"])
def test_other_texts_are_none(text: str) -> None:
    cells = (f"TEAS = {text!r}", "%%route /\nTEAS", "%%route /home/<name>\nname")
    project = build_project(notebook(LOAD, *cells))
    assert text.encode() in project.files["app.py"]
    assert project.notes == ()
