"""Imports of all names that a module has."""

from __future__ import annotations

from nbflask.export import build_project
from tests.export.written import notebook


def _lines(*sources: str) -> list[str]:
    project = build_project(notebook("app = Flask(__name__)", *sources))
    return project.files["app.py"].decode().splitlines()


def test_an_import_of_all_names_is_kept_as_text_does_not_show_which() -> None:
    assert "from math import *" in _lines("from math import *", "%%route /\nstr(sin(1))")


def test_of_flasks_names_those_that_are_used_are_imported() -> None:
    lines = _lines("from flask import *", "%%route /\njsonify(1)")
    assert "from flask import Flask, jsonify" in lines
    assert "from flask import *" not in lines


def test_an_import_of_all_names_is_a_statement_of_its_own() -> None:
    cell = "from math import *\nfrom math import pi as p"
    lines = _lines(cell, "%%route /\nstr((sin(1), p))")
    at = lines.index("from math import *")
    assert lines[at + 1] == "from math import pi as p"
