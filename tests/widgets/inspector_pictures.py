"""Pictures of the inspector, to be looked at: ``python -m tests.widgets.inspector_pictures DIR``.

Each scene in light and dark, wide and 480 px narrow.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser import chromium, open_page
from tests.widgets.inspector_page import Notebook
from tests.widgets.inspector_samples import (
    build_samples,
    to_comparison,
    to_details,
    to_row,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser


WIDTHS = {"wide": 1100, "narrow": 480, "phone": 320}
SAMPLES = {exchange.id: exchange for exchange in build_samples()}
TABS = ("Request", "Response", "Timing", "Session", "Templates", "Logs & output", "Error", "Raw")


def fill(notebook: Notebook) -> None:
    rows = map(to_row, SAMPLES.values())
    totals = {"count": 340, "bytes": 18_200_000, "max_bytes": 32_000_000, "errors": 3}
    notebook.say(notebook.batch(*rows, reset=True, totals=totals))


def choose(notebook: Notebook, number: int) -> None:
    """Choose a row, and answer what the page then asks for."""
    lines = notebook.page.locator("tbody tr.nbflask-line")
    scroller = notebook.page.locator(".nbflask-scroller")
    index = sorted(SAMPLES, reverse=True).index(number)
    scroller.evaluate(
        "(box, index) => box.scrollTop = index * document.querySelector('.nbflask-line')"
        ".offsetHeight - 60",
        index,
    )
    lines.and_(notebook.page.locator(f'[data-id="{number}"]')).click()
    notebook.wait_until_heard("get")
    notebook.say(to_details(SAMPLES[number]))


def show_tab(name: str, number: int = 41) -> Callable[[Notebook], None]:
    def show(notebook: Notebook) -> None:
        choose(notebook, number)
        notebook.page.get_by_role("tab", name=re.compile(f"^{re.escape(name)}")).click()

    return show


def show_page(notebook: Notebook) -> None:
    show_tab("Response", 39)(notebook)
    notebook.page.get_by_role("button", name="Show as page").click()


def show_comparison(notebook: Notebook) -> None:
    left, right = SAMPLES[39], SAMPLES[41]
    notebook.row(39).click()
    notebook.row(41).click(modifiers=["Control"])
    notebook.say(to_comparison(left, right))


def show_editor(notebook: Notebook) -> None:
    choose(notebook, 41)
    notebook.page.keyboard.press("Shift+R")


def show_editor_text(notebook: Notebook) -> None:
    show_editor(notebook)
    notebook.page.get_by_role("button", name="As .http text").click()


def show_menu(name: str) -> Callable[[Notebook], None]:
    def show(notebook: Notebook) -> None:
        choose(notebook, 41)
        notebook.page.get_by_role("button", name=name).click()

    return show


def show_question(notebook: Notebook) -> None:
    choose(notebook, 41)
    notebook.page.keyboard.press("r")


def write_filter(text: str) -> Callable[[Notebook], None]:
    def write(notebook: Notebook) -> None:
        notebook.filter_field.press_sequentially(text)

    return write


def show_help(notebook: Notebook) -> None:
    notebook.row(41).click()
    notebook.page.keyboard.press("?")


def leave_kernel(notebook: Notebook) -> None:
    notebook.page.evaluate("model.trigger('comm_live_update')")


def keep_busy(notebook: Notebook) -> None:
    notebook.row(40).click()
    notebook.page.get_by_text("Kernel busy").wait_for()


SCENES: dict[str, Callable[[Notebook], None]] = {
    "list": lambda _: None,
    "overview": lambda notebook: choose(notebook, 41),
    "overview-404": lambda notebook: choose(notebook, 36),
    "overview-plain": lambda notebook: choose(notebook, 33),
    **{name.split()[0].lower(): show_tab(name) for name in TABS},
    "json": show_tab("Response", 33),
    "form": show_tab("Request", 35),
    "picture": show_tab("Response", 32),
    "events": show_tab("Response", 40),
    "hex": show_tab("Response", 34),
    "page": show_page,
    "comparison": show_comparison,
    "editor": show_editor,
    "editor-text": show_editor_text,
    "menu-replay": show_menu("Replay"),
    "menu-copy": show_menu("Copy as"),
    "question": show_question,
    "filter-offers": write_filter("status:"),
    "filter-fault": write_filter("status:>abc GET"),
    "filter-hint": write_filter("colour:red"),
    "filter-nothing": write_filter("nowhere-to-be-found"),
    "help": show_help,
    "gone": leave_kernel,
    "busy": keep_busy,
    "empty": lambda notebook: notebook.say(notebook.batch(reset=True)),
}


def take(browser: Browser, folder: Path, names: list[str]) -> None:
    """Take the pictures of the scenes that are named; of all, if none is."""
    for theme in ("light", "dark"):
        for width_name, width in WIDTHS.items():
            for name in names or SCENES:
                with open_page(browser, width=width, height=1000, dark=theme == "dark") as page:
                    notebook = Notebook(page, theme=theme)
                    fill(notebook)
                    SCENES[name](notebook)
                    page.mouse.move(0, 0)
                    path = folder / f"{name}-{theme}-{width_name}.png"
                    page.locator("main").screenshot(path=path)


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        take(browser, folder, sys.argv[2:])


if __name__ == "__main__":
    main()
