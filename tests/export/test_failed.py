"""Views of cells that failed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from nbflask.checking import examine
from nbflask.export import build_project, parse_notebook
from tests.export.written import document_of

if TYPE_CHECKING:
    from nbflask.export import SourceNotebook

PAY = "@app.get('/pay')\n@app.post('/buy')\ndef pay():\n    return 'paid'\nprint(undefined)"


def failing(*sources: str, tags: tuple[str, ...] = ()) -> SourceNotebook:
    """Make a notebook whose second cell has failed."""
    document = document_of("app = Flask(__name__)", *sources)
    error = {"output_type": "error", "ename": "NameError", "evalue": "x", "traceback": []}
    document["cells"][1] |= {"outputs": [error], "metadata": {"tags": list(tags)}}
    return parse_notebook(json.dumps(document))


@pytest.mark.parametrize(
    ("source", "rules"), [(PAY, "`/buy`, `/pay` are"), ("%%route /a/<n>\nn", "`/a/<n>` is")]
)
def test_the_rules_of_a_cell_that_failed_are_named(source: str, rules: str) -> None:
    source_notebook = failing(source, "%%route /\n'x'")
    (note,) = build_project(source_notebook).notes
    assert str(note).partition("): ")[2] == (
        f"{rules} left out: the cell failed, and declares nothing. Mend it, and run it."
    )
    (finding,) = examine(source_notebook)
    assert (finding.kind, finding.cell and finding.cell.number) == ("cell-failed", 2)
    assert note.text == f"{finding.text} {finding.remedy}"


def test_a_cell_that_is_there_to_fail_or_that_another_makes_up_for_is_not_told() -> None:
    assert build_project(failing(PAY, tags=("raises-exception",))).notes == ()
    again = PAY.replace("print(undefined)", "")
    assert build_project(failing(PAY, again)).notes == ()
    assert build_project(failing("@app.get('/x'", "%%route /\n'x'")).notes == ()
