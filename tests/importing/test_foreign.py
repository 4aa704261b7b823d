"""Apps of others, imported and exported again: their own tests pass on what comes out."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

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
_PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests")
# A notebook's cells without a kernel: all but the one that serves, then what asks the app.
_RUN_CELLS = """\
import contextlib, io, json, sys
from IPython.core.interactiveshell import InteractiveShell
cells = json.load(open("app.ipynb", encoding="utf-8"))["cells"]
sources = ["".join(each["source"]) for each in cells if each["cell_type"] == "code"]
assert sources.pop() == "%flask_run"
shell = InteractiveShell.instance()
shell.user_ns["__name__"] = "__main__"
with contextlib.redirect_stdout(io.StringIO()):
    for source in sources:
        shell.run_cell(source).raise_error()
shell.run_cell(sys.argv[1]).raise_error()
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


@dataclass(frozen=True)
class Returned:
    """A project, imported and exported again.

    :param original: The folder of its package and its tests.
    :param notebook: What it was imported into.
    :param project: What that was exported into.
    """

    foreign: Foreign
    original: Path
    notebook: Path
    project: Path


@pytest.fixture(scope="module", params=list(PROJECTS.values()), ids=list(PROJECTS))
def returned(
    request: pytest.FixtureRequest, sources: Path, tmp_path_factory: pytest.TempPathFactory
) -> Returned:
    foreign: Foreign = request.param
    folder = tmp_path_factory.mktemp(foreign.package)
    original = sources / foreign.source
    notebook, project = folder / "app.ipynb", folder / "project"
    assert main(["import", str(original / foreign.package), str(notebook)]) == 0
    assert main(["export", str(notebook), str(project)]) == 0
    return Returned(foreign, original, notebook, project)


def test_their_own_tests_pass_as_on_the_original(tmp_path: Path, returned: Returned) -> None:
    package = returned.foreign.package
    result = tmp_path / "result"
    shutil.copytree(returned.original, result, ignore=shutil.ignore_patterns(package, "instance"))
    shutil.copytree(returned.project / package, result / package)
    # Some of httpbin's only wait: both at once.
    outcome, again = (
        re.sub(r" in .*", "", each.strip().splitlines()[-1])
        for each in run_python((returned.original, result), *_PYTEST)
    )
    assert " passed" in outcome
    assert "failed" not in outcome
    assert again == outcome


def test_the_notebook_answers_as_the_original(tmp_path: Path, returned: Returned) -> None:
    foreign = returned.foreign
    ask = f"{_TELL}{foreign.ask}"
    made = ("create_app", "()") if foreign.package == "flaskr" else ("app", "")
    module = "from {} import {} as made\napp = made{}\n".format(foreign.package, *made)
    original = tmp_path / "original"
    shutil.copytree(returned.original, original)
    (expected,) = run_python((original,), "-c", f"{module}{ask}")
    folder = tmp_path / "notebook"
    shutil.copytree(returned.notebook.parent, folder, ignore=shutil.ignore_patterns("project"))
    # httpbin asks for its own version, which stands beside its package.
    for metadata in original.glob("*.egg-info"):
        shutil.copytree(metadata, folder / metadata.name)
    (answers,) = run_python((folder,), "-c", _RUN_CELLS, ask)
    assert answers == expected
    assert expected.count("\n") >= 5


def run_python(folders: tuple[Path, ...], *words: str) -> list[str]:
    """Run Python in folders at once, where their packages are found; give what it prints."""
    environment = {key: value for key, value in os.environ.items() if "PYTEST" not in key}
    # The plugins of this run's pytest are none of the projects'.
    environment |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    started = [
        subprocess.Popen(
            [sys.executable, *words],
            cwd=folder,
            env={**environment, "PYTHONPATH": str(folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for folder in folders
    ]
    texts: list[str] = []
    try:
        for each in started:
            out, err = each.communicate(timeout=300)
            assert each.returncode == 0, f"{out}\n{err}"
            texts.append(out)
    finally:
        for each in started:
            each.kill()
            each.wait()
    return texts
