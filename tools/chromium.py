"""Find a Chromium for the browser tests, and install one where there is none.

As a command it prints the path of a browser that runs::

    python -m tools.chromium
"""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from tools.programs import Program, install_by_apt, is_answering, run

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def candidates() -> Iterator[str]:
    """Give the paths at which a browser may be: the system's, then Playwright's own."""
    yield from filter(None, map(shutil.which, NAMES))
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.executable_path


def install_by_distribution() -> None:
    """Install the distribution's own browser, with the libraries that it needs; root only."""
    install_by_apt("chromium")


def install_by_playwright() -> None:
    """Install Playwright's build below the user's cache folder."""
    run(sys.executable, "-m", "playwright", "install", "chromium")


CHROMIUM = Program(
    kind="browser",
    variable="NBFLASK_CHROMIUM",
    candidates=candidates,
    # One without its libraries, or a stub for a snap, does not start.
    is_running=lambda path: is_answering(path, "--version"),
    installers=(install_by_distribution, install_by_playwright),
    remedy=(
        "The browser tests need Chromium, and none was found or could be installed. Install it (on "
        "Debian, as root: apt-get update && apt-get install chromium; elsewhere: "
        ".venv/bin/playwright install --with-deps chromium), or name one that is there: "
        "NBFLASK_CHROMIUM=/path/to/chromium make test"
    ),
)


if __name__ == "__main__":
    print(CHROMIUM.provide())
