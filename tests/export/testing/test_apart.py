"""Tests of a project leave the data of its app alone, and pass as often as they are run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from nbflask.export import place
from tests.export.testing.stored import LOAD, as_json, build, page

if TYPE_CHECKING:
    from pathlib import Path

    from pytest import TempPathFactory  # noqa: PT013

    from nbflask.export import Project

SETUP = """\
with app.app_context():
    get_db().execute("CREATE TABLE IF NOT EXISTS task (title TEXT)")
"""
OPEN = """\
def get_db():
    if "db" not in g:
        g.db = sqlite3.connect({})
    return g.db

"""
LIST = "%%route /tasks\nreturn [row[0] for row in get_db().execute('SELECT title FROM task')]"
ADD = """\
%%route /tasks POST
get_db().execute("INSERT INTO task VALUES (?)", (request.json["title"],))
get_db().commit()
return "", 201
"""
ASKS = (
    ('%flask_post /tasks --json \'{"title": "Milk"}\'', page("", "201 CREATED")),
    ("%flask_get /tasks", as_json(["Milk"])),
)
BELOW_INSTANCE = """\
import os, sqlite3
app.config["DATABASE"] = os.path.join(app.instance_path, "todo.db")
os.makedirs(app.instance_path, exist_ok=True)
"""
MODELS = """\
from flask_sqlalchemy import SQLAlchemy
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///todo.db"
db = SQLAlchemy(app)
class Task(db.Model):
    title = db.Column(db.String(80), primary_key=True)
with app.app_context():
    db.create_all()
"""
OF_MODELS = (
    "%%route /tasks\nreturn [each.title for each in Task.query.all()]",
    "%%route /tasks POST\ndb.session.add(Task(title=request.json['title']))\n"
    "db.session.commit()\nreturn '', 201",
)
UPLOADS = """\
import os
app.config["UPLOADS"] = "uploads"
os.makedirs(app.config["UPLOADS"], exist_ok=True)
"""


def sqlite(head: str, path: str) -> tuple[str | tuple[str, ...], ...]:
    return (LOAD, head, OPEN.format(path) + SETUP, LIST, ADD, *ASKS)


# Apps in notebooks, and what their tests' app is made with.
APPS = {
    "a name": (sqlite("import sqlite3", '"todo.db"'), "monkeypatch.chdir(tmp_path)"),
    "a constant": (
        sqlite("import sqlite3\nDATABASE = 'todo.db'", "DATABASE"),
        "monkeypatch.chdir(tmp_path)",
    ),
    "a setting of a module's app": (
        sqlite("import sqlite3\napp.config['DATABASE'] = 'todo.db'", 'app.config["DATABASE"]'),
        "patch.chdir(folder)",
    ),
    "a setting": (
        sqlite(
            "import sqlite3\napp.config['DATABASE'] = 'todo.db'", 'current_app.config["DATABASE"]'
        ),
        '"DATABASE": str(tmp_path / "todo.db")',
    ),
    "a mapping": (
        sqlite(
            "import sqlite3\napp.config.from_mapping(DATABASE='todo.db')",
            'current_app.config["DATABASE"]',
        ),
        '"DATABASE": str(tmp_path / "todo.db")',
    ),
    "the instance folder": (
        sqlite(BELOW_INSTANCE, 'current_app.config["DATABASE"]'),
        '"flask.Flask.auto_find_instance_path"',
    ),
    "Flask-SQLAlchemy": (
        (LOAD, MODELS, *OF_MODELS, *ASKS),
        '"SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path / \'todo.db\'}"',
    ),
    "a connection of the module's": (
        (
            LOAD,
            "import sqlite3\ndb = sqlite3.connect('todo.db', check_same_thread=False)\n"
            "db.execute('CREATE TABLE IF NOT EXISTS task (title TEXT)')\n"
            "def get_db():\n    return db",
            LIST,
            ADD,
            *ASKS,
        ),
        "patch.chdir(folder)",
    ),
    "a variable of the environment": (
        sqlite("import os, sqlite3", 'os.environ.get("TODO_DB", "todo.db")'),
        'monkeypatch.setenv("TODO_DB", str(tmp_path / "test.db"))',
    ),
    "a file": (
        (
            LOAD,
            "import json\nfrom pathlib import Path\nSTORE = Path('todo.json')\n"
            "def read():\n    return json.loads(STORE.read_text()) if STORE.exists() else []",
            "%%route /tasks\nreturn read()",
            "%%route /tasks POST\n"
            "STORE.write_text(json.dumps([*read(), request.json['title']]))\nreturn '', 201",
            *ASKS,
        ),
        "monkeypatch.chdir(tmp_path)",
    ),
    "a folder": (
        (
            LOAD,
            UPLOADS,
            "%%route /tasks\nreturn sorted(os.listdir(current_app.config['UPLOADS']))",
            "%%route /tasks POST\n"
            "with open(os.path.join(current_app.config['UPLOADS'], request.json['title']), 'x'):\n"
            "    return '', 201",
            "client = app.test_client()\n"
            "client.post('/tasks', json={'title': 'Milk'})\n"
            "assert client.get('/tasks').json == ['Milk']",
        ),
        '"UPLOADS": str(tmp_path / "uploads")',
    ),
}
SHARED = "TODO = 'todo.txt'\napp.config['TODO'] = TODO"


def test_a_setting_is_not_changed_where_code_has_its_value_by_another_name() -> None:
    view = "with open({}, 'a') as file:\n    file.write('x')\nreturn ''"
    reading = "%%route /size\nimport os\nreturn str(os.path.getsize({}))"
    ask = ("%flask_post /", page(""))
    writing = "%%route / POST\n" + view.format("current_app.config['TODO']")
    apart = build(LOAD, SHARED, writing, reading.format("current_app.config['TODO']"), ask)
    shared = build(LOAD, SHARED, writing, reading.format("TODO"), ask)
    assert '"TODO": str(tmp_path / "todo.txt")' in apart.files["tests/conftest.py"].decode()
    assert "monkeypatch.chdir(tmp_path)" in shared.files["tests/conftest.py"].decode()


# pytest is loaded once: each run has modules and a path of its own.
RUN = """\
import io, json, os, sys
from contextlib import redirect_stdout
import pytest
paths, failed = list(sys.path), {}
OPTIONS = ["-q", "--tb=short", "-pno:cacheprovider", "-pno:unraisableexception"]
for folder in sys.argv[1:] * 2:
    os.chdir(folder)
    with redirect_stdout(io.StringIO()) as said:
        status = pytest.main([*OPTIONS, "--rootdir", folder])
    if status:
        failed[folder] = said.getvalue()
    sys.path[:] = paths
    for name in set(sys.modules) & {"app", "wsgi", "conftest", "test_app"}:
        del sys.modules[name]
print(json.dumps(failed))
"""


@pytest.fixture(scope="module")
def projects() -> dict[str, Project]:
    """Export each notebook."""
    return {name: build(*cells) for name, (cells, _) in APPS.items()}


@pytest.fixture(scope="module")
def failed(
    projects: dict[str, Project], tmp_path_factory: TempPathFactory
) -> dict[str, list[str] | str]:
    """Run each project's tests twice; give what they say, or what they leave behind, by the app."""
    folders: dict[str, Path] = {}
    for name, project in projects.items():
        folders[name] = tmp_path_factory.mktemp("projects") / "todo"
        place(project, folders[name])
    before = {name: files_in(each) for name, each in folders.items()}
    ran = subprocess.run(
        [sys.executable, "-B", "-c", RUN, *map(str, folders.values())],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )
    said = json.loads(ran.stdout.splitlines()[-1])
    return {
        name: said.get(str(each)) or sorted(files_in(each) ^ before[name])
        for name, each in folders.items()
    }


def files_in(folder: Path) -> set[str]:
    return {str(each.relative_to(folder)) for each in folder.rglob("*")}


@pytest.mark.parametrize("name", APPS)
def test_tests_pass_again_and_leave_the_project_as_it_was(
    name: str, failed: dict[str, list[str] | str]
) -> None:
    assert failed[name] == []


@pytest.mark.parametrize("name", APPS)
def test_each_test_has_data_of_its_own(name: str, projects: dict[str, Project]) -> None:
    _, made = APPS[name]
    assert made in projects[name].files["tests/conftest.py"].decode()


@pytest.mark.parametrize(
    ("head", "path", "named"),
    [
        ("import sqlite3", '"/srv/todo/todo.db"', "/srv/todo/todo.db"),
        ("import os, sqlite3", 'os.path.join(app.root_path, "todo.db")', "todo.db"),
        ("import psycopg as sqlite3\nimport psycopg", '"dbname=todo"', ""),
    ],
    ids=["absolute", "code", "server"],
)
def test_where_nothing_leads_away_from_the_data_there_are_no_tests(
    head: str, path: str, named: str
) -> None:
    opening = OPEN.format(path)
    if "psycopg" in head:
        head, opening = "import psycopg", opening.replace("sqlite3", "psycopg")
    project = build(LOAD, head, opening + SETUP, LIST, ADD, *ASKS)
    assert not [name for name in project.files if name.startswith("tests/")]
    assert [
        each.text for each in project.notes if "has no tests" in each.text and named in each.text
    ]
    assert "pytest" not in project.files["README.md"].decode()


@pytest.mark.parametrize(
    "cell",
    [
        "import sqlite3\ndb = sqlite3.connect(':memory:', check_same_thread=False)",
        "import sqlite3, tempfile\ndb = sqlite3.connect(tempfile.mkstemp()[1])",
        "SEED = open('/dev/null').read()",
        "import io\ndb = io.BytesIO()\nprint('x', file=open('/dev/null', 'w'))",
    ],
)
def test_an_app_that_keeps_nothing_has_the_fixture_that_it_had(cell: str) -> None:
    project = build(LOAD, f"{cell}", "%%route /\nreturn 'home'", ("%flask_get /", page("home")))
    assert 'return create_app({"TESTING": True})' in project.files["tests/conftest.py"].decode()
