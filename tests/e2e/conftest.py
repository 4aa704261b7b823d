"""One Jupyter server and one browser for all tests here; a page and a kernel for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import pytest
from playwright.sync_api import expect

from tests.browser import TIMEOUT_MS, chromium, open_page
from tests.e2e.lab import OpenNotebook
from tests.jupyter import JupyterServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page


class Open(Protocol):
    """Opens a notebook in the test's page."""

    def __call__(self, *cells: str, **options: Any) -> OpenNotebook:
        """Open a notebook of these cells."""


@pytest.fixture(scope="package")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterServer]:
    """Give a server with JupyterLab and Notebook 7, mounted as below a JupyterHub."""
    with JupyterServer(tmp_path_factory.mktemp("jupyter"), "/user/ann/", lab=True) as server:
        yield server


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Give one browser to all tests here.

    Not to all of the run: Playwright's loop would count as running in every test after them.
    """
    expect.set_options(timeout=TIMEOUT_MS)
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, jupyter: JupyterServer) -> Iterator[Page]:
    """Give a page that may ask the Jupyter server alone."""
    with open_page(browser, jupyter.url) as page:
        yield page
        # First the page, then its kernel: nothing is left that tries to connect again.
        page.goto("about:blank")
        jupyter.stop_kernels()


@pytest.fixture
def open_notebook(page: Page, jupyter: JupyterServer) -> Open:
    """Give what opens a notebook of cells in the page."""

    def open_cells(*cells: str, **options: Any) -> OpenNotebook:
        return OpenNotebook(page, jupyter, cells, **options)

    return open_cells
