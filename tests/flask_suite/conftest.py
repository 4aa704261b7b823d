"""Flask's source, unpacked once, and plain Flask's own outcomes to compare with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.flask_suite.sessions import Session, run_in_process
from tests.flask_suite.source import unpack_flask_source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

REPORT = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def flask_source(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the top folder of the installed Flask's source."""
    cache = request.config.cache.mkdir("flask-source")
    return unpack_flask_source(cache, tmp_path_factory.mktemp("flask-source"))


@pytest.fixture(scope="session")
def plain_session(flask_source: Path, tmp_path_factory: pytest.TempPathFactory) -> Session:
    """Give what Flask's tests come to with Flask's own classes."""
    outcomes_file = tmp_path_factory.mktemp("plain") / "outcomes.json"
    return run_in_process(flask_source, "plain", outcomes_file)


@pytest.fixture(scope="session")
def report(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Give a function that keeps a line for the end of the session, where a green run shows it."""
    return request.config.stash.setdefault(REPORT, []).append


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say how many apps of our class Flask's tests made."""
    for line in config.stash.get(REPORT, []):
        terminalreporter.write_line(f"Flask's own tests {line}")
