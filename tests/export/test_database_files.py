"""The database files that an app opens where it is started."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nbflask.export import build_project
from tests.export.written import notebook

OPEN = "import sqlite3\napp.config['DATABASE'] = 'shop.db'"
VIEW = "%%route /\nstr(sqlite3.connect(app.config['DATABASE']))"


@pytest.mark.parametrize(
    ("name", "pattern"), [(".gitignore", "*.db"), (".dockerignore", "**/*.db")]
)
def test_a_database_is_neither_committed_nor_copied_into_an_image(name: str, pattern: str) -> None:
    source = notebook("%load_ext nbflask", OPEN, VIEW)
    lines = build_project(source).files[name].decode().splitlines()
    assert {pattern, f"{pattern[:-2]}sqlite", f"{pattern[:-2]}sqlite3"} <= set(lines)
    assert not [each for each in lines if each.startswith("!")]
    listed = replace(source, files={"data/teas.db": b"SQLite format 3", "a.txt": b""})
    lines = build_project(listed).files[name].decode().splitlines()
    assert [each for each in lines if each.startswith("!")] == ["!data/teas.db"]


def test_a_readme_says_where_the_database_is() -> None:
    readme = build_project(notebook("%load_ext nbflask", OPEN, VIEW)).files["README.md"].decode()
    assert "Its data are in `shop.db`, in the folder that the app is started from.\n" in readme
    assert 'A file that is there is mounted: `-v "$PWD/shop.db:/home/app/shop.db"`.\n' in readme
    assert "instance" not in readme
