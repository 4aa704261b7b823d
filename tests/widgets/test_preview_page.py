"""The preview's module in a real browser, with a real app in its frame."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import open_page
from tests.widgets.site import BASE_URL, DIRECT_PORT, MOUNT, Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FrameLocator

pytestmark = pytest.mark.browser

MIN_PX = 88
MAX_PX = 640


def show(page: Page, site: Site, **traits: Any) -> FrameLocator:
    page.goto(site.page_url(**traits))
    page.wait_for_function("() => Boolean(window.close_preview)")
    return page.frame_locator("iframe:not([data-waiting])")


def set_trait(page: Page, name: str, value: object) -> None:
    page.evaluate("([name, value]) => model.set(name, value)", [name, value])


def path_box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Path in app")


def pill(page: Page) -> Locator:
    return page.locator(".nbflask-preview-pill")


def notice(page: Page) -> Locator:
    return page.locator(".nbflask-preview-notice")


def wait_for_height(page: Page, condition: str) -> None:
    page.wait_for_function(
        "condition => { const height = document.querySelector('.nbflask-preview-box').offsetHeight;"
        " return eval(condition) }",
        arg=condition,
    )


def test_it_shows_the_page_its_path_and_its_status_code(page: Page, site: Site) -> None:
    frame = show(page, site, path="/hello/Ada")
    expect(frame.locator("h1")).to_have_text("Hello, Ada!")
    expect(path_box(page)).to_have_value("/hello/Ada")
    expect(pill(page)).to_have_text("200")
    link = page.get_by_label("Open in a new tab")
    expect(link).to_have_attribute("href", f"{site.url}{BASE_URL[1:]}{MOUNT}hello/Ada")


def test_a_path_reads_as_it_was_written(page: Page, site: Site) -> None:
    frame = show(page, site, path="/hello/Zoë Ω")
    expect(frame.locator("h1")).to_have_text("Hello, Zoë Ω!")
    expect(path_box(page)).to_have_value("/hello/Zoë Ω")


def test_an_error_is_told_by_its_code(page: Page, site: Site) -> None:
    frame = show(page, site, path="/broken")
    expect(frame.locator("h1")).to_have_text("Internal Server Error")
    expect(pill(page)).to_have_text("500")
    expect(page.get_by_role("status")).to_have_text("/broken: status code 500")


def test_a_page_that_the_app_does_not_have_is_not_an_app_that_is_gone(
    page: Page, site: Site
) -> None:
    show(page, site, path="/missing")
    expect(pill(page)).to_have_text("404")
    expect(notice(page)).to_be_hidden()


def test_another_path_can_be_typed_and_left_again(page: Page, site: Site) -> None:
    frame = show(page, site)
    expect(page.get_by_role("button", name="Back")).to_be_disabled()
    path_box(page).fill("about")
    path_box(page).press("Enter")
    expect(frame.locator("h1")).to_have_text("About")
    expect(path_box(page)).to_have_value("/about")
    page.get_by_role("button", name="Back").click()
    expect(frame.locator("#count")).to_have_text("Visit 2")
    expect(path_box(page)).to_have_value("/")
    expect(page.get_by_role("button", name="Back")).to_be_disabled()


def test_escape_brings_the_path_back(page: Page, site: Site) -> None:
    show(page, site, path="/about")
    expect(pill(page)).to_have_text("200")
    path_box(page).fill("/half-typed")
    path_box(page).press("Escape")
    expect(path_box(page)).to_have_value("/about")


def test_a_changed_path_goes_there(page: Page, site: Site) -> None:
    frame = show(page, site)
    set_trait(page, "path", "/about")
    expect(frame.locator("h1")).to_have_text("About")


def test_a_link_from_the_servers_root_stays_in_the_app(page: Page, site: Site) -> None:
    frame = show(page, site)
    frame.get_by_role("link", name="About").click()
    expect(frame.locator("h1")).to_have_text("About")
    expect(path_box(page)).to_have_value("/about")


def test_a_script_that_leaves_for_the_servers_root_is_brought_back(page: Page, site: Site) -> None:
    frame = show(page, site)
    frame.locator("body").evaluate("() => { window.location = '/about' }")
    expect(frame.locator("h1")).to_have_text("About")
    expect(path_box(page)).to_have_value("/about")


def test_a_form_is_posted_once_and_its_page_reloaded_by_get(page: Page, site: Site) -> None:
    frame = show(page, site, path="/form")
    frame.get_by_label("Name").fill("Ada")
    frame.get_by_role("button", name="Send").click()
    expect(frame.locator("#method")).to_have_text("POST")
    set_trait(page, "version", 1)
    expect(frame.locator("#method")).to_have_text("GET")
    assert site.app.config["POSTS"] == ["Ada"]


def test_a_redirect_after_a_post_is_followed(page: Page, site: Site) -> None:
    frame = show(page, site, path="/form")
    frame.get_by_label("Name").fill("redirect")
    frame.get_by_role("button", name="Send").click()
    expect(frame.locator("h1")).to_have_text("About")
    expect(path_box(page)).to_have_value("/about")


def test_a_new_version_reloads_the_page_that_was_gone_to(page: Page, site: Site) -> None:
    frame = show(page, site)
    frame.get_by_role("link", name="About").click()
    expect(frame.locator("h1")).to_have_text("About")
    frame.locator("h1").evaluate("element => { element.textContent = 'Old' }")
    set_trait(page, "version", 1)
    expect(frame.locator("h1")).to_have_text("About")
    expect(path_box(page)).to_have_value("/about")


def test_a_reload_keeps_the_place_in_a_long_page(page: Page, site: Site) -> None:
    frame = show(page, site, path="/rows/200")
    expect(frame.locator("#count")).to_have_text("Visit 1")
    frame.locator("body").evaluate("() => scrollTo(0, 1234)")
    set_trait(page, "version", 1)
    expect(frame.locator("#count")).to_have_text("Visit 2")
    assert frame.locator("body").evaluate("() => scrollY") == 1234


def test_a_reload_keeps_the_fragment(page: Page, site: Site) -> None:
    frame = show(page, site, path="/rows/5#here")
    expect(frame.locator("#count")).to_have_text("Visit 1")
    page.get_by_role("button", name="Reload").click()
    expect(frame.locator("#count")).to_have_text("Visit 2")
    expect(path_box(page)).to_have_value("/rows/5#here")


def test_a_page_that_streams_is_shown_before_its_end(page: Page, site: Site) -> None:
    frame = show(page, site, path="/stream")
    expect(frame.get_by_text("First")).to_be_visible()
    expect(frame.get_by_text("Last")).to_have_count(0)
    site.app.config["GO_ON"].set()
    expect(frame.get_by_text("Last")).to_be_visible()


def test_a_short_page_gets_a_low_frame_with_and_without_a_doctype(page: Page, site: Site) -> None:
    show(page, site, path="/about")
    wait_for_height(page, f"height === {MIN_PX}")
    set_trait(page, "path", "/")
    wait_for_height(page, f"height >= {MIN_PX} && height < 110")


def test_the_frame_follows_what_the_page_adds(page: Page, site: Site) -> None:
    frame = show(page, site, path="/about")
    wait_for_height(page, f"height === {MIN_PX}")
    frame.locator("h1").evaluate("heading => { heading.style.paddingBottom = '300px' }")
    wait_for_height(page, "height > 370 && height < 400")


def test_a_long_page_scrolls_in_its_frame(page: Page, site: Site) -> None:
    show(page, site, path="/rows/200")
    wait_for_height(page, f"height === {MAX_PX}")


def test_a_page_as_tall_as_its_window_does_not_grow_for_ever(page: Page, site: Site) -> None:
    frame = show(page, site, path="/window")
    wait_for_height(page, "height === 476")
    frame.locator("body").evaluate("body => body.append('More')")
    page.wait_for_timeout(500)  # Nothing is to happen, and there is no event for that.
    wait_for_height(page, "height === 476")


def test_a_height_can_be_set_dragged_and_given_back(page: Page, site: Site) -> None:
    show(page, site, path="/about", height_px=200)
    wait_for_height(page, "height === 200")
    # What is above the grip moves it no more.
    expect(pill(page)).to_have_text("200")
    grip = page.get_by_role("separator", name="Height of the preview")
    grip.press("ArrowDown")
    wait_for_height(page, "height === 224")
    box = grip.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 50, box["y"] + 4)
    page.mouse.down()
    page.mouse.move(box["x"] + 50, box["y"] + 104)
    page.mouse.up()
    wait_for_height(page, "height === 324")
    assert page.evaluate("model.get('height_px')") == 324
    grip.dblclick()
    wait_for_height(page, f"height === {MIN_PX}")
    assert page.evaluate("model.get('height_px')") == 0


def test_a_stopped_app_is_told_and_comes_back_to_its_page(page: Page, site: Site) -> None:
    frame = show(page, site)
    frame.get_by_role("link", name="About").click()
    expect(path_box(page)).to_have_value("/about")
    set_trait(page, "state", "stopped")
    expect(notice(page)).to_contain_text("The app is stopped")
    expect(pill(page)).to_have_text("Stopped")
    expect(page.locator("iframe")).to_have_count(0)
    set_trait(page, "state", "running")
    expect(frame.locator("h1")).to_have_text("About")
    expect(notice(page)).to_be_hidden()
    expect(pill(page)).to_have_text("200")


def test_a_kernel_that_is_gone_is_told_and_the_page_comes_back_with_it(
    page: Page, site: Site
) -> None:
    frame = show(page, site, path="/about")
    expect(frame.locator("h1")).to_have_text("About")
    site.is_app_there = False
    page.evaluate("model.trigger('comm_live_update')")
    expect(notice(page)).to_contain_text("The app is not answering")
    expect(pill(page)).to_have_text("Gone")
    site.is_app_there = True
    expect(frame.locator("h1")).to_have_text("About")
    expect(page.get_by_role("status")).to_have_text("app is running again.")


def test_an_app_that_is_gone_is_noticed_by_going_to_a_page(page: Page, site: Site) -> None:
    frame = show(page, site)
    expect(frame.locator("#count")).to_be_visible()
    site.is_app_there = False
    frame.get_by_role("link", name="About").click()
    expect(notice(page)).to_contain_text("The app is not answering")


def test_without_the_servers_extension_the_apps_own_url_is_shown(page: Page, site: Site) -> None:
    site.is_extension_there = False
    frame = show(page, site, direct_url=f"{site.url}{BASE_URL[1:]}{MOUNT}", path="about")
    expect(frame.locator("h1")).to_have_text("About")


PROXIED = {"direct_url": f"http://127.0.0.1:{DIRECT_PORT}/?nbflask_token=t", "proof": "mine"}


def test_without_the_servers_extension_its_port_is_shown_through_the_server(
    page: Page, site: Site
) -> None:
    site.is_extension_there, site.proof = False, "mine"
    frame = show(page, site, **PROXIED)
    frame.get_by_role("link", name="About").click()
    expect(frame.locator("h1")).to_have_text("About")
    expect(path_box(page)).to_have_value("/about")
    # The cookie lets pages in, so the ticket is in no link that somebody may pass on.
    link = page.get_by_label("Open in a new tab")
    root = f"{site.url}{BASE_URL[1:]}proxy/absolute/{DIRECT_PORT}/"
    expect(link).to_have_attribute("href", f"{root}about")
    assert site.app.config["COUNT"] == 1


def test_an_app_at_a_port_that_goes_is_told_and_comes_back(page: Page, site: Site) -> None:
    site.is_extension_there, site.proof = False, "mine"
    frame = show(page, site, **PROXIED)
    expect(frame.locator("#count")).to_be_visible()
    site.is_app_there = False
    frame.get_by_role("link", name="About").click()
    expect(notice(page)).to_contain_text("The app is not answering")
    site.is_app_there = True
    expect(frame.locator("h1")).to_have_text("About")


def test_another_program_at_the_apps_port_is_not_shown_below_jupyters_address(
    browser: Browser, site: Site
) -> None:
    site.is_extension_there, site.proof = False, "another's"
    # It looks for the port itself, too, where nobody listens here.
    with open_page(browser, site.url, f"http://127.0.0.1:{DIRECT_PORT}/") as page:
        show(page, site, **PROXIED)
        expect(notice(page)).to_contain_text("This page has no way to the app")
        expect(page.locator("iframe")).to_have_count(0)
    assert site.app.config["COUNT"] == 0


def test_without_any_way_to_the_app_it_says_so(page: Page, site: Site) -> None:
    site.is_extension_there = False
    show(page, site)
    expect(notice(page)).to_contain_text("This page has no way to the app")


def test_the_app_is_asked_for_nothing_but_its_pages(page: Page, site: Site) -> None:
    frame = show(page, site)
    expect(frame.locator("#count")).to_have_text("Visit 1")
    page.evaluate("model.trigger('comm_live_update')")
    expect(pill(page)).to_have_text("200")
    assert site.app.config["COUNT"] == 1
    assert site.probes > 0


def test_names_are_text(page: Page, site: Site) -> None:
    page.on("dialog", lambda dialog: dialog.dismiss())
    show(page, site, app_name="<img src=x onerror=alert(1)>", path="/<b>")
    expect(page.locator(".nbflask-preview-app")).to_have_text("<img src=x onerror=alert(1)>")
    expect(page.locator("main img, main b")).to_have_count(0)


def test_everything_is_reached_and_named_for_the_keyboard(page: Page, site: Site) -> None:
    show(page, site)
    expect(pill(page)).to_have_text("200")
    root = page.get_by_role("region", name="Preview of app")
    expect(root).to_have_attribute("data-lm-suppress-shortcuts", "true")
    reached = []
    for _ in range(3):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.ariaLabel"))
    assert reached == ["Reload", "Path in app", "Open in a new tab"]


def test_it_fits_a_narrow_page(page: Page, site: Site) -> None:
    page.set_viewport_size({"width": 320, "height": 600})
    show(page, site, path="/a-path-that-is/much/longer/than-what-a-phone/can-show/in-one-line")
    expect(pill(page)).to_have_text("404")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_nothing_is_left_when_it_is_closed(page: Page, site: Site) -> None:
    show(page, site)
    expect(pill(page)).to_have_text(re.compile(r"\d+"))
    page.evaluate("close_preview()")
    assert page.evaluate("model.countListeners()") == 0
    expect(page.locator("main *")).to_have_count(0)
