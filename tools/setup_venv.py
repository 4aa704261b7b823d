"""Make the virtual environment, and install the package with one of its extras.

Runs on a bare Python, so nothing but the standard library is imported::

    python3 tools/setup_venv.py .venv dev
"""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parent.parent


def main(venv: Path, extra: str) -> None:
    """Leave ``venv`` with the package, editable, and the extra's dependencies.

    :raises SystemExit: This Python is too old, or a step failed. Says what to do.
    """
    if sys.version_info < (3, 11):  # noqa: UP036 (this file may be run by any Python)
        version = ".".join(map(str, sys.version_info[:3]))
        raise SystemExit(f"Python {version} is too old: nbflask needs 3.11 or later. {REMEDY}")
    python = venv / "bin" / "python"
    if not is_usable(python):
        create(venv, python)
    # One line of progress for each package that is fetched, as this takes minutes.
    print(f"Installing nbflask[{extra}] and what it needs: about 200 packages.", flush=True)
    install = (python, "-m", "pip", "install", "--upgrade", "--progress-bar", "off")
    # The pip that comes with Python 3.11 takes twice as long.
    run_telling(*install, "pip>=25")
    # Python compiles what is imported; most of these files never are.
    run_telling(*install, "--no-compile", "--editable", f"{ROOT}[{extra}]")


REMEDY = "Name another one: make PYTHON=/path/to/python3.12 ..."


def is_usable(python: Path) -> bool:
    """Whether a Python of an earlier run is there, runs, is new enough and has pip."""
    probe = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return (
            subprocess.run([python, "-c", probe], capture_output=True, check=False).returncode == 0
        )
    except OSError:
        return False


def create(venv: Path, python: Path) -> None:
    """Make the environment anew, with pip in it.

    Debian keeps ``ensurepip`` in a package of its own (``python3-venv``). Where that is missing,
    the pip that is there installs another one into the environment.
    """
    if find_spec("ensurepip"):
        run(sys.executable, "-m", "venv", "--clear", venv)
    elif find_spec("pip"):
        run(sys.executable, "-m", "venv", "--clear", "--without-pip", venv)
        run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "pip")
    else:
        raise SystemExit(
            f"{sys.executable} has neither ensurepip nor pip, so it can't fill a virtual "
            f"environment. Install them (on Debian: apt-get install python3-venv). {REMEDY}"
        )


def run(*command: str | Path) -> None:
    """Run a command.

    :raises SystemExit: It failed. What it printed has been seen.
    """
    status = subprocess.run(command, check=False).returncode
    if status:
        raise SystemExit(
            f"This command failed (exit status {status}): {' '.join(map(str, command))}"
        )


def run_telling(*command: str | Path) -> None:
    """Run pip, and say which packages it collects and installs, not how.

    :raises SystemExit: It failed. All that it printed has been seen.
    """
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    lines: list[str] = []
    for line in process.stdout or ():
        lines.append(line)
        word = line.split(maxsplit=2)[:2]
        if word[:1] == ["Collecting"] or word == ["Installing", "collected"]:
            print(f"  {line.strip()[:100]}", flush=True)
    if process.wait():
        raise SystemExit(f"{''.join(lines)}\nThis failed: {' '.join(map(str, command))}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
