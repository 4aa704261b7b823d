"""The inspector's list in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import open_page
from tests.widgets.inspector_page import Notebook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with open_page(browser, height=900) as page:
        yield page


@pytest.fixture
def notebook(page: Page) -> Notebook:
    return Notebook(page)


def row(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "facts": {},
        "started_at": 1_700_000_000 + number,
        "duration_ms": 1.5,
        "state": "complete",
        "method": "GET",
        "target": f"/users/{number}",
        "status": 200,
        "level": "ok",
        "size": 100,
        "kind": "html",
        **more,
    }


def test_the_page_asks_for_everything_and_shows_the_newest_first(notebook: Notebook) -> None:
    assert notebook.heard("ready") == [{"kind": "ready", "seq": 0}]
    notebook.say(notebook.batch(row(1), row(2), reset=True))
    expect(notebook.page.locator("tbody tr .nbflask-cell-path")).to_have_text(
        ["/users/2", "/users/1"]
    )


def test_only_the_lines_that_can_be_seen_are_in_the_page(notebook: Notebook) -> None:
    notebook.say(notebook.batch(*(row(number) for number in range(1, 501)), reset=True))
    expect(notebook.page.get_by_role("grid")).to_have_attribute("aria-rowcount", "501")
    assert notebook.page.locator("tbody tr").count() < 30
