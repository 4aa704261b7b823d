"""Imports of what is not there."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tests.checking.checked import findings_of, found

if TYPE_CHECKING:
    from pathlib import Path


def test_a_package_that_is_not_installed_is_an_error() -> None:
    cells = ("x = 1\nimport no_such_package.part as part", "%%route /\npart.x")
    assert found(*cells) == ["error package-not-installed 2:2"]


def test_a_package_that_the_app_does_not_use_is_no_finding() -> None:
    assert found("import no_such_package", "%%route /\n'x'") == []


def test_packages_are_looked_for_and_not_imported() -> None:
    assert found("import antigravity, nbclient", "%%route /\nstr(antigravity, nbclient)") == []
    assert "antigravity" not in sys.modules


def test_a_module_beside_the_notebook_stays_there(tmp_path: Path) -> None:
    (tmp_path / "prices.py").touch()
    cells = ("from prices import price", "%%route /\nstr(price)")
    assert found(*cells, folder=tmp_path) == ["error module-beside-notebook 2:1"]


def test_a_module_that_a_cell_writes_is_no_package_to_install() -> None:
    written = "%%writefile prices.py\nprice = 2"
    told = findings_of(written, "from prices import price", "%%route /\nstr(price)")
    assert [each.kind for each in told] == ["module-beside-notebook", "magic-not-exported"]
    assert "`%%module prices.py`" in told[0].remedy
    assert "`%%module`" in told[1].remedy


def test_a_folder_beside_the_notebook_without_python_is_no_module(tmp_path: Path) -> None:
    (tmp_path / "flask").mkdir()
    assert found("%%route /\njsonify(1)", folder=tmp_path) == []
