"""Paths of one machine are told to whoever takes the project to another."""

from __future__ import annotations

import pytest

from nbflask.export import build_project
from tests.export.written import notebook


def notes(*sources: str) -> list[str]:
    """Give the notes of an export."""
    return [each.text for each in build_project(notebook("%load_ext nbflask", *sources)).notes]


@pytest.mark.parametrize("path", ["/home/ada/teas.csv", "C:\\teas.csv", "~/teas.csv", "/tmp/t.db"])  # noqa: S108
def test_a_path_of_this_machine_is_told(path: str) -> None:
    (note,) = notes(f"TEAS = {path!r}", "%%route /\nTEAS")
    assert note.startswith(f"{path!r} is a path of this machine. Write it from the module's")


@pytest.mark.parametrize("text", ["/home", "teas.csv", "/teas/1", "https://a.b/home/x"])
def test_other_texts_are_not(text: str) -> None:
    assert notes(f"TEAS = {text!r}", "%%route /\nTEAS", "%%route /home/<name>\nname") == []
