"""The files around a project's code."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from nbflask.cli import main
from nbflask.export import build_project
from nbflask.export.around.container import write_dockerfile
from nbflask.export.around.readme import Facts, write_readme
from nbflask.export.rules import DeclaredRule
from tests.export.written import document_of, notebook

if TYPE_CHECKING:
    from pathlib import Path

LOAD = "%load_ext nbflask"


def test_a_project_has_its_companions() -> None:
    project = build_project(notebook("# Shop\n\nSells [tea](tea.ipynb).", LOAD, "%%route /\n'x'"))
    assert {*project.files} == {
        *("app.py", "wsgi.py", "requirements.txt", "README.md", "Dockerfile"),
        *(".dockerignore", ".gitignore"),
    }
    assert project.files["README.md"].startswith(b"# Shop\n\nSells tea.\n\n## Run it\n")
    assert b"flask==3" in project.files["requirements.txt"]


def test_sentences_about_the_notebook_are_not_the_projects() -> None:
    text = "# Shop\nSells tea. Run the cells from the top. Tests are at the end."
    readme = build_project(notebook(text, LOAD)).files["README.md"]
    assert readme.startswith(b"# Shop\n\nSells tea.\n\n##")


def test_a_sentence_that_points_at_one_about_the_notebook_goes_with_it() -> None:
    text = "# Rides\nRides are a table in this notebook. It is big. The notebook shows its API."
    assert (
        b"# Rides\n\nRides are a table. It is big.\n\n##"
        in (build_project(notebook(text, LOAD)).files["README.md"])
    )
    text = "# Rides\nThis notebook has rides. This app sums them."
    assert b"# Rides\n\n## Run it" in build_project(notebook(text, LOAD)).files["README.md"]


@pytest.mark.parametrize(
    ("title", "heading"),
    [("# 2. Tea", "# Tea"), ("# nbflask in ten minutes", "# Tea shop"), ("# *Ours*", "# *Ours*")],
)
def test_the_readme_is_called_after_the_app(title: str, heading: str) -> None:
    project = build_project(notebook(title, LOAD, name="tea_shop"))
    assert project.files["README.md"].decode().startswith(f"{heading}\n\n## Run it")


def test_the_readme_names_the_variables_that_may_be_set() -> None:
    cell = (
        "import os\napp.config['URL'] = os.environ.get('URL', '')\napp.config.from_prefixed_env()"
    )
    readme = build_project(notebook(LOAD, cell)).files["README.md"].decode()
    assert "The app also reads `URL` if it is set." in readme
    assert "Variables that begin with `FLASK_` override settings: `FLASK_URL` is `URL`." in readme


@pytest.mark.parametrize(
    ("above", "below", "told"),
    [
        ("SHOP_NAME='Tea', SIZE=1", "COLOUR", "override settings: `SHOP_SIZE` is `SIZE`."),
        ("SHOP_NAME='Tea', SIZE=1", "SIZE", "are read as settings, by the rest of their names."),
    ],
)
def test_the_readme_names_a_setting_that_a_variable_overrides(
    above: str, below: str, told: str
) -> None:
    cell = f"app.config.update({above})\napp.config.from_prefixed_env('SHOP')"
    cell += f"\napp.config[{below!r}] = 2"
    readme = build_project(notebook(LOAD, cell)).files["README.md"].decode()
    assert f"Variables that begin with `SHOP_` {told}\n" in readme


DATABASE = (
    "from flask_sqlalchemy import SQLAlchemy\n"
    "app.config['SQLALCHEMY_DATABASE_URI'] = 'sqlite:///shop.db'\ndb = SQLAlchemy(app)"
)


def test_data_have_a_volume() -> None:
    files = build_project(notebook(LOAD, DATABASE, "%%route /\nstr(db)")).files
    readme = files["README.md"].decode()
    assert "Its data are in `instance/`.\n" in readme
    assert "docker run -p 8000:8000 -v shop-data:/home/app/instance shop\n" in readme
    assert b"\nRUN mkdir -p instance && chown app instance\n" in files["Dockerfile"]
    files = build_project(notebook(LOAD, DATABASE.replace("shop.db", "/:memory:"))).files
    assert b"instance" not in files["README.md"] + files["Dockerfile"]


@pytest.mark.parametrize(
    ("view", "workers"),
    [("%%route /\nglobal hits\nhits += 1\nstr(hits)", 1), ("%%route /\nstr(hits)", 2)],
)
def test_one_worker_serves_what_requests_share_in_the_process(
    view: str, workers: int, tmp_path: Path
) -> None:
    path = tmp_path / "shop.ipynb"
    path.write_text(json.dumps(document_of(LOAD, "hits = 0", view)), encoding="utf-8")
    folder = tmp_path / "project"
    assert main(["export", str(path), str(folder)]) == 0
    assert f"ENV WEB_CONCURRENCY={workers}\n" in (folder / "Dockerfile").read_text()
    readme = (folder / "README.md").read_text()
    assert f" --workers {workers} " in readme
    assert ("Run one worker: requests share" in readme) is (workers == 1)


def test_a_temporary_folder_that_requests_only_read_needs_no_single_worker(
    tmp_path: Path,
) -> None:
    making = (
        "import tempfile\nfrom pathlib import Path\nfolder = Path(tempfile.mkdtemp())\n"
        "(folder / 'a.txt').write_text('a')"
    )
    path = tmp_path / "shop.ipynb"
    view = "%%route /\n(folder / 'a.txt').read_text()"
    path.write_text(json.dumps(document_of(LOAD, making, view)), encoding="utf-8")
    assert main(["export", str(path), str(tmp_path / "project")]) == 0
    assert " --workers 2 " in (tmp_path / "project/README.md").read_text()


def test_what_shows_objects_is_installed_with_what_it_imports() -> None:
    view = "%%route /\npd.DataFrame({'a': [1]}).plot()"
    text = build_project(notebook(LOAD, "import pandas as pd", view)).files["requirements.txt"]
    assert [each.partition(b"==")[0] for each in text.split()] == [
        *(b"flask", b"gunicorn", b"matplotlib", b"pandas", b"werkzeug"),
    ]


def test_a_missing_package_is_noted() -> None:
    project = build_project(notebook(LOAD, "import teapots", "%%route /\nteapots.brew()"))
    assert "'teapots' is not installed here" in str(project.notes[0])


def test_the_readme_lists_routes_as_they_are_reached() -> None:
    project = build_project(
        notebook(
            LOAD,
            "shop = Blueprint('shop', __name__, url_prefix='/shop')",
            "%%route /<int:n> POST --blueprint shop\ndef buy(n):\n    'Buy a|b.'\n    return ''",
            "app.register_blueprint(shop)",
            "%%route /a get post\n'x'",
        )
    )
    assert (
        b"| Rule | Methods | Endpoint | What it does |\n| --- | --- | --- | --- |\n"
        b"| `/shop/<int:n>` | POST | `shop.buy` | Buy a\\|b. |\n| `/a` | GET, POST | `a` |  |\n"
    ) in project.files["README.md"]


def test_a_blueprint_is_listed_wherever_it_is_registered() -> None:
    blueprints = (
        "api = Blueprint('api', __name__, url_prefix='/api')\n"
        "v1 = Blueprint('v1', __name__, url_prefix='/v1')\n"
        "notes = Blueprint('notes', __name__)\napi.register_blueprint(v1)\n"
        "app.register_blueprint(api)\napp.register_blueprint(notes, url_prefix='/notes')\n"
        "app.register_blueprint(notes, url_prefix='/old', name='old')"
    )
    cells = ("%%route /count --blueprint v1\n'1'", "%%route / --blueprint notes\n'none'")
    readme = build_project(notebook(LOAD, blueprints, *cells)).files["README.md"].decode()
    assert (
        "| `/api/v1/count` | GET | `api.v1.count` |\n"
        "| `/notes/` | GET | `notes.index` |\n"
        "| `/old/` | GET | `old.index` |\n"
    ) in readme


def test_the_routes_of_modules_of_the_notebooks_own_are_listed() -> None:
    auth = (
        "%%module shop/auth.py\nfrom flask import Blueprint\n"
        "bp = Blueprint('auth', __name__, url_prefix='/auth')\n\n\n"
        "@bp.route('/login', methods=('GET', 'POST'))\ndef login():\n    'Log in.'\n    return ''"
    )
    init = (
        "%%module shop/__init__.py\nfrom flask import Flask\n\n\ndef create_app():\n"
        "    app = Flask(__name__)\n\n    @app.get('/')\n    def home():\n        return ''\n\n"
        "    from . import auth\n    app.register_blueprint(auth.bp{})\n    return app"
    )
    fetched = "from shop import create_app\napp = create_app()"
    for words, prefix in (("", "/auth"), (", url_prefix='/users'", "/users")):
        source = notebook(LOAD, init.format(words), auth, fetched)
        readme = build_project(source).files["README.md"].decode()
        assert "| `/` | GET | `home` |  |\n" in readme
        assert f"| `{prefix}/login` | GET, POST | `auth.login` | Log in. |\n" in readme


def test_the_readme_tells_of_the_environment_and_the_tests() -> None:
    text = write_readme(
        Facts(name="Tea shop", title="", environment=("SECRET_KEY", "API_KEY"), has_tests=True)
    )
    assert text.startswith("# Tea shop\n")
    assert "$ export API_KEY=...\n" in text
    assert "token_hex" in text
    assert "$ pip install -r requirements-dev.txt\n$ pytest\n" in text
    assert "docker run -p 8000:8000 -e SECRET_KEY -e API_KEY tea-shop\n" in text
    assert (
        "`SECRET_KEY` signs the session cookie. The app reads `SECRET_KEY` and `API_KEY` from the "
        "environment, and does not start without. Keep the values out of version control"
    ) in text


@pytest.mark.parametrize(
    "default", ["get('HOOK_SECRET') or secrets.token_hex()", "get('HOOK_SECRET', uuid4().hex)"]
)
def test_a_secret_that_a_process_would_make_up_is_asked_for(default: str) -> None:
    cell = "import os, secrets\nfrom uuid import uuid4\n"
    cell += f"app.config['HOOK_SECRET'] = os.environ.{default}"
    readme = build_project(notebook(LOAD, cell)).files["README.md"].decode()
    assert "$ export HOOK_SECRET=...\n" in readme
    assert "docker run -p 8000:8000 -e HOOK_SECRET shop\n" in readme
    assert "Without `HOOK_SECRET` each process makes up a value, which nobody else knows." in readme
    assert "if it is set" not in readme


def test_many_routes_are_left_to_flask() -> None:
    routes = tuple(
        DeclaredRule(rule=f"/{n}", methods=("GET",), endpoint=f"v{n}", cell=n) for n in range(70)
    )
    text = write_readme(Facts(name="big", title="", routes=routes))
    assert "`flask --app wsgi routes` lists the other 10." in text


@pytest.mark.parametrize(
    ("rules", "path"),
    [((), "/"), (("/", "/healthz"), "/healthz"), (("/healthy-food",), "/"), (("/ping",), "/ping")],
)
def test_the_containers_health_is_asked_where_the_app_tells_it(
    rules: tuple[str, ...], path: str
) -> None:
    text = write_dockerfile(rules)
    assert f"c.request('GET', '{path}')" in text
    assert text.startswith(f"FROM python:3.{sys.version_info.minor}-slim\n")
    assert text.index("USER 1000") < text.index('CMD ["gunicorn"')
