"""The command's own line."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from nbflask import __version__
from nbflask.cli import main
from nbflask.cli.main import COMMANDS
from tests.cli.command import PATIENCE_S, write_notebook

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("words", [["--version"], ["--help"], *([each, "-h"] for each in COMMANDS)])
def test_it_says_what_it_is_and_what_it_takes(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as done:
        main(words)
    assert done.value.code == 0
    said = capsys.readouterr().out
    assert said == f"nbflask {__version__}\n" if words == ["--version"] else "usage: " in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["check", "a.ipynb", "--bogus"], "unrecognized arguments: --bogus"),
        (
            ["check", "-lead.ipynb"],
            "the following arguments are required: NOTEBOOK (write ./-lead.ipynb for the file)",
        ),
        (["routes", "a.ipynb", "b"], "unrecognized arguments: b"),
    ],
)
def test_a_wrong_line_shows_how_its_command_is_written(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as done:
        main(words)
    assert done.value.code == 2
    usage, *_, line = capsys.readouterr().err.splitlines()
    assert usage.startswith(f"usage: nbflask {words[0]} [-h]")
    assert line == f"nbflask {words[0]}: error: {said}"


def test_an_empty_text_is_no_path(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main(["check", ""])
    assert done.value.code == 2
    assert "argument NOTEBOOK: '' names no file and no folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("null", "'a.ipynb' is not a notebook: it is JSON without 'nbformat'."),
        ('{"nbformat": 4}', "The notebook 'a.ipynb' has no list of cells."),
        ("\xff", "'a.ipynb' is not a notebook: byte 0 is not UTF-8."),
        (None, "The notebook 'a.ipynb' has no app 'shop'. Known: app."),
    ],
)
def test_a_notebook_is_called_by_its_files_name(
    tmp_path: Path,
    content: str | None,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    path = write_notebook(tmp_path / "a.ipynb", "1")
    if content is not None:
        path.write_text(content, encoding="latin-1")
    assert main(["routes", "a.ipynb", "--app", "shop"]) == 1
    assert capsys.readouterr().err == f"nbflask: {said}\n"


def test_it_ends_without_a_word_when_nobody_reads_on(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "shop.ipynb", "%%route /\n'home'")
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "nbflask", "routes", str(path)],
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


def test_an_export_says_how_many_errors_a_check_finds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_notebook(tmp_path / "shop.ipynb", "%%route /\nopen('a.csv').read()")
    assert main(["export", str(path), str(tmp_path / "bad")]) == 0
    told = "`nbflask check shop.ipynb` finds an error: the project fails, or a part of it.\n"
    assert capsys.readouterr().out.endswith(told)
    write_notebook(path, "%%route /\n'ok'")
    assert main(["export", str(path), str(tmp_path / "good")]) == 0
    assert "check" not in capsys.readouterr().out
