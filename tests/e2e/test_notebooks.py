"""The example notebooks, run from top to bottom where their users run them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.lab import FrontEnd, OpenNotebook, read_notebook

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.jupyter import JupyterServer

pytestmark = pytest.mark.browser


def run_example(
    page: Page, jupyter: JupyterServer, name: str, front_end: FrontEnd, cell: str
) -> Locator:
    """Run all of an example, and give what one of its cells shows."""
    cells, index = read_notebook(name)
    notebook = OpenNotebook(page, jupyter, cells, front_end=front_end)
    notebook.run_all()
    return notebook.output(index[cell])


@pytest.mark.parametrize("front_end", ["lab", "notebook"])
def test_the_inspector_lists_what_cells_below_it_asked(
    page: Page, jupyter: JupyterServer, front_end: FrontEnd
) -> None:
    shown = run_example(page, jupyter, "inspector", front_end, "inspect")
    newest = shown.locator("tr[data-id]").first
    expect(newest).to_contain_text("/items/coffee")
    newest.click()
    newest.press("Enter")
    expect(shown.get_by_role("tabpanel")).to_contain_text("items_name")


@pytest.mark.parametrize("front_end", ["lab", "notebook"])
def test_the_sessions_are_those_after_the_last_cell(
    page: Page, jupyter: JupyterServer, front_end: FrontEnd
) -> None:
    shown = run_example(page, jupyter, "sessions", front_end, "widget")
    expect(shown.locator(".nbflask-sessions")).to_contain_text("This notebook's client")
    expect(shown.locator(".nbflask-sessions")).to_contain_text("DELETE /basket")


@pytest.mark.parametrize("front_end", ["lab", "notebook"])
def test_the_templates_are_those_after_the_last_cell(
    page: Page, jupyter: JupyterServer, front_end: FrontEnd
) -> None:
    shown = run_example(page, jupyter, "templates", front_end, "widget")
    shown.get_by_role("treeitem", name="book.html").click()
    expect(shown.locator(".nbflask-templates")).to_contain_text("upper")
    shown.get_by_role("treeitem", name="loans.html").click()
    shown.get_by_role("tab", name="Rendering").click()
    frame = shown.frame_locator("iframe")
    expect(frame.locator("li").first).to_contain_text("EMMA, by Jane Austen")
