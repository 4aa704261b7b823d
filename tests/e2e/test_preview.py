"""What a user of JupyterLab and Notebook 7 sees of an app that is made in the notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser import open_page
from tests.e2e.lab import OpenNotebook
from tests.jupyter import JupyterServer

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.e2e.conftest import Open

pytestmark = pytest.mark.browser

LOAD = "%load_ext nbflask"
HELLO = '%%route /hello/<name>\nreturn f"Hello, {name}!"'
RUN = "%flask_run"


@pytest.mark.parametrize("front_end", ["lab", "notebook"])
def test_the_app_is_shown_below_the_cell_that_runs_it(open_notebook: Open, front_end: str) -> None:
    notebook = open_notebook(LOAD, HELLO, RUN, "%flask_preview /hello/Ada", front_end=front_end)
    notebook.run_all()
    preview = notebook.preview(3)
    expect(preview.page.locator("body")).to_have_text("Hello, Ada!")
    expect(preview.path).to_have_value("/hello/Ada")
    expect(preview.pill).to_have_text("200")


def test_a_path_typed_into_the_address_bar_is_gone_to(open_notebook: Open) -> None:
    notebook = open_notebook(LOAD, HELLO, RUN, "%flask_preview /hello/Ada")
    notebook.run_all()
    preview = notebook.preview(3)
    expect(preview.page.locator("body")).to_have_text("Hello, Ada!")
    preview.path.fill("/hello/Grace")
    # JupyterLab cancels the line break that this key would be in a cell.
    preview.path.press("Enter")
    expect(preview.page.locator("body")).to_have_text("Hello, Grace!")


FORM = """\
%%route / GET POST
name = request.form.get("name", "nobody")
return f'''<!doctype html><h1>Hello, {name}!</h1><p>{request.method}</p>
<form method=post><input name=name aria-label=Name><button>Send</button></form>'''
"""


def test_a_form_is_posted_in_the_preview(open_notebook: Open) -> None:
    notebook = open_notebook(LOAD, FORM, RUN)
    notebook.run_all()
    page = notebook.preview(2).page
    expect(page.locator("h1")).to_have_text("Hello, nobody!")
    page.get_by_label("Name").fill("Ada")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("h1")).to_have_text("Hello, Ada!")
    # Another cell changes the app: the page is fetched anew, and nothing is posted again.
    notebook.run(1, FORM.replace("Hello", "Welcome"))
    expect(page.locator("h1")).to_have_text("Welcome, nobody!")
    expect(page.locator("p")).to_have_text("GET")


ROWS = """\
WORD = "Row"

@app.get("/")
def index():
    return "<!doctype html>" + "".join(f"<p>{WORD} {number}</p>" for number in range(200))
"""


def test_an_edited_cell_is_seen_at_once_and_in_the_same_place(open_notebook: Open) -> None:
    notebook = open_notebook(LOAD, ROWS, RUN)
    notebook.run_all()
    page = notebook.preview(2).page
    expect(page.get_by_text("Row 199")).to_be_attached()
    page.locator("body").evaluate("() => scrollTo(0, 1500)")
    notebook.run(1, ROWS.replace('"Row"', '"Line"'))
    expect(page.get_by_text("Line 199")).to_be_attached()
    assert page.locator("body").evaluate("() => scrollY") == 1500


def test_a_deleted_cell_takes_its_route_with_it(open_notebook: Open) -> None:
    notebook = open_notebook(LOAD, HELLO, RUN, "%flask_preview /hello/Ada", "1 + 1")
    notebook.run_all()
    preview = notebook.preview(3)
    expect(preview.page.locator("body")).to_have_text("Hello, Ada!")
    notebook.delete(1)
    # The front end names deleted cells in its next request to the kernel.
    notebook.run(3)
    preview = notebook.preview(2)
    expect(preview.pill).to_have_text("404")
    expect(preview.page.locator("h1")).to_have_text("Not Found")


def test_a_stopped_app_says_so_and_comes_back(open_notebook: Open) -> None:
    notebook = open_notebook(LOAD, HELLO, RUN, "%flask_preview /hello/Ada", "1 + 1")
    notebook.run_all()
    preview = notebook.preview(3)
    expect(preview.pill).to_have_text("200")
    notebook.run(4, "%flask_stop")
    expect(preview.notice).to_contain_text("The app is stopped")
    notebook.run(2)
    expect(preview.page.locator("body")).to_have_text("Hello, Ada!")


def test_a_restarted_kernel_is_told_and_running_its_cells_brings_the_page_back(
    open_notebook: Open,
) -> None:
    notebook = open_notebook(LOAD, HELLO, RUN, "%flask_preview /hello/Ada")
    notebook.run_all()
    preview = notebook.preview(3)
    expect(preview.page.locator("body")).to_have_text("Hello, Ada!")
    notebook.restart()
    expect(preview.notice).to_contain_text("The app is not answering")
    # The cell with the preview is not run again: it is the old one that comes back.
    for index in range(3):
        notebook.run(index)
    expect(preview.page.locator("body")).to_have_text("Hello, Ada!")
    expect(preview.pill).to_have_text("200")


PRINT = '%%route /\nprint("printed in the view")\nreturn "Seen"'


def test_a_print_in_a_view_goes_below_the_cell_that_runs_the_server(open_notebook: Open) -> None:
    notebook = open_notebook(LOAD, PRINT, RUN, "1 + 1")
    notebook.run_all()
    expect(notebook.preview(2).page.locator("body")).to_have_text("Seen")
    expect(notebook.output(2)).to_contain_text("printed in the view")
    expect(notebook.output(3)).not_to_contain_text("printed")


PASTED = """\
from flask import Flask

app = Flask(__name__)

@app.route("/")
def index():
    return "A tutorial's page"

if __name__ == "__main__":
    app.run(debug=True)
"""


def test_a_pasted_tutorial_shows_its_page_and_leaves_the_kernel_free(open_notebook: Open) -> None:
    notebook = open_notebook(LOAD, PASTED, "6 * 7")
    notebook.run_all()
    expect(notebook.preview(1).page.locator("body")).to_have_text("A tutorial's page")
    expect(notebook.output(2).locator("pre")).to_have_text("42")


def test_a_server_without_a_prefix_serves_the_app_too(browser: Browser, tmp_path: Path) -> None:
    with JupyterServer(tmp_path, lab=True) as jupyter, open_page(browser, jupyter.url) as page:
        notebook = OpenNotebook(page, jupyter, [LOAD, FORM, RUN])
        notebook.run_all()
        app = notebook.preview(2).page
        app.get_by_label("Name").fill("Ada")
        app.get_by_role("button", name="Send").click()
        expect(app.locator("h1")).to_have_text("Hello, Ada!")
        page.goto("about:blank")
