"""What nbflask shows looks as its own style sheets say, and not as the front end's for any HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.e2e.conftest import Open

pytestmark = pytest.mark.browser

LOAD = "%load_ext nbflask"
BROKEN = "%%route /\nreturn 1 / 0"
GET = "%flask_get /"


@pytest.mark.parametrize("front_end", ["lab", "notebook"])
def test_tables_and_responses_keep_their_own_style(open_notebook: Open, front_end: str) -> None:
    notebook = open_notebook(LOAD, BROKEN, GET, "%flask_routes", front_end=front_end)
    notebook.run_all()
    for cell in ("th", "td"):
        shown = notebook.output(3).locator(f".nbflask-table {cell}").first
        expect(shown).to_have_css("text-align", "left")
        expect(shown).to_have_css("vertical-align", "top")
        expect(shown).to_have_css("padding", "4px 16px 4px 8px")
    failure = notebook.output(2).locator(".nbflask-response-failure")
    expect(failure).to_have_css("padding", "10px 12px")
    expect(failure).to_have_css("border-left-width", "4px")
    expect(failure).to_have_css("border-top-width", "1px")
