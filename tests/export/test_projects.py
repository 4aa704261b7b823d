"""Each notebook, exported, answers as its app in the notebook does, and reads as Python should."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from nbflask.export import build_project, place, read_notebook
from nbflask.export.collecting import build_program
from nbflask.export.interpreting import interpret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest import TempPathFactory  # noqa: PT013

ROOT = Path(__file__).parents[2]
NOTEBOOKS = {
    path.stem: path
    for path in sorted((ROOT / "notebooks").rglob("*.ipynb"))
    if ".ipynb_checkpoints" not in path.parts
}
# What the notebooks' own secrets are: an export reads them from the environment.
SECRETS = {"SECRET_KEY": "test", "PASSWORD": "engine", "ADA_PASSWORD": "engine"}
# What a run, a machine or a clock decides.
_UNSTABLE = frozenset({"date", "set-cookie", "etag", "last-modified", "expires", "content-length"})
_MASKED = re.compile(r'((?:name="csrf_token"[^>]*value="|<dc:date>))[^"<]+')


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What live apps were asked and what they and the exported ones answered, by notebook."""

    live: Mapping[str, dict[str, Any]]
    exported: Mapping[str, Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: TempPathFactory) -> Path:
    """Give the folder in which each notebook's project is a folder."""
    made = tmp_path_factory.mktemp("projects")
    for name, path in NOTEBOOKS.items():
        place(build_project(read_notebook(path)), made / name)
    return made


@pytest.fixture(scope="module")
def answers(folder: Path, tmp_path_factory: TempPathFactory) -> Answers:
    """Ask all apps, live and exported."""
    scratch = tmp_path_factory.mktemp("scratch")
    live = _replay("live", {str(path): _app_of(path) for path in NOTEBOOKS.values()}, scratch)
    asked = {
        str(folder / name): live[str(path)].get("requests", []) for name, path in NOTEBOOKS.items()
    }
    exported = _replay("exported", asked, scratch)
    return Answers(
        live={name: live[str(path)] for name, path in NOTEBOOKS.items()},
        exported={name: exported[str(folder / name)] for name in NOTEBOOKS},
    )


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_an_exported_app_answers_as_the_live_one(name: str, answers: Answers) -> None:
    live, exported = answers.live[name], answers.exported[name]
    assert "error" not in live, live["error"]
    assert isinstance(exported, list), exported["error"]
    assert live["requests"]
    different = [
        f"{asked['method']} {asked['url']}"
        for asked, ours, theirs in zip(live["requests"], live["answers"], exported, strict=True)
        if _masked(ours) != _masked(theirs)
    ]
    assert not different


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=" ".join)
def test_exported_projects_pass_ruff(command: list[str], folder: Path) -> None:
    ran = [sys.executable, "-m", "ruff", *command, "--isolated", "--no-cache"]
    # Each project's modules are its own, as they are where ruff runs in its folder.
    ran += [*(["--config", "src = ['*']"] if command == ["check"] else []), "."]
    done = subprocess.run(ran, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_an_exported_module_says_nothing_of_notebooks(name: str, folder: Path) -> None:
    for path in (folder / name).glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.findall(r"nbflask|get_ipython|^ *%|# \d+\.", text, re.MULTILINE), path.name


def _app_of(notebook: Path) -> str:
    source = read_notebook(notebook)
    return build_program(source, interpret(source)).app


def _replay(what: str, given: Mapping[str, Any], scratch: Path) -> dict[str, Any]:
    """Run the module that asks, which says on standard output what it got."""
    own = {"TMPDIR": scratch, "JUPYTER_DATA_DIR": scratch, "JUPYTER_RUNTIME_DIR": scratch}
    environment = {**os.environ, **SECRETS, **{name: str(path) for name, path in own.items()}}
    where = ["-m", "tests.export.replaying"]
    if what == "exported":
        where = [str(ROOT / "tests/export/replaying.py")]
    ran = subprocess.run(
        [sys.executable, *where, what],
        input=json.dumps(given),
        capture_output=True,
        cwd=ROOT if what == "live" else scratch,
        env=environment,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return found


def _masked(answer: Mapping[str, Any]) -> tuple[Any, ...]:
    fields = {name: _mask(value) for name, value in answer["headers"].items()}
    kept = {name: value for name, value in fields.items() if name not in _UNSTABLE}
    return answer["status"], kept, _mask(answer["text"])


def _mask(text: object) -> str:
    temporary = re.escape(tempfile.gettempdir())
    return _MASKED.sub(r"\1…", re.sub(rf"{temporary}/[\w./-]+", "…", str(text)))
