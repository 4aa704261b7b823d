"""What debugs and what shows stays in the notebook, however it is written."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from nbflask.errors import NotebookError
from nbflask.export import build_project
from tests.export.canaries_of_tools import DEBUG, INSPECTOR
from tests.export.written import notebook

if TYPE_CHECKING:
    from nbflask.export.project import Project

LOAD = "%load_ext nbflask"
_OWN = r"nbflask|flask_inspect|get_ipython|IPython|ipywidgets|\bdisplay\b|\blook\b"
#: No app needs them, so nobody is told.
SILENT = frozenset({"run", "run of a module"})


def code_of(project: Project) -> str:
    """Give all of Python but the tests, and what has to be installed."""
    names = [each for each in project.files if each.endswith((".py", ".txt"))]
    return "\n".join(project.files[each].decode() for each in names if "tests/" not in each)


@pytest.mark.parametrize("name", DEBUG)
def test_no_debug_flag_leaves_the_notebook(name: str) -> None:
    cells, pattern = DEBUG[name]
    project = build_project(notebook(LOAD, *cells, "%%route /d\n'd'"))
    assert re.findall(pattern, code_of(project)) == []
    said = [each for each in map(str, project.notes) if "is left out" in each]
    assert bool(said) is (name not in SILENT)
    assert all(re.match(r"cell \d+ \(", each) or "of shop.py" in each for each in said)


def test_what_stands_beside_a_flag_stays() -> None:
    cells, _ = DEBUG["module"]
    module = build_project(notebook(LOAD, *cells)).files["shop.py"].decode()
    assert "shop.config.update(A=1)" in module
    assert "    shop.run()" in module
    cells, _ = DEBUG["name"]
    text = code_of(build_project(notebook(LOAD, "DEBUG = True", "%%route /\nstr(DEBUG)")))
    assert "DEBUG = False" in text


def test_a_protection_that_is_off_is_told() -> None:
    cell = "app.config['WTF_CSRF_ENABLED'] = False"
    notes = [str(each) for each in build_project(notebook(LOAD, cell, "%%route /\n'x'")).notes]
    assert any(
        each.startswith("cell 2 (app.config['WTF_CSRF_ENABLED'] = False):") for each in notes
    )


@pytest.mark.parametrize("name", INSPECTOR)
def test_nothing_of_the_notebooks_own_tools_leaves_it(name: str) -> None:
    try:
        project = build_project(notebook(LOAD, *INSPECTOR[name], "%%route /d\n'd'"))
    except NotebookError as fault:
        assert re.match(r"In cell \d+ \(", str(fault))  # noqa: PT017
        return
    assert re.findall(_OWN, code_of(project)) == []
    ast.parse(project.files["app.py"])
