"""What people start, and what it says where it does not start."""

from __future__ import annotations

import re
import signal
import socket
import sys
from pathlib import Path

import pytest

from examples.scaled.cluster import FRONT, choose_port
from examples.scaled.processes import Process, StartError
from tests.cli.command import Command, get

ROOT = Path(__file__).parents[2]


def test_ctrl_c_ends_all_and_leaves_nothing(tmp_path: Path) -> None:
    environment = {"TMPDIR": str(tmp_path), "WEB_CONCURRENCY": "1"}
    with Command("--port", "0", module="examples.scaled", cwd=ROOT, **environment) as command:
        (url,) = re.findall(r"http://\S+", command.wait_for("The app is at"))
        status, page, fields = get(url)
        assert (status, fields["X-Served-By"] in ("one", "two")) == (200, True)
        assert re.search(r'name="form_id" value="\w{8}"', page)
        started = command.workers()
        # nginx with two workers, and gunicorn twice with one.
        assert len(started) == 7
        assert command.end(signal.SIGINT) == 0
        assert [each for each in started if each.is_running()] == []
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_is_taken_is_said_before_anything_runs() -> None:
    with socket.create_server((FRONT, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartError) as error:
            choose_port(FRONT, wish=port)
    assert str(error.value) == (
        f"Port {port} of 127.0.0.1 cannot be opened: Address already in use. Choose one by --port."
    )


def test_what_does_not_start_says_why(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('No database.')"]
    process = Process("one", command, folder=tmp_path, is_ready=lambda: False)
    with pytest.raises(StartError, match=r"^one does not start:\nNo database\.$"):
        process.start()
    assert not process.is_running
