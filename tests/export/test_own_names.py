"""Names that the export writes, beside those of the notebook."""

from __future__ import annotations

import pytest

from nbflask.export import build_project
from tests.export.written import exported_client, notebook

FLASK = "from flask import Flask\n\napp = Flask(__name__)"


def written(*sources: str) -> str:
    return build_project(notebook(*sources)).files["app.py"].decode()


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ("config = {'TITLE': 'Tea'}\napp.config.update(config)", "config['TITLE']"),
        ("class config:\n    TITLE = 'Tea'\napp.config.from_object(config)", "config.TITLE"),
        ("config = settings = {'TITLE': 'Tea'}", "config['TITLE'] and settings['TITLE']"),
        ("Mapping = Any = {'TITLE': 'Tea'}", "Mapping['TITLE'] and Any['TITLE']"),
        ("def create_app():\n    return 'Tea'", "create_app()"),
    ],
)
def test_a_variable_called_as_something_of_the_factory_is_the_notebooks(
    cell: str, answer: str
) -> None:
    client = exported_client(FLASK, cell, f"@app.get('/')\ndef index():\n    return {answer}")
    assert client.get("/").text == "Tea"


def test_the_settings_of_a_factory_go_by_another_name_where_a_variable_has_theirs() -> None:
    text = written(FLASK, "config = {}", "@app.get('/')\ndef index():\n    return config")
    assert "def create_app(settings: Mapping[str, Any] | None = None) -> Flask:" in text
    assert "    if settings is not None:\n        app.config.update(settings)\n" in text


def test_a_module_goes_by_another_name_where_a_variable_has_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SECRET_KEY", "key")
    view = "@app.get('/')\ndef index():\n    session['seen'] = 1\n    return os"
    client = exported_client("from flask import session", FLASK, "os = 'linux'", view)
    assert client.get("/").text == "linux"
