"""The inspector's list and its filter in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import TIMEOUT_MS, open_page
from tests.widgets.inspector_page import Notebook, build_bare_row

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


def fill(notebook: Notebook, count: int, **more: Any) -> None:
    rows = (build_bare_row(number, **more) for number in range(1, count + 1))
    notebook.say(notebook.batch(*rows, reset=True))


def paths(notebook: Notebook) -> list[str]:
    cells = notebook.page.locator("tbody tr .nbflask-cell-path")
    return [text.strip() for text in cells.all_text_contents()]


def scroll_top(notebook: Notebook) -> float:
    top: float = notebook.page.locator(".nbflask-scroller").evaluate("box => box.scrollTop")
    return top


def row_top(notebook: Notebook, number: int) -> float:
    top: float = notebook.row(number).evaluate("line => line.getBoundingClientRect().top")
    return top


# ---- Batches


def test_the_page_asks_for_everything_and_shows_the_newest_first(notebook: Notebook) -> None:
    assert notebook.heard("ready") == [{"kind": "ready", "seq": 0}]
    fill(notebook, 2)
    assert paths(notebook) == ["/users/2", "/users/1"]


def test_only_the_lines_that_can_be_seen_are_in_the_page(notebook: Notebook) -> None:
    fill(notebook, 500)
    expect(notebook.page.get_by_role("grid")).to_have_attribute("aria-rowcount", "501")
    assert notebook.page.locator("tbody tr").count() < 30
    notebook.page.locator(".nbflask-scroller").evaluate("box => box.scrollTop = 200 * 28")
    expect(notebook.row(299)).to_have_attribute("aria-rowindex", "203")
    assert notebook.page.locator("tbody tr").count() < 30


def test_a_row_changes_where_it_stands(notebook: Notebook) -> None:
    fill(notebook, 2)
    notebook.say(notebook.batch(build_bare_row(1, status=500, level="server-error")))
    expect(notebook.row(1).locator(".nbflask-cell-status")).to_have_text("500 server error")
    assert paths(notebook) == ["/users/2", "/users/1"]


def test_rows_that_were_dropped_go(notebook: Notebook) -> None:
    fill(notebook, 3)
    notebook.say(notebook.batch(evicted=[2]))
    assert paths(notebook) == ["/users/3", "/users/1"]


def test_a_gap_in_the_sequence_asks_for_everything_once(notebook: Notebook) -> None:
    fill(notebook, 1)
    notebook.seq += 1
    notebook.say(notebook.batch(build_bare_row(3)), notebook.batch(build_bare_row(4)))
    assert notebook.heard("ready")[1:] == [{"kind": "ready", "seq": 3}]
    fill(notebook, 4)
    assert len(paths(notebook)) == 4


def test_a_reset_forgets_what_is_no_longer_told(notebook: Notebook) -> None:
    fill(notebook, 3)
    notebook.say(notebook.batch(build_bare_row(9), reset=True))
    assert paths(notebook) == ["/users/9"]


def test_the_counts_say_how_much_is_shown_and_kept(notebook: Notebook) -> None:
    rows = [build_bare_row(1), build_bare_row(2, level="server-error", status=500)]
    totals = {"count": 2, "bytes": 18_200_000, "max_bytes": 32_000_000, "errors": 1}
    notebook.say(notebook.batch(*rows, reset=True, totals=totals))
    notebook.filter_field.fill("users/1")
    expect(notebook.page.locator(".nbflask-counts")).to_have_text(
        "1/2 shown · 1 error · 18.2 MB of 32.0 MB"
    )


def test_new_requests_are_told_together(notebook: Notebook) -> None:
    status = notebook.page.get_by_role("status", name="New requests")
    fill(notebook, 2)
    expect(status).to_have_text("")
    batches = (notebook.batch(build_bare_row(number)) for number in (3, 4))
    notebook.say(*batches, notebook.batch(build_bare_row(5, level="failed")))
    expect(status).to_have_text("1 new request")
    # Five seconds later, in one sentence.
    expect(status).to_have_text("2 new requests, 1 error", timeout=TIMEOUT_MS)


# ---- New rows, the focus and what is looked at


def test_who_is_at_the_top_sees_the_newest_come(notebook: Notebook) -> None:
    fill(notebook, 40)
    notebook.say(notebook.batch(build_bare_row(41)))
    assert scroll_top(notebook) == 0
    assert paths(notebook)[0] == "/users/41"


def test_new_rows_do_not_move_what_is_looked_at(notebook: Notebook) -> None:
    fill(notebook, 100)
    notebook.page.locator(".nbflask-scroller").evaluate("box => box.scrollTop = 500")
    expect(notebook.row(80)).to_be_visible()
    before = row_top(notebook, 80)
    notebook.say(notebook.batch(build_bare_row(101), build_bare_row(102)))
    assert row_top(notebook, 80) == before
    newer = notebook.page.get_by_role("button", name="2 newer")
    newer.click()
    expect(newer).to_be_hidden()
    assert paths(notebook)[0] == "/users/102"


def test_a_row_with_the_focus_stays_put_at_the_top(notebook: Notebook) -> None:
    fill(notebook, 100)
    notebook.row(100).focus()
    before = row_top(notebook, 100)
    notebook.say(notebook.batch(build_bare_row(101)))
    assert row_top(notebook, 100) == before
    expect(notebook.row(100)).to_be_focused()


def test_the_focus_stays_under_fifty_batches_a_second(notebook: Notebook) -> None:
    fill(notebook, 100)
    notebook.row(95).focus()
    batches = [notebook.batch(build_bare_row(number)) for number in range(101, 301)]
    focused = notebook.page.evaluate(
        """async (batches) => {
          const seen = new Set();
          for (const batch of batches) {
            receive(batch);
            await new Promise((done) => setTimeout(done, 20));
            seen.add(document.activeElement.dataset.id);
          }
          return [...seen];
        }""",
        batches,
    )
    assert focused == ["95"]


def test_a_line_that_is_scrolled_away_keeps_the_focus(notebook: Notebook) -> None:
    fill(notebook, 200)
    notebook.row(199).focus()
    notebook.page.locator(".nbflask-scroller").evaluate("box => box.scrollTop = 3000")
    expect(notebook.row(90)).to_be_visible()
    expect(notebook.row(199)).to_be_focused()
    notebook.page.keyboard.press("ArrowDown")
    expect(notebook.row(198)).to_be_focused()
    expect(notebook.row(198)).to_be_in_viewport()


def test_the_focus_goes_to_a_neighbour_of_a_row_that_was_dropped(notebook: Notebook) -> None:
    fill(notebook, 5)
    notebook.row(3).focus()
    notebook.say(notebook.batch(evicted=[3]))
    expect(notebook.row(2)).to_be_focused()


# ---- Sorting


def test_a_head_sorts_and_says_so(notebook: Notebook) -> None:
    rows = [build_bare_row(n, duration_ms=ms) for n, ms in ((1, 5), (2, 90), (3, None), (4, 7))]
    notebook.say(notebook.batch(*rows, reset=True))
    head = notebook.page.get_by_role("columnheader", name="Duration")
    expect(head).not_to_have_attribute("aria-sort", "descending")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    assert paths(notebook) == ["/users/3", "/users/2", "/users/4", "/users/1"]
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert paths(notebook) == ["/users/1", "/users/4", "/users/2", "/users/3"]


def test_the_heads_are_one_stop_of_tab(notebook: Notebook) -> None:
    fill(notebook, 3)
    heads = notebook.page.locator("thead button")
    heads.first.focus()
    notebook.page.keyboard.press("ArrowRight")
    expect(heads.nth(1)).to_be_focused()
    notebook.page.keyboard.press("Tab")
    expect(notebook.row(3)).to_be_focused()


# ---- The filter


def test_a_filter_leaves_what_it_means(notebook: Notebook) -> None:
    fill(notebook, 20)
    notebook.filter_field.fill("path:/users/1*")
    expect(notebook.page.locator("tbody tr")).to_have_count(11)
    expect(notebook.page.locator(".nbflask-counts")).to_contain_text("11/20 shown")
    notebook.page.wait_for_function("() => model.get('filter') === 'path:/users/1*'")


def test_a_fault_is_shown_at_its_column_and_clears_nothing(notebook: Notebook) -> None:
    fill(notebook, 20)
    notebook.filter_field.fill("users/1 status:>abc")
    message = notebook.page.locator(".nbflask-filter-message")
    expect(message.locator("mark")).to_have_text("abc")
    expect(notebook.filter_field).to_have_attribute("aria-invalid", "true")
    expect(notebook.filter_field).to_have_accessible_description(
        "'abc' is not a number. Write it as status:100."
    )
    expect(notebook.page.locator("tbody tr")).to_have_count(11)
    notebook.filter_field.fill("users/1")
    expect(message).to_be_hidden()


def test_an_unknown_key_is_hinted_at(notebook: Notebook) -> None:
    notebook.filter_field.fill("colour:red")
    message = notebook.page.locator(".nbflask-filter-message")
    expect(message).to_contain_text("colour")
    expect(notebook.filter_field).not_to_have_attribute("aria-invalid", "true")


def test_what_is_written_can_be_completed_with_the_arrows(notebook: Notebook) -> None:
    fill(notebook, 3)
    field = notebook.filter_field
    field.press_sequentially("stat")
    expect(field).to_have_attribute("aria-expanded", "true")
    option = notebook.page.get_by_role("option").first
    field.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    active = field.get_attribute("aria-activedescendant")
    assert active == option.get_attribute("id")
    field.press("Enter")
    expect(field).to_have_value("status:")
    expect(field).to_have_attribute("aria-expanded", "false")


def test_escape_closes_the_completions_and_then_returns_to_the_list(notebook: Notebook) -> None:
    fill(notebook, 3)
    notebook.row(2).focus()
    notebook.page.keyboard.press("/")
    expect(notebook.filter_field).to_be_focused()
    notebook.filter_field.press_sequentially("/")
    notebook.filter_field.fill("m")
    notebook.filter_field.press("Escape")
    expect(notebook.filter_field).to_have_attribute("aria-expanded", "false")
    expect(notebook.filter_field).to_be_focused()
    notebook.filter_field.fill("")
    notebook.filter_field.press("Escape")
    notebook.filter_field.press("Escape")
    expect(notebook.row(2)).to_be_focused()


def test_a_heavy_filter_is_the_kernels(notebook: Notebook) -> None:
    fill(notebook, 5)
    notebook.filter_field.fill("log:timeout")
    assert notebook.heard("filter")[-1] == {"kind": "filter", "text": "log:timeout"}
    message = notebook.page.locator(".nbflask-filter-message")
    expect(message).to_have_text("The kernel looks through what was sent…")
    notebook.say({"kind": "filtered", "text": "log:timeout", "ids": [2, 4]})
    assert paths(notebook) == ["/users/4", "/users/2"]
    expect(message).to_be_hidden()
    matches = {"text": "log:timeout", "ids": [2, 4, 6]}
    notebook.say(notebook.batch(build_bare_row(6), build_bare_row(7), matches=matches))
    assert paths(notebook) == ["/users/6", "/users/4", "/users/2"]
    notebook.say({"kind": "filtered", "text": "log:older", "ids": [1]})
    assert paths(notebook) == ["/users/6", "/users/4", "/users/2"]
    notebook.filter_field.fill("")
    assert notebook.heard("filter")[-1] == {"kind": "filter", "text": ""}
    expect(notebook.page.locator("tbody tr")).to_have_count(7)


def test_the_switches_leave_errors_what_is_slow_and_the_last_cells(notebook: Notebook) -> None:
    rows = [build_bare_row(n, cell_number=3, duration_ms=n) for n in range(1, 31)]
    rows[4] |= {"level": "server-error", "status": 500}
    rows[6] |= {"cell_number": 4}
    notebook.say(notebook.batch(*rows, reset=True))

    def only(name: str) -> list[str]:
        switch = notebook.page.get_by_role("button", name=name)
        switch.click()
        expect(switch).to_have_attribute("aria-pressed", "true")
        notebook.say()
        found = paths(notebook)
        switch.click()
        notebook.say()
        return found

    assert only("Errors") == ["/users/5"]
    assert only("Slow") == ["/users/30"]
    assert only("This cell") == ["/users/7"]


def test_the_filters_trait_fills_the_field(page: Page) -> None:
    notebook = Notebook(page, filter="users/1")
    fill(notebook, 3)
    expect(notebook.filter_field).to_have_value("users/1")
    assert paths(notebook) == ["/users/1"]
    page.evaluate("model.set('filter', 'users/2')")
    notebook.say()
    assert paths(notebook) == ["/users/2"]


# ---- The bar


def test_the_buttons_of_the_bar_tell_the_kernel(notebook: Notebook) -> None:
    fill(notebook, 2)
    button = notebook.page.get_by_role("button", name="Pause", exact=True)
    button.click()
    notebook.page.evaluate("model.set('is_recording', false)")
    expect(notebook.page.locator(".nbflask-state")).to_have_text("Paused")
    notebook.page.get_by_role("button", name="Resume", exact=True).click()
    assert [message["is_paused"] for message in notebook.heard("pause")] == [True, False]
    notebook.page.get_by_role("button", name="Clear", exact=True).click()
    assert notebook.heard("clear") == [{"kind": "clear"}]


def test_a_har_is_saved_of_all_or_of_what_is_shown(notebook: Notebook) -> None:
    fill(notebook, 3)
    notebook.filter_field.fill("users/2")
    notebook.page.get_by_role("button", name="Export HAR").click()
    notebook.page.get_by_role("menuitem", name="All requests").click()
    notebook.page.get_by_role("button", name="Export HAR").click()
    notebook.page.get_by_role("menuitem", name="Those that are shown").click()
    assert [message["ids"] for message in notebook.heard("har")] == [None, [2]]
    with notebook.page.expect_download() as download:
        notebook.say({"kind": "har", "name": "app.har", "text": '{"log": {}}'})
    assert download.value.suggested_filename == "app.har"
    assert download.value.path().read_text() == '{"log": {}}'


def test_a_kernel_that_does_not_answer_is_busy(notebook: Notebook) -> None:
    fill(notebook, 2)
    state = notebook.page.locator(".nbflask-state")
    notebook.row(2).click()
    notebook.wait_until_heard("get")
    expect(state).to_have_text("Kernel busy")
    notebook.say(notebook.batch(build_bare_row(3)))
    expect(notebook.row(3)).to_be_visible()
    expect(state).to_have_text("Kernel busy")
    notebook.say({"kind": "gone", "id": 2})
    expect(state).to_have_text("Recording")


def test_a_kernel_that_is_gone_is_told_and_what_was_there_stays(notebook: Notebook) -> None:
    fill(notebook, 2)
    notebook.page.evaluate("model.trigger('comm_live_update')")
    expect(notebook.page.locator(".nbflask-state")).to_have_text("Kernel gone")
    expect(notebook.page.get_by_role("button", name="Pause", exact=True)).to_be_disabled()
    assert len(paths(notebook)) == 2


def test_an_empty_list_teaches(notebook: Notebook) -> None:
    notebook.say(notebook.batch(reset=True))
    expect(notebook.page.locator(".nbflask-empty")).to_contain_text(
        "No requests yetOpen the preview, or run %flask_get / in a cell"
    )


def test_a_filter_that_leaves_nothing_can_be_emptied(notebook: Notebook) -> None:
    fill(notebook, 2)
    notebook.filter_field.fill("nowhere")
    notebook.page.get_by_role("button", name="Show all requests").click()
    expect(notebook.filter_field).to_have_value("")
    assert len(paths(notebook)) == 2


def test_the_lists_height_can_be_set(notebook: Notebook) -> None:
    fill(notebook, 40)
    grip = notebook.page.get_by_role("separator", name="Height of the list")
    before = int(grip.get_attribute("aria-valuenow") or 0)
    grip.press("ArrowDown")
    assert notebook.page.evaluate("model.get('height_px')") == before + 28
    grip.press("Enter")
    assert notebook.page.evaluate("model.get('height_px')") == 0


def test_nothing_is_left_when_it_is_closed(notebook: Notebook) -> None:
    fill(notebook, 3)
    notebook.row(2).click()
    notebook.page.evaluate("close_widget()")
    assert notebook.page.evaluate("model.countListeners()") == 0
    expect(notebook.page.locator("main *")).to_have_count(0)
