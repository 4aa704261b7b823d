"""What a project has to have installed."""

from __future__ import annotations

import pytest

from nbflask.export.around.requirements import Installed, find_requirements, read_installed
from nbflask.export.imports import parse_imports

INSTALLED = Installed(
    packages={
        "flask": ["Flask"],
        "flask_sqlalchemy": ["Flask-SQLAlchemy"],
        "google": ["google-cloud-storage", "google-api-core", "protobuf"],
        "sklearn": ["scikit-learn"],
        "torch": ["torch"],
    },
    versions={
        "flask": "3.1.2",
        "flask-sqlalchemy": "3.1.1",
        "google-api-core": "2.0",
        "google-cloud-storage": "3.4",
        "gunicorn": "23.0.0",
        "psycopg": "3.2.9",
        "scikit-learn": "1.7.0",
        "torch": "2.6.0+cpu",
    },
)


def lines(*imports: str, text: str = "", is_async: bool = False) -> tuple[str, ...]:
    """Give what imports require, without what every project does."""
    found = find_requirements(parse_imports(imports), [text], INSTALLED, is_async=is_async)
    return tuple(each for each in found.lines if each not in ("flask==3.1.2", "gunicorn==23.0.0"))


def test_every_project_needs_flask_and_its_server() -> None:
    found = find_requirements((), (), INSTALLED)
    assert found.lines == ("flask==3.1.2", "gunicorn==23.0.0")
    assert found.text == "flask==3.1.2\ngunicorn==23.0.0"


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        ("from sklearn.svm import SVC", "scikit-learn==1.7.0"),
        ("from flask_sqlalchemy import SQLAlchemy", "flask-sqlalchemy==3.1.1"),
        ("from google.cloud import storage", "google-cloud-storage==3.4"),
        ("import google.api_core.exceptions", "google-api-core==2.0"),
        ("import torch", "torch==2.6.0"),
    ],
)
def test_an_import_is_traced_to_what_installs_it(statement: str, line: str) -> None:
    assert lines(statement) == (line,)


def test_the_standard_library_and_neighbours_need_nothing() -> None:
    assert lines("import os.path", "from . import db", "from __future__ import annotations") == ()


def test_what_is_not_installed_has_no_version_and_is_told() -> None:
    found = find_requirements(parse_imports(["import my_models.shop"]), (), INSTALLED)
    assert "my-models" in found.lines
    assert found.unknown == ("my-models",)


def test_coroutines_need_flasks_extra() -> None:
    assert lines(is_async=True) == ("flask[async]==3.1.2",)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("URL = 'postgresql+psycopg://localhost/shop'", "psycopg[binary]==3.2.9"),
        ("URL = 'mysql+pymysql://localhost/shop'", "pymysql"),
        ("wine = load_wine(as_frame=True)", "pandas"),
        ("app.config['SESSION_TYPE'] = 'redis'", "redis"),
    ],
)
def test_what_a_text_names_without_importing_it_is_needed(text: str, line: str) -> None:
    assert lines(text=text) == (line,)


def test_this_environment_is_read() -> None:
    installed = read_installed()
    assert installed.packages["flask"] == ["Flask"] or "flask" in map(
        str.lower, installed.packages["flask"]
    )
    assert installed.versions["flask"][:1] == "3"
