"""The words that hold a secret's place in a notebook's own modules."""

from __future__ import annotations

from nbflask.checking import examine
from nbflask.export import build_project
from tests.export.written import notebook

FACTORY = (
    "%%module shelf/__init__.py\nfrom flask import Flask\ndef create_app():\n"
    "    app = Flask(__name__)\n    app.config.from_mapping(SECRET_KEY={key!r})\n    return app"
)
CALL = ("from shelf import create_app", "app = create_app()")


def test_a_word_that_signs_sessions_is_told_wherever_a_project_is_described() -> None:
    source = notebook(FACTORY.format(key="dev"), *CALL)
    project = build_project(source)
    assert "SECRET_KEY='dev'" in project.files["shelf/__init__.py"].decode()
    told = "Sessions are signed with 'dev', which stands in shelf/__init__.py, until a"
    assert any(str(each).startswith(told) for each in project.notes)
    readme = project.files["README.md"].decode()
    assert "Sessions are signed with `dev` until a configuration gives another" in readme
    (finding,) = (each for each in examine(source) if each.kind == "secret-in-cell")
    assert "stays there in the project" in finding.text
    assert "from the environment" not in finding.text


def test_a_real_secret_of_a_module_is_no_such_word() -> None:
    source = notebook(FACTORY.format(key="b7f2e9d0c4a1485e9f3d6a7c8b9e0f12"), *CALL)
    project = build_project(source)
    assert not [each for each in project.notes if "signed with" in str(each)]
    assert b"signed with" not in project.files["README.md"]
    (finding,) = (each for each in examine(source) if each.kind == "secret-in-cell")
    assert "The project reads it from the environment" in finding.text
