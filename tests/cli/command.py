"""The command ``nbflask`` in a process of its own, as a shell runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from queue import Empty, Queue
from typing import TYPE_CHECKING, Any, Self

import psutil

from tests.export.written import document_of

if TYPE_CHECKING:
    from pathlib import Path

#: Seconds; on a machine that is busy with other tests, an export and a start take up to 15.
PATIENCE_S = 60


def write_notebook(path: Path, *sources: str) -> Path:
    """Write a notebook of cells as Jupyter saves one: whole, in the place of the former."""
    draft = path.with_suffix(".part")
    draft.write_text(json.dumps(document_of("%load_ext nbflask", *sources)), encoding="utf-8")
    draft.replace(path)
    return path


def run_command(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "nbflask", *words],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )


class Command:
    """A command that goes on until it is ended; whatever happens, nothing of it is left.

    :param module: What Python runs; ``nbflask`` by default.
    """

    def __init__(
        self, *words: str, module: str = "nbflask", cwd: Path | None = None, **environment: str
    ) -> None:
        """Start it."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, *words],
            env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.text = ""
        self._lines: Queue[str] = Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for(self, words: str) -> str:
        """Give the next line with these words, or fail with all that was written."""
        while True:
            try:
                line = self._lines.get(timeout=PATIENCE_S)
            except Empty:
                raise AssertionError(f"no {words!r} in: {self.text}") from None
            if not line:
                raise AssertionError(f"no {words!r}, and it has ended: {self.text}")
            if words in line:
                return line.strip()

    def workers(self) -> list[psutil.Process]:
        """Give the processes that it has started, and those that these have."""
        return psutil.Process(self.process.pid).children(recursive=True)  # type: ignore[no-any-return]

    def end(self, number: int) -> int:
        """Send a signal, and give the exit status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_S)

    def __enter__(self) -> Self:
        """Give the running command."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it and all that it has started."""
        started = self.workers() if self.process.poll() is None else []
        self.process.kill()
        self.process.wait()
        for each in started:
            if each.is_running():
                each.kill()
        self._reader.join(PATIENCE_S)
        if self.process.stdout:
            self.process.stdout.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.text += line
            self._lines.put(line)
        self._lines.put("")


def get(url: str, **fields: str) -> tuple[int, str, Any]:
    """Ask for a page; give its status, its text and its header."""
    request = urllib.request.Request(url, headers=fields)  # noqa: S310  (always http, to ourselves)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as response:  # noqa: S310
            return response.status, response.read().decode(), response.headers
    except urllib.error.HTTPError as fault:
        with fault:
            return fault.code, fault.read().decode(), fault.headers
