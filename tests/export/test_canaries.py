"""No secret, output, path, debug flag or inspector that stands in a notebook is in its project."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from nbflask.cli import main
from tests.export.canaries import AWS, GITHUB, JWT, ODD, PEM, REQUESTS, SECRETS, SHORT
from tests.export.written import document_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LOAD = "%load_ext nbflask"
#: What a name is made of cannot be covered.
REFUSED = frozenset({"name of a template", "rule"})


@dataclass(frozen=True, kw_only=True)
class Exported:
    """What the command has left.

    :param files: Their bytes, by path; the list of them that the export keeps for itself, too.
    :param said: What it wrote to both streams.
    """

    status: int
    said: str
    files: Mapping[str, bytes]

    def find(self, canary: str) -> list[str]:
        """Say where a canary is, in whatever case."""
        wanted = canary.lower()
        inside = [
            name
            for name, data in self.files.items()
            if wanted in data.decode("utf-8", "replace").lower() or wanted in name.lower()
        ]
        return [*inside, *(["said"] if wanted in self.said.lower() else [])]

    @property
    def code(self) -> str:
        """All of Python but the tests, and what has to be installed."""
        names = (each for each in self.files if each.endswith((".py", ".txt")))
        return "\n".join(self.files[each].decode() for each in names if "tests/" not in each)


def export(
    document: Mapping[str, Any], folder: Path, capsys: pytest.CaptureFixture[str]
) -> Exported:
    """Export a notebook by the command."""
    notebook, target = folder / "shop.ipynb", folder / "out"
    notebook.write_text(json.dumps(document))
    status = main(["export", str(notebook), str(target)])
    said = capsys.readouterr()
    found = [each for each in target.rglob("*") if each.is_file()] if target.exists() else []
    files = {each.relative_to(target).as_posix(): each.read_bytes() for each in found}
    return Exported(status=status, said=said.out + said.err, files=files)


@pytest.mark.parametrize("name", SECRETS)
def test_no_secret_leaves_the_notebook(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cells, canary = SECRETS[name]
    found = export(document_of(LOAD, *cells), tmp_path, capsys)
    assert found.find(canary) == []
    assert (found.status, bool(found.files)) == ((1, False) if name in REFUSED else (0, True))
    if name in REFUSED:
        assert re.fullmatch(r"nbflask: In cell 2 \(.*\): There is a secret in .*\n", found.said)


@pytest.mark.parametrize("name", REQUESTS)
def test_no_request_and_no_answer_takes_a_secret_along(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cell, answer, canary = REQUESTS[name]
    document = document_of(LOAD, "%%route / GET POST\n'x'", "%flask_get /sound", cell)
    for asking, text in zip(document["cells"][2:], ("404 NOT FOUND\n\nx", answer), strict=True):
        data = {"text/plain": text}
        asking["outputs"] = [
            {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": data}
        ]
    found = export(document, tmp_path, capsys)
    assert found.status == 0
    assert found.find(canary) == []
    # The other request is a test all the same, so the answers are read.
    assert b"/sound" in found.files["tests/test_app.py"]


@pytest.mark.parametrize("place", ["stream", "display_data", "error", "execute_result"])
def test_no_output_leaves_the_notebook(
    place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = document_of(LOAD, "x = 1\nprint(x)", "%%route /\nstr(x)")
    output: dict[str, Any] = {"output_type": place, "name": "stdout", "text": "c4nary"}
    output |= {"data": {"text/plain": "c4nary", "image/png": "c4nary"}, "metadata": {"c4nary": 1}}
    output |= {"ename": "c4nary", "evalue": "c4nary", "traceback": ["c4nary"]}
    document["cells"][-1]["outputs"] = [output]
    found = export(document, tmp_path, capsys)
    if place == "error":
        # A cell that has failed declares nothing.
        assert b"def index" not in found.files["app.py"]
    assert (found.status, found.find("c4nary")) == (0, [])


def test_nothing_but_cells_text_leaves_the_notebook(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = document_of("# Teas", LOAD, "%%route /\n'x'", metadata={"c4nary": "c4nary"})
    for cell in document["cells"]:
        cell["metadata"] = {"tags": ["c4nary"], "c4nary": "c4nary"}
        cell["attachments"] = {"c4nary.png": {"image/png": "c4nary"}}
        cell["id"] = "c4nary"
    raw = {"cell_type": "raw", "metadata": {}, "source": "c4nary"}
    failing = {**document["cells"][2], "source": "%%route /c4nary\n1"}
    failing["metadata"] = {"tags": ["raises-exception"]}
    document["cells"] += [raw, failing]
    found = export(document, tmp_path, capsys)
    assert (found.status, found.find("c4nary")) == (0, [])


def test_a_file_beside_the_notebook_is_covered_or_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = document_of(LOAD, f"app.secret_key = {ODD!r}", "%%route /\nsession['a'] = 1\n'x'")
    document["metadata"] = {"nbflask": {"files": ["data.txt", "keys.py", "a.pem"]}}
    (tmp_path / "data.txt").write_text(f"{ODD} and {GITHUB}\n")
    (tmp_path / "keys.py").write_text(f"API_KEY = {JWT!r}\n")
    (tmp_path / "a.pem").write_text(PEM)
    found = export(document, tmp_path, capsys)
    assert found.status == 0
    assert [each for text in (ODD, GITHUB, JWT, "MIIEpAIB") for each in found.find(text)] == []
    assert found.files["data.txt"] == b"REDACTED and REDACTED\n"
    assert "data.txt held a secret" in found.said

    document["metadata"] = {"nbflask": {"files": ["a.bin"]}}
    (tmp_path / "a.bin").write_bytes(b"\xff" + ODD.encode())
    (tmp_path / "again").mkdir()
    (tmp_path / "a.bin").rename(tmp_path / "again" / "a.bin")
    found = export(document, tmp_path / "again", capsys)
    assert (found.status, found.files) == (1, {})
    assert re.match("nbflask: The file 'a.bin' beside the notebook holds a secret", found.said)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (f"api_key = {ODD!r}\nx = (", "In cell 2 (api_key = 'REDACTED'): Line 2 is not Python"),
        (f"x = 1\npassword = '{ODD}", "In cell 2 (x = 1): Line 2 is not Python"),
        (f"token = '{SHORT}' = 1", "In cell 2 (token = 'REDACTED' = 1): Line 1 is not Python"),
        (f"%flask_get / --nonsense {GITHUB}", "In cell 2 (%flask_get / …): "),
        (f"%%route x-{AWS}\n'x'", "In cell 2 (%%route x-"),
    ],
)
def test_no_fault_tells_a_secret(
    cell: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = export(document_of(LOAD, cell), tmp_path, capsys)
    assert found.status == 1
    assert found.said.startswith(f"nbflask: {said}")
    assert [each for text in (ODD, SHORT, GITHUB, AWS) for each in found.find(text)] == []


def test_an_app_without_its_secrets_names_them_and_with_them_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = (f"app.secret_key = {ODD!r}\napp.config['API_KEY'] = {GITHUB!r}", "%%route /\n'x'")
    assert export(document_of(LOAD, *cells), tmp_path, capsys).status == 0
    command = [sys.executable, "-c", "import wsgi; print(wsgi.app.test_client().get('/').text)"]

    def start(**environment: str) -> str:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            cwd=tmp_path / "out",
            env={**kept, **environment},
            check=False,
        )
        return (done.stdout + done.stderr).strip().splitlines()[-1]

    assert start() == "KeyError: 'SECRET_KEY'"
    assert start(SECRET_KEY="a") == "KeyError: 'API_KEY'"
    assert start(SECRET_KEY="a", API_KEY="b") == "x"
