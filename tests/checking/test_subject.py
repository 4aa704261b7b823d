"""What is looked at, and cells that cannot be read."""

from __future__ import annotations

import pytest

from nbflask.checking import examine
from nbflask.errors import NotebookError
from tests.checking.checked import APP, findings_of, found
from tests.export.written import notebook


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("x = 1\ny = (", 2),
        ("%%route items\n1", 1),
        ("%%route /\nx = 1\ny = )", 3),
        ("Once upon a time", 1),
        ("%%route /", 1),
    ],
)
def test_a_cell_that_cannot_be_read_is_named_with_its_line(source: str, line: int) -> None:
    assert found(source, "%%route /a\n'a'") == [f"error cell-not-readable 2:{line}"]


def test_each_cell_that_cannot_be_read_is_named() -> None:
    kinds = [each.cell.number for each in findings_of("x = (", "y = 1", "z = )") if each.cell]
    assert kinds == [2, 4]


def test_a_notebook_without_an_app_says_how_to_make_one() -> None:
    (finding,) = examine(notebook("x = 1"))
    assert (finding.kind, finding.level, finding.cell) == ("no-app", "error", None)


def test_a_name_that_is_no_app_is_refused() -> None:
    with pytest.raises(NotebookError, match="has no app 'shop'"):
        examine(notebook(APP), "shop")


def test_a_good_notebook_has_no_finding() -> None:
    assert found("%%route /\n'x'", "%flask_get /", "%%template a.html\n<p>", "!ls") == []


MODULE = """\
%%module pages/cart.py
import sqlite3

from flask import Blueprint

bp = Blueprint("cart", __name__)
items = []


@bp.post("/cart")
def add():
    items.append(sqlite3.connect(":memory:"))
    return open("a.csv").read()
"""


def test_a_module_of_the_notebooks_own_is_looked_at() -> None:
    cells = (MODULE, "from pages.cart import bp\napp.register_blueprint(bp)")
    assert found(*cells) == [
        "error file-beside-notebook 2:13",
        "warning database-in-memory 2:12",
        "warning state-changed-by-requests 2:12",
    ]


def test_what_a_module_imports_has_to_be_there() -> None:
    cell = "%%module pages/cart.py\nimport pages.other, no_such_package"
    assert found(cell) == ["error package-not-installed 2:2"]
