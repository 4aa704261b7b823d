"""The processes that serve one version of a project, from their start to their end.

They are a session of their own: a key in the terminal reaches whoever started them, who then ends
all of them.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nbflask.errors import ServerError

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping
    from pathlib import Path

    Server = Literal["gunicorn", "werkzeug"]

#: How many workers gunicorn has, where nobody says it.
WORKERS = "WEB_CONCURRENCY"
# They are given 3 s for requests that are under way (program.py); so long is for that, and more.
STOP_TIMEOUT_S = 8.0


def is_number_of_workers(text: str) -> bool:
    """Say whether so many processes can serve."""
    return text.isascii() and text.isdigit() and int(text) > 0


def find_server() -> Server:
    """Give the better server of those that run here.

    :raises ServerError: The environment asks for workers that cannot be.
    """
    wanted = os.environ.get(WORKERS, "1")
    if not is_number_of_workers(wanted):
        # gunicorn's own modules cannot be imported then.
        raise ServerError(
            f"{WORKERS} is {wanted!r} in the environment, which is no number of workers. Set it "
            "to 1 or more, or unset it."
        )
    try:
        import gunicorn.app.base  # noqa: F401
    except ImportError:
        # It is not installed, or there are no such processes, as on Windows.
        return "werkzeug"
    return "gunicorn"


@dataclass(frozen=True, kw_only=True)
class Started:
    """The app answers."""


@dataclass(frozen=True, kw_only=True)
class Failed:
    """The app does not start; the traceback is on the standard error output.

    :param reason: In a line; ``""`` where the process ended without one.
    :param source: The line of the project's code at which it failed; ``""`` if that is not known.
    """

    reason: str = ""
    source: str = ""


class ServingProcess:
    """Serves a project's folder.

    :param folder: With ``wsgi.py``.
    :param work_folder: Where relative paths begin, and what is imported from beside the notebook.
    :param workers: Processes; ``None`` leaves it to gunicorn.
    """

    def __init__(
        self,
        folder: Path,
        listener: socket.socket,
        *,
        server: Server,
        work_folder: Path,
        environment: Mapping[str, str],
        workers: int | None = None,
    ) -> None:
        """Start it."""
        told, tell = os.pipe()
        alive, self._lifeline = os.pipe()
        command = [sys.executable, "-P", "-m", "nbflask.hosting.program", str(folder)]
        command += ["--server", server, "--listen", str(listener.fileno()), "--tell", str(tell)]
        command += ["--lifeline", str(alive)]
        command += ["--workers", str(workers)] if workers else []
        try:
            self._process = subprocess.Popen(
                command,
                cwd=work_folder,
                env=dict(environment),
                # Nobody is there to answer what a cell asks.
                stdin=subprocess.DEVNULL,
                pass_fds=(listener.fileno(), tell, alive),
                start_new_session=True,
            )
        except BaseException:
            os.close(told)
            os.close(self._lifeline)
            raise
        finally:
            os.close(tell)
            os.close(alive)
        #: Can be read when there is something to tell: :meth:`read_start` then does not wait.
        self.told = told

    def read_start(self) -> Started | Failed:
        """Wait until the app answers, or does not start."""
        with open(self.told, encoding="utf-8", errors="replace") as told:  # noqa: PTH123
            line = told.readline().strip()
            source = "" if line == "ready" else told.readline().strip()
        self.told = -1
        return Started() if line == "ready" else Failed(reason=line, source=source)

    @property
    def has_ended(self) -> bool:
        """Whether it runs no more."""
        return self._process.poll() is not None

    def stop(self) -> None:
        """End it and all of its workers. May be called twice."""
        if self.told >= 0:
            os.close(self.told)
            self.told = -1
        try:
            self._process.terminate()
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            pass
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            if self._lifeline >= 0:
                os.close(self._lifeline)
                self._lifeline = -1
