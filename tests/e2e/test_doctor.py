"""The doctor where its reader is: beside widgets that a page shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.e2e.conftest import Open

pytestmark = pytest.mark.browser

LOAD = "%load_ext nbflask"
HOME = "%%route /\n'<!doctype html><h1>Home</h1>'"


@pytest.mark.parametrize("front_end", ["lab", "notebook"])
def test_it_knows_that_the_page_shows_widgets_and_has_nothing_to_mend(
    open_notebook: Open, front_end: str
) -> None:
    notebook = open_notebook(LOAD, HOME, "%flask_run", "%flask_doctor", front_end=front_end)
    notebook.run_all()
    expect(notebook.preview(2).page.locator("h1")).to_have_text("Home")
    notebook.run(3)
    shown = notebook.output(3).locator(".nbflask-diagnosis")
    expect(shown).to_contain_text("Nothing to mend.")
    row = shown.get_by_role("row", name=re.compile("^widgets"))
    expect(row).to_contain_text("shown: the page has answered (preview)")
    row = shown.get_by_role("row", name="app 'app'")
    expect(row).to_have_text(
        re.compile(
            r"/user/ann/nbflask/[0-9a-f-]+/app/ \(through the Jupyter server\), on a private"
        )
    )

    notebook.run(3, "list = app.route('/list')(lambda: 'x')\napp.debug = True\n%flask_doctor")
    problems = notebook.output(3).locator(".nbflask-problems tbody tr")
    expect(problems).to_have_count(2)
    expect(problems.first).to_contain_text("DEBUG is on")
    code = problems.first.locator("code")
    expect(code).to_have_text("%flask_config DEBUG=false")
    # As its own style sheet says, and not as the front end's for any table.
    expect(problems.first.locator("td").first).to_have_css("text-align", "left")
