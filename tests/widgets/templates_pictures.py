"""Takes pictures of the templates widget: ``python -m tests.widgets.templates_pictures FOLDER``.

Every tab, light and dark, wide and 480 px; for the eye, and no test.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from nbflask.inspector.templates import Templates
from nbflask.recorder import Recorder
from tests.browser import chromium, open_page
from tests.widgets.templates_app import build_app
from tests.widgets.templates_page import Notebook

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TABS = ("Source", "Relations", "Rendering")


def take(browser: Browser, templates: Templates, folder: Path, name: str, width: int) -> None:
    """Take the pictures of a template at a width."""
    for theme in ("light", "dark"):
        with open_page(browser, width=width, height=1000, dark=theme == "dark") as page:
            Notebook(page, templates, theme=theme, name=name)
            for tab in TABS:
                page.get_by_role("tab", name=tab).click()
                if tab == "Rendering":
                    page.wait_for_function(
                        "() => !document.querySelector('.nbflask-result[aria-busy]')"
                    )
                page.wait_for_timeout(250)
                stem = name.replace("/", "-").partition(".")[0]
                page.screenshot(path=folder / f"{stem}-{tab.lower()}-{theme}-{width}.png")


def main(folder: Path) -> None:
    """Take all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    app = build_app()
    with Recorder(app) as recorder, chromium() as browser:
        client = app.test_client()
        client.get("/hello/Ada?q=<b>x")
        client.get("/hello/Grace?q=%3Cb%3Ebold%3C/b%3E")
        client.get("/broken")
        templates = Templates(app, recorder)
        for name in ("hello.html", "broken.html", "base.html"):
            for width in (1000, 480):
                take(browser, templates, folder, name, width)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
