"""A Flask module or package as the cells of a notebook."""

from __future__ import annotations

import json
from pathlib import Path  # noqa: TC003 - pytest's fixture
from textwrap import dedent

import nbformat
import pytest

from nbflask.errors import ProjectError
from nbflask.importing import import_project
from tests.importing.projects import import_script, sources_of, write_project

MAKE = "from flask import Flask\n\napp = Flask(__name__)\n"


def test_a_module_becomes_a_declaration_a_cell(tmp_path: Path) -> None:
    text = dedent(
        '''\
        #!/usr/bin/env python
        """A shop.

        It sells tea.
        """
        from __future__ import annotations

        import os
        from flask import Flask

        app = Flask(__name__)
        app.config["A"] = 1
        app.config["B"] = 2

        TEA = 3  # pence
        x = 1; y = 2

        # ----------
        # The pages
        # ----------

        # Shown first.
        @app.get("/")
        def index():
            """Greets.

            Twice."""
            return "Hello"

            # Never.


        @app.errorhandler(404)
        def missing(error): return "none", 404
        # The end.

        if __name__ == "__main__":
            app.run(debug=True)
        '''
    )
    write_project(tmp_path, {"shop.py": text})
    assert sources_of(import_project(tmp_path / "shop.py")) == [
        "# A shop\n\nIt sells tea.",
        "%load_ext nbflask",
        "from __future__ import annotations\n\nimport os\nfrom flask import Flask",
        "app = Flask(__name__)",
        'app.config["A"] = 1\napp.config["B"] = 2',
        "TEA = 3  # pence\nx = 1; y = 2",
        "## The pages",
        '# Shown first.\n@app.get("/")\ndef index():\n    """Greets.\n\n    Twice."""\n'
        '    return "Hello"\n\n    # Never.',
        '@app.errorhandler(404)\ndef missing(error): return "none", 404\n# The end.',
        "## Run",
        "%flask_run",
    ]


def test_a_packages_modules_stand_where_their_imports_run_them(tmp_path: Path) -> None:
    write_project(
        tmp_path,
        {
            "shop/__init__.py": f"{MAKE}\nfrom shop import views\n",
            "shop/views.py": "from . import app\nfrom .db import price\nimport shop.never_there\n",
            "shop/db.py": "price = 1\n",
            "shop/tools/unused.py": "",
        },
    )
    notebook = import_project(tmp_path / "shop")
    assert sources_of(notebook)[2:] == [
        "## `shop/__init__.py`",
        "%%module shop/__init__.py\nfrom flask import Flask",
        "%%module shop/__init__.py\napp = Flask(__name__)",
        "## `shop/db.py`",
        "%%module shop/db.py\nprice = 1",
        "## `shop/views.py`",
        "%%module shop/views.py\nfrom . import app\nfrom .db import price\nimport shop.never_there",
        "## `shop/__init__.py`",
        "%%module shop/__init__.py\nfrom shop import views",
        "## The app",
        "from shop import app",
        "## Run",
        "%flask_run",
    ]
    assert dict(notebook.files) == {"shop/tools/unused.py": b""}


def test_the_document_is_valid_and_always_the_same(tmp_path: Path) -> None:
    write_project(tmp_path, {"shop.py": f"{MAKE}x = 1\n\n# A\n\nx = 1\n", "static/a.bin": b"\0"})
    text = import_project(tmp_path / "shop.py").text
    assert text == import_project(tmp_path / "shop.py").text
    nbformat.validate(nbformat.reads(text, as_version=4))
    document = json.loads(text)
    assert (document["nbformat"], document["nbformat_minor"]) == (4, 5)
    assert document["metadata"]["nbflask"] == {"files": ["static/a.bin"]}
    assert nbformat.writes(nbformat.reads(text, as_version=4)) + "\n" == text


@pytest.mark.parametrize(
    ("files", "path", "message"),
    [
        ({"a.py": "x = 1\ny = = 2"}, "a.py", r"a\.py:2: not Python, invalid syntax: 'y = = 2'\."),
        ({"a.py": "x = 1"}, "a.py", r"a\.py:1: the module makes no Flask app"),
        ({"a.py": "x = '\0'"}, "a.py", r"a\.py:1: not Python"),
        ({"a.py": b"x = '\xff'"}, "a.py", r"a\.py:1: not Python"),
        ({"p/__init__.py": "", "p/b.py": "def"}, "p", r"p/b\.py:1: not Python"),
        ({"p/__init__.py": ""}, "p", r"p/__init__\.py:1: the package makes no Flask app"),
        (
            {"a.py": MAKE.replace(")", ", template_folder='../x')")},
            "a.py",
            r"a\.py:3: template_folder='\.\./x' cannot lie beside a notebook",
        ),
        ({}, "a.py", r"a\.py' is not there\."),
        ({"a.txt": ""}, "a.txt", r"a\.txt' is not a Python module\."),
        ({"my-app.py": ""}, "my-app.py", r"my-app\.py' has a name .* Rename it, to 'my_app\.py'"),
        ({"1.py": ""}, "1.py", r"1\.py' has a name .* Rename it, to 'app_1\.py'\."),
        ({"my-p/__init__.py": ""}, "my-p", r"my-p' has a name .* Rename it, to 'my_p'\."),
        ({"p/x/__init__.py": ""}, "p", r"p' is no package: .* such as 'x' in it\."),
    ],
)
def test_what_cannot_become_a_notebook_is_named(
    tmp_path: Path, files: dict[str, str | bytes], path: str, message: str
) -> None:
    write_project(tmp_path, files)
    with pytest.raises(ProjectError, match=message) as raised:
        import_project(tmp_path / path)
    assert "\n" not in str(raised.value)


def test_a_function_that_makes_the_app_is_called(tmp_path: Path) -> None:
    cells = import_script(
        tmp_path,
        "from flask import Flask\ndef create_app(a=1):\n    app = Flask('x')\n    return app",
    )
    assert cells[-1] == "app = create_app()"


def test_folders_that_the_code_names_lie_beside_the_notebook(tmp_path: Path) -> None:
    text = (
        "from flask import Blueprint, Flask\n"
        "PAGES = 'pages'\n"
        "app = Flask(__name__, '/a', './assets', template_folder=PAGES)\n"
        "bp = Blueprint('b', __name__, static_folder=None, template_folder='static/x')\n"
        "other = Blueprint('c', __name__, template_folder=PAGES + 'x', static_folder='/srv/x')\n"
    )
    files = ("pages/a/b.html", "assets/a.js", "static/x/c.html", "templates/never.html")
    write_project(tmp_path, {"shop.py": text, **dict.fromkeys(files, "x\n")})
    notebook = import_project(tmp_path / "shop.py")
    assert sources_of(notebook)[-2:] == ["## Run", "%flask_run"]
    assert sorted(notebook.files) == ["assets/a.js", "pages/a/b.html", "static/x/c.html"]
    assert [each.partition("shop.py:")[2] for each in notebook.notes] == [
        "5: static_folder='/srv/x' is an absolute path, so its files were not taken along.",
        "5: template_folder=PAGES + 'x' is computed, so its files were not taken along. Write it "
        "as a text.",
    ]
    write_project(
        tmp_path, {"p/__init__.py": "", "p/app.py": MAKE.replace(")", ", None, '../st')")}
    )
    write_project(tmp_path, {"st/a.js": "x\n", "p/static/b.js": "x\n"})
    assert sorted(import_project(tmp_path / "p").files) == ["p/static/b.js", "st/a.js"]


def test_what_a_notebook_has_not_of_its_project_is_told(tmp_path: Path) -> None:
    text = (
        "import os\nfrom flask import Flask\n\n\ndef create_app():\n    app = Flask(__name__)\n"
        "    app.secret_key = os.environ['SECRET_KEY']\n    return app\n"
    )
    write_project(tmp_path, {"app.py": text, "tests/test_app.py": "", "tests/conftest.py": ""})
    assert import_project(tmp_path / "app.py").notes == (
        "The app reads SECRET_KEY from the environment. Set it before Jupyter starts, or a cell "
        "fails.",
        f"The tests in {tmp_path / 'tests'} stay there. An export of the notebook has tests of "
        "the requests in its cells.",
    )
    write_project(tmp_path / "b", {"app.py": MAKE, "tests/data.json": ""})
    assert import_project(tmp_path / "b" / "app.py").notes == ()
