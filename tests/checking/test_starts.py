"""What loading the app does to its data."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nbflask.checking import examine
from nbflask.export import build_project
from tests.checking.checked import found
from tests.export.written import notebook

GET_DB = "import sqlite3\ndef get_db():\n    return sqlite3.connect('/srv/shop.db')"
VIEW = "%%route /\nstr(get_db().execute('SELECT 1').fetchall())"
SCHEMA = "SCHEMA = 'CREATE TABLE IF NOT EXISTS task (id)'"
IN_CONTEXT = "with app.app_context():\n    "
ORM = "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy(app)"


def lost(*cells: str) -> list[str]:
    return [each for each in found(*cells) if "data-lost-at-start" in each]


@pytest.mark.parametrize(
    ("cells", "where"),
    [
        ([f"{IN_CONTEXT}get_db().executescript('DROP TABLE IF EXISTS task;' + SCHEMA)"], "4:2"),
        (["with app.app_context():\n    get_db().execute('delete from task')"], "4:2"),
        (["def fill():\n    get_db().execute('DELETE FROM task;')", "fill()"], "4:2"),
        (["OLD = 'drop table task'", "get_db().execute(OLD)"], "5:1"),
    ],
)
def test_tables_that_each_start_empties_are_told(cells: list[str], where: str) -> None:
    assert lost(SCHEMA, GET_DB, *cells, VIEW) == [f"warning data-lost-at-start {where}"]


def test_tables_of_an_extension_are_told() -> None:
    start = f"{IN_CONTEXT}db.drop_all()\n    db.create_all()"
    assert lost(ORM, start) == ["warning data-lost-at-start 3:2"]


@pytest.mark.parametrize(
    "cells",
    [
        ["def fill():\n    get_db().execute('DROP TABLE task')"],
        ["@app.cli.command('init-db')\ndef fill():\n    get_db().execute('DROP TABLE task')"],
        ["if get_db().execute('SELECT 1'):\n    get_db().execute('DROP TABLE task')"],
        ["with app.app_context():\n    get_db().execute('DELETE FROM task WHERE id = 1')"],
        [f"{IN_CONTEXT}get_db().executescript(SCHEMA)"],
        ["%%route /empty POST\nstr(get_db().execute('DELETE FROM task'))"],
    ],
)
def test_what_keeps_rows_or_is_asked_for_is_no_finding(cells: list[str]) -> None:
    assert lost(SCHEMA, GET_DB, *cells, VIEW) == []


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["name = input('name? ')"], ["error asks-at-start 2:1"]),
        (
            ["from getpass import getpass\ndef ask():\n    return getpass()", "name = ask()"],
            ["error asks-at-start 2:3"],
        ),
        (["import os", "name = os.environ.get('NAME') or input()"], []),
        (["def input():\n    return 1", "name = input()"], []),
        (["def name():\n    return input()"], []),
    ],
)
def test_what_waits_for_somebody_to_type_is_told(cells: list[str], expected: list[str]) -> None:
    told = found(*cells, "%%route /\nstr(name)")
    assert [each for each in told if "asks-at-start" in each] == expected


def test_a_script_beside_the_notebook_is_read() -> None:
    start = "with app.open_resource('schema.sql') as file:\n    app.extensions['s'] = file.read()"
    source = notebook("app = Flask(__name__)", start)
    source = replace(source, files={"schema.sql": b"DROP TABLE IF EXISTS task;"})
    assert "data-lost-at-start" in {each.kind for each in examine(source)}


@pytest.mark.parametrize(("file", "is_written"), [("'shop.db'", True), ("':memory:'", False)])
def test_tables_of_a_database_file_are_made_before_there_are_workers(
    file: str, is_written: bool
) -> None:
    start = f"import sqlite3\nDB = sqlite3.connect({file})\nDB.execute('CREATE TABLE t (a)')"
    project = build_project(notebook("app = Flask(__name__)", start, "%%route /\nstr(DB)"))
    assert ("gunicorn.conf.py" in project.files) == is_written
