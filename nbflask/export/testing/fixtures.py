"""The fixtures that a project's tests ask for, in the words of Flask's documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..data_folder import VARIABLE
from ..module import format_code
from ..statements import indent

if TYPE_CHECKING:
    from collections.abc import Sequence

CONFTEST_DOC = '"""What the tests are given: the app, and a client of it."""'
_CLIENT = '''\
@pytest.fixture
def client(app):
    """Give a client, which keeps its cookies for one test."""
    return app.test_client()
'''
_BUILDING = '"""Build an app for one test."""\n{}return create_app({{"TESTING": True}})'
_GIVING = '''\
"""Give the app, which lets exceptions through to the test."""
{}flask_app.config["TESTING"] = True
return flask_app'''


def write_conftest(
    environment: Sequence[str],
    app: str,
    *,
    has_factory: bool,
    has_more: bool = False,
    has_data: bool = False,
) -> str:
    """Write the fixtures.

    :param environment: The variables without which the app cannot be imported.
    :param has_more: The app comes from a module of its own, and only ``wsgi`` is sure to have it.
    :param has_data: The app keeps data in a folder that the environment names.
    """
    source = "from app import create_app" if has_factory else f"from app import {app} as flask_app"
    if has_more and not has_factory:
        source = "from wsgi import app as flask_app"
    making = _BUILDING if has_factory else _GIVING
    parameter, setting = _write_data_folder(has_factory=has_factory) if has_data else ("", "")
    is_read = bool(environment) or (has_data and not has_factory)
    head = "import os\n\nimport pytest" if is_read else "import pytest"
    if environment:
        head = f"{head}\n\n{_write_environment(environment)}"
    if is_read:
        # The app reads the environment while it is imported.
        making = making.format(f"{setting}{source}\n\n")
    else:
        head, making = f"{head}\n\n{source}", making.format(setting)
    app_fixture = f"@pytest.fixture\ndef app({parameter}):\n{indent(making)}"
    return format_code("\n\n\n".join([f"{CONFTEST_DOC}\n\n{head}", app_fixture, _CLIENT]))


def _write_data_folder(*, has_factory: bool) -> tuple[str, str]:
    """Write the fixture's parameters, and the line that has data kept in a folder of the tests."""
    if has_factory:
        return "monkeypatch, tmp_path", f"monkeypatch.setenv({VARIABLE!r}, str(tmp_path))\n"
    folder = "str(tmp_path_factory.mktemp('data'))"
    return "tmp_path_factory", f"os.environ.setdefault({VARIABLE!r}, {folder})\n"


def _write_environment(names: Sequence[str]) -> str:
    lines = [f"os.environ.setdefault({name!r}, 'test')" for name in names]
    return "\n".join(["# The app reads these while it is imported.", *lines])
