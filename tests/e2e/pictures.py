"""Takes the documentation's pictures of the examples: ``python -m tests.e2e.pictures``."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser import TIMEOUT_MS, chromium, open_page
from tests.e2e.lab import FrontEnd, OpenNotebook, read_notebook
from tests.jupyter import JupyterServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Locator, Page

IMAGES = Path(__file__).parents[2] / "docs" / "images"
WIDTH_PX = 1280
HEIGHT_PX = 1200

#: The cells that a picture begins and ends with.
FIRST, LAST = "run-text", "edit"

_SET_THEME = "name => jupyterapp.commands.execute('apputils:change-theme', {theme: name})"
# The file browser would take a quarter of the picture, and a selected cell a frame of its own.
_CLEAR = """() => {
  const { commands, shell } = window.jupyterapp;
  if (commands.hasCommand('application:toggle-left-area') && !shell.leftCollapsed) {
    shell.collapseLeft();
  }
  document.activeElement.blur();
}"""
_SCROLL_TO = """(place) => {
  const cell = document.querySelectorAll('.jp-Notebook .jp-Cell')[place];
  const panel = cell.closest('.jp-WindowedPanel-outer');
  panel.scrollTop += cell.getBoundingClientRect().top - panel.getBoundingClientRect().top - 8;
}"""


@contextmanager
def _run_quickstart(
    page: Page, jupyter: JupyterServer, front_end: FrontEnd
) -> Iterator[OpenNotebook]:
    cells, index = read_notebook("quickstart")
    notebook = OpenNotebook(page, jupyter, cells, front_end=front_end)
    notebook.run_all()
    preview = notebook.preview(index["run"])
    preview.page.get_by_role("link").click()
    expect(preview.page.locator("h1")).to_have_text("Hello, Ada!")
    expect(notebook.preview(index["preview"]).page.locator("h1")).to_be_visible()
    yield notebook
    page.goto("about:blank")
    jupyter.stop_kernels()


def take(browser: Browser, jupyter: JupyterServer, name: str, front_end: FrontEnd) -> None:
    """Take the picture ``docs/images/<name>.png``."""
    is_dark = name.endswith("dark")
    with (
        open_page(browser, jupyter.url, width=WIDTH_PX, height=HEIGHT_PX, dark=is_dark) as page,
        _run_quickstart(page, jupyter, front_end),
    ):
        _set_theme(page, is_dark=is_dark)
        first, last = _places()
        page.evaluate(_SCROLL_TO, first)
        # Scrolling and the new theme's sheets are drawn in the next frames.
        page.wait_for_timeout(1500)
        panel = page.locator(".jp-WindowedPanel-outer").last.bounding_box()
        end = page.locator(".jp-Notebook .jp-Cell").nth(last).bounding_box()
        assert panel is not None
        assert end is not None
        page.screenshot(
            path=IMAGES / f"{name}.png",
            animations="disabled",
            clip={
                "x": panel["x"],
                "y": panel["y"],
                "width": panel["width"],
                "height": end["y"] + end["height"] - panel["y"],
            },
        )


def _set_theme(page: Page, *, is_dark: bool) -> None:
    page.evaluate(_SET_THEME, "JupyterLab Dark" if is_dark else "JupyterLab Light")
    page.wait_for_function(
        "light => document.body.dataset.jpThemeLight === light",
        arg="false" if is_dark else "true",
    )
    page.evaluate(_CLEAR)
    page.mouse.move(0, 0)


def take_widget(browser: Browser, jupyter: JupyterServer, example: str, look: Look) -> None:
    """Take pictures of an example's widget: ``docs/images/<example>-light.png`` and ``-dark``."""
    cells, index = read_notebook(example)
    for is_dark in (False, True):
        with open_page(
            browser, jupyter.url, width=WIDTH_PX, height=HEIGHT_PX, dark=is_dark
        ) as page:
            notebook = OpenNotebook(page, jupyter, cells)
            notebook.run_all()
            _set_theme(page, is_dark=is_dark)
            widget = notebook.output(index[look.cell]).locator(".nbflask-widget")
            look.prepare(widget)
            page.mouse.move(0, 0)
            # What was opened is drawn in the next frames, and JupyterLab draws cells late.
            page.wait_for_timeout(1500)
            name = f"{example}-{'dark' if is_dark else 'light'}.png"
            widget.screenshot(path=IMAGES / name, animations="disabled")
            page.goto("about:blank")
        jupyter.stop_kernels()


@dataclass(frozen=True)
class Look:
    """What is looked at in a widget.

    :param cell: The id of the cell that shows it.
    """

    cell: str
    prepare: Callable[[Locator], None]


def _open_fault(inspector: Locator) -> None:
    row = inspector.locator("tr[data-id='1']")
    row.click()
    row.press("Enter")


def _see(widget: Locator) -> None:
    widget.scroll_into_view_if_needed()


def _open_rendering(templates: Locator) -> None:
    templates.get_by_role("treeitem", name="loans.html").click()
    templates.get_by_role("tab", name="Rendering").click()


WIDGETS = {
    "inspector": Look("inspect", _open_fault),
    "sessions": Look("widget", _see),
    "templates": Look("widget", _open_rendering),
}


def _places() -> tuple[int, int]:
    """Find where the picture's first and last cell stand in the notebook."""
    ids = [cell.id for cell in read_notebook("quickstart")[0].cells]
    return ids.index(FIRST), ids.index(LAST)


def main() -> None:
    """Take all."""
    expect.set_options(timeout=TIMEOUT_MS)
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as directory,
        JupyterServer(Path(directory), lab=True) as jupyter,
        chromium() as browser,
    ):
        take(browser, jupyter, "quickstart-light", "lab")
        take(browser, jupyter, "quickstart-dark", "lab")
        take(browser, jupyter, "notebook7", "notebook")
        for example, look in WIDGETS.items():
            take_widget(browser, jupyter, example, look)


if __name__ == "__main__":
    main()
