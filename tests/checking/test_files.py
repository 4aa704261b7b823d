"""Files that stay where the notebook is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nbflask.checking import examine
from tests.checking.checked import found
from tests.export.written import notebook


@pytest.mark.parametrize(
    ("cells", "finding"),
    [
        (["%%route /\nopen('a.csv').read()"], "error file-beside-notebook 2:2"),
        (
            ["import pandas as pd\nsales = pd.read_csv('a.csv')", "%%route /\nsales.to_json()"],
            "error file-beside-notebook 2:2",
        ),
        (
            ["from pathlib import Path\nTEXT = Path('a.txt').read_text()", "%%route /\nTEXT"],
            "error file-beside-notebook 2:2",
        ),
        (["%%route /\nsend_file('a.pdf')"], "error file-beside-notebook 2:2"),
        (["app.config.from_pyfile('settings.py')"], "error file-beside-notebook 2:1"),
        (["%%route /\nopen('/home/ada/a.csv').read()"], "warning file-of-this-machine 2:2"),
        (
            ["from pathlib import Path\nHERE = Path('~/data')", "%%route /\nstr(HERE)"],
            "warning file-of-this-machine 2:2",
        ),
        (
            ["%%route / POST\nrequest.files['f'].save('/tmp/up/' + request.path)\n''"],
            "warning file-of-this-machine 2:2",
        ),
        (["%%route /\nopen(f'/srv/{request.path}').read()"], "warning file-of-this-machine 2:2"),
        (["app.config['UPLOAD_FOLDER'] = '/srv/up'"], "warning file-of-this-machine 2:1"),
        (["%%route /\nopen(r'C:\\data\\a.csv').read()"], "warning file-of-this-machine 2:2"),
        (["A = 'a.csv'", "%%route /\nopen(A).read()"], "error file-beside-notebook 3:2"),
        (
            [
                "from pathlib import Path\nHERE = Path(__file__).parent\nTEXT = HERE / 'b.txt'",
                "%%route /\nTEXT.read_text()",
            ],
            "error file-beside-notebook 3:2",
        ),
        (
            ["import os", "%%route /\nopen(os.path.join(app.root_path, 'a.csv')).read()"],
            "error file-beside-notebook 3:2",
        ),
        (["%%route /\napp.open_resource('a.sql').read()"], "error file-beside-notebook 2:2"),
        (
            ["app.config['SQLALCHEMY_DATABASE_URI'] = 'sqlite:////home/ada/a.db'"],
            "warning file-of-this-machine 2:1",
        ),
        (
            ["from pathlib import Path", "%%route /\nstr(Path.home() / 'a')"],
            "warning file-of-this-machine 3:2",
        ),
        (
            ["import sqlite3", "%%route /\nstr(sqlite3.connect('shop.db'))"],
            "warning database-beside 3:2",
        ),
        (
            ["import sqlite3\nFILE = 'shop.db'", "%%route /\nstr(sqlite3.connect(FILE))"],
            "warning database-beside 3:2",
        ),
        (
            [
                "import sqlite3\napp.config['DATABASE'] = 'shop.db'",
                "%%route /\nstr(sqlite3.connect(current_app.config['DATABASE']))",
            ],
            "warning database-beside 3:2",
        ),
        (
            [
                "import sqlite3\napp.config.from_mapping(DATABASE='shop.db')",
                "%%route /\nstr(sqlite3.connect(app.config.get('DATABASE')))",
            ],
            "warning database-beside 3:2",
        ),
        (
            [
                "from sqlalchemy import create_engine\nURL = 'sqlite:///shop.db'",
                "%%route /\nstr(create_engine(URL))",
            ],
            "warning database-beside 3:2",
        ),
    ],
)
def test_a_file_that_stays_is_told(cells: list[str], finding: str) -> None:
    assert found(*cells) == [finding]


@pytest.mark.parametrize(
    "cells",
    [
        ["%%route /\nopen(request.args['name']).read()"],
        ["%%route /\nwith open('a.log', 'a') as log:\n    log.write('x')\n'x'"],
        [
            "with open('a.txt', 'w') as file:\n    file.write(app.name)",
            "%%route /\nopen('a.txt').read()",
        ],
        ["%%route /\nimport pandas as pd\npd.read_csv('https://example.org/a.csv').to_json()"],
        ["print(open('a.csv').read())"],
        ["%%static data/a.json\n[]", "%%route /\nopen('static/data/a.json').read()"],
        ["app.config.from_pyfile('settings.py', silent=True)"],
        ["app.config['SESSION_COOKIE_PATH'] = '/shop'"],
        ["app.config['APPLICATION_ROOT'] = '/shop'"],
        ["@app.get('/home/<name>')\ndef home(name):\n    return redirect('/home/ada')"],
        ["%%route /\nstr(request.path == '/health')"],
        ["%%route /\n', '.join(['/a'])"],
        ["%%route /\nopen('/dev/null').read()"],
        [
            "from pathlib import Path",
            "A = Path('a')",
            "%%route /\nA.write_text('x')\nA.read_text()",
        ],
        ["%%route /\nname = 'a.csv'\nopen(request.args[name]).read()"],
        [
            "import os, sqlite3\napp.config['DB'] = os.path.join(app.instance_path, 'a.db')",
            "%%route /\nstr(sqlite3.connect(app.config['DB']))",
        ],
        ["app.config['SQLALCHEMY_DATABASE_URI'] = 'sqlite:///shop.db'"],
    ],
)
def test_what_is_not_a_file_of_the_notebooks_is_no_finding(cells: list[str]) -> None:
    assert found(*cells) == []


@pytest.mark.parametrize(
    ("code", "kinds"),
    [
        ("current_app.open_resource('schema.sql')", []),
        ("(Path(__file__).parent / 'schema.sql').read_text()", []),
        ("open('schema.sql')", ["file-beside-notebook"]),
        ("current_app.open_resource('other.sql')", ["file-beside-notebook"]),
    ],
)
def test_a_module_finds_the_files_of_its_package(code: str, kinds: list[str]) -> None:
    module = "from pathlib import Path\nfrom flask import Flask, current_app"
    source = notebook(
        f"%%module shelf/__init__.py\n{module}\napp = Flask(__name__)",
        f"%%module shelf/db.py\n{module}\ndef read():\n    return {code}",
        "from shelf import app",
    )
    source = replace(source, files={"shelf/schema.sql": b"CREATE TABLE t (a)"})
    assert [each.kind for each in examine(source) if "file" in each.kind] == kinds
