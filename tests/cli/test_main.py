"""The command's own line."""

from __future__ import annotations

import pytest

from nbflask import __version__
from nbflask.cli import main
from nbflask.cli.main import COMMANDS


@pytest.mark.parametrize("words", [["--version"], ["--help"], *([each, "-h"] for each in COMMANDS)])
def test_it_says_what_it_is_and_what_it_takes(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as done:
        main(words)
    assert done.value.code == 0
    said = capsys.readouterr().out
    assert said == f"nbflask {__version__}\n" if words == ["--version"] else "usage: " in said
