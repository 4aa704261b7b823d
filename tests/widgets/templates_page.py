"""A page with one templates widget on it, whose kernel is the test, with a real app in it.

The module, its style, the browser, the app, its recorder and the answers are real; of Jupyter
there is a widget's model.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from nbflask.inspector.templates.messages import build_answer
from nbflask.widgets.modules import join_modules, join_styles

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from nbflask.inspector.templates import Templates

WIDGETS = Path(__file__).parents[2] / "nbflask" / "widgets"
#: Nothing listens there: every answer is the test's own.
URL = "http://localhost:1/"


def serve(route: Route) -> None:
    """Answer for the page, the module and the style."""
    match urlsplit(route.request.url).path:
        case "/templates.js":
            text, kind = join_modules(WIDGETS / "templates.js"), "text/javascript"
        case "/templates.css":
            styles = (WIDGETS / "parts" / "theme.css", WIDGETS / "templates.css")
            text, kind = join_styles(*styles), "text/css"
        case "/":
            text, kind = Path(__file__).with_suffix(".html").read_text(), "text/html"
        case _:
            # What a rendering fetches would be noted as a stray.
            route.fallback()
            return
    route.fulfill(body=text, content_type=f"{kind}; charset=utf-8")


class Notebook:
    """The widget's page, and what stands in for its kernel.

    :ivar is_busy: Whether the kernel gives no answer.
    """

    def __init__(self, page: Page, templates: Templates, *, theme: str = "", **traits: Any) -> None:
        """Open the page.

        :param theme: ``light`` or ``dark`` imitates JupyterLab's own colours; ``""`` a bare page.
        """
        self.page, self.templates = page, templates
        self.is_busy = False
        page.expose_function("ask_kernel", self._answer)
        page.route(f"{URL}**", serve)
        page.goto(f"{URL}?{urlencode({'traits': json.dumps(traits), 'theme': theme})}")
        page.wait_for_function("() => Boolean(window.close_widget)")

    def say(self, *messages: dict[str, Any]) -> None:
        """Send messages to the page, as the kernel does."""
        self.page.evaluate("messages => receive(...messages)", list(messages))

    def heard(self, kind: str) -> list[dict[str, Any]]:
        """Give the messages of a kind that the page has sent."""
        sent: list[dict[str, Any]] = self.page.evaluate("sent")
        return [message for message in sent if message["kind"] == kind]

    def _answer(self, message: dict[str, Any]) -> dict[str, Any] | None:
        return None if self.is_busy else build_answer(self.templates, message)
