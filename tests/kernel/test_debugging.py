"""``%flask_debug`` where somebody types: a kernel's input channel, and IPython in a terminal."""

from __future__ import annotations

import re
import sys
from queue import Empty
from typing import TYPE_CHECKING

import pexpect
import pytest

from tests.kernel.kernel import CELL_TIMEOUT_S, Kernel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ANSI = re.compile(r"\x1b\[[0-9;]*m")

APP = """
%load_ext nbflask
from flask import Flask, request, g
app = Flask(__name__)

@app.get("/boom/<name>")
def boom(name):
    g.user = "ann"
    found = {}
    return found[name]
"""


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """Give a kernel with an app that has failed."""
    data = tmp_path_factory.mktemp("data")
    environment = {"JUPYTER_DATA_DIR": str(data), "JUPYTER_RUNTIME_DIR": str(data)}
    with Kernel(environment=environment) as started:
        assert started.execute(APP).error is None
        yield started


def debug(kernel: Kernel, source: str, commands: list[str]) -> str:
    """Run a cell, type a command at each prompt, and give what was printed."""
    client = kernel.client
    assert client is not None
    request = client.execute(source, allow_stdin=True)
    for command in commands:
        message = client.get_stdin_msg(timeout=CELL_TIMEOUT_S)
        assert message["content"]["prompt"].startswith("ipdb>")
        client.input(command)
    done = kernel.collect(request)
    assert done.error is None, done.error
    with pytest.raises(Empty):
        client.get_stdin_msg(timeout=0)
    return _ANSI.sub("", done.stdout)


@pytest.mark.parametrize("is_served", [False, True])
def test_a_notebook_debugs_the_cell_that_failed(kernel: Kernel, is_served: bool) -> None:
    if is_served:
        kernel.execute("%flask_run --no-preview")
    kernel.execute("%flask_get /boom/Ada?page=2")
    if is_served:
        kernel.execute("%flask_replay --yes")
    out = debug(
        kernel,
        "%flask_debug",
        ["p name, found, request.args['page'], g.user", "request.path", "up", "q"],
    )
    assert "KeyError in exchange" in out
    assert "GET /boom/Ada" in out
    assert "return found[name]" in out
    assert "('Ada', {}, '2', 'ann')" in out
    assert "'/boom/Ada'" in out
    assert "Oldest frame" in out
    assert kernel.execute("from flask import has_request_context; has_request_context()").texts == (
        "False",
    )
    kernel.execute("%flask_stop")


def test_a_run_without_input_says_why_it_does_not_debug(kernel: Kernel) -> None:
    kernel.execute("%flask_get /boom/Ada")
    name, text = kernel.execute("%flask_debug").error or ("", "")
    assert name == "RecordError"
    assert text == (
        "The debugger needs somebody who types, and this notebook runs without. "
        "Run the cell in JupyterLab, or leave it out."
    )


def test_an_older_failure_is_debugged_after_its_replay(kernel: Kernel) -> None:
    kernel.execute("%flask_get /boom/first")
    kernel.execute("first = __import__('nbflask').requests()[-1].id")
    kernel.execute("%flask_get /boom/second")
    text = (
        kernel.execute("get_ipython().run_line_magic('flask_debug', str(first))").error or ("", "")
    )[1]
    assert "are gone: only those of the one that failed last are kept" in text
    kernel.execute("replay = get_ipython().run_line_magic('flask_replay', str(first))")
    assert "'first'" in debug(kernel, "%flask_debug", ["p name", "q"])


def test_a_terminal_debugs_too(tmp_path: Path) -> None:
    script = tmp_path / "start.ipy"
    script.write_text(f"{APP}\nresponse = get_ipython().run_line_magic('flask_get', '/boom/Ada')\n")
    command = [
        "-m",
        "IPython",
        "--simple-prompt",
        "--no-banner",
        "--colors=NoColor",
        "-i",
        str(script),
    ]
    terminal = pexpect.spawn(
        sys.executable,
        command,
        env={
            "HOME": str(tmp_path),
            "IPYTHONDIR": str(tmp_path),
            "TERM": "dumb",
            "PATH": "/usr/bin",
        },
        encoding="utf-8",
        timeout=CELL_TIMEOUT_S,
    )
    try:
        terminal.expect(r"In \[\d+\]: ")
        terminal.sendline("%flask_debug")
        terminal.expect("KeyError in exchange 1: GET /boom/Ada")
        terminal.expect("ipdb> ")
        terminal.sendline("p name, request.path, g.user")
        terminal.expect_exact("('Ada', '/boom/Ada', 'ann')")
        terminal.expect("ipdb> ")
        terminal.sendline("q")
        terminal.expect(r"In \[\d+\]: ")
    finally:
        terminal.close(force=True)
