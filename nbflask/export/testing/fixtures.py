"""The fixtures that a project's tests ask for, in the words of Flask's documentation."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..data_folder import VARIABLE
from ..module import format_code
from ..statements import indent
from .apart import Apart

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
_BUILDING = '"""Build an app for one test."""'
_GIVING = '''\
"""Give the app, which lets exceptions through to the test."""
{}flask_app.config["TESTING"] = True
return flask_app'''
_FOLDER = '''\
@pytest.fixture(scope="session", autouse=True)
def folder(tmp_path_factory):
    """Give the app a folder for its data, before it is imported."""
    folder = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
{}
        yield folder'''


@dataclass(frozen=True, kw_only=True)
class Making:
    """What the app of a test is made of.

    :param app: The variable of the module's app, where it has no factory.
    :param environment: The variables without which there is no app.
    :param has_more: The app comes from a module of its own, and only ``wsgi`` is sure to have it.
    :param has_data: The app keeps data in a folder that the environment names.
    :param is_read_early: The module may read a variable while it is imported.
    :param early: Those of the variables that have to be there before the fixture asks for the app.
    """

    app: str
    environment: Sequence[str] = ()
    has_factory: bool = False
    has_more: bool = False
    has_data: bool = False
    is_read_early: bool = True
    early: Sequence[str] = ()
    apart: Apart = field(default_factory=Apart)

    @property
    def source(self) -> str:
        """The import of the app, or of its factory."""
        if self.has_factory:
            return "from app import create_app"
        if self.has_more:
            return "from wsgi import app as flask_app"
        return f"from app import {self.app} as flask_app"

    @property
    def waits(self) -> bool:
        """Whether other folders are there before the module is imported."""
        return self.apart.is_early or (bool(self.apart.variables) and self.is_read_early)


def write_conftest(making: Making) -> str:
    """Write the fixtures."""
    early = [each for each in making.early if each not in making.apart.variables]
    parameters, lines = _write_variables(making)
    if not making.waits:
        parameters += ["monkeypatch", "tmp_path"]
        lines += _write_folders(making.apart, "monkeypatch", "tmp_path")
    head = ["import os"] if early or "os.environ" in "".join(lines) else []
    head += ["import shutil"] if making.apart.copies else []
    head += ["from pathlib import Path"] if making.apart.copies else []
    parts = [*filter(None, ["\n".join(head)]), "import pytest"]
    body = "".join(f"{line}\n" for line in lines)
    if early or making.waits or (making.has_data and not making.has_factory):
        # The app reads the environment while it is imported, or opens its files.
        body = f"{body}{making.source}\n\n"
    else:
        parts.append(making.source)
    if early:
        parts.append(_write_environment(early))
    if making.apart.copies:
        parts.append("PROJECT = Path(__file__).parents[1]")
    code = f"{body}{_write_building(making)}" if making.has_factory else _GIVING.format(body)
    if making.has_factory:
        code = f"{_BUILDING}\n{code}"
    parts = ["\n\n".join([CONFTEST_DOC, *parts])]
    if making.waits:
        parts.append(_write_session_folder(making.apart))
        parameters.append("folder")
    used = list(dict.fromkeys(each for each in parameters if each == "folder" or each in code))
    parts.append(f"@pytest.fixture\ndef app({', '.join(used)}):\n{indent(code)}")
    return format_code("\n\n\n".join([*parts, _CLIENT]))


def _write_building(making: Making) -> str:
    settings = {"TESTING": "True", **making.apart.settings}
    items = ", ".join(f"{key!r}: {value}" for key, value in settings.items())
    return f"return create_app({{{items}}})"


def _write_folders(apart: Apart, patch: str, folder: str) -> list[str]:
    """Write the lines that lead the app's data into a folder of the tests."""
    lines = [f"shutil.copy(PROJECT / {each!r}, {folder})" for each in apart.copies]
    if apart.moves:
        lines.append(f"{patch}.chdir({folder})")
    if apart.has_instance:
        place = f"str({folder} / 'instance')"
        name = "flask.Flask.auto_find_instance_path"
        lines.append(f"{patch}.setattr({name!r}, lambda app: {place})")
    for name, is_uri in apart.variables.items():
        path = f"{folder} / 'test.db'"
        value = f'f"sqlite:///{{{path}}}"' if is_uri else f"str({path})"
        lines.append(f"{patch}.setenv({name!r}, {value})")
    return lines


def _write_session_folder(apart: Apart) -> str:
    lines = "".join(f"{each}\n" for each in _write_folders(apart, "patch", "folder"))
    return _FOLDER.format(indent(lines.rstrip(), 2))


def find_early(environment: Sequence[str], code: str, tests: str) -> tuple[str, ...]:
    """Give the variables that may be read before the fixture calls the factory, or beside it."""
    if _FACTORY in tests:
        return tuple(environment)
    outside = [each for each in ast.parse(code).body if getattr(each, "name", "") != _FACTORY]
    outside += [each for each in ast.parse(tests).body if not _takes_app(each)]
    nodes = (node for each in outside for node in ast.walk(each))
    read = {each.value for each in nodes if isinstance(each, ast.Constant)}
    return tuple(each for each in environment if each in read)


def _takes_app(node: ast.stmt) -> bool:
    """Say whether a test is given what the fixture has made."""
    return isinstance(node, ast.FunctionDef) and any(
        each.arg in ("app", "client") for each in node.args.args
    )


def _write_variables(making: Making) -> tuple[list[str], list[str]]:
    """Write the fixture's parameters, and the lines that set variables for one test.

    An app that is imported once keeps its data in one folder.
    """
    if making.has_data and not making.has_factory:
        folder = "str(tmp_path_factory.mktemp('data'))"
        return ["tmp_path_factory"], [f"os.environ[{VARIABLE!r}] = {folder}"]
    elsewhere = {*making.early, *making.apart.variables}
    given = [name for name in making.environment if name not in elsewhere]
    lines = [f"monkeypatch.setenv({name!r}, 'test')" for name in given]
    if making.has_data:
        lines.append(f"monkeypatch.setenv({VARIABLE!r}, str(tmp_path))")
    return ["monkeypatch", "tmp_path"], lines


def _write_environment(names: Sequence[str]) -> str:
    lines = [f"os.environ.setdefault({name!r}, 'test')" for name in names]
    return "\n".join(["# The app reads these while it is imported.", *lines])
