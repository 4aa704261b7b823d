"""The example apps, used as the people would use them whom they are made for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.lab import OpenNotebook, read_notebook

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Locator, Page

    from tests.jupyter import JupyterServer

pytestmark = pytest.mark.browser


class App:
    """An example app in JupyterLab; its cells are named by their ids."""

    def __init__(self, page: Page, jupyter: JupyterServer, name: str, until: str = "") -> None:
        """Run its cells, all of them or those until one."""
        cells, self._index = read_notebook(f"apps/{name}")
        self.notebook = OpenNotebook(page, jupyter, cells)
        if until:
            for index in range(self._index[until] + 1):
                self.notebook.run(index)
        else:
            self.notebook.run_all()

    def run(self, cell: str, source: str | None = None) -> None:
        """Run a cell, with another source if one is given."""
        self.notebook.run(self._index[cell], source)

    def output(self, cell: str) -> Locator:
        """Give what a cell shows."""
        return self.notebook.output(self._index[cell])

    def page(self, cell: str) -> FrameLocator:
        """Give the app's page in the preview below a cell."""
        return self.notebook.preview(self._index[cell]).page


def test_readings_come_by_themselves_until_the_sensor_is_paused_or_stopped(
    page: Page, jupyter: JupyterServer
) -> None:
    app = App(page, jupyter, "live_dashboard")
    room = app.page("preview")
    state, count = room.locator(".state"), room.locator(".count")
    expect(state).to_have_text("live")
    chart = room.get_by_role("img")
    expect(chart).not_to_have_js_property("naturalWidth", 0)
    expect(chart).to_have_js_property("complete", True)
    # A page that is still loading would keep the preview's sign of loading on show.
    expect(room.locator("body")).to_have_js_property("ownerDocument.readyState", "complete")
    first = chart.get_attribute("src") or ""
    expect(chart).not_to_have_attribute("src", first)
    expect(chart).not_to_have_js_property("naturalWidth", 0)
    expect(count).not_to_have_text(count.inner_text())

    room.get_by_role("button", name="Pause").click()
    expect(state).to_have_text("paused")
    room.get_by_role("button", name="Go on").click()
    expect(state).to_have_text("live")

    # A new sensor: the stream ends, and the page finds the next one without being loaded again.
    room.locator("body").evaluate("() => { window.isTheSamePage = true }")
    app.run("start")
    expect(count).not_to_have_text(count.inner_text())
    assert room.locator("body").evaluate("() => window.isTheSamePage")
    app.run("end", "sensor.stop()")
    expect(state).to_have_text("ended")


def test_somebody_signs_up_and_writes_a_post(page: Page, jupyter: JupyterServer) -> None:
    blog = App(page, jupyter, "blog").page("run")
    blog.get_by_role("link", name="Sign up").click()
    blog.get_by_label("Name").fill("linus")
    blog.get_by_label("Password", exact=True).fill("a long password")
    blog.get_by_label("Password again").fill("a long password")
    blog.get_by_role("button", name="Sign up").click()
    expect(blog.get_by_role("status")).to_have_text("Welcome, linus.")

    blog.get_by_role("link", name="Write").click()
    blog.get_by_label("Title").fill("<Hello>")
    blog.get_by_label("Text").fill("My first post.")
    blog.get_by_role("button", name="Publish").click()
    expect(blog.get_by_role("heading", level=1)).to_have_text("<Hello>")

    blog.get_by_label("Comment").fill("And my first comment.")
    blog.get_by_role("button", name="Comment").click()
    expect(blog.locator("blockquote")).to_contain_text("And my first comment.")
    blog.get_by_role("button", name="Log out linus").click()
    expect(blog.get_by_role("heading", level=2).first).to_have_text("<Hello>")

    # Whoever must log in comes back to where that was asked.
    blog.get_by_role("link", name="<Hello>").click()
    # "A blog in a notebook" has these letters, too.
    blog.get_by_role("main").get_by_role("link", name="Log in", exact=True).click()
    blog.get_by_label("Name").fill("linus")
    blog.get_by_label("Password").fill("a long password")
    blog.get_by_role("button", name="Log in").click()
    expect(blog.get_by_role("heading", level=1)).to_have_text("<Hello>")


def test_a_failed_delivery_is_sent_again_when_its_handler_is_mended(
    page: Page, jupyter: JupyterServer
) -> None:
    app = App(page, jupyter, "webhook_receiver", until="mend")
    inspector = app.output("inspect").locator(".nbflask-inspector")
    failed = inspector.locator("tr[data-id='6']")
    expect(failed).to_contain_text("500")
    failed.click()
    failed.press("r")
    inspector.get_by_role("button", name="Send it again").click()
    inspector.get_by_role("combobox", name="Filter").fill("is:replay")
    expect(inspector.locator("tr[data-id='7']")).to_contain_text("200")

    app.run("run")
    refunded = app.page("run").get_by_role("listitem").filter(has_text="A-1002").first
    expect(refunded).to_contain_text("€ 12.50 of € 18.50")


def test_a_choice_on_the_page_reduces_the_data_frame(page: Page, jupyter: JupyterServer) -> None:
    rides = App(page, jupyter, "dataframe_api").page("run")
    status = rides.get_by_role("status")
    expect(status).to_have_text("3,000 rides")
    expect(rides.locator("rect")).to_have_count(12)
    rides.get_by_label("Station").select_option("Park")
    expect(status).to_have_text("489 rides")
    rides.get_by_role("button", name="Older").click()
    expect(rides.get_by_role("navigation")).to_contain_text("2 of 62")
    expect(rides.get_by_role("cell", name="Park")).to_have_count(8)
    rides.get_by_label("At least").fill("-5")
    rides.get_by_label("At least").blur()
    expect(status).to_have_text("min_minutes '-5' is not a whole number from 0 to 1440.")


def test_the_page_is_answered_by_the_model_of_the_last_cell(
    page: Page, jupyter: JupyterServer
) -> None:
    app = App(page, jupyter, "model_server")
    wine = app.page("run")
    wine.get_by_label("Proline, mg/l").fill("1600")
    wine.get_by_label("Alcohol, % vol.").fill("14")
    wine.get_by_role("button", name="Judge").click()
    expect(wine.get_by_role("heading", name="Nebbiolo")).to_be_visible()
    expect(wine.locator(".soft")).to_contain_text("Seven nearest neighbours")
    app.run("model")
    wine.get_by_role("button", name="Judge").click()
    expect(wine.locator(".soft")).to_contain_text("Logistic regression")
    wine.get_by_role("link", name="The model").click()
    expect(wine.get_by_role("heading", level=1)).to_have_text("Logistic regression")
    picture = wine.get_by_role("img", name="Confusion matrix")
    expect(picture).not_to_have_js_property("naturalWidth", 0)
