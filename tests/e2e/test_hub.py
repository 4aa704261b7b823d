"""Two users of a JupyterHub, each with an app in a JupyterLab of their own, and no way between."""

from __future__ import annotations

import re
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from playwright.sync_api import expect

from tests.browser import open_page
from tests.e2e.lab import OpenNotebook
from tests.hub import PASSWORD, Hub

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.hub import HubUser

pytestmark = pytest.mark.browser

#: The hardest place for a Hub: with a prefix of its own before the users' prefixes.
BASE_URL = "/jh/"

# What an app of Ann's answers holds "of ann", and its fields name her: a page of the Hub does not.
LOAD = """\
%load_ext nbflask
import os
OWNER = os.environ["JUPYTERHUB_USER"]
ASKED = []
"""
MARK = """\
%%after_request
ASKED.append(request.full_path)
response.headers["X-Owner"] = OWNER
return response
"""
NOTES = """\
%%route / GET POST
if request.method == "POST":
    session["notes"] = [*session.get("notes", []), request.form["note"]]
    return redirect("/")
return render_template("notes.html", owner=OWNER)
"""
TEMPLATE = """\
%%template notes.html
<!doctype html><h1>Notes of {{ owner }}</h1>
<p>{{ session.get("notes", []) | join(", ") or "none" }}</p>
<form method="post"><input name="note" aria-label="Note"><button>Keep</button></form>
"""
SEEN = """\
%%route /seen GET POST
return {
    "fields": list(request.headers), "target": request.full_path, "cookies": request.cookies,
    "here": url_for("seen", _external=True), "to": url_for("index"),
}
"""
ASKED = '%%route /asked\nreturn {"asked": ASKED, "by": OWNER}'
EVENTS = """\
%%route /events
def count():
    for number in range(3):
        yield f"data: {number} of {OWNER}\\n\\n"
return Response(count(), mimetype="text/event-stream")
"""
ECHO = """\
from flask_sock import Sock

@Sock(app).route("/echo")
def echo(ws):
    while True:
        ws.send(f"{ws.receive()} of {OWNER}")
"""
RUN = "%flask_run"
CELLS = (LOAD, MARK, TEMPLATE, NOTES, SEEN, ASKED, EVENTS, ECHO, RUN)
TEMPLATE_CELL, RUN_CELL = 2, 8

_WEBSOCKET = """(url) => new Promise((resolve) => {
  const socket = new WebSocket(url.replace('http', 'ws'));
  socket.onopen = () => socket.send('hello');
  socket.onmessage = (message) => { socket.close(); resolve(message.data); };
  socket.onerror = () => resolve('refused');
})"""
_EVENTS = """(url) => new Promise((resolve) => {
  const source = new EventSource(url);
  const data = [];
  source.onmessage = (message) => {
    if (data.push(message.data) === 3) { source.close(); resolve(data); }
  };
  source.onerror = () => { source.close(); resolve('refused'); };
})"""
_FETCH = """([url, method]) => fetch(url, {method}).then(
  async (response) => [response.status, await response.text()])"""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A user who is logged in, and their app that runs in a notebook.

    :param app: The app's URL; ends in a slash.
    """

    user: HubUser
    page: Page
    notebook: OpenNotebook
    app: str

    def cookies(self, url: str) -> dict[str, str]:
        """Give the cookies that the browser shows to a URL."""
        return {it["name"]: it["value"] for it in self.page.context.cookies(url)}

    def ask(self, path: str, **options: Any) -> Any:
        """Ask one's own app as its browser does, and decode the answer."""
        return self.page.context.request.get(f"{self.app}{path}", **options).json()


class Desks(NamedTuple):
    ann: Desk
    bob: Desk


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """Give a Hub for two users."""
    with Hub(tmp_path_factory.mktemp("hub"), "ann", "bob", base_url=BASE_URL) as hub:
        yield hub


@pytest.fixture(scope="module")
def desks(hub: Hub, browser: Browser) -> Iterator[Desks]:
    """Give two users who have logged in by the Hub's page, and run the same notebook."""
    users = [hub.user(name) for name in ("ann", "bob")]
    with ExitStack() as stack:
        pages = [stack.enter_context(open_page(browser, hub.url)) for _ in users]
        for page, user in zip(pages, users, strict=True):
            log_in(page, hub, user.name)  # Both servers start at the same time.
        yield Desks(*[sit_down(page, user) for page, user in zip(pages, users, strict=True)])
        for page in pages:  # Nothing is left that tries to connect to a kernel that has gone.
            page.goto("about:blank")


def log_in(page: Page, hub: Hub, name: str) -> None:
    """Log in by the Hub's own page; the user's server then starts."""
    page.goto(hub.url)
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def sit_down(page: Page, user: HubUser) -> Desk:
    """Open the notebook in the user's JupyterLab, and run all of it."""
    page.wait_for_url(f"{user.url}nbflask/")
    expect(page.locator("main")).to_contain_text("No kernel serves an app")
    notebook = OpenNotebook(page, user, CELLS)
    notebook.run_all()
    link = notebook.preview(RUN_CELL).root.get_by_label("Open in a new tab")
    expect(link).to_have_attribute(
        "href", re.compile(rf"^{re.escape(user.url)}nbflask/[^/]+/app/$")
    )
    app = str(link.get_attribute("href"))
    return Desk(user=user, page=page, notebook=notebook, app=app)


def test_each_user_sees_their_own_app_and_what_they_change_in_it(desks: Desks) -> None:
    for desk in desks:
        preview = desk.notebook.preview(RUN_CELL)
        expect(preview.page.locator("h1")).to_have_text(f"Notes of {desk.user.name}")
    changed = TEMPLATE.replace("Notes of", "The notebook of")
    desks.ann.notebook.run(TEMPLATE_CELL, changed)
    headings = [desk.notebook.preview(RUN_CELL).page.locator("h1") for desk in desks]
    expect(headings[0]).to_have_text("The notebook of ann")
    expect(headings[1]).to_have_text("Notes of bob")
