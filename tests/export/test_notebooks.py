"""A notebook's file becomes cells, or a sentence that says why not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from nbflask.errors import NotebookError
from nbflask.export.notebooks import parse_notebook, read_notebook
from tests.export.written import document_of, notebook

if TYPE_CHECKING:
    from pathlib import Path


def test_cells_are_counted_as_a_reader_counts_them() -> None:
    cells = notebook("# Title", "%load_ext nbflask", "1 + 1").cells
    assert [(each.number, each.kind, each.source) for each in cells] == [
        (1, "markdown", "# Title"),
        (2, "code", "%load_ext nbflask"),
        (3, "code", "1 + 1"),
    ]


def test_a_source_may_be_a_list_of_lines() -> None:
    document = document_of("a = 1")
    document["cells"][0]["source"] = ["a = 1\n", "b = 2"]
    assert parse_notebook(json.dumps(document)).cells[0].source == "a = 1\nb = 2"


def test_an_older_format_is_converted() -> None:
    cell = {
        "cell_type": "code",
        "input": "a = 1",
        "language": "python",
        "outputs": [],
        "collapsed": False,
        "metadata": {},
    }
    document = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": "old"},
        "worksheets": [{"cells": [cell], "metadata": {}}],
    }
    assert [each.source for each in parse_notebook(json.dumps(document)).cells] == ["a = 1"]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", r"'shop' is not a notebook: it is not JSON \(Expecting value"),
        ("[1]", "'shop' is not a notebook: it is JSON without 'nbformat'."),
        ('{"nbformat": 4}', "The notebook 'shop' has no list of cells."),
        (
            '{"nbformat": 2}',
            r"'shop' is of version 2 of the notebook format\. It cannot be converted to version 4: "
            "save it with a newer Jupyter",
        ),
        (
            '{"nbformat": 99, "cells": []}',
            r"'shop' is of version 99 of the notebook format\. nbflask reads none above 4: "
            "save it as version 4",
        ),
        ('{"nbformat": 4, "cells": [3]}', "Cell 1 is not a cell: its type or its source"),
        ("[" * 100_000, "'shop' is not a notebook: it is nested too deeply."),
        (
            '{"nbformat": 4, "cells": [], "metadata": {"kernelspec": {"language": "R"}}}',
            "The notebook 'shop' is written in 'R', not in Python.",
        ),
    ],
    ids=["empty", "list", "no cells", "broken version 2", "too new", "no cell", "deep", "R"],
)
def test_what_is_no_notebook_is_refused(text: str, error: str) -> None:
    with pytest.raises(NotebookError, match=error):
        parse_notebook(text, "shop")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotebookError, match=r"none\.ipynb' cannot be read: No such file"):
        read_notebook(tmp_path / "none.ipynb")


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_bytes(b"{\xff}")
    with pytest.raises(NotebookError, match=r"is not a notebook: byte 1 is not UTF-8\."):
        read_notebook(tmp_path / "a.ipynb")


def test_a_cell_is_called_by_its_number_and_first_line() -> None:
    (cell,) = notebook("\n\n  x = 1\ny = 2").cells
    assert cell.label == "cell 1 (x = 1)"


@pytest.mark.parametrize(
    ("source", "label"),
    [
        ("api_key = 'c4nary'", "cell 1 (api_key = 'REDACTED')"),
        ("%flask_config API_KEY=c4nary A=1", "cell 1 (%flask_config API_KEY=REDACTED A=1)"),
        ("%flask_post /login -F name=ada -F x=c4nary", "cell 1 (%flask_post /login …)"),
        (f"x = '{'a' * 30} ghp_{'a1B2' * 9}'", f"cell 1 (x = '{'a' * 30} REDACTED')"),
        ("x = 'a\x1b[2J\u202e'", "cell 1 (x = 'a\\x1b[2J\\u202e')"),
    ],
)
def test_a_label_holds_no_secret_and_nothing_for_terminals(source: str, label: str) -> None:
    (cell,) = notebook(source).cells
    assert cell.label == label
