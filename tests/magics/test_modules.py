"""Cells of modules, each test in a shell of its own."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nbflask.notebook.modules import NotebookModule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.magics.shell import Shell


@pytest.fixture(autouse=True)
def modules() -> Iterator[None]:
    """Let no test see another's modules."""
    yield
    for name, module in list(sys.modules.items()):
        if isinstance(module, NotebookModule):
            del sys.modules[name]


def test_modules_of_cells_import_each_other_as_files_do(shell: Shell) -> None:
    ran = shell.run(
        '%%module nbshop/db.py\n"""Data."""\nITEMS = ["tea"]\ndef items(): return ITEMS'
    )
    assert ran.text == "nbshop/db.py is the module 'nbshop.db' of this notebook."
    shell.run(
        "%%module nbshop/__init__.py\nfrom flask import Flask\nfrom .db import items\n"
        "app = Flask(__name__)\n@app.get('/')\ndef index(): return items()"
    )
    shell.run("from nbshop import app, db")
    assert shell.get("/") == (200, '["tea"]\n')
    assert shell.names["app"].root_path == str(Path.cwd() / "nbshop")
    assert shell.names["app"].instance_path == str(Path.cwd() / "instance")
    assert shell.names["db"].__doc__ == "Data."


def test_a_cell_run_again_replaces_what_was_imported_elsewhere(shell: Shell) -> None:
    shell.run("%%module nbshop/db.py\ndef price(): return '1'", cell_id="db")
    shell.run("%%module nbshop/views.py\nfrom .db import price as cost")
    shell.run("from nbshop.db import price\nfrom nbshop import views")
    shell.run("@app.get('/')\ndef index(): return price() + views.cost()")
    assert shell.get("/") == (200, "11")
    shell.run("%%module nbshop/db.py\ndef price(): return '2'", cell_id="db")
    assert shell.get("/") == (200, "22")


def test_a_view_of_a_module_is_replaced_with_its_cell(shell: Shell) -> None:
    shell.run("%%module nbshop/__init__.py\nfrom flask import Flask\napp = Flask(__name__)")
    shell.run("from nbshop import app")
    view = "%%module nbshop/views.py\nfrom . import app\n@app.get('/')\ndef index(): return '{}'"
    assert shell.run(view.format(1), cell_id="view").error == ""
    assert shell.run(view.format(2), cell_id="view").error == ""
    assert shell.get("/") == (200, "2")


def test_a_module_keeps_its_future_and_its_docstring(shell: Shell) -> None:
    shell.run("%%module nbshop.py\n'''Mine.'''\nfrom __future__ import annotations")
    shell.run("%%module nbshop.py\n'''A note.'''\ndef f(x: Unknown): pass")
    shell.run("import nbshop")
    assert shell.names["nbshop"].__doc__ == "Mine."
    assert shell.names["nbshop"].f.__annotations__ == {"x": "Unknown"}
    assert "annotations" not in shell.names


@pytest.mark.parametrize(
    ("cell", "error"),
    [
        ("%%module shop\nx = 1", "OptionError: 'shop' is not the path of a module."),
        ("%%module ../shop.py\nx = 1", "OptionError: '../shop.py' is not the path of a module."),
        ("%%module flask/x.py\nx = 1", "CellError: The module 'flask' is another one"),
        ("%%module nbshop.py\nx = 1\ny = = 2", "CellError: Line 3 is not Python"),
    ],
)
def test_what_is_wrong_with_a_module_is_said(shell: Shell, cell: str, error: str) -> None:
    assert error in shell.run(cell).error
    assert "nbshop" not in sys.modules


def test_tracebacks_show_the_cell(shell: Shell) -> None:
    shell.run("%%module nbshop.py\n\ndef fail():\n    1 / 0  # here")
    shell.run("import nbshop")
    try:
        shell.names["nbshop"].fail()
    except ZeroDivisionError as fault:
        (_, frame) = traceback.extract_tb(fault.__traceback__)
        assert (frame.line, frame.lineno) == ("1 / 0  # here", 4)
