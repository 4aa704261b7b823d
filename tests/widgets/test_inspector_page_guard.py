"""The inspector holds against what an app may send, and for who does not see or point."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser import open_page
from tests.widgets.inspector_page import Notebook
from tests.widgets.inspector_samples import build_samples, to_comparison, to_details, to_row

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page

pytestmark = pytest.mark.browser

SAMPLES = {exchange.id: exchange for exchange in build_samples()}
HOSTILE = (
    '<img src=x onerror="alert(1)"></script><script>alert(2)</script><style>*{display:none}'
    "</style>\u202e\u2066gnp.exe\x00\ufeff\"'&quot;" + "huge " * 500
)
TABS = ("Request", "Response", "Timing", "Session", "Templates", "Logs", "Error", "Raw", "Overview")
#: What names a thing for the page itself, and is no text of the app's.
KEPT = {"id", "seq", "kind", "stage", "state", "level", "change", "data_url", "headers_source"}


def poison(value: Any, key: str = "") -> Any:
    """Put hostile text into every text of a message."""
    match value:
        case str():
            return value if key in KEPT else HOSTILE
        case dict():
            names = {name: poison(each, name) for name, each in value.items()}
            return names | ({HOSTILE: HOSTILE} if key in ("before", "after") else {})
        case list():
            return [poison(each, key) for each in value]
    return value


def count_foreign(page: Page) -> int:
    """Count elements in the widget that only an app's markup could have made."""
    found: int = page.locator("main").evaluate(
        "root => root.querySelectorAll('script, style, iframe, object, link, [onerror]').length"
        " + [...root.querySelectorAll('img')].filter((img) => !img.src.startsWith('data:')).length"
    )
    return found


def test_hostile_texts_in_every_field_stay_texts(browser: Browser) -> None:
    dialogs: list[str] = []

    def note(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    with open_page(browser, height=1200) as page:
        page.on("dialog", note)
        notebook = Notebook(page, app_name=HOSTILE, height_px=420)
        rows = [poison(to_row(SAMPLES[number])) for number in (41, 36, 40, 35)]
        notebook.say(notebook.batch(*rows, reset=True))
        for number in (41, 40, 35):
            notebook.row(number).click()
            notebook.say(poison(to_details(SAMPLES[number])))
            for name in TABS:
                page.get_by_role("tab", name=re.compile(f"^{name}")).click()
                assert count_foreign(page) == 0, (number, name)
        for message in (
            {"kind": "failed", "text": HOSTILE},
            {"kind": "refused", "of": 41, "reason": HOSTILE, "needs_confirmation": True},
            {"kind": "refused", "of": 41, "reason": HOSTILE, "needs_confirmation": False},
            {"kind": "filtered", "text": HOSTILE, "error": {"column": 2, "message": HOSTILE}},
        ):
            notebook.say(message)
        page.keyboard.press("Escape")
        notebook.row(41).press("Shift+ArrowDown")
        notebook.say(poison(to_comparison(SAMPLES[41], SAMPLES[40])))
        notebook.filter_field.fill(HOSTILE)
        assert count_foreign(page) == 0
        # As wide as before: nothing that is long pushes the page out.
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert dialogs == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, theme: str) -> None:
    faults: dict[str, Any] = {}

    # Only colours differ between the themes.
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if theme == "dark":
        options["runOnly"] = ["color-contrast"]

    def check(name: str) -> None:
        response = Axe().run(page, context="main", options=options).response
        assert len(response["passes"]) >= (10 if theme == "light" else 1)
        if found := response["violations"]:
            faults[name] = [
                (each["id"], [node["html"][:160] for node in each["nodes"]][:3]) for each in found
            ]

    with open_page(browser, height=1400, dark=theme == "dark") as page:
        notebook = Notebook(page, theme=theme, height_px=420)
        notebook.say(notebook.batch(reset=True))
        check("empty")
        notebook.say(notebook.batch(*map(to_row, SAMPLES.values()), reset=True))
        check("all rows")
        # It looks at every row each time, which takes long.
        notebook.say(notebook.batch(*(to_row(SAMPLES[each]) for each in (40, 41)), reset=True))
        notebook.row(41).click()
        notebook.say(to_details(SAMPLES[41]))
        for name in TABS:
            page.get_by_role("tab", name=re.compile(f"^{name}")).click()
            page.evaluate(
                "document.querySelectorAll('details').forEach((each) => each.open = true)"
            )
            check(name)
        page.get_by_role("button", name="Copy as").click()
        check("menu")
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Keys and filter syntax").click()
        notebook.filter_field.fill("status:>abc")
        check("help and fault")
        notebook.filter_field.fill("stat")
        check("completions")
        notebook.filter_field.fill("")
        notebook.row(41).press("Shift+R")
        check("editor")
        page.keyboard.press("Escape")
        notebook.row(41).press("Shift+ArrowDown")
        notebook.say(to_comparison(SAMPLES[41], SAMPLES[40]))
        check("comparison")
    assert faults == {}


def test_cards_fit_a_phone_and_have_targets_of_24_px(browser: Browser) -> None:
    with open_page(browser, width=320, height=900) as page:
        notebook = Notebook(page)
        notebook.say(notebook.batch(*map(to_row, SAMPLES.values()), reset=True))
        notebook.row(41).click()
        notebook.say(to_details(SAMPLES[41]))
        expect(notebook.row(41)).to_have_css("height", "52px")
        small = page.locator("main").evaluate(
            "root => [...root.querySelectorAll('button, summary, [role=tab], tr[tabindex]')]"
            ".filter((each) => each.offsetParent && each.getBoundingClientRect().height < 24)"
            ".map((each) => each.outerHTML.slice(0, 90))"
        )
        assert small == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_forced_colours_show_what_is_chosen(browser: Browser) -> None:
    with open_page(browser) as page:
        page.emulate_media(forced_colors="active")
        notebook = Notebook(page)
        notebook.say(notebook.batch(*map(to_row, SAMPLES.values()), reset=True))
        notebook.row(41).click()
        chosen = notebook.row(41).evaluate("line => getComputedStyle(line).backgroundColor")
        other = notebook.row(40).evaluate("line => getComputedStyle(line).backgroundColor")
        assert chosen != other


def test_a_content_of_a_megabyte_waits_to_be_parsed(browser: Browser) -> None:
    with open_page(browser) as page:
        notebook = Notebook(page)
        notebook.say(notebook.batch(to_row(SAMPLES[33]), reset=True))
        notebook.row(33).click()
        details = to_details(SAMPLES[33])
        numbers = "[" + ", ".join(map(str, range(200_000))) + "]"
        details["exchange"]["response"]["content"]["view"]["text"] = numbers
        notebook.say(details)
        page.get_by_role("tab", name="Response").click()
        expect(page.get_by_role("tree")).to_have_count(0)
        page.get_by_role("button", name="Parse").click()
        expect(page.get_by_role("treeitem")).to_have_count(102)
        page.get_by_role("treeitem").last.click()
        expect(page.get_by_role("treeitem")).to_have_count(202)
