"""Rich returns go on working in a project, by a module of its own."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from nbflask.export import build_project, place
from tests.export.written import notebook

if TYPE_CHECKING:
    from pathlib import Path

LOAD = "%load_ext nbflask"

PAGE = """\
import json, sys
import wsgi
got = []
for path, accept in json.loads(sys.argv[1]):
    answer = wsgi.app.test_client().get(path, headers={"Accept": accept})
    got.append([answer.status_code, answer.mimetype, answer.text[:40]])
print(json.dumps(got))
"""


def ask(folder: Path, *sources: str, requests: str) -> str:
    """Export a notebook, and let a process without the package's folder ask its app."""
    place(build_project(notebook(LOAD, *sources)), folder)
    done = subprocess.run(
        [sys.executable, "-c", PAGE, requests],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_table_is_answered_as_the_request_likes_it(tmp_path: Path) -> None:
    told = ask(
        tmp_path / "x",
        "import pandas as pd\nteas = pd.DataFrame({'tea': ['Assam']})",
        "%%route /\nteas",
        requests='[["/", "text/html"], ["/", "application/json"], ["/", "text/csv"]]',
    )
    assert '[200, "text/html", "<!doctype html>' in told
    assert '[200, "application/json", "[{\\"tea\\":\\"Assam\\"}]' in told
    assert '[200, "text/csv", "tea\\nAssam\\n"]' in told


def test_figures_of_pyplot_do_not_pile_up(tmp_path: Path) -> None:
    told = ask(
        tmp_path / "x",
        "import io\nimport matplotlib.pyplot as plt",
        "%%route /png\nplt.figure()\nplt.plot([1, 2])\nfile = io.BytesIO()\n"
        "plt.savefig(file)\nstr(len(plt.get_fignums()))",
        "%%route /svg\nplt.figure()\nplt.plot([1, 2])",
        requests='[["/png", "*/*"], ["/png", "*/*"], ["/svg", "*/*"], ["/png", "*/*"]]',
    )
    assert told.count('[200, "text/html", "1"]') == 3
    assert '[200, "image/svg+xml", "<?xml' in told


def test_objects_of_the_notebooks_own_are_shown(tmp_path: Path) -> None:
    told = ask(
        tmp_path / "x",
        "import flask\napp = flask.Flask(__name__)",
        "class Tea:\n    def _repr_html_(self):\n        return '<b>Assam</b>'",
        "@app.get('/')\ndef tea():\n    found = Tea()\n    return found",
        requests='[["/", "text/html"]]',
    )
    assert '[200, "text/html", "<!doctype html>' in told


@pytest.mark.parametrize(
    "cells",
    [
        ("%%route /\nteas = {}\nteas",),
        ("import pandas as pd", "%%route /\n{'n': len(pd.DataFrame())}, 200"),
        ("import pandas as pd", "%%route /\nrender_template('a.html', n=len(pd.DataFrame()))"),
        ("import pandas as pd", "%%route /\ntable = pd.DataFrame()\ntable.to_html() + 'x'"),
        ("import pandas as pd", "%%route /\npage = render_template('a.html')\npage, 200"),
        ("import pandas as pd", "%%route /\npage = 'a'\nif g:\n    page += 'b'\nreturn page"),
        ("import pandas as pd", "%%route /\na = make_response('')\nb = a\nreturn b"),
        ("import pandas as pd", "@app.after_request\ndef tell(response):\n    return response"),
    ],
)
def test_a_project_without_rich_returns_has_plain_flask(cells: tuple[str, ...]) -> None:
    project = build_project(notebook(LOAD, *cells))
    assert "rich_returns.py" not in project.files
    assert b"from flask import Flask" in project.files["app.py"]


@pytest.mark.parametrize(
    "body",
    [
        "table = 'none'\nif g:\n    table = pd.DataFrame()\nreturn table",
        "table = 'none'\nfor table in [pd.DataFrame()]:\n    pass\nreturn table",
        "global table\ntable = 'none'\nmend()\nreturn table",
        "table = 'none'\ntable, count = pd.DataFrame(), 1\nreturn table, 200",
    ],
)
def test_a_variable_that_may_be_a_table_has_rich_returns(body: str) -> None:
    cells = ("import pandas as pd", "def mend(): return pd", f"%%route /\n{body}")
    assert "rich_returns.py" in build_project(notebook(LOAD, *cells)).files
