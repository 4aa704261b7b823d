"""Find a Chromium for the browser tests, and install one where there is none.

As a command it prints the path of a browser that runs::

    python tools/chromium.py
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: The variable that names the browser to use, before any that is found.
VARIABLE = "NBFLASK_CHROMIUM"

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")

REMEDY = (
    "The browser tests need Chromium, and none was found or could be installed. Install it (on "
    "Debian, as root: apt-get update && apt-get install chromium; elsewhere: "
    ".venv/bin/playwright install --with-deps chromium), or name one that is there: "
    f"{VARIABLE}=/path/to/chromium make test"
)


def find_chromium() -> str | None:
    """Give the path of a browser that runs, ``None`` where there is none.

    :raises SystemExit: The variable names something that does not run.
    """
    named = os.environ.get(VARIABLE)
    if named:
        if not is_running(named):
            raise SystemExit(f"{VARIABLE}={named!r} is no browser that runs here. {REMEDY}")
        return named
    return next((path for path in candidates() if is_running(path)), None)


def candidates() -> Iterator[str]:
    """Give the paths at which a browser may be: the system's, then Playwright's own."""
    yield from filter(None, map(shutil.which, NAMES))
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.executable_path


def is_running(path: str) -> bool:
    """Whether a browser starts: one without its libraries, or a stub for a snap, does not."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def install_by_apt() -> None:
    """Install the distribution's own browser, with the libraries that it needs; root only."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        run("apt-get", "update", "-qq")
        run("apt-get", "install", "-qq", "--no-install-recommends", "chromium")


def install_by_playwright() -> None:
    """Install Playwright's build below the user's cache folder."""
    run(sys.executable, "-m", "playwright", "install", "chromium")


INSTALLERS: tuple[Callable[[], None], ...] = (install_by_apt, install_by_playwright)


def run(*command: str) -> None:
    """Run a command whose success is judged by what it leaves; its output goes to stderr."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command, stdout=sys.stderr, env=environment, check=False)


def main() -> None:
    """Print the path of a browser, installed if need be.

    :raises SystemExit: There is none, and none could be installed.
    """
    found = find_chromium()
    for install in INSTALLERS:
        if found is None:
            install()
            found = find_chromium()
    if found is None:
        raise SystemExit(REMEDY)
    print(found)


if __name__ == "__main__":
    main()
