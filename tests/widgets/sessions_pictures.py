"""Pictures of the sessions' widget, to be looked at: ``python -m tests.widgets.sessions_pictures``.

They go to the directory that is named, or to ``pictures`` here.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser import chromium, open_page
from tests.widgets.sessions_page import FIREFOX, Kernel, build_app

if TYPE_CHECKING:
    from playwright.sync_api import Page

WIDTHS = (1000, 480)


def fill(kernel: Kernel) -> None:
    """Let some clients have a session each."""
    kernel.own.get("/login/ada")
    kernel.own.get("/cart/2")
    kernel.own.get("/read")
    kernel.own.get("/read")
    kernel.own.get("/cart/3")
    chrome, firefox = kernel.browser(), kernel.browser(FIREFOX)
    chrome.get("/types")
    chrome.get("/set/lang/fr")
    firefox.get("/set/api_token/s3cret-0123456789")
    curl = kernel.browser("curl/8.5.0")
    curl.set_cookie("session", "eyJjYXJ0Ijp7Iml0ZW1zIjo5OX19.awLJ3w.2qptgDza_EQRcg0aXso")
    curl.get("/read")


def take(page: Page, folder: Path, name: str) -> None:
    """Take a picture of the widget."""
    page.locator("main").screenshot(path=folder / f"{name}.png")


def main(folder: Path) -> None:
    """Take all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for theme in ("light", "dark"):
            for width in WIDTHS:
                with (
                    Kernel(build_app()) as kernel,
                    open_page(browser, width=width, height=1400, dark=theme == "dark") as page,
                ):
                    fill(kernel)
                    kernel.show(page, theme=theme)
                    take(page, folder, f"{theme}-{width}-values")
                    page.get_by_role("button", name="Edit cart").click()
                    page.get_by_role("textbox", name="Value").fill("{items: 4}")
                    page.get_by_role("button", name="Save").click()
                    page.get_by_role("alert").wait_for()
                    take(page, folder, f"{theme}-{width}-editor")
                    page.keyboard.press("Escape")
                    page.get_by_role("button", name="2 Chrome").click()
                    page.get_by_role("button", name="Remove html").click()
                    page.locator(".nbflask-session-pending").wait_for()
                    take(page, folder, f"{theme}-{width}-pending")
                    page.get_by_role("button", name="4 curl").click()
                    take(page, folder, f"{theme}-{width}-refused")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("pictures"))
