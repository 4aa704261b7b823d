"""A real Chromium for tests, which reaches nothing but the machine itself."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Error, Page, Route, ViewportSize

CHROMIUM = os.environ.get("NBFLASK_CHROMIUM", "/usr/bin/chromium")

#: Milliseconds, for every wait in the browser: ten times what the slowest needs on an idle machine.
TIMEOUT_MS = 30_000

#: What Chromium would ask of Google in spite of Playwright's flags resolves to nothing.
_ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)

#: Thrown by Notebook 7's own plugins while it loads (7.6).
_KNOWN_ERRORS = (
    "Cannot read properties of undefined (reading 'schema')",
    "Command 'filebrowser:open-path' not registered.",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give a headless browser, which ends with the block."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watch:
    """What a page did that it must not do."""

    origins: tuple[str, ...]
    strays: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def guard(self, route: Route) -> None:
        """Let a request to one of the origins through, and block and note any other."""
        url = route.request.url
        if url.startswith((*self.origins, "data:", "blob:")):
            route.continue_()
        else:
            self.strays.append(url)
            route.abort()

    def note(self, error: Error) -> None:
        """Note an uncaught error of the page's scripts."""
        if not str(error).startswith(_KNOWN_ERRORS):
            self.errors.append(str(error))


@contextmanager
def open_page(
    browser: Browser,
    *origins: str,
    width: int = 1200,
    height: int = 1600,
    dark: bool = False,
) -> Iterator[Page]:
    """Give a page of a profile of its own.

    :param origins: Beginnings of the URLs that it may ask.
    :raises AssertionError: At the end: it asked for another, or a script of it threw.
    """
    viewport: ViewportSize = {"width": width, "height": height}
    context = browser.new_context(
        viewport=viewport,
        locale="en-US",
        color_scheme="dark" if dark else "light",
    )
    watch = Watch(origins)
    context.route("**/*", watch.guard)
    page = context.new_page()
    page.on("pageerror", watch.note)
    page.set_default_timeout(TIMEOUT_MS)
    try:
        yield page
    finally:
        context.unroute_all(behavior="ignoreErrors")
        context.close()
    assert not watch.strays, f"The page asked for what is not ours: {watch.strays}"
    assert not watch.errors, f"Scripts of the page threw: {watch.errors}"
