"""Data that a notebook keeps in a temporary folder are kept in one that stays."""

from __future__ import annotations

import pytest

from nbflask.export import build_project
from nbflask.export.around.server_settings import write_server_settings
from nbflask.export.collecting import build_program
from nbflask.export.data_folder import keep_data
from nbflask.export.interpreting import interpret
from nbflask.export.testing.fixtures import Making, write_conftest
from tests.checking.checked import found
from tests.export.written import notebook

FOLDER = 'Path(os.environ.get("DATA_FOLDER", app.instance_path))'
MADE = "folder.mkdir(parents=True, exist_ok=True)"


def keep(*sources: str) -> tuple[str, list[str]]:
    """Give the statements that are kept behind the app's, and the notes."""
    source = notebook("from flask import Flask\napp = Flask(__name__)", *sources)
    program, notes = keep_data(build_program(source, interpret(source)))
    kept = [each.statement.text for each in program.pieces[2:] if not each.is_import]
    return "\n".join(kept), [*map(str, notes)]


@pytest.mark.parametrize(
    ("cells", "kept"),
    [
        pytest.param(
            [
                "import tempfile\nfolder = tempfile.TemporaryDirectory()",
                "app.config['URI'] = f'sqlite:///{folder.name}/blog.db'",
            ],
            f"folder = {FOLDER}\n{MADE}\napp.config['URI'] = f'sqlite:///{{folder}}/blog.db'",
            id="a database's URL",
        ),
        pytest.param(
            [
                "from tempfile import TemporaryDirectory\nplace = TemporaryDirectory()",
                "folder = Path(place.name)\n(folder / 'in').mkdir()",
                "app.config['UPLOADS'] = folder / 'in'",
            ],
            f"folder = {FOLDER}\n{MADE}\napp.config['UPLOADS'] = folder / 'in'\n"
            "(folder / 'in').mkdir(exist_ok=True)",
            id="a path that is made of it",
        ),
        pytest.param(
            [
                "import sqlite3, tempfile\nfolder = Path(tempfile.mkdtemp())",
                "db = sqlite3.connect(folder / 'a.db')\ndb.execute('CREATE TABLE t (a)')",
                "app.config['DB'] = db",
            ],
            f"folder = {FOLDER}\n{MADE}\ndb = sqlite3.connect(folder / 'a.db')\n"
            "db.execute('CREATE TABLE IF NOT EXISTS t (a)')\napp.config['DB'] = db",
            id="a table",
        ),
        pytest.param(
            [
                "import tempfile\nfolder = tempfile.mkdtemp()",
                "app.config.update(UPLOADS=folder)",
            ],
            'folder = os.environ.get("DATA_FOLDER", app.instance_path)\n'
            "os.makedirs(folder, exist_ok=True)\napp.config.update(UPLOADS=folder)",
            id="a text",
        ),
        pytest.param(
            [
                "import tempfile\na = tempfile.mkdtemp()\nb = tempfile.mkdtemp()",
                "app.config.update(A=a, B=b)",
            ],
            'a = os.path.join(os.environ.get("DATA_FOLDER", app.instance_path), "a")\n'
            "os.makedirs(a, exist_ok=True)\n"
            'b = os.path.join(os.environ.get("DATA_FOLDER", app.instance_path), "b")\n'
            "os.makedirs(b, exist_ok=True)\napp.config.update(A=a, B=b)",
            id="two of them",
        ),
        pytest.param(
            [
                "import tempfile\nfolder = tempfile.TemporaryDirectory()",
                "app.config.update(A=folder.name, B=Path(folder.name, 'b'))",
            ],
            f"folder = {FOLDER}\n{MADE}\napp.config.update(A=str(folder), B=Path(folder, 'b'))",
            id="a text and a path",
        ),
    ],
)
def test_a_folder_of_data_stays(cells: list[str], kept: str) -> None:
    assert keep("from pathlib import Path", *cells) == (kept, [])


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param(
            "folder = tempfile.TemporaryDirectory()\napp.config['A'] = folder",
            id="the folder itself is handed on",
        ),
        pytest.param(
            "folder = Path(tempfile.mkdtemp())\n(folder / 'a.txt').write_text('A')\n"
            "@app.get('/')\ndef index():\n    return (folder / 'a.txt').read_text()",
            id="views only read",
        ),
    ],
)
def test_another_temporary_folder_is_left_alone(cell: str) -> None:
    text, notes = keep("import tempfile\nfrom pathlib import Path", cell)
    assert "DATA_FOLDER" not in text
    assert not notes


def test_rows_that_would_be_inserted_again_are_told_of() -> None:
    text, notes = keep(
        "import sqlite3, tempfile",
        "db = sqlite3.connect(tempfile.mkdtemp() + '/a.db')",
        "folder = tempfile.mkdtemp()\nlog = sqlite3.connect(folder + '/log.db')",
        "log.execute('INSERT INTO log VALUES (1)')\napp.config['LOG'] = log",
    )
    assert "DATA_FOLDER" not in text
    assert notes == [
        "cell 4 (folder = tempfile.mkdtemp()): `folder` is a temporary folder: each worker has "
        "its own, and a restart empties it. Name one that stays, such as `app.instance_path`, and "
        "insert only rows that are not there yet."
    ]


STORE = "import tempfile\nfolder = tempfile.mkdtemp()\napp.config['DB'] = f'{folder}/a.db'"
DATABASE = "import sqlite3\ndb = sqlite3.connect('a')\napp.config['A'] = db"
VIEW = "%%route /\nrequest.path"


def test_a_view_that_writes_makes_it_data() -> None:
    text, _ = keep(
        "import tempfile\nfrom pathlib import Path\nfolder = Path(tempfile.mkdtemp())",
        "@app.post('/')\ndef store():\n    (folder / 'a').write_text('a')\n    return ''",
    )
    assert f"folder = {FOLDER}\n{MADE}" in text


def test_a_folder_that_stays_is_no_finding() -> None:
    assert not [each for each in found(STORE, VIEW) if "temporary-folder" in each]


def test_tests_keep_their_data_in_a_folder_of_their_own() -> None:
    factory = write_conftest(Making(app="app", has_factory=True, has_data=True))
    assert 'monkeypatch.setenv("DATA_FOLDER", str(tmp_path))' in factory
    module = write_conftest(Making(app="app", has_data=True))
    assert 'os.environ["DATA_FOLDER"] = str(tmp_path_factory.mktemp("data"))' in module


@pytest.mark.parametrize(
    ("cell", "is_written"),
    [
        ("db.execute('CREATE TABLE t (a)')", True),
        ("db.execute('SELECT 1')", False),
    ],
)
def test_what_workers_would_do_at_once_is_done_before(cell: str, is_written: bool) -> None:
    source = notebook("%load_ext nbflask", STORE, DATABASE, cell)
    program, _ = keep_data(build_program(source, interpret(source)))
    assert bool(write_server_settings(program)) == is_written


def test_the_files_around_the_code_say_where_the_data_are() -> None:
    files = build_project(notebook("%load_ext nbflask", STORE, VIEW)).files
    assert "in the folder that `DATA_FOLDER` names.\n" in files["README.md"].decode()
    assert "-v shop-data:/home/app/instance shop\n" in files["README.md"].decode()
    assert "RUN mkdir -p instance && chown app instance\n" in files["Dockerfile"].decode()
