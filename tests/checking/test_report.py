"""Findings as text, as data, and as an exit status."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from nbflask.cli import main
from tests.checking.checked import APP
from tests.export.written import document_of

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, *sources: str) -> str:
    path = folder / "shop.ipynb"
    path.write_text(json.dumps(document_of(APP, *sources)))
    return str(path)


def test_findings_are_paragraphs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, "%cd /tmp", "API_KEY = 'abc123'; x = (", "%%route /\nstr(ITEMS)")
    assert main(["check", path]) == 1
    assert (
        capsys.readouterr().out
        == """\
error: cell 3 (API_KEY = …), line 1 [cell-not-readable]
    Line 1 is not Python, '(' was never closed: "API_KEY = …
    Mend the cell, or make it a text cell.

error: cell 4 (%%route /), line 2 [name-not-defined]
    The name 'ITEMS' is given a value in no cell: one that did was deleted or changed.
    Define it in a cell above.

warning: cell 2 (%cd /tmp), line 1 [magic-not-exported]
    `%cd /tmp` works in a notebook only, and is left out.
    A module has no folder of its own: write paths from the module's, `Path(__file__)`.

shop.ipynb: 2 errors, 1 warning; it cannot be shipped as it is.
"""
    )


def test_findings_are_objects(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", write(tmp_path, "%%route /\nstr(ITEMS)"), "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == [
        {
            "kind": "name-not-defined",
            "level": "error",
            "cell": 2,
            "cell_id": "c1",
            "line": 2,
            "text": "The name 'ITEMS' is given a value in no cell: one that did was deleted or "
            "changed.",
            "remedy": "Define it in a cell above.",
        }
    ]


@pytest.mark.parametrize(
    ("source", "status", "last"),
    [
        ("%%route /\n'x'", 0, "shop.ipynb: nothing found; it can be shipped."),
        ("%cd /tmp", 0, "shop.ipynb: 1 warning; it can be shipped."),
        ("x = (", 1, "shop.ipynb: 1 error; it cannot be shipped as it is."),
    ],
)
def test_only_an_error_keeps_an_app_from_being_shipped(
    source: str, status: int, last: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", write(tmp_path, source)]) == status
    assert capsys.readouterr().out.splitlines()[-1] == last


def test_nothing_found_is_an_empty_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", write(tmp_path, "%%route /\n'x'"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_a_line_that_cannot_be_read_has_a_status_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as fault:
        main(["check", write(tmp_path), "--jsn"])
    assert fault.value.code == 2


def test_a_notebook_that_is_not_there_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "nowhere.ipynb"]) == 1
    assert capsys.readouterr().err.startswith(
        "nbflask: The notebook 'nowhere.ipynb' cannot be read"
    )
