"""Small projects, imported and exported again: the app is there, and answers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path  # noqa: TC003 - pytest's fixture

import pytest

from nbflask.cli import main
from nbflask.errors import ExportError
from nbflask.importing import import_project, place_notebook
from tests.importing.projects import sources_of, write_project

MAKE = "from flask import Flask, render_template\n\n{} = Flask(__name__)\n"
FACTORY = (
    "from flask import Flask\n\ndef create_app():\n    app = Flask(__name__)\n"
    "    from .views import bp\n    app.register_blueprint(bp)\n    return app\n"
)
BLUEPRINT = (
    "from flask import Blueprint\n\nbp = Blueprint('b', __name__)\n\n"
    "@bp.get('/')\ndef index():\n    return 'hello'\n"
)
PROJECTS: dict[str, tuple[dict[str, str | bytes], str]] = {
    "templates": (
        {
            "shop.py": MAKE.format("app") + "@app.get('/')\ndef index():\n"
            "    return render_template('a.html')\n",
            "templates/a.html": "hello",
        },
        "shop.py",
    ),
    "folders of other names": (
        {
            "shop.py": MAKE.replace(
                ")", ", template_folder='pages', static_folder='assets')"
            ).format("app")
            + "@app.get('/')\ndef index():\n"
            "    return app.test_client().get('/assets/a.txt').text + render_template('a.html')\n",
            "pages/a.html": "lo",
            "assets/a.txt": "hel",
        },
        "shop.py",
    ),
    "another name": (
        {"shop.py": MAKE.format("application") + "@application.get('/')\ndef f(): return 'hello'"},
        "shop.py",
    ),
    "its file": (
        {
            "shop.py": "import os\nHERE = os.path.abspath(os.path.dirname(__file__))\n"
            + MAKE.format("app")
            + "@app.get('/')\ndef index():\n    return open(HERE + '/data.txt').read()\n",
            "data.txt": "hello",
        },
        "shop.py",
    ),
    "neighbours": (
        {
            "shop.py": "from words import WORD\n"
            + MAKE.format("app")
            + "@app.get('/')\ndef index():\n    return WORD\n",
            "words.py": "WORD = 'hello'\n",
            "other.py": "raise SystemExit\n",
        },
        "shop.py",
    ),
    "settings by the name of a class": (
        {
            "shop.py": MAKE.format("app")
            + "app.config.from_object('config.Live')\n\n@app.get('/')\ndef index():\n"
            "    return app.config['WORD']\n",
            "config.py": "class Live:\n    WORD = 'hello'\n",
        },
        "shop.py",
    ),
    "a package named app": (
        {"app/__init__.py": FACTORY, "app/views.py": BLUEPRINT},
        "app",
    ),
    "a script of a package": (
        {
            "app/__init__.py": FACTORY,
            "app/views.py": BLUEPRINT,
            "wsgi.py": "from app import create_app\n\napp = create_app()\n",
        },
        "wsgi.py",
    ),
    "an app made by a factory at once": (
        {
            "shop/__init__.py": f"{FACTORY}\n\napp = create_app()\n",
            "shop/views.py": BLUEPRINT,
        },
        "shop",
    ),
    "a circle": (
        {
            "shop/__init__.py": MAKE.format("app") + "from . import views\n",
            "shop/views.py": "from shop import app\n\n@app.get('/')\ndef index(): return 'hello'\n",
        },
        "shop",
    ),
}


@pytest.mark.parametrize(("files", "name"), PROJECTS.values(), ids=PROJECTS)
def test_what_was_imported_is_exported_and_answers(
    tmp_path: Path, files: dict[str, str | bytes], name: str
) -> None:
    project, result = write_project(tmp_path / "project", files), tmp_path / "result"
    assert main(["import", str(project / name), str(tmp_path / "a.ipynb")]) == 0
    assert main(["export", str(tmp_path / "a.ipynb"), str(result)]) == 0
    done = subprocess.run(
        [sys.executable, "-c", "from wsgi import app; print(app.test_client().get('/').text)"],
        cwd=result,
        env={**os.environ, "SECRET_KEY": "x" * 20},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.stdout.strip(), done.stderr) == ("hello", "")


def test_modules_that_a_script_imports_stand_above_the_import(tmp_path: Path) -> None:
    files, name = PROJECTS["a script of a package"]
    cells = sources_of(import_project(write_project(tmp_path, files) / name))
    assert [each.partition("\n")[0] for each in cells if "\ndef" not in each] == [
        "# Wsgi",
        "%load_ext nbflask",
        "## `app/__init__.py`",
        "%%module app/__init__.py",
        "## The app",
        "from app import create_app",
        "## `app/views.py`",
        "%%module app/views.py",
        "%%module app/views.py",
        "## The app",
        "app = create_app()",
        "## Run",
        "%flask_run",
    ]


def test_files_come_back_to_the_letter(tmp_path: Path) -> None:
    start = f"{MAKE.format('app')}from . import empty\nfrom .views import a\n"
    files = {
        "shop/views/__init__.py": "",
        "shop/views/a.py": "from shop import app\n",
        "shop/empty/__init__.py": "",
        "shop/templates/bare.html": "<p>\n  none</p>",
        "shop/templates/ended.html": "<p>\n",
        "shop/static/bare.css": "p {}",
        "shop/static/none.txt": "",
    }
    project = write_project(tmp_path, {**files, "shop/__init__.py": start})
    assert main(["import", str(project / "shop"), str(tmp_path / "nb/a.ipynb")]) == 0
    assert main(["export", str(tmp_path / "nb/a.ipynb"), str(tmp_path / "result")]) == 0
    assert {name: (tmp_path / "result" / name).read_text() for name in files} == files


@pytest.mark.parametrize("place", ["shop", "shop/views", "pages"])
def test_a_notebook_is_not_put_into_its_own_project(
    tmp_path: Path, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    app = MAKE.format("app").replace(")", ", None, '../pages')")
    files = {"shop/__init__.py": app, "shop/a.sql": "", "pages/a.css": "", "shop/views/b.py": ""}
    before = sorted(write_project(tmp_path, files).rglob("*"))
    target = tmp_path / place / "a.ipynb"
    assert main(["import", str(tmp_path / "shop"), str(target)]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"nbflask: {str(target)!r} would lie in ")
    assert said.endswith("which it is made of. Write the notebook into another folder.\n")
    assert sorted(tmp_path.rglob("*")) == before


def test_nothing_is_written_over(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "shop.py": MAKE.format("app"),
        "static/a.bin": b"\0",
        "static/b.css": "a {\r\n}",
    }
    notebook = import_project(write_project(tmp_path / "project", files) / "shop.py")
    there = write_project(tmp_path / "there", {"static/b.css": "mine"})
    with pytest.raises(ExportError, match=r"needs the file '.*static/b\.css', where another"):
        place_notebook(notebook, there / "a.ipynb")
    assert sorted(path.name for path in there.rglob("*")) == ["b.css", "static"]
    free = tmp_path / "free" / "a.ipynb"
    assert place_notebook(notebook, free) == ("static/a.bin", "static/b.css")
    assert (free.parent / "static" / "b.css").read_bytes() == b"a {\r\n}"
    assert sorted(path.name for path in free.parent.iterdir()) == ["a.ipynb", "static"]
    with pytest.raises(ExportError, match=r"a\.ipynb' is there already\."):
        place_notebook(notebook, free)
    with pytest.raises(ExportError, match=r"ends in '\.ipynb'"):
        place_notebook(notebook, tmp_path / "a.txt")
    assert place_notebook(notebook, tmp_path / "project" / "a.ipynb") == ()
