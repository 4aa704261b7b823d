"""Find a program that tests and examples need, and install it where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

#: What Debian's packages ask before they start a service.
POLICY = Path("/usr/sbin/policy-rc.d")
#: Its way to say that none is to be started.
_REFUSAL = "#!/bin/sh\nexit 101\n"


@dataclass(frozen=True, kw_only=True)
class Program:
    """A program, and the ways to it.

    :param kind: What it is, in an error's words: ``"browser"``.
    :param variable: Of the environment; it names the one to use, before any that is found.
    :param candidates: Gives the paths at which it may be, the best first.
    :param is_running: Whether what is at a path runs here: one without its libraries does not.
    :param installers: Called in turn until one leaves a program at one of these paths.
    :param remedy: What somebody can do where none of them does.
    """

    kind: str
    variable: str
    candidates: Callable[[], Iterable[str]]
    is_running: Callable[[str], bool]
    installers: tuple[Callable[[], None], ...]
    remedy: str

    def find(self) -> str | None:
        """Give the path of one that runs, ``None`` where there is none.

        :raises SystemExit: The variable names something that does not run.
        """
        named = os.environ.get(self.variable)
        if not named:
            return next((path for path in self.candidates() if self.is_running(path)), None)
        if not self.is_running(named):
            raise SystemExit(
                f"{self.variable}={named!r} is no {self.kind} that runs here. {self.remedy}"
            )
        return named

    def provide(self) -> str:
        """Give the path of one that runs, installed if need be.

        :raises SystemExit: There is none, and none could be installed.
        """
        found = self.find()
        for install in self.installers:
            if found is None:
                install()
                found = self.find()
        if found is None:
            raise SystemExit(self.remedy)
        return found


def is_answering(path: str, option: str, environment: Mapping[str, str] | None = None) -> bool:
    """Whether a program starts and says its version.

    :param option: What it is asked by: ``"--version"``.
    """
    try:
        done = subprocess.run(
            [path, option], env=environment, capture_output=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def install_by_apt(*packages: str) -> None:
    """Install packages of the distribution; root only. No service of theirs is started."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        with _without_services():
            run("apt-get", "update", "-qq", environment=environment)
            run(
                *("apt-get", "install", "-qq", "--no-install-recommends", *packages),
                environment=environment,
            )


def run(*command: str, environment: Mapping[str, str] | None = None) -> None:
    """Run a command whose success is judged by what it leaves; its output goes to stderr."""
    subprocess.run(command, stdout=sys.stderr, env=environment, check=False)


@contextmanager
def _without_services() -> Iterator[None]:
    if POLICY.exists():
        yield
        return
    POLICY.write_text(_REFUSAL)
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()
