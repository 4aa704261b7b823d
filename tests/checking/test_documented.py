"""What docs/shipping.md says of the check, against what the check does."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from nbflask.cli import main

ROOT = Path(__file__).parent.parent.parent
_KIND = re.compile(r"[a-z]+(-[a-z]+)+")


def test_each_kind_is_documented_once_and_no_other() -> None:
    row = r"^\| `([a-z-]+)` \| (?:error|warning|info) \|"
    documented = re.findall(row, _page(), re.MULTILINE)
    assert sorted(documented) == sorted(_kinds())


def test_the_keys_of_an_object_are_documented() -> None:
    text = (ROOT / "nbflask/checking/report.py").read_text(encoding="utf-8")
    written = re.findall(r'"(\w+)": each', text)
    assert len(written) == 7
    part = _page().partition("### For programs")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `([a-z_]+)` \| ", part, re.MULTILINE) == written


def test_the_help_says_what_the_exit_status_means(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["check", "--help"])
    assert "The exit status is 0 if the app can be shipped" in capsys.readouterr().out


def _page() -> str:
    return (ROOT / "docs/shipping.md").read_text(encoding="utf-8")


def _kinds() -> set[str]:
    return {
        node.value
        for path in (ROOT / "nbflask/checking").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if _KIND.fullmatch(node.value)
    }
