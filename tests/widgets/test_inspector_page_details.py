"""What the inspector shows of an exchange, and what can be done with it, in a real browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import open_page
from tests.widgets.inspector_page import URL, Notebook
from tests.widgets.inspector_samples import (
    build_samples,
    to_comparison,
    to_details,
    to_row,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

SAMPLES = {exchange.id: exchange for exchange in build_samples()}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with open_page(browser, height=1200) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=URL)
        yield page


@pytest.fixture
def notebook(page: Page) -> Notebook:
    """Give a page that shows the samples, in a list that is as high as all of them."""
    notebook = Notebook(page, height_px=420)
    notebook.say(notebook.batch(*map(to_row, SAMPLES.values()), reset=True))
    return notebook


def choose(notebook: Notebook, number: int) -> None:
    notebook.row(number).click()
    notebook.wait_until_heard("get")
    notebook.say(to_details(SAMPLES[number]))


def tab(notebook: Notebook, name: str) -> Locator:
    return notebook.page.get_by_role("tab", name=re.compile(f"^{re.escape(name)}"))


def panel(notebook: Notebook) -> Locator:
    return notebook.page.get_by_role("tabpanel")


def press(notebook: Notebook, number: int, *keys: str) -> None:
    notebook.row(number).focus()
    for key in keys:
        notebook.page.keyboard.press(key)


# ---- Details


def test_the_overview_says_what_matched_failed_and_is_missing(notebook: Notebook) -> None:
    notebook.row(41).click()
    expect(panel(notebook)).to_contain_text("500 INTERNAL SERVER ERROR")
    expect(panel(notebook)).to_contain_text("from users.create for /api/users")
    expect(panel(notebook)).to_contain_text("KeyError: 'name'")
    expect(panel(notebook)).to_contain_text("values that may be secret are shown as REDACTED")
    assert notebook.page.evaluate("model.get('selected')") == 41


def test_an_overview_without_a_match_names_the_nearest_and_the_allowed(
    notebook: Notebook,
) -> None:
    notebook.row(36).click()
    expect(panel(notebook)).to_contain_text("The nearest: /users/<int:id>, /users.")
    notebook.row(37).click()
    expect(panel(notebook)).to_contain_text("The URL takes only GET, HEAD, OPTIONS, POST.")


def test_details_are_asked_for_and_shown_in_each_tab(notebook: Notebook) -> None:
    choose(notebook, 41)
    assert notebook.heard("get") == [{"kind": "get", "id": 41, "reveal": False}]
    for name, text in {
        "Request": "POST http://localhost:5000/api/users?draft=1&tag=a%20b",
        "Response": '"Internal Server Error"',
        "Timing": "Before request check_csrf",
        "Session": "cart23~ changed",
        "Templates": "{'name': 'Ada', 'id': 7}",
        "Logs & output": "got {'email': 'ada@example.org'}",
        "Error": 'name = request.json["name"]',
        "Raw": "POST /api/users?draft=1",
    }.items():
        tab(notebook, name).click()
        expect(panel(notebook)).to_contain_text(text)
    assert len(notebook.heard("get")) == 1


def test_details_that_rode_along_are_not_asked_for(notebook: Notebook) -> None:
    details = to_details(SAMPLES[38])
    notebook.say(notebook.batch(to_row(SAMPLES[38]), details=[details]))
    notebook.row(38).click()
    tab(notebook, "Response").click()
    expect(panel(notebook)).to_contain_text("ok")
    assert notebook.heard("get") == []


def test_a_busy_kernel_is_told_where_its_details_will_be(notebook: Notebook) -> None:
    notebook.row(41).click()
    tab(notebook, "Request").click()
    expect(panel(notebook)).to_contain_text("The kernel is busy; the details come when its cell")
    notebook.say(to_details(SAMPLES[41]))
    expect(panel(notebook)).to_contain_text("POST http://localhost:5000")


def test_the_error_marks_the_users_own_cell_and_hints_at_the_debugger(notebook: Notebook) -> None:
    choose(notebook, 41)
    tab(notebook, "Error").click()
    own = notebook.page.locator('.nbflask-frame[data-own="true"]')
    expect(own).to_contain_text("your cellcreatecell @app.post('/api/users'), line 9")
    expect(panel(notebook)).to_contain_text("run %flask_debug 41 in a cell")
    expect(notebook.page.locator('.nbflask-frame[data-own="false"]').first).to_be_hidden()
    notebook.page.get_by_role("button", name="Copy text").click()
    expect(notebook.page.locator(".nbflask-noticebar")).to_contain_text("Copied")
    assert notebook.page.evaluate("navigator.clipboard.readText()").startswith("Traceback")


def test_numbers_are_shown_as_they_were_written(notebook: Notebook) -> None:
    choose(notebook, 41)
    tab(notebook, "Response").click()
    expect(notebook.page.get_by_role("treeitem", name="id: 12345678901234567890")).to_be_visible()


def test_a_tree_is_walked_by_the_arrows(notebook: Notebook) -> None:
    choose(notebook, 33)
    tab(notebook, "Response").click()
    root = notebook.page.get_by_role("treeitem", name="[ 40 ]").first
    root.focus()
    keyboard = notebook.page.keyboard
    keyboard.press("ArrowDown")
    first = notebook.page.locator(":focus")
    expect(first).to_have_attribute("aria-expanded", "false")
    keyboard.press("ArrowRight")
    expect(first).to_have_attribute("aria-expanded", "true")
    keyboard.press("ArrowRight")
    expect(notebook.page.locator(":focus")).to_have_text("id: 0")
    keyboard.press("ArrowLeft")
    expect(first).to_be_focused()
    keyboard.press("ArrowLeft")
    expect(first).to_have_attribute("aria-expanded", "false")
    keyboard.press("End")
    expect(notebook.page.locator(":focus")).to_contain_text("39: ")


def test_json_can_be_read_as_text_and_parsed_again(notebook: Notebook) -> None:
    choose(notebook, 33)
    tab(notebook, "Response").click()
    panel(notebook).get_by_role("button", name="Show as text").click()
    expect(notebook.page.get_by_role("tree")).to_have_count(0)
    panel(notebook).get_by_role("button", name="Parse").click()
    expect(notebook.page.get_by_role("tree")).to_have_count(1)


def test_contents_are_shown_as_what_they_are(notebook: Notebook) -> None:
    choose(notebook, 35)
    tab(notebook, "Request").click()
    expect(panel(notebook)).to_contain_text("photoada.pngimage/png3 B")
    choose(notebook, 32)
    tab(notebook, "Response").click()
    expect(panel(notebook).locator("img")).to_have_js_property("naturalWidth", 16)
    choose(notebook, 40)
    expect(panel(notebook).get_by_role("table", name="Response content")).to_contain_text("tick")
    choose(notebook, 34)
    expect(panel(notebook)).to_contain_text("00000000")


def test_a_page_is_shown_without_scripts_links_and_requests(notebook: Notebook) -> None:
    html = (
        "<!doctype html><h1>Ada</h1><script>top.ran = 1; parent.postMessage('ran', '*')</script>"
        '<img src="http://example.org/a.png" onerror="top.ran = 1"><a href="http://example.org/">'
        'All</a><form action="http://example.org/"><button>Go</button></form>'
        '<meta http-equiv="refresh" content="0;url=http://example.org/">'
        '<link rel="stylesheet" href="http://example.org/a.css"><svg><a xlink:href="http://'
        'example.org/"><text>x</text></a></svg><iframe src="http://example.org/"></iframe>'
        "<style>body { background: url(http://example.org/b.png) }</style>"
    )
    details = to_details(SAMPLES[39])
    details["exchange"]["response"]["content"]["view"]["text"] = html
    notebook.row(39).click()
    notebook.say(details)
    tab(notebook, "Response").click()
    notebook.page.get_by_role("button", name="Show as page").click()
    frame = notebook.page.locator("iframe")
    expect(frame).to_have_attribute("sandbox", "")
    inside = notebook.page.frame_locator("iframe")
    expect(inside.locator("h1")).to_have_text("Ada")
    inside.locator("a").first.click()
    inside.locator("button").click()
    expect(inside.locator("h1")).to_have_text("Ada")
    assert notebook.page.evaluate("window.ran") is None


def test_secrets_are_revealed_for_as_long_as_they_are_looked_at(notebook: Notebook) -> None:
    choose(notebook, 41)
    panel(notebook).get_by_role("button", name="Reveal").click()
    assert notebook.heard("get")[-1] == {"kind": "get", "id": 41, "reveal": True}
    notebook.say(to_details(SAMPLES[41], is_revealed=True))
    tab(notebook, "Request").click()
    expect(panel(notebook)).to_contain_text("hunter2")
    expect(panel(notebook)).to_contain_text("Secrets are shown as they are")
    choose(notebook, 39)
    notebook.row(41).click()
    expect(panel(notebook)).not_to_contain_text("hunter2")


def test_details_follow_a_row_that_goes_on(notebook: Notebook) -> None:
    choose(notebook, 40)
    expect(panel(notebook)).to_contain_text("still under way")
    row = to_row(SAMPLES[40]) | {"duration_ms": 3100.0, "state": "complete", "level": "ok"}
    notebook.say(notebook.batch(row))
    expect(panel(notebook)).to_contain_text("3.1 s")
    notebook.page.wait_for_function("() => sent.filter((each) => each.kind === 'get').length === 2")


# ---- Keys


def test_the_arrows_and_their_kin_move_through_the_list(notebook: Notebook) -> None:
    press(notebook, 41, "ArrowDown")
    expect(notebook.row(40)).to_be_focused()
    notebook.page.keyboard.press("ArrowUp")
    expect(notebook.row(41)).to_be_focused()
    notebook.page.keyboard.press("End")
    expect(notebook.row(30)).to_be_focused()
    notebook.page.keyboard.press("Home")
    expect(notebook.row(41)).to_be_focused()
    notebook.page.keyboard.press("PageDown")
    expect(notebook.row(41)).not_to_be_focused()
    notebook.page.keyboard.press("PageUp")
    expect(notebook.row(41)).to_be_focused()


def test_enter_goes_to_the_details_and_escape_back_and_closes_them(notebook: Notebook) -> None:
    press(notebook, 39, "Enter")
    expect(tab(notebook, "Overview")).to_be_focused()
    notebook.page.keyboard.press("Escape")
    expect(notebook.row(39)).to_be_focused()
    expect(panel(notebook)).to_be_visible()
    notebook.page.keyboard.press("Escape")
    expect(panel(notebook)).to_be_hidden()
    expect(notebook.row(39)).to_be_focused()


def test_the_arrows_change_the_tab(notebook: Notebook) -> None:
    press(notebook, 39, "Enter", "ArrowRight")
    expect(tab(notebook, "Request")).to_be_focused()
    expect(tab(notebook, "Request")).to_have_attribute("aria-selected", "true")
    notebook.page.keyboard.press("ArrowLeft")
    notebook.page.keyboard.press("ArrowLeft")
    expect(tab(notebook, "Raw")).to_be_focused()
    notebook.page.keyboard.press("Home")
    expect(tab(notebook, "Overview")).to_be_focused()


def test_open_details_follow_the_arrows(notebook: Notebook) -> None:
    choose(notebook, 41)
    press(notebook, 41, "ArrowDown", "ArrowDown")
    expect(notebook.page.locator(".nbflask-details-title")).to_contain_text("#39")
    notebook.page.wait_for_function("() => sent.at(-1).kind === 'get' && sent.at(-1).id === 39")
    # Not the one in between, which was only passed by.
    assert [message["id"] for message in notebook.heard("get")] == [41, 39]


def test_single_letters_do_what_the_help_says(notebook: Notebook) -> None:
    press(notebook, 39, " ", "c", "p", "r")
    assert notebook.heard("pin") == [{"kind": "pin", "id": 39, "is_pinned": True}]
    assert notebook.heard("copy") == [{"kind": "copy", "id": 39, "as": "curl", "is_redacted": True}]
    assert notebook.heard("pause") == [{"kind": "pause", "is_paused": True}]
    assert [message["mode"] for message in notebook.heard("replay")] == ["current"]
    press(notebook, 39, "?")
    expect(notebook.page.get_by_role("dialog", name="Keys and filter syntax")).to_be_visible()
    notebook.page.keyboard.press("Escape")
    expect(notebook.row(39)).to_be_focused()


def test_single_letters_mean_nothing_elsewhere_and_with_ctrl(notebook: Notebook) -> None:
    notebook.filter_field.press_sequentially("crp ?")
    notebook.filter_field.fill("")
    notebook.page.get_by_role("button", name="Slow").press("r")
    press(notebook, 39, "Control+c", "Alt+r", "Control+p")
    kinds = {message["kind"] for message in notebook.page.evaluate("sent")}
    assert not kinds & {"copy", "replay", "pause", "pin"}


@pytest.mark.parametrize("key", ["Tab", "Shift+Tab"])
def test_tab_always_leaves(notebook: Notebook, key: str) -> None:
    choose(notebook, 33)
    tab(notebook, "Response").click()
    start = "#before" if key == "Tab" else "#after"
    end = "after" if key == "Tab" else "before"
    notebook.page.locator(start).focus()
    seen = []
    for _ in range(60):
        notebook.page.keyboard.press(key)
        seen.append(notebook.page.evaluate("document.activeElement.id"))
        if seen[-1] == end:
            break
    assert seen[-1] == end


def test_the_front_ends_own_shortcuts_are_kept_away(notebook: Notebook) -> None:
    root = notebook.page.get_by_role("region", name="Inspector of app")
    expect(root).to_have_attribute("data-lm-suppress-shortcuts", "true")


# ---- Two of them


@pytest.mark.parametrize("how", ["Control", "Meta", "Shift"])
def test_two_rows_are_compared(
    notebook: Notebook, how: Literal["Control", "Meta", "Shift"]
) -> None:
    notebook.row(41).click()
    if how == "Shift":
        notebook.page.keyboard.press("Shift+ArrowDown")
        pair = (41, 40)
    else:
        notebook.row(39).click(modifiers=[how])
        pair = (41, 39)
    assert notebook.heard("compare") == [{"kind": "compare", "ids": list(pair)}]
    notebook.say(to_comparison(SAMPLES[pair[0]], SAMPLES[pair[1]]))
    differences = notebook.page.get_by_role("region", name="Differences")
    expect(differences).to_contain_text("~ changed")
    chosen = notebook.page.locator('tr[aria-selected="true"]')
    expect(chosen).to_have_count(2)
    notebook.page.get_by_role("button", name="Close the comparison").click()
    expect(differences).to_be_hidden()
    expect(chosen).to_have_count(1)


# ---- Sending again


def test_an_unsafe_method_is_asked_about_once(notebook: Notebook) -> None:
    press(notebook, 41, "r")
    question = notebook.page.get_by_role("dialog", name="Send request 41 again?")
    expect(question).to_contain_text("POST /api/users?draft=1&tag=a%20b may change data.")
    assert notebook.heard("replay") == []
    question.get_by_role("button", name="Send it again").click()
    expect(question).to_be_hidden()
    press(notebook, 41, "r")
    sent = notebook.heard("replay")
    assert [message["is_confirmed"] for message in sent] == [True, True]


def test_a_replay_ends_in_a_comparison(notebook: Notebook) -> None:
    press(notebook, 39, "r")
    replay = {"id": 39, "mode": "current", "edit": None, "bypass_cache": False}
    assert notebook.heard("replay") == [{"kind": "replay", "is_confirmed": True, **replay}]
    notebook.say({"kind": "replayed", "of": 39, "id": 41})
    expect(notebook.page.locator(".nbflask-noticebar")).to_contain_text("it is request 41")
    notebook.say(to_comparison(SAMPLES[39], SAMPLES[41]))
    expect(notebook.page.get_by_role("region", name="Differences")).to_be_visible()


def test_an_exact_replay_says_that_the_session_goes_back(notebook: Notebook) -> None:
    choose(notebook, 39)
    menu = notebook.page.get_by_role("button", name="Replay")
    menu.click()
    notebook.page.get_by_role("menuitemcheckbox", name="Bypass caches").click()
    notebook.page.get_by_role("menuitem", name="Send again exactly").click()
    (message,) = notebook.heard("replay")
    assert (message["mode"], message["bypass_cache"]) == ("exact", True)
    notebook.say({"kind": "replayed", "of": 39, "id": 41})
    expect(notebook.page.locator(".nbflask-noticebar")).to_contain_text(
        "A session that is kept in the cookie goes back to what it was then."
    )


def test_a_refusal_is_told_and_offers_the_editor(notebook: Notebook) -> None:
    press(notebook, 39, "r")
    refusal: dict[str, Any] = {"kind": "refused", "of": 39, "needs_confirmation": False}
    notebook.say({**refusal, "reason": "The content was cut."})
    expect(notebook.page.locator(".nbflask-noticebar")).to_contain_text("The content was cut.")
    notebook.say({**refusal, "reason": "It may change data.", "needs_confirmation": True})
    expect(notebook.page.get_by_role("dialog")).to_contain_text("It may change data.")


def test_a_request_is_edited_field_by_field(notebook: Notebook) -> None:
    choose(notebook, 41)
    press(notebook, 41, "Shift+R")
    page = notebook.page
    target = page.get_by_role("textbox", name="Path and query")
    expect(target).to_be_focused()
    target.fill("/api/users?draft=0")
    page.get_by_role("combobox", name="Method").select_option("PUT")
    page.get_by_role("button", name="Remove this header").nth(2).click()
    page.get_by_role("textbox", name="Header value").last.fill("text/plain")
    page.get_by_role("textbox", name="Content").fill("a")
    page.get_by_role("textbox", name="Content").press("End")
    page.get_by_role("textbox", name="Content").press("Enter")
    page.keyboard.type("b")
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_role("button", name="Send it again").click()
    (message,) = notebook.heard("replay")
    edit = message["edit"]
    assert (message["mode"], edit["method"]) == ("edit", "PUT")
    assert (edit["target"], edit["content"]) == ("/api/users?draft=0", "a\nb")
    assert [name for name, _ in edit["headers"]] == [
        "Host",
        "User-Agent",
        "Cookie",
        "Content-Type",
    ]


def test_a_request_is_edited_as_text(notebook: Notebook) -> None:
    choose(notebook, 41)
    press(notebook, 41, "Shift+R")
    page = notebook.page
    page.get_by_role("button", name="As .http text").click()
    box = page.get_by_role("textbox", name="Request as .http text")
    expect(box).to_have_value(re.compile(r"^POST /api/users\?draft=1&tag=a%20b\nHost: "))
    box.fill("not a request")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text('The first line is "not a request".')
    box.fill("GET /users\nAccept: text/html\n\nhello\n\nworld")
    page.keyboard.press("Control+Enter")
    (message,) = notebook.heard("replay")
    assert message["edit"] == {
        "method": "GET",
        "target": "/users",
        "headers": [["Accept", "text/html"]],
        "content": "hello\n\nworld",
    }


# ---- Copying and remembering


def test_a_copy_goes_to_the_clipboard_and_says_whether_it_is_redacted(notebook: Notebook) -> None:
    choose(notebook, 41)
    page = notebook.page
    page.get_by_role("button", name="Copy as").click()
    expect(page.get_by_role("menuitem")).to_have_text(
        [
            "curl command",
            "HTTPie command",
            "httpx (Python)",
            ".http file",
            "pytest test",
            "Notebook cell",
            "Raw messages",
        ]
    )
    page.keyboard.press("p")
    page.keyboard.press("Enter")
    assert notebook.heard("copy")[-1]["as"] == "pytest"
    answer = {"kind": "copied", "id": 41, "as": "pytest", "text": "def test(): ..."}
    notebook.say({**answer, "is_redacted": True})
    expect(page.locator(".nbflask-noticebar")).to_contain_text("Secrets in it are REDACTED.")
    assert page.evaluate("navigator.clipboard.readText()") == "def test(): ..."


def test_where_the_clipboard_is_forbidden_the_text_is_shown_selected(notebook: Notebook) -> None:
    page = notebook.page
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(Error('no')) }")
    answer = {"kind": "copied", "id": 41, "as": "curl", "text": "curl /", "is_redacted": True}
    notebook.say(answer)
    box = page.get_by_role("dialog").get_by_role("textbox")
    expect(box).to_have_value("curl /")
    assert page.evaluate("String(document.activeElement.selectionEnd)") == "6"


def test_a_note_is_written_and_shown(notebook: Notebook) -> None:
    choose(notebook, 39)
    notebook.page.get_by_role("button", name="Note", exact=True).click()
    notebook.page.get_by_role("textbox", name="Note on request 39").fill("slow again")
    notebook.page.keyboard.press("Enter")
    assert notebook.heard("note") == [{"kind": "note", "id": 39, "text": "slow again"}]
    notebook.say(notebook.batch(to_row(SAMPLES[39]) | {"note": "slow again"}))
    expect(notebook.row(39)).to_contain_text("slow again")


def test_a_failure_in_the_kernel_is_told(notebook: Notebook) -> None:
    notebook.say({"kind": "failed", "text": "'x' is nothing to export to."})
    expect(notebook.page.locator(".nbflask-noticebar")).to_have_text("'x' is nothing to export to.")


def test_what_was_chosen_is_shown_again_on_a_page_that_is_loaded_anew(page: Page) -> None:
    notebook = Notebook(page, selected=39)
    notebook.say(notebook.batch(*map(to_row, SAMPLES.values()), reset=True))
    expect(panel(notebook)).to_contain_text("200 OK from users")
    expect(page.locator(".nbflask-details-title")).to_contain_text("#39")
    assert page.evaluate("document.activeElement === document.body")


def test_an_untouched_content_is_sent_as_it_was_recorded(notebook: Notebook) -> None:
    choose(notebook, 41)
    press(notebook, 41, "Shift+R")
    notebook.page.get_by_role("button", name="Send", exact=True).click()
    notebook.page.get_by_role("button", name="Send it again").click()
    assert notebook.heard("replay")[0]["edit"]["content"] is None
