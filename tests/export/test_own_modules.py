"""Modules in cells of their own leave the notebook as files."""

from __future__ import annotations

import json
from pathlib import Path  # noqa: TC003 - pytest's fixture

import pytest

from nbflask.errors import NotebookError
from nbflask.export import build_project, read_notebook
from tests.export.written import document_of, notebook

LOAD = "%load_ext nbflask"
PACKAGE = (
    "%%module shop/__init__.py\nfrom flask import Flask\n\n\ndef create_app():\n"
    "    app = Flask(__name__)\n    from . import views\n    return app\n"
)


def export(*sources: str) -> dict[str, str]:
    """Give the files of the project that cells come to."""
    files = build_project(notebook(*sources)).files
    return {name: content.decode() for name, content in files.items()}


def test_parts_are_files_and_the_app_is_what_servers_load() -> None:
    files = export(
        LOAD,
        "# Shop\n\n## shop/db.py",
        "%%module shop/db.py\n'''Data.'''\n\nimport six",
        "# \n### Prices",
        "%%module shop/db.py\nPRICES = {  'tea': 2}",
        "%%module shop/db.py\ndef price(of): return PRICES[of]",
        PACKAGE,
        "from shop import create_app",
        "app = create_app()",
        "%%template index.html\n<p>{{ x }}</p>",
    )
    assert files["shop/db.py"] == (
        "'''Data.'''\n\nimport six\n\n# Prices\nPRICES = {  'tea': 2}\n\n\n"
        "def price(of): return PRICES[of]\n"
    )
    assert files["shop/__init__.py"] == PACKAGE.partition("\n")[2]
    assert files["wsgi.py"] == (
        '"""What a WSGI server loads: ``gunicorn wsgi:app``."""\n\n'
        "from shop import create_app\n\napp = create_app()\n"
    )
    assert files["shop/templates/index.html"] == "<p>{{ x }}</p>\n"
    assert "app.py" not in files
    names = {line.partition("==")[0] for line in files["requirements.txt"].splitlines()}
    assert names == {"flask", "gunicorn", "six"}


def test_an_app_is_found_through_the_imports_of_modules() -> None:
    files = export(
        LOAD,
        "%%module web/core.py\nfrom flask import Flask\napplication = Flask(__name__)",
        "%%module web/__init__.py\nfrom .core import *",
        "from web import application as app",
        "%%static a.css\np {}",
    )
    assert files["wsgi.py"].endswith('from web import application as app\n\n__all__ = ["app"]\n')
    assert "web/static/a.css" in files


def test_plain_cells_beside_modules_stay_the_apps_module() -> None:
    files = export(
        "%%module shop/db.py\nPRICE = 2",
        "from flask import Flask",
        "from shop.db import PRICE",
        "app = Flask(__name__)",
        "@app.get('/')\ndef index():\n    return str(PRICE)",
    )
    assert "from shop.db import PRICE" in files["app.py"]
    assert files["shop/__init__.py"] == ""
    assert "create_app" in files["wsgi.py"]


def test_files_beside_the_notebook_are_copied(tmp_path: Path) -> None:
    path = tmp_path / "shop.ipynb"
    metadata = {"nbflask": {"files": ["static/a.png"]}}
    path.write_text(json.dumps(document_of(LOAD, metadata=metadata)))
    with pytest.raises(NotebookError, match=r"'static/a\.png' beside the notebook cannot be read"):
        read_notebook(path)
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "a.png").write_bytes(b"\x89PNG\r\n")
    assert build_project(read_notebook(path)).files["static/a.png"] == b"\x89PNG\r\n"


def test_what_lies_beside_is_taken_in_place_of_what_is_written_around_the_code(
    tmp_path: Path,
) -> None:
    path = tmp_path / "shop.ipynb"
    names = ["Dockerfile", "app.py", "gunicorn.conf.py", "static/a.txt"]
    cells = ("app.config['DB'] = 'sqlite:///a.db'", "db.create_all()", "%%static a.txt\ncell")
    metadata = {"nbflask": {"files": names}}
    path.write_text(json.dumps(document_of(LOAD, *cells, metadata=metadata)))
    (tmp_path / "static").mkdir()
    for name in names:
        (tmp_path / name).write_text("beside")
    project = build_project(read_notebook(path))
    assert project.files["Dockerfile"] == project.files["gunicorn.conf.py"] == b"beside"
    assert b"Flask(__name__)" in project.files["app.py"]
    assert project.files["static/a.txt"] == b"cell\n"
    said = [str(each) for each in project.notes if "beside" in str(each)]
    assert [each.split("'")[1] for each in said] == ["app.py", "static/a.txt"]


@pytest.mark.parametrize("name", ["../key", "/etc/passwd", "a/../../key", "out", ".env", "a\\b"])
def test_files_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "key").write_text("secret")
    folder = tmp_path / "notebooks"
    folder.mkdir()
    (folder / "out").symlink_to(tmp_path / "key")
    path = folder / "shop.ipynb"
    path.write_text(json.dumps(document_of(LOAD, metadata={"nbflask": {"files": [name]}})))
    with pytest.raises(NotebookError, match="does not lie in its folder"):
        read_notebook(path)


def test_a_modules_secret_comes_from_the_environment_and_a_placeholder_stays() -> None:
    files = export(
        LOAD,
        "%%module shop/__init__.py\nfrom flask import Flask, session\napp = Flask(__name__)\n"
        "app.config['SECRET_KEY'] = 'dev'\napp.config['MAIL_PASSWORD'] = 'x9-7Kq2pLw0z'",
        "from shop import app",
    )
    assert "app.config['SECRET_KEY'] = 'dev'" in files["shop/__init__.py"]
    assert (
        "app.config['MAIL_PASSWORD'] = os.environ[\"MAIL_PASSWORD\"]" in files["shop/__init__.py"]
    )
    assert "export MAIL_PASSWORD=..." in files["README.md"]
    assert "x9-7" not in "".join(files.values())
    assert "SECRET_KEY" not in files["wsgi.py"]
    assert "export SECRET_KEY" not in files["README.md"]
