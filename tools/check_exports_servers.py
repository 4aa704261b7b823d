"""An exported project, served as its README says, where nothing but its needs is installed."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from nbflask.alike.asking import Reached
from nbflask.errors import ServerError
from nbflask.exchanges.drafts import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SERVERS = {
    "gunicorn": "-m gunicorn --bind=127.0.0.1:{port} --workers={workers} --threads=8 wsgi:app",
    "waitress": "-m waitress --listen=127.0.0.1:{port} --threads=8 wsgi:app",
    "werkzeug": "-m flask --app=wsgi run --port={port}",
}
# Flask-Sock needs the connection's socket, which of these three waitress does not hand to an app.
WITHOUT_WEBSOCKETS = frozenset({"waitress"})
_START_TIMEOUT_S = 60.0
_STOP_TIMEOUT_S = 10.0
_LOG_LINES = 8


class NotStartedError(Exception):
    """A server has ended, or does not answer."""


@dataclass(frozen=True, kw_only=True)
class Project:
    """A project, and what it is run with.

    :param python: Of its environment.
    :param workers: Of gunicorn: more than one where the app keeps nothing in its process.
    :param variables: Of the environment, those that it reads.
    """

    folder: Path
    python: Path
    workers: int = 1
    variables: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def serve(project: Project, server: str) -> Iterator[str]:
    """Serve a copy of a project, so that each server begins with the same data; give its URL.

    The first server is started twice: what it has kept is not to be in the way the second time.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made:
        copy = Path(made, project.folder.name)
        shutil.copytree(project.folder, copy)
        if server == next(iter(SERVERS)):
            with _serve(project, copy, server) as url:
                _wait_for_answer(url)
        with _serve(project, copy, server) as url:
            yield url


@contextmanager
def _serve(project: Project, folder: Path, server: str) -> Iterator[str]:
    port = _find_free_port()
    command = SERVERS[server].format(port=port, workers=project.workers).split()
    log = folder.parent / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [project.python, *command],
            cwd=folder,
            env={**plain_environment(), **project.variables},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(process, port)
        yield f"http://127.0.0.1:{port}"
    except (NotStartedError, ServerError) as fault:
        last = log.read_text(errors="replace").splitlines()[-_LOG_LINES:]
        raise NotStartedError("\n".join([str(fault), *last])) from fault
    finally:
        _stop(process)


def plain_environment() -> dict[str, str]:
    """Give what a login has, and nothing of this repository's: no path of modules, no secret."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PIP_CACHE_DIR", "PIP_INDEX_URL")
    return {name: os.environ[name] for name in kept if name in os.environ}


def _find_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait until a server listens; a request then waits until it has loaded the app."""
    deadline = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise NotStartedError("It does not start.")


def _wait_for_answer(url: str) -> None:
    # A method that no rule takes: the views are not run.
    draft = Draft(method="TRACE", target="/")
    Reached(url=url, timeout_s=_START_TIMEOUT_S).ask(draft, None)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        pass
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
