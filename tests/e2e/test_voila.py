"""Voila: as a part of a Jupyter server all is live; by itself it says what is missing."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbformat import v4
from playwright.sync_api import Page, expect

from tests.browser import open_page
from tests.e2e.lab import Preview

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.jupyter import JupyterServer

pytestmark = pytest.mark.browser

#: Voila's own page asks for its icons and for MathJax there, and does without.
FOREIGN = ("https://cdn.jsdelivr.net/npm/@fortawesome/", "https://cdnjs.cloudflare.com/ajax/libs/")

CELLS = (
    "%load_ext nbflask",
    "%%route / GET POST\n"
    'if request.method == "POST":\n'
    '    session["names"] = [*session.get("names", []), request.form["name"]]\n'
    '    return redirect(url_for("index"))\n'
    'return render_template("names.html")',
    "%%template names.html\n"
    '<!doctype html><h1>{{ session.get("names", []) | join(" and ") or "nobody" }}</h1>\n'
    '<a href="/about">About</a>\n'
    '<form method="post"><input name="name" aria-label="Name"><button>Send</button></form>',
    "%%route /about\n'<!doctype html><h1>About</h1>'",
    "%flask_run",
    "%flask_inspect",
    "%flask_session",
    "%flask_doctor",
)


def write_notebook(path: Path) -> None:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [v4.new_code_cell(source) for source in CELLS]
    nbformat.write(v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)


def use_the_app(page: Page) -> Preview:
    """Send forms in the app's preview, whose session must last."""
    preview = Preview(page.locator(".nbflask-preview"))
    expect(preview.page.locator("h1")).to_have_text("nobody")
    for name in ("Ada", "Grace"):
        preview.page.get_by_label("Name").fill(name)
        preview.page.get_by_role("button", name="Send").click()
        expect(preview.page.locator("h1")).to_contain_text(name)
    expect(preview.page.locator("h1")).to_have_text("Ada and Grace")
    return preview


def test_below_a_jupyter_server_preview_and_inspector_are_live(
    browser: Browser, jupyter: JupyterServer
) -> None:
    write_notebook(jupyter.root / "voila.ipynb")
    with open_page(browser, jupyter.url, *FOREIGN) as page:
        page.goto(f"{jupyter.url}voila/render/voila.ipynb?token={jupyter.token}")
        preview = use_the_app(page)
        preview.page.get_by_role("link", name="About").click()
        expect(preview.page.locator("h1")).to_have_text("About")
        expect(preview.path).to_have_value("/about")
        opener = preview.root.get_by_label("Open in a new tab")
        at = re.compile(rf"{re.escape(jupyter.url)}nbflask/[0-9a-f-]+/app/about$")
        expect(opener).to_have_attribute("href", at)

        inspector = page.locator(".nbflask-inspector")
        newest = inspector.locator("tr[data-id]").first
        expect(newest).to_contain_text("/about")
        newest.click()
        newest.press("Enter")
        expect(inspector.get_by_role("tabpanel")).to_contain_text("a browser, going to a page")
        expect(page.locator(".nbflask-sessions")).to_contain_text('["Ada", "Grace"]')
        doctor = page.locator(".nbflask-diagnosis")
        expect(doctor).to_contain_text("Nothing to mend.")
        expect(doctor).to_contain_text("Voila, as a part of a Jupyter server")
        page.goto("about:blank")
    jupyter.stop_kernels()


@pytest.fixture
def voila(tmp_path: Path, jupyter: JupyterServer) -> Iterator[str]:
    """Give the address of Voila by itself, showing the notebook."""
    write_notebook(tmp_path / "voila.ipynb")
    command = [sys.executable, "-m", "voila", "voila.ipynb", "--no-browser", "--base_url=/v/"]
    process = subprocess.Popen(
        # A port that is taken makes it try the next.
        [*command, "--port=18866", "--Voila.ip=127.0.0.1"],
        cwd=tmp_path,
        env={**jupyter.environment, "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        addresses = (re.search(r"http://\S+/v/", line) for line in process.stderr)
        found = next((each for each in addresses if each), None)
        assert found is not None
        yield found[0]
    finally:
        process.terminate()
        process.communicate(timeout=30)


def test_by_itself_it_shows_the_apps_port_and_says_that_others_do_not_reach_it(
    browser: Browser, voila: str
) -> None:
    # To a browser the port at 127.0.0.1 is another site than the page at localhost.
    address = voila.replace("127.0.0.1", "localhost")
    assert "//localhost:" in address
    with open_page(browser, address, "http://127.0.0.1:", *FOREIGN) as page:
        page.goto(address)
        use_the_app(page)
        problems = page.locator(".nbflask-problems tbody tr")
        expect(problems).to_have_count(1)
        expect(problems).to_contain_text("Voila by itself, which passes no requests on to kernels")
        expect(problems).to_contain_text("start jupyter lab, and open voila/render/")
        page.goto("about:blank")
