"""The processes of the example: each is started, waited for, and ended whole."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

# A busy machine needs some of them to start gunicorn's workers.
START_TIMEOUT_S = 60.0
# Longer than gunicorn's graceful_timeout.
STOP_TIMEOUT_S = 35.0
# How often somebody who waits looks again.
_LOOK_EVERY_S = 0.05
_MAX_LOG_CHARS = 2000


class StartError(Exception):
    """A process does not start; what it has written says why."""


class Process:
    """A program and its children, as one thing that runs or does not.

    They are a session of their own: Ctrl+C in a terminal reaches whoever started them, who ends
    them in order.

    :param name: As people call it.
    :param command: The program, by its path, and its arguments.
    :param folder: Where it works; what it writes goes to ``<name>.log`` there.
    :param is_ready: Whether it does by now what it is there for.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        folder: Path,
        is_ready: Callable[[], bool],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Note what is to run; nothing runs yet."""
        self.name = name
        self.log_path = folder / f"{name}.log"
        self._command = tuple(command)
        self._folder = folder
        self._is_ready = is_ready
        self._environment = dict(os.environ if environment is None else environment)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        """Whether it has been started, and has not ended since."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The number of the process that was started last, 0 for none."""
        return self._process.pid if self._process else 0

    def start(self) -> None:
        """Start it, and return when it is ready. Does nothing where it is running.

        :raises StartError: It ends, or is not ready in time.
        """
        if self.is_running:
            return
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                tie(self._command),
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._is_ready():
            if not self.is_running or time.monotonic() > deadline:
                self.kill()
                raise StartError(f"{self.name} does not start:\n{self.read_log()}")
            time.sleep(_LOOK_EVERY_S)

    def stop(self) -> None:
        """Ask it to end, and return when it has. What it is doing it may finish."""
        if self._process is None:
            return
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_TIMEOUT_S)
        # What is left of it: none, where it went well.
        self.kill()

    def kill(self) -> None:
        """End all of it at once, as a power cut does. May be called twice."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def read_log(self) -> str:
        """Give the end of what it has written."""
        if not self.log_path.exists():
            return ""
        return self.log_path.read_text("utf-8", "replace")[-_MAX_LOG_CHARS:]


def tie(command: Sequence[str]) -> list[str]:
    """Give a command that ends with the process that starts it, where the system can do that."""
    if shutil.which("setpriv"):
        return ["setpriv", "--pdeathsig", "TERM", *command]
    return list(command)
