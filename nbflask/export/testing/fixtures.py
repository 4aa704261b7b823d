"""The fixtures that a project's tests ask for, in the words of Flask's documentation."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ..data_folder import VARIABLE
from ..module import format_code
from ..statements import indent

if TYPE_CHECKING:
    from collections.abc import Sequence

_FACTORY = "create_app"
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
    is_read_early: bool = True,
) -> str:
    """Write the fixtures.

    :param environment: The variables without which there is no app.
    :param has_more: The app comes from a module of its own, and only ``wsgi`` is sure to have it.
    :param has_data: The app keeps data in a folder that the environment names.
    :param is_read_early: The variables have to be there before the fixture asks for the app.
    """
    source = "from app import create_app" if has_factory else f"from app import {app} as flask_app"
    if has_more and not has_factory:
        source = "from wsgi import app as flask_app"
    making = _BUILDING if has_factory else _GIVING
    early = environment if is_read_early else ()
    parameters, lines = _write_variables(
        () if is_read_early else environment, has_factory=has_factory, has_data=has_data
    )
    setting = "".join(f"{line}\n" for line in lines)
    if early or (has_data and not has_factory):
        head = "import os\n\nimport pytest"
        if early:
            head = f"{head}\n\n{_write_environment(early)}"
        # The app reads the environment while it is imported.
        making = making.format(f"{setting}{source}\n\n")
    else:
        head, making = f"import pytest\n\n{source}", making.format(setting)
    app_fixture = f"@pytest.fixture\ndef app({', '.join(parameters)}):\n{indent(making)}"
    return format_code("\n\n\n".join([f"{CONFTEST_DOC}\n\n{head}", app_fixture, _CLIENT]))


def reads_early(environment: Sequence[str], code: str, tests: str) -> bool:
    """Say whether a variable may be read before the fixture calls the factory, or beside it."""
    if _FACTORY in tests or "environ" in tests:
        return True
    outside = [
        each
        for each in ast.parse(code).body
        if not (isinstance(each, ast.FunctionDef) and each.name == _FACTORY)
    ]
    nodes = (node for each in outside for node in ast.walk(each) if isinstance(node, ast.Constant))
    return any(node.value in environment for node in nodes)


def _write_variables(
    environment: Sequence[str], *, has_factory: bool, has_data: bool
) -> tuple[list[str], list[str]]:
    """Write the fixture's parameters, and the lines that set variables for one test.

    An app that is imported once keeps its data in one folder.
    """
    if has_data and not has_factory:
        folder = "str(tmp_path_factory.mktemp('data'))"
        return ["tmp_path_factory"], [f"os.environ.setdefault({VARIABLE!r}, {folder})"]
    lines = [f"monkeypatch.setenv({name!r}, 'test')" for name in environment]
    parameters = ["monkeypatch"] if lines or has_data else []
    if has_data:
        lines.append(f"monkeypatch.setenv({VARIABLE!r}, str(tmp_path))")
        parameters.append("tmp_path")
    return parameters, lines


def _write_environment(names: Sequence[str]) -> str:
    lines = [f"os.environ.setdefault({name!r}, 'test')" for name in names]
    return "\n".join(["# The app reads these while it is imported.", *lines])
