"""What a user of JupyterLab does with the inspector, by keyboard alone where that is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.e2e.conftest import Open
    from tests.e2e.lab import OpenNotebook

pytestmark = pytest.mark.browser

LOAD = "%load_ext nbflask"
PAGE = """\
%%route / GET POST
name = request.values.get("name", "nobody")
if request.method == "POST":
    session["name"] = name
return f'''<!doctype html><h1>Hello, {name}!</h1>
<form method=post><input name=name aria-label=Name><button>Send</button></form>'''
"""
RUN = "%flask_run"
INSPECT = "%flask_inspect"
RUNNING, INSPECTOR = 2, 3


@pytest.fixture
def notebook(open_notebook: Open) -> OpenNotebook:
    """Give a notebook with an app that is served, its preview, and its inspector."""
    notebook = open_notebook(LOAD, PAGE, RUN, INSPECT, "1 + 1")
    notebook.run_all()
    return notebook


@pytest.fixture
def inspector(notebook: OpenNotebook) -> Locator:
    """Give the inspector, with the preview's first request in it."""
    inspector = notebook.output(INSPECTOR).locator(".nbflask-inspector")
    expect(rows(inspector)).to_have_count(1)
    return inspector


def rows(inspector: Locator) -> Locator:
    return inspector.locator("tr[data-id]")


def send_name(notebook: OpenNotebook, name: str) -> None:
    page = notebook.preview(RUNNING).page
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Send").click()
    expect(page.locator("h1")).to_have_text(f"Hello, {name}!")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def focus_first_row(inspector: Locator) -> None:
    """Go to the list as with the Escape key from the filter."""
    inspector.get_by_role("combobox", name="Filter").focus()
    press(inspector.page, "Escape")


def test_a_request_of_the_preview_is_opened_replayed_compared_and_copied(
    notebook: OpenNotebook, inspector: Locator
) -> None:
    page = notebook.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    send_name(notebook, "Ada")
    expect(rows(inspector).first).to_contain_text("POST")
    focus_first_row(inspector)
    press(page, "Home", "Enter")
    tabs = inspector.get_by_role("tablist")
    expect(tabs.get_by_role("tab", selected=True)).to_be_focused()
    press(page, "ArrowRight")
    expect(inspector.get_by_role("tabpanel")).to_contain_text("Ada")
    press(page, "Escape", "c")
    expect(inspector.get_by_text("Copied", exact=False).first).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "curl" in copied
    assert "name=Ada" in copied


def test_a_request_is_edited_and_sent_by_the_keyboard(
    notebook: OpenNotebook, inspector: Locator
) -> None:
    send_name(notebook, "Ada")
    expect(rows(inspector).first).to_contain_text("POST")
    focus_first_row(inspector)
    press(notebook.page, "Home", "Shift+R")
    content = inspector.get_by_role("textbox", name="Content")
    content.focus()
    press(notebook.page, "Control+A")
    notebook.page.keyboard.insert_text("name=Grace")
    send = inspector.get_by_role("button", name="Send", exact=True)
    send.focus()
    press(notebook.page, "Enter")
    # What is not safe is asked about once.
    confirm = inspector.get_by_role("button", name="Send it again")
    expect(confirm.or_(inspector.get_by_text("replay of"))).to_be_visible()
    if confirm.is_visible():
        confirm.focus()
        press(notebook.page, "Enter")
    expect(rows(inspector).first).to_contain_text("replay of")
    expect(inspector.get_by_role("region", name="Differences")).to_contain_text("Grace")


def test_what_is_typed_is_no_shortcut_of_jupyterlabs(
    notebook: OpenNotebook, inspector: Locator
) -> None:
    cells = notebook.page.locator(".jp-Notebook .jp-Cell")
    count = cells.count()
    field = inspector.get_by_role("combobox", name="Filter")
    field.focus()
    # In command mode: new cells above and below, delete, cut, markdown, restart.
    notebook.page.keyboard.type("abddxm00")
    expect(field).to_have_value("abddxm00")
    focus_first_row(inspector)
    press(notebook.page, "a", "b", "d", "d", "x", "m", "0", "0")
    expect(cells).to_have_count(count)
    expect(notebook.page.locator(".jp-Dialog")).to_have_count(0)


def test_tab_leaves_the_inspector_both_ways(notebook: OpenNotebook, inspector: Locator) -> None:
    is_inside = "root => root.contains(document.activeElement)"
    for key in ("Tab", "Shift+Tab"):
        focus_first_row(inspector)
        assert inspector.evaluate(is_inside)
        for _ in range(60):
            press(notebook.page, key)
            if not inspector.evaluate(is_inside):
                break
        assert not inspector.evaluate(is_inside), key


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing(notebook: OpenNotebook, inspector: Locator, theme: str) -> None:
    send_name(notebook, "Ada")
    notebook.page.evaluate(
        "theme => jupyterapp.commands.execute('apputils:change-theme', { theme })", theme
    )
    focus_first_row(inspector)
    press(notebook.page, "Home", "Enter")
    expect(inspector.get_by_role("tablist")).to_be_visible()
    found = Axe().run(notebook.page, context=".nbflask-inspector")
    assert not found.violations_count, found.generate_report()


FLOOD = """\
import threading, time

def ask(count):
    client = app.test_client()
    for _ in range(count):
        client.get("/?name=Ada")
        time.sleep(0.02)

threads = [threading.Thread(target=ask, args=(125,)) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def test_a_flood_leaves_the_page_usable(notebook: OpenNotebook, inspector: Locator) -> None:
    """Write into the filter while 500 exchanges come, at up to 200 a second."""
    notebook.page.evaluate(
        "() => { window.frames = 0; const count = () => { window.frames += 1;"
        " requestAnimationFrame(count) }; count() }"
    )
    flood = "() => { window.flood = jupyterapp.commands.execute('notebook:run-cell') }"
    notebook.page.evaluate(
        "([index, source]) => { const book = jupyterapp.shell.currentWidget.content;"
        " const code = book.widgets.filter((cell) => cell.model.type === 'code');"
        " code[index].model.sharedModel.setSource(source);"
        " book.activeCellIndex = book.widgets.indexOf(code[index]) }",
        [4, FLOOD],
    )
    notebook.page.evaluate(flood)
    field = inspector.get_by_role("combobox", name="Filter")
    before = notebook.page.evaluate("window.frames")
    field.press_sequentially("method:GET")
    expect(field).to_have_value("method:GET")
    assert notebook.page.evaluate("window.frames") > before
    notebook.page.evaluate("() => window.flood.then(() => null)")
    expect(rows(inspector).first).to_have_attribute("data-id", "501")
    expect(inspector).to_contain_text("500/500 shown")
    # Only what can be seen is in the page.
    assert rows(inspector).count() < 60
