"""The kernel's environment and the Jupyter server's. They may be two, and often are by mistake."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from nbflask.notebook.doctor import probe

if TYPE_CHECKING:
    from collections.abc import Mapping

# Python starts in less than a second; on a network's disk it may take several.
TIMEOUT_S = 20


@dataclass(frozen=True, kw_only=True)
class Environment:
    """What an environment holds of what nbflask works with.

    :param python: The path of its interpreter.
    :param versions: By the name of the distribution, as in a ``pip install``.
    :param lab_extensions: Those of :data:`.probe.LAB_EXTENSIONS` that JupyterLab finds there.
    :param disabled: Those of them that its configuration leaves out of its pages.
    """

    python: str
    prefix: str
    version: str
    versions: Mapping[str, str]
    lab_extensions: tuple[str, ...] = ()
    disabled: tuple[str, ...] = ()

    def is_same(self, other: Environment) -> bool:
        """Whether both are one folder."""
        return Path(self.prefix).resolve() == Path(other.prefix).resolve()

    def command(self, module: str) -> str:
        """Give how a shell runs a module of it, as ``/opt/jupyter/bin/python -m pip``."""
        return f"{_quote(self.python)} -m {module}"

    @property
    def pip(self) -> str:
        """The command that installs into it, to be followed by ``install``."""
        return self.command("pip")


def read_kernel_environment() -> Environment:
    """Look at the environment of this process."""
    return _build(probe.look())


def read_environment_of(pid: int) -> Environment | None:
    """Look at the environment that another process of this user runs in.

    :returns: ``None`` where it is no Python, or is not ours to look at.
    """
    found = _find_python(pid)
    if found is None:
        return None
    python, variables = found
    if _is_this(python):
        return read_kernel_environment()
    source = Path(probe.__file__).read_text(encoding="utf-8")
    try:
        # Not in the notebook's folder: a file there could stand for a module.
        done = subprocess.run(
            [python, "-c", source],
            capture_output=True,
            check=True,
            cwd=Path(python).parent,
            # The process's own: the kernel's PYTHONPATH would show it other packages.
            env={**variables, "PYTHONSAFEPATH": "1"},
            stdin=subprocess.DEVNULL,
            timeout=TIMEOUT_S,
        )
        return _build(json.loads(done.stdout))
    except (OSError, ValueError, KeyError, TypeError, subprocess.SubprocessError):
        return None


def _build(seen: Mapping[str, Any]) -> Environment:
    return Environment(
        python=seen["python"],
        prefix=seen["prefix"],
        version=seen["version"],
        versions=dict(seen["versions"]),
        lab_extensions=tuple(seen["lab_extensions"]),
        disabled=tuple(seen["disabled"]),
    )


def _find_python(pid: int) -> tuple[str, dict[str, str]] | None:
    """Give the interpreter as it was called, and the process's variables.

    That is an environment's own link, not what it leads to.
    """
    try:
        process = psutil.Process(pid)
        if process.username() != psutil.Process().username():
            return None
        command, variables = process.cmdline(), process.environ()
    except (psutil.Error, OSError):
        return None
    if not command or not Path(command[0]).name.lower().startswith("python"):
        return None
    found = shutil.which(command[0], path=variables.get("PATH"))
    return (found, variables) if found is not None and Path(found).is_absolute() else None


def _is_this(python: str) -> bool:
    # Not resolved: the interpreters of two environments may be links to one file.
    return Path(os.path.abspath(python)) == Path(os.path.abspath(sys.executable))  # noqa: PTH100


def _quote(path: str) -> str:
    return f'"{path}"' if " " in path else path
