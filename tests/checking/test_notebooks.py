"""The notebooks of this repository, and that a check runs none of what it reads."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from nbflask.checking import examine
from nbflask.export import read_notebook
from tests.checking.checked import APP
from tests.export.written import document_of

ROOT = Path(__file__).parent.parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb"))

# What would be done by code that is run, and never by code that is read.
WATCHED = """\
import os, sys
from nbflask.cli import main
def watch(event, arguments):
    if event == "open":
        mode, flags = arguments[1], arguments[2]
        if set(mode or "") & set("wax+") or (flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            raise SystemExit(f"writes {arguments[0]}")
    if event in ("socket.connect", "socket.bind", "subprocess.Popen", "os.system", "os.remove"):
        raise SystemExit(f"does {event}")
    if event == "exec" and "canary" in arguments[0].co_names:
        raise SystemExit("runs the notebook")
sys.dont_write_bytecode = True
sys.addaudithook(watch)
raise SystemExit(main(["check", sys.argv[1], "--json"]))
"""


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_each_notebook_of_ours_can_be_shipped(path: Path) -> None:
    findings = examine(read_notebook(path), folder=path.parent)
    assert [each for each in findings if each.is_error] == []


def test_nothing_is_run_written_or_fetched(tmp_path: Path) -> None:
    document = document_of(
        APP,
        "canary = open('canary.txt', 'w')",
        "import socket\nsocket.create_connection(('127.0.0.1', 9))",
        "!touch canary.txt",
        "%%route /\ncanary\nrender_template('a.html')",
        "%%template a.html\n{{ canary.write('x') }}{% extends 'b.html' %}",
        "x = (",
    )
    path = tmp_path / "canary.ipynb"
    path.write_text(json.dumps(document))
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=tmp_path,
    )
    assert done.stderr == ""
    assert done.returncode == 1
    assert {each["kind"] for each in json.loads(done.stdout)} >= {"template-missing"}
    assert [each.name for each in tmp_path.iterdir()] == ["canary.ipynb"]
