"""The ways to an app where a part of the usual one is missing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbformat import v4
from nbformat.sign import NotebookNotary
from playwright.sync_api import expect

from nbflask.widgets.preview import Preview
from tests.browser import open_page
from tests.e2e.lab import OpenNotebook
from tests.jupyter import JupyterServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.e2e.lab import FrontEnd

pytestmark = pytest.mark.browser

LOAD = "%load_ext nbflask"
NAMES = """\
%%route / GET POST
if request.method == "POST":
    session["names"] = [*session.get("names", []), request.form["name"]]
    return redirect(url_for("index"))
return render_template("names.html")
"""
TEMPLATE = """\
%%template names.html
<!doctype html><h1>{{ session.get("names", []) | join(" and ") or "nobody" }}</h1>
<link rel="stylesheet" href="{{ url_for('static', filename='names.css') }}">
<form method="post"><input name="name" aria-label="Name"><button>Send</button></form>
"""
STYLE = "%%static names.css\nh1 { color: rgb(1, 2, 3) }"
RUN = "%flask_run"


@pytest.fixture
def plain_jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterServer]:
    """Give a server whose environment has not nbflask, as far as it knows."""
    options = ("--ServerApp.jpserver_extensions=nbflask=False",)
    directory = tmp_path_factory.mktemp("plain")
    with JupyterServer(directory, "/user/ann/", lab=True, options=options) as server:
        yield server


def test_without_our_extension_the_preview_goes_through_jupyter_server_proxy(
    browser: Browser, plain_jupyter: JupyterServer
) -> None:
    with open_page(browser, plain_jupyter.url) as page:
        cells = [LOAD, TEMPLATE, STYLE, NAMES, RUN]
        notebook = OpenNotebook(page, plain_jupyter, cells)
        notebook.run_all()
        preview = notebook.preview(4)
        expect(preview.page.locator("h1")).to_have_text("nobody")
        for name in ("Ada", "Grace"):
            preview.page.get_by_label("Name").fill(name)
            preview.page.get_by_role("button", name="Send").click()
            expect(preview.page.locator("h1")).to_contain_text(name)
        expect(preview.page.locator("h1")).to_have_text("Ada and Grace")
        expect(preview.page.locator("h1")).to_have_css("color", "rgb(1, 2, 3)")
        expect(preview.pill).to_have_text("200")
        expect(preview.path).to_have_value("/")
        link = preview.root.get_by_label("Open in a new tab")
        expect(link).to_have_attribute(
            "href", re.compile(rf"{re.escape(plain_jupyter.url)}proxy/absolute/\d+/$")
        )
        notebook.run(1, TEMPLATE.replace("nobody", "no one"))
        expect(preview.page.locator("h1")).to_have_text("Ada and Grace")
        # Another server has another port, and the preview finds it.
        notebook.run(0, "%flask_restart")
        expect(preview.page.locator("h1")).to_have_text("no one")
        page.goto("about:blank")


def build_stored() -> nbformat.NotebookNode:
    """Build a notebook as it is stored by a front end that keeps no widgets."""
    bundle = Preview()._repr_mimebundle_()
    assert bundle is not None
    data = bundle[0]
    del data["application/vnd.jupyter.widget-view+json"]
    cell = v4.new_code_cell(RUN, execution_count=1)
    cell.outputs = [v4.new_output("execute_result", data, execution_count=1)]
    notebook: nbformat.NotebookNode = v4.new_notebook(
        cells=[cell],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        },
    )
    return notebook


@pytest.mark.parametrize("front_end", ["lab", "notebook"])
def test_where_widgets_are_not_shown_a_link_leads_to_the_running_apps(
    page: Page, jupyter: JupyterServer, front_end: FrontEnd
) -> None:
    stored = build_stored()
    # As `jupyter trust` does: the scripts of others' notebooks are not run.
    NotebookNotary(data_dir=jupyter.environment["JUPYTER_DATA_DIR"]).sign(stored)
    notebook = OpenNotebook(page, jupyter, stored, front_end=front_end)
    output = notebook.output(0)
    expect(output.locator("p")).to_contain_text("It is live in Jupyter: run this cell there.")
    link = output.get_by_role("link", name="Open the running apps")
    expect(link).to_have_attribute("rel", "noopener")
    with page.expect_popup() as popup:
        link.click()
    assert popup.value.url == f"{jupyter.url}nbflask/"
    popup.value.close()
