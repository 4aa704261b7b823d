"""The quickstart, as the first thing that a new user runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.lab import FrontEnd, OpenNotebook, read_notebook

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.jupyter import JupyterServer

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("front_end", ["lab", "notebook"])
def test_all_of_it_runs_and_its_previews_are_live(
    page: Page, jupyter: JupyterServer, front_end: FrontEnd
) -> None:
    cells, index = read_notebook("quickstart")
    notebook = OpenNotebook(page, jupyter, cells, front_end=front_end)
    notebook.run_all()
    hello = notebook.preview(index["preview"])
    expect(hello.page.locator("h1")).to_have_text("Hello, Grace!")

    home = notebook.preview(index["run"])
    home.page.get_by_role("link", name="Say hello to Ada.").click()
    expect(home.page.locator("h1")).to_have_text("Hello, Ada!")
    expect(home.path).to_have_value("/hello/Ada")

    guests = notebook.preview(index["guests-preview"])
    guests.page.get_by_label("Your name").fill("Linus")
    guests.page.get_by_role("button", name="Sign").click()
    expect(guests.page.locator(".message")).to_have_text("Thank you, Linus.")
    expect(guests.page.locator("li")).to_have_text("Linus")
