"""The sessions' module in a real browser, on the sessions of a real app."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser import open_page
from tests.widgets.sessions_page import FIREFOX, Kernel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with open_page(browser, height=900) as page:
        yield page


@pytest.fixture
def kernel() -> Iterator[Kernel]:
    with Kernel() as kernel:
        yield kernel


def values(page: Page) -> list[list[str]]:
    """Give key, type and value of each line, as they are read."""
    rows = page.locator(".nbflask-session-values tbody tr")
    found: list[list[str]] = rows.evaluate_all(
        "rows => rows.map((row) => [row.querySelector('.nbflask-session-key').textContent,"
        " row.children[1].textContent, row.querySelector('.nbflask-session-text').textContent])"
    )
    return found


def client(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name="Clients").get_by_role("button", name=name)


def said(page: Page) -> Locator:
    return page.locator(".nbflask-session-said")


def pending(page: Page) -> Locator:
    return page.locator(".nbflask-session-pending")


def test_each_client_has_a_button_and_its_session(page: Page, kernel: Kernel) -> None:
    kernel.own.get("/cart/2")
    kernel.browser().get("/cart/3")
    kernel.browser(FIREFOX).get("/set/lang/fr")
    kernel.show(page)
    names = page.get_by_role("group", name="Clients").locator(".nbflask-session-client-name")
    expect(names).to_have_text(["1 This notebook's client", "2 Chrome", "3 Firefox"])
    client(page, "3 Firefox").click()
    assert values(page) == [["lang", "str", '"fr"']]
    expect(client(page, "3 Firefox")).to_have_attribute("aria-pressed", "true")


def test_an_edit_of_the_notebooks_client_is_seen_by_its_next_request(
    page: Page, kernel: Kernel
) -> None:
    kernel.own.get("/set/lang/fr")
    kernel.show(page)
    page.get_by_role("button", name="Edit lang").click()
    page.get_by_role("textbox", name="Value").fill('"de"')
    page.get_by_role("button", name="Save").click()
    expect(said(page)).to_have_text("Saved. The next request of this notebook's client sends it.")
    assert values(page) == [["lang", "str", '"de"']]
    expect(page.get_by_role("button", name="Edit lang")).to_be_focused()
    assert kernel.own.get("/read").json == {"lang": "de"}


def test_an_edit_of_a_browser_waits_for_its_next_request(page: Page, kernel: Kernel) -> None:
    browser = kernel.browser()
    browser.get("/set/lang/fr")
    kernel.show(page)
    client(page, "2 Chrome").click()
    page.get_by_role("button", name="Edit lang").click()
    page.get_by_role("textbox", name="Value").fill('"de"')
    page.keyboard.press("Control+Enter")
    expect(pending(page)).to_contain_text("Pending until this client's next request.")
    expect(pending(page).locator("li")).to_have_text(['changedlang"fr" → "de"'])
    assert browser.get("/read").json == {"lang": "de"}
    kernel.tell()
    expect(pending(page)).to_be_hidden()
    expect(said(page)).to_have_text("The client has the edited session.")
    assert values(page) == [["lang", "str", '"de"']]
    newest = page.locator(".nbflask-session-history > li").first
    expect(newest).to_contain_text('Edited before it:changedlang"fr" → "de"')


def test_a_pending_edit_can_be_taken_back(page: Page, kernel: Kernel) -> None:
    browser = kernel.browser()
    browser.get("/set/lang/fr")
    kernel.show(page)
    client(page, "2 Chrome").click()
    page.get_by_role("button", name="Remove lang").click()
    page.get_by_role("button", name="Take it back").click()
    expect(pending(page)).to_be_hidden()
    expect(said(page)).to_have_text("Taken back.")
    expect(page.get_by_role("button", name="Add a key")).to_be_focused()
    assert browser.get("/read").json == {"lang": "fr"}


def test_the_focus_goes_on_when_its_line_is_removed(page: Page, kernel: Kernel) -> None:
    kernel.own.get("/set/a/1")
    kernel.own.get("/set/b/2")
    kernel.show(page)
    page.get_by_role("button", name="Remove a", exact=True).click()
    expect(page.get_by_role("button", name="Remove b")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Add a key")).to_be_focused()
    assert values(page) == []


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("JSON", '{"a": [1, null]}', '{"a":[1,null]}'),
        ("tuple", "[1, 2]", "[1,2]"),
        ("UUID", "12345678-1234-5678-1234-567812345678", '"12345678-1234-5678-1234-567812345678"'),
        ("Markup", "<b>", '"<b>"'),
    ],
)
def test_a_key_is_added_with_its_kind(
    page: Page, kernel: Kernel, kind: str, text: str, value: str
) -> None:
    kernel.show(page)
    page.get_by_role("button", name="Add a key").click()
    page.get_by_role("textbox", name="Key").fill("new")
    page.get_by_role("combobox", name="Kind").select_option(kind)
    page.get_by_role("textbox", name="Value").fill(text)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Add a key")).to_be_focused()
    assert kernel.own.get("/read").text.strip() == f'{{"new":{value}}}'


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{oops", "'{oops' is not JSON: Expecting property name enclosed in double quotes"),
        (f'"{"".join(chr(0x4E00 + at * 7 % 9000) for at in range(4000))}"', "take no more than"),
    ],
    ids=["not JSON", "too large"],
)
def test_a_wrong_edit_says_why_and_changes_nothing(
    page: Page, kernel: Kernel, text: str, fault: str
) -> None:
    kernel.own.get("/set/lang/fr")
    kernel.show(page)
    page.get_by_role("button", name="Edit lang").click()
    page.get_by_role("textbox", name="Value").fill(text)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text(fault)
    expect(page.get_by_role("textbox", name="Value")).to_have_value(text)
    assert kernel.own.get("/read").json == {"lang": "fr"}
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Edit lang")).to_be_focused()


def test_a_secret_is_covered_until_it_is_asked_for(page: Page, kernel: Kernel) -> None:
    kernel.own.get("/set/api_token/s3cret-0123")
    kernel.show(page)
    assert values(page) == [["api_token", "str", '"REDACTED"']]
    assert "s3cret-0123" not in page.content()
    page.get_by_role("button", name="Reveal api_token").click()
    expect(page.locator(".nbflask-session-text")).to_have_text('"s3cret-0123"')
    page.get_by_role("button", name="Reveal api_token").click()
    assert "s3cret-0123" not in page.content()


def test_what_was_revealed_is_covered_again_when_it_changes(page: Page, kernel: Kernel) -> None:
    kernel.own.get("/set/api_token/s3cret-0123")
    kernel.show(page)
    page.get_by_role("button", name="Reveal api_token").click()
    expect(page.locator(".nbflask-session-text")).to_have_text('"s3cret-0123"')
    kernel.own.get("/set/lang/fr")
    kernel.tell()
    assert values(page)[0] == ["api_token", "str", '"REDACTED"']


def test_news_leave_the_editor_and_the_focus_alone(page: Page, kernel: Kernel) -> None:
    kernel.own.get("/set/lang/fr")
    kernel.show(page)
    page.get_by_role("button", name="Edit lang").click()
    page.get_by_role("textbox", name="Value").fill("half")
    kernel.own.get("/set/other/1")
    kernel.tell()
    assert [key for key, *_ in values(page)] == ["lang", "other"]
    expect(page.get_by_role("textbox", name="Value")).to_be_focused()
    expect(page.get_by_role("textbox", name="Value")).to_have_value("half")


HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"


def test_hostile_keys_and_values_are_text(page: Page, kernel: Kernel) -> None:
    with kernel.own.session_transaction() as session:
        session[HOSTILE] = HOSTILE
    client = kernel.browser(f"{HOSTILE} Chrome/1")
    client.get("/cart/1", query_string={"q": HOSTILE})
    kernel.own.get("/read")
    kernel.own.get("/set/lang/fr")
    kernel.show(page)
    assert values(page)[0][0] == HOSTILE
    page.get_by_role("button", name=f"Edit {HOSTILE}").click()
    expect(page.get_by_role("textbox", name="Value")).to_be_focused()
    assert page.locator("main :is(img, script, b)").count() == 0


def test_history_tells_what_each_request_changed(page: Page, kernel: Kernel) -> None:
    kernel.own.get("/cart/2")
    kernel.own.get("/read")
    kernel.own.get("/read")
    kernel.own.get("/cart/3")
    kernel.own.get("/clear")
    kernel.show(page)
    lines = page.locator(".nbflask-session-history > li")
    expect(lines).to_have_count(4)
    expect(lines.nth(0)).to_contain_text("GET /clear")
    expect(lines.nth(0)).to_contain_text("cookie deleted")
    expect(lines.nth(0)).to_contain_text("removed")
    expect(lines.nth(1).locator("li")).to_have_text(['changedcart{"items": 2} → {"items": 3}'])
    expect(lines.nth(2)).to_have_text("#2 to #3: 2 requests changed nothing.")


def test_a_cookie_that_the_app_does_not_take_is_shown_as_such(page: Page, kernel: Kernel) -> None:
    kernel.own.get("/set/lang/fr")
    kernel.app.secret_key = "another-key"
    kernel.show(page)
    expect(page.locator(".nbflask-session-panel")).to_contain_text("bad signature")
    assert values(page) == [["lang", "str", '"fr"']]
    expect(page.get_by_role("button", name="Edit lang")).to_be_hidden()


def test_without_a_key_the_remedy_stands_on_top(page: Page, kernel: Kernel) -> None:
    kernel.app.secret_key = None
    kernel.show(page)
    expect(page.locator(".nbflask-session-advice")).to_contain_text("The app has no SECRET_KEY")
    expect(page.get_by_role("button", name="Add a key")).to_be_hidden()


def test_a_cookie_that_is_nearly_too_large_is_warned_of(page: Page, kernel: Kernel) -> None:
    with kernel.own.session_transaction() as session:
        # A cookie is compressed, so it takes what cannot be.
        session["much"] = random.Random(1).randbytes(2300).hex()
    kernel.own.get("/set/lang/fr")
    kernel.show(page)
    notices = page.locator(".nbflask-session-panel > div .nbflask-notice")
    expect(notices.nth(1)).to_contain_text("of the 4093 bytes that browsers take")


def test_unwise_flags_have_a_sentence(page: Page, kernel: Kernel) -> None:
    kernel.own.get("/set/lang/fr")
    kernel.show(page)
    expect(page.locator(".nbflask-session-cookie .nbflask-notice")).to_have_text(
        [
            "Each browser decides for itself whether other sites' requests carry the cookie. "
            "Set SESSION_COOKIE_SAMESITE = 'Lax'."
        ]
    )


def test_a_busy_kernel_and_one_that_is_gone_are_said(page: Page, kernel: Kernel) -> None:
    kernel.own.get("/set/lang/fr")
    kernel.show(page)
    page.evaluate("isBusy = true")
    page.get_by_role("button", name="Remove lang").click()
    expect(page.locator(".nbflask-session-phase")).to_contain_text("The kernel is busy")
    kernel.tell()
    page.evaluate("model.trigger('comm_live_update')")
    expect(page.locator(".nbflask-session-phase")).to_contain_text("restarted or ended")


def test_a_batch_that_was_missed_is_asked_for_again(page: Page, kernel: Kernel) -> None:
    kernel.show(page)
    kernel.own.get("/set/lang/fr")
    kernel.news.touch()
    kernel.news.take()
    kernel.own.get("/set/lang/de")
    kernel.tell()
    page.wait_for_function("() => sent.filter(({ kind }) => kind === 'ready').length === 2")
    expect(page.locator(".nbflask-session-text")).to_have_text('"de"')


def test_the_keyboard_reaches_everything_and_leaves(page: Page, kernel: Kernel) -> None:
    kernel.own.get("/set/api_token/s3cret-0123")
    kernel.show(page)
    root = page.get_by_role("region", name="Sessions of app")
    expect(root).to_have_attribute("data-lm-suppress-shortcuts", "true")
    page.locator("#before").focus()
    reached = []
    for _ in range(20):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "document.activeElement.ariaLabel ?? document.activeElement.textContent.trim()"
            )
        )
        if reached[-1] == "After":
            break
    assert [each for each in reached if each] == [
        "1 This notebook's client1 key, 1 request",
        "Reveal api_token",
        "Edit api_token",
        "Remove api_token",
        "Add a key",
        "After",
    ]


@pytest.mark.parametrize(("theme", "width"), [("light", 1200), ("dark", 480)])
def test_axe_finds_nothing(browser: Browser, kernel: Kernel, theme: str, width: int) -> None:
    kernel.own.get("/login/ada")
    chrome = kernel.browser()
    chrome.get("/cart/3")
    with open_page(browser, width=width, height=900, dark=theme == "dark") as page:
        kernel.show(page, theme=theme)
        assert axe_finds(page) == []
        page.get_by_role("button", name="Edit theme").click()
        expect(page.get_by_role("textbox", name="Value")).to_be_focused()
        assert axe_finds(page) == []
        client(page, "2 Chrome").click()
        page.get_by_role("button", name="Remove cart").click()
        expect(pending(page)).to_be_visible()
        assert axe_finds(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def axe_finds(page: Page) -> list[Any]:
    """Give what axe-core finds fault with in the widget."""
    found = Axe().run(page, context="main").response["violations"]
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]


def test_nothing_is_left_when_it_is_closed(page: Page, kernel: Kernel) -> None:
    kernel.show(page)
    page.evaluate("close_widget()")
    assert page.evaluate("model.countListeners()") == 0
    expect(page.locator("main *")).to_have_count(0)
