"""A page with the sessions of a real app on it.

The module, its style, the browser, the app, its recorder and what answers the page are real; of
Jupyter there is a widget's model, whose messages the browser hands to the test's process.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from flask import Flask, flash, session
from markupsafe import Markup

from nbflask.inspector.sessions.desk import SessionDesk
from nbflask.inspector.sessions.news import SessionNews
from nbflask.inspector.sessions.page import answer_page
from nbflask.recorder import Recorder
from nbflask.widgets.modules import join_modules, join_styles

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from playwright.sync_api import Page, Route

WIDGETS = Path(__file__).parents[2] / "nbflask" / "widgets"
#: Nothing listens there: every answer is the test's own.
URL = "http://localhost:1/"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def build_app(**config: Any) -> Flask:
    """Make an app with a shop's session."""
    app = Flask("shop")
    app.config.update(SECRET_KEY="a-key-of-the-tests", **config)

    @app.get("/cart/<int:count>")
    def cart(count: int) -> str:
        session["cart"] = {"items": count}
        return ""

    @app.get("/login/<name>")
    def login(name: str) -> str:
        session.update(_user_id=name, _fresh=True, csrf_token="f00dfeed" * 5, theme="dark")
        flash(f"Welcome, {name}!")
        return ""

    @app.get("/types")
    def types() -> str:
        session["at"] = datetime(2026, 1, 31, 12, tzinfo=UTC)
        session["id"] = UUID(int=5)
        session["pair"] = (1, 2)
        session["html"] = Markup("<b>bold</b>")
        return ""

    @app.get("/set/<key>/<value>")
    def set_key(key: str, value: str) -> str:
        session[key] = value
        return ""

    @app.get("/read")
    def read() -> dict[str, Any]:
        return dict(session)

    @app.get("/clear")
    def clear() -> str:
        session.clear()
        return ""

    return app


def serve(route: Route) -> None:
    """Answer for the page, the module and the style."""
    match urlsplit(route.request.url).path:
        case "/sessions.js":
            text, kind = join_modules(WIDGETS / "sessions.js"), "text/javascript"
        case "/sessions.css":
            styles = WIDGETS / "parts" / "theme.css", WIDGETS / "sessions.css"
            text, kind = join_styles(*styles), "text/css"
        case _:
            text, kind = Path(__file__).with_suffix(".html").read_text(), "text/html"
    route.fulfill(body=text, content_type=f"{kind}; charset=utf-8")


class Kernel:
    """An app whose sessions are recorded, and what a kernel says of them to a page."""

    def __init__(self, app: Flask | None = None) -> None:
        """Record an app, by default :func:`build_app`'s."""
        self.app = app or build_app()
        self.recorder = Recorder(self.app, name="app")
        self.own = self.app.test_client()
        self.desk = SessionDesk(self.recorder, lambda: self.own)
        self.news = SessionNews(self.desk)
        self._page: Page | None = None

    def __enter__(self) -> Self:
        """Record."""
        self.recorder.attach()
        return self

    def __exit__(self, *_exc_info: object) -> None:
        """Leave the app as it was."""
        self.recorder.detach()

    def browser(self, user_agent: str = CHROME) -> FlaskClient:
        """Give a client that says that it is a browser."""
        client = self.app.test_client()
        client.environ_base["HTTP_USER_AGENT"] = user_agent
        return client

    def show(self, page: Page, *, theme: str = "") -> None:
        """Show the sessions in a page.

        :param theme: ``light`` or ``dark`` imitates JupyterLab's own colours; ``""`` a bare page.
        """
        self._page = page
        page.expose_function("ask", self._answer)
        page.route(f"{URL}**", serve)
        page.goto(f"{URL}?{urlencode({'theme': theme})}")
        page.wait_for_function("() => Boolean(window.close_widget)")

    def tell(self) -> None:
        """Tell the page what is new, as the feed does."""
        assert self._page is not None
        self.news.touch()
        self._page.evaluate("message => receive(message)", plain(self.news.take()))

    def _answer(self, message: Any) -> list[Any]:
        answer = answer_page(self.desk, message)
        if answer is None:
            self.news.reset()
        answers = [] if answer is None else [answer]
        return [plain(each) for each in (*answers, self.news.take())]


def plain(message: Any) -> Any:
    """Give a message as it is after its way to the page."""
    return json.loads(json.dumps(message))
