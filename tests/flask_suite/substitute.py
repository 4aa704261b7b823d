"""A pytest plugin for Flask's own suite: whose classes are tested, and what came out.

It runs inside the session that runs Flask's tests, which is never ours: in a
process of its own or in a kernel's cell. It is loaded by ``-p``, so before
Flask's ``conftest.py`` imports the class.

Rule 1: with ``--app-class live``, ``flask.Flask`` and ``flask.Blueprint`` are
ours, which are the only names by which Flask's tests reach them.

Rule 2: the apps that our class made are counted in its own ``__init__``, so a
session that tested plain Flask by mistake counts none.

Rule 3: what is written is JSON: ``{"apps": int, "outcomes": {node id: "passed" |
"failed" | "skipped"}}``.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import flask
import pytest

OUTCOMES = pytest.StashKey[dict[str, str]]()
APPS = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the two options that say what is tested and where the result goes."""
    parser.addoption("--app-class", choices=["plain", "live"], required=True)
    parser.addoption("--outcomes-file", type=Path, required=True)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Put our classes in the place of Flask's before any ``conftest.py`` is imported."""
    early_config.stash[OUTCOMES] = {}
    early_config.stash[APPS] = []
    if early_config.known_args_namespace.app_class == "live":
        substitute(early_config.stash[APPS])


def substitute(made: list[str]) -> None:
    """Replace Flask's classes by ours.

    :param made: Gets the import name of each app that our class makes.
    """
    from nbflask.app import Blueprint, Flask

    count_calls(Flask, made)
    vars(flask).update(Flask=Flask, Blueprint=Blueprint)


def count_calls(cls: type[flask.Flask], made: list[str]) -> None:
    """Have ``cls.__init__`` add the import name of each new app to ``made``."""
    init = cls.__init__

    @functools.wraps(init)
    def counting_init(self: flask.Flask, import_name: str, *args: Any, **kwargs: Any) -> None:
        made.append(import_name)
        init(self, import_name, *args, **kwargs)

    cls.__init__ = counting_init  # type: ignore[method-assign]


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Remember the worst outcome of a test's three phases."""
    outcomes = item.config.stash[OUTCOMES]
    outcomes.setdefault(item.nodeid, "passed")
    if call.excinfo is not None:
        is_skip = call.excinfo.errisinstance(pytest.skip.Exception)
        outcomes[item.nodeid] = "skipped" if is_skip else "failed"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write what came out."""
    result = {
        "apps": len(session.config.stash[APPS]),
        "outcomes": session.config.stash[OUTCOMES],
    }
    path: Path = session.config.getoption("outcomes_file")
    path.write_text(json.dumps(result), encoding="utf-8")
