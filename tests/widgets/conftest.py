"""One server and one browser for the tests of the widgets; a page of its own for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser import chromium, open_page
from tests.widgets.site import Site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Give one browser to all tests here.

    Not to all of the run: Playwright's loop would count as running in every test after them.
    """
    with chromium() as browser:
        yield browser


@pytest.fixture
def site() -> Iterator[Site]:
    """Give a server with an app of its own."""
    with Site() as site:
        yield site


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """Give an empty page that may ask the site alone."""
    with open_page(browser, site.url, height=900) as page:
        yield page
