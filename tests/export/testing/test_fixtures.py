"""The fixtures that exported tests ask for."""

from __future__ import annotations

import pytest

from tests.export.testing.stored import LOAD, build, page

SIGNED = "%%route /\nsession['seen'] = True\n'seen'"
ASKED = ("%flask_get /", page("seen"))
SET = 'monkeypatch.setenv("SECRET_KEY", "test")'
EARLY = "# The app reads these while it is imported."


def write_conftest(*cells: str | tuple[str, ...]) -> str:
    return build(*cells).files["tests/conftest.py"].decode()


def test_a_factory_is_imported_first_and_given_its_variables_by_the_fixture() -> None:
    text = write_conftest(LOAD, SIGNED, ASKED)
    assert "import pytest\n\nfrom app import create_app\n" in text
    assert f'def app(monkeypatch):\n    """Build an app for one test."""\n    {SET}\n' in text
    assert EARLY not in text


@pytest.mark.parametrize(
    ("cell", "view"),
    [
        ("import os\nkey = os.environ['SECRET_KEY']", "%%route /key\nkey"),
        ("import os\ndef key():\n    return os.environ['SECRET_KEY']", "%%route /key\nkey()"),
    ],
)
def test_what_the_module_may_read_is_set_before_it_is_imported(cell: str, view: str) -> None:
    text = write_conftest(LOAD, cell, view, SIGNED, ASKED)
    assert EARLY in text
    assert SET not in text


def test_a_test_that_reads_the_environment_itself_finds_it_set() -> None:
    asks = "import os\nfrom flask import Flask\nclient = app.test_client()\n"
    asks += "assert os.environ['SECRET_KEY']\nassert client.get('/').text == 'seen'"
    assert SET in write_conftest(LOAD, SIGNED, asks)
    alone = "def test_key():\n    import os\n    assert os.environ['SECRET_KEY']"
    text = write_conftest(LOAD, SIGNED, ASKED, alone)
    assert EARLY in text
    assert SET not in text


def test_only_what_the_module_reads_is_set_before_it_is_imported() -> None:
    cell = "users = {'ada': {'password': 'r8-Tq2zLw0x'}}"
    text = write_conftest(LOAD, cell, "%%route /u\nstr(users)", SIGNED, ASKED)
    early = f'{EARLY}\nos.environ.setdefault("ADA_PASSWORD", "test")\n\n\n'
    assert f"import os\n\nimport pytest\n\n{early}" in text
    assert f'def app(monkeypatch):\n    """Build an app for one test."""\n    {SET}\n' in text
