"""Each test has a shell of its own, and leaves no server, thread or secret key behind."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from tests.magics.shell import Shell

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def jupyter_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let secret keys and registrations go to a directory of the test's own."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data"


@pytest.fixture
def shell(jupyter_data: Path) -> Iterator[Shell]:  # noqa: ARG001
    before = set(threading.enumerate())
    made = Shell()
    yield made
    made.close()
    # Async views share one pool of threads, which the process keeps.
    left = [
        each.name
        for each in set(threading.enumerate()) - before
        if not each.name.startswith("ThreadPoolExecutor")
    ]
    assert not left, f"threads are left: {left}"
