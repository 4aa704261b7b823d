"""Apps of others, imported and exported again: their own tests pass on what comes out."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbclient import NotebookClient

from nbflask.cli import main
from tests.flask_suite.source import unpack_flask_source, unpack_source

if TYPE_CHECKING:
    from pathlib import Path

_HTTPBIN = "0.10.4"


@dataclass(frozen=True)
class Foreign:
    """A project that others wrote.

    :param source: The folder of its package and its tests, below the sources.
    :param ask: Python that asks ``app`` by ``client``, and prints what comes.
    """

    package: str
    source: str
    ask: str


_FLASKR = """\
from flaskr.db import init_db
with app.app_context():
    init_db()
ada = {"username": "Ada", "password": "tea"}
tell(client.post("/auth/register", data=ada))
tell(client.post("/auth/login", data=ada))
tell(client.post("/create", data={"title": "Tea", "body": "Hot."}))
for path in ("/", "/1/update", "/2/update", "/auth/logout", "/static/style.css"):
    tell(client.get(path))
"""
_JAVASCRIPT = """\
for path in ("/", "/plain", "/xhr", "/jquery"):
    tell(client.get(path))
tell(client.post("/add", data={"a": 1, "b": 2}))
"""
_HTTPBIN_ASK = """\
for path in ("/html", "/xml", "/encoding/utf8", "/image/png", "/image/svg", "/get?a=1"):
    tell(client.get(path))
tell(client.get("/basic-auth/u/p"))
tell(client.get("/static/favicon.ico"))
tell(client.post("/post", json={"a": 1}))
"""
_TELL = """\
import hashlib
client = app.test_client()
def tell(response):
    body = hashlib.sha256(response.data).hexdigest()[:12]
    print(response.status_code, response.content_type, response.location, body)
"""
PROJECTS = {
    "tutorial": Foreign("flaskr", "flask/examples/tutorial", _FLASKR),
    "javascript": Foreign("js_example", "flask/examples/javascript", _JAVASCRIPT),
    "httpbin": Foreign("httpbin", "httpbin", _HTTPBIN_ASK),
}


@pytest.fixture(scope="module")
def sources(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of all sources."""
    folder = tmp_path_factory.mktemp("sources")
    cache = request.config.cache
    assert cache is not None
    unpacked = unpack_flask_source(cache.mkdir("flask-source"), folder)
    unpacked.rename(folder / "flask")
    unpacked = unpack_source("httpbin", _HTTPBIN, cache.mkdir("httpbin-source"), folder)
    unpacked.rename(folder / "httpbin")
    return folder


@pytest.fixture(params=list(PROJECTS.values()), ids=list(PROJECTS))
def foreign(request: pytest.FixtureRequest) -> Foreign:
    found: Foreign = request.param
    return found


def test_their_own_tests_pass_as_on_the_original(
    sources: Path, tmp_path: Path, foreign: Foreign
) -> None:
    original = sources / foreign.source
    result = tmp_path / "result"
    shutil.copytree(original, result, ignore=shutil.ignore_patterns(foreign.package, "instance"))
    notebook, project = tmp_path / "app.ipynb", tmp_path / "project"
    assert main(["import", str(original / foreign.package), str(notebook)]) == 0
    assert main(["export", str(notebook), str(project)]) == 0
    shutil.copytree(project / foreign.package, result / foreign.package)
    outcome = run_tests(original)
    assert " passed" in outcome
    assert "failed" not in outcome
    assert run_tests(result) == outcome


def test_the_notebook_answers_as_the_original(
    sources: Path, tmp_path: Path, foreign: Foreign
) -> None:
    original = tmp_path / "original"
    shutil.copytree(sources / foreign.source, original)
    ask = f"{_TELL}{foreign.ask}"
    module = f"from {foreign.package} import {{}} as made\napp = made{{}}\n"
    has_factory = foreign.package == "flaskr"
    module = module.format(*(("create_app", "()") if has_factory else ("app", "")))
    expected = run_python(original, "-c", f"{module}{ask}")
    path = tmp_path / "app.ipynb"
    assert main(["import", str(original / foreign.package), str(path)]) == 0
    assert answer_live(path, ask, original) == expected
    assert expected.count("\n") >= 5


def answer_live(path: Path, ask: str, original: Path) -> str:
    """Run a notebook's cells but the one that serves, ask its app, and give what was printed."""
    notebook = nbformat.read(path, as_version=4)
    assert notebook.cells.pop().source == "%flask_run"
    notebook.cells.append(nbformat.v4.new_code_cell(ask))
    # httpbin asks for its own version, which stands beside its package.
    for metadata in original.glob("*.egg-info"):
        shutil.copytree(metadata, path.parent / metadata.name)
    NotebookClient(
        notebook, timeout=120, resources={"metadata": {"path": str(path.parent)}}
    ).execute()
    outputs = notebook.cells[-1].outputs
    return "".join(each.text for each in outputs if each.get("name") == "stdout")


def run_tests(folder: Path) -> str:
    """Run a project's tests, and give the last line without its time."""
    output = run_python(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests")
    return re.sub(r" in .*", "", output.strip().splitlines()[-1])


def run_python(folder: Path, *words: str) -> str:
    """Run Python in a project's folder, where its package is found."""
    environment = {key: value for key, value in os.environ.items() if "PYTEST" not in key}
    done = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout
