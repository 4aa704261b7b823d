"""Outputs that are not of one run from top to bottom."""

from __future__ import annotations

import json

import pytest

from nbflask.checking import examine
from nbflask.export import parse_notebook
from tests.checking.checked import APP
from tests.export.written import document_of


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        (
            [1, 3, 2],
            "Between cell 1 (app = Flask(__name__)) and this one, 1 cell that was run is gone, or "
            "was run again elsewhere: what they left behind, the app does not begin with.",
        ),
        (
            [1, 2, 2],
            "The cell was run before cell 2 (%%route /): outputs may show what the app does not "
            "begin with.",
        ),
        ([1, 2, 3], ""),
        ([4, 5, 6], ""),
        ([None, None, None], ""),
        ([1, None, 2], ""),
    ],
)
def test_the_first_place_where_runs_do_not_go_on_is_told(
    counts: list[int | None], text: str
) -> None:
    document = document_of(APP, "%%route /\n'x'", "%flask_get /")
    for cell, count in zip(document["cells"], counts, strict=True):
        cell["execution_count"] = count
    findings = examine(parse_notebook(json.dumps(document)))
    assert [(each.kind, each.level, each.text) for each in findings] == (
        [("not-one-run", "info", text)] if text else []
    )
