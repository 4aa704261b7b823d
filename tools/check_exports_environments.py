"""Fresh virtual environments for exported projects; equal requirements share one."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tools.check_exports_servers import plain_environment

# The README names pytest; of the servers the requirements have gunicorn alone.
_BESIDE = ("pytest", "waitress")
_HAS_OURS = "import importlib.util as u, sys; sys.exit(u.find_spec('nbflask') is not None)"
_LAST_LINES = 12


class InstallError(Exception):
    """What is required cannot be installed, or brings nbflask with it."""


@dataclass(kw_only=True)
class Environments:
    """The environments made so far, by the text of what they have installed."""

    folder: Path
    made: dict[str, Path] = field(default_factory=dict)

    def python_for(self, project: Path) -> Path:
        """Install what a project requires, and give the environment's Python.

        :raises InstallError: It cannot be, or nbflask can be imported there.
        """
        required = (project / "requirements.txt").read_text()
        if required not in self.made:
            self.made[required] = self._make(project, self.folder / str(len(self.made)))
        python = self.made[required]
        if run(python, "-c", _HAS_OURS, folder=project).returncode:
            raise InstallError("nbflask can be imported in the project's environment.")
        return python

    def _make(self, project: Path, folder: Path) -> Path:
        python = folder / "bin" / "python"
        steps = (
            (Path(sys.executable), "-m", "venv", str(folder)),
            (python, "-m", "pip", "install", "-q", "-r", "requirements.txt", *_BESIDE),
        )
        for step in steps:
            done = run(*step, folder=project)
            if done.returncode:
                raise InstallError(last_lines(done))
        return python


def run(python: Path, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder, with nothing of this repository in its environment."""
    return subprocess.run(
        [python, *arguments],
        cwd=folder,
        env=plain_environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def last_lines(done: subprocess.CompletedProcess[str]) -> str:
    """Give the end of what a command has said."""
    lines = f"{done.stdout}\n{done.stderr}".strip().splitlines()
    return "\n".join(lines[-_LAST_LINES:])
