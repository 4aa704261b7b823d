"""A page with one inspector on it, whose kernel is the test.

The module, its style and the browser are real; of Jupyter there is a widget's model, which
keeps what the page sends and hands it what the test says.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from nbflask.widgets.inspector import InspectorWidget
from nbflask.widgets.modules import join_modules, join_styles

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

WIDGETS = Path(__file__).parents[2] / "nbflask" / "widgets"
#: Nothing listens there: every answer is the test's own. As a page of this machine, it may use the
#: clipboard.
URL = "http://localhost:1/"


def serve(route: Route) -> None:
    """Answer for the page, the module and the style."""
    match urlsplit(route.request.url).path:
        case "/inspector.js":
            text, kind = join_modules(WIDGETS / "inspector.js"), "text/javascript"
        case "/inspector.css":
            styles = (WIDGETS / each for each in InspectorWidget.styles)
            text, kind = join_styles(*styles), "text/css"
        case _:
            text, kind = Path(__file__).with_suffix(".html").read_text(), "text/html"
    route.fulfill(body=text, content_type=f"{kind}; charset=utf-8")


class Notebook:
    """The inspector's page, and what stands in for its kernel."""

    def __init__(self, page: Page, *, theme: str = "", **traits: Any) -> None:
        """Open the page.

        :param theme: ``light`` or ``dark`` imitates JupyterLab's own colours; ``""`` a bare page.
        """
        self.page = page
        self.seq = 0
        page.route(f"{URL}**", serve)
        page.goto(f"{URL}?{urlencode({'traits': json.dumps(traits), 'theme': theme})}")
        page.wait_for_function("() => Boolean(window.close_widget)")

    def say(self, *messages: dict[str, Any]) -> None:
        """Send messages to the page, as the kernel does, and wait until they are drawn."""
        self.page.evaluate(
            "messages => { receive(...messages); return new Promise((done) =>"
            " requestAnimationFrame(() => requestAnimationFrame(done))) }",
            list(messages),
        )

    def batch(self, *rows: dict[str, Any], reset: bool = False, **more: Any) -> dict[str, Any]:
        """Give the next batch of rows."""
        self.seq += 1
        totals = {"count": len(rows), "bytes": 0, "max_bytes": 32_000_000, "errors": 0}
        return {
            "kind": "batch",
            "seq": self.seq,
            "reset": reset,
            "rows": list(rows),
            "evicted": [],
            "matches": None,
            "totals": totals,
            **more,
        }

    @property
    def filter_field(self) -> Locator:
        """The line in which the filter is written."""
        return self.page.get_by_role("combobox", name="Filter")

    def row(self, number: int) -> Locator:
        """Give the line of a row; it is there only while it can be seen."""
        return self.page.locator(f'tr[data-id="{number}"]')

    def wait_until_heard(self, kind: str) -> None:
        """Wait until the page has sent a message of a kind."""
        self.page.wait_for_function("kind => sent.some((each) => each.kind === kind)", arg=kind)

    def heard(self, kind: str) -> list[dict[str, Any]]:
        """Give the messages of a kind that the page has sent."""
        sent: list[dict[str, Any]] = self.page.evaluate("sent")
        return [message for message in sent if message["kind"] == kind]


def build_bare_row(number: int, **more: Any) -> dict[str, Any]:
    """Give a row as the kernel makes them, of which only the number matters."""
    target = f"/users/{number}"
    return {
        "id": number,
        "facts": {"id": number, "line": f"GET {target}", "method": "GET", "path": target},
        "started_at": 1_763_812_800 + number,
        "duration_ms": 1.5,
        "state": "complete",
        "method": "GET",
        "target": target,
        "status": 200,
        "level": "ok",
        "size": 100,
        "kind": "html",
        **more,
    }
