"""Users of a JupyterHub at their desks: logged in, and with an app that runs in a notebook.

The notebook is the same for all. Whatever its app answers says whose it is, in a field and in the
content; a page of the Hub, or of another's server, does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.browser import TIMEOUT_MS
from tests.e2e.lab import OpenNotebook
from tests.hub import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.e2e.lab import Preview
    from tests.hub import HubUser

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
TEMPLATE = """\
%%template notes.html
<!doctype html><h1>Notes of {{ owner }}</h1>
<p>{{ session.get("notes", []) | join(", ") or "none" }}</p>
<form method="post"><input name="note" aria-label="Note"><button>Keep</button></form>
"""
NOTES = """\
%%route / GET POST
if request.method == "POST":
    session["notes"] = [*session.get("notes", []), request.form["note"]]
    return redirect("/")
return render_template("notes.html", owner=OWNER)
"""
SEEN = """\
%%route /seen GET POST
return {
    "owner": OWNER, "fields": list(request.headers), "cookies": sorted(request.cookies),
    "target": request.full_path, "here": url_for("seen", _external=True), "to": url_for("index"),
}
"""
ASKED = '%%route /asked\nreturn {"asked": ASKED, "owner": OWNER}'
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
CELLS = (LOAD, MARK, TEMPLATE, NOTES, SEEN, ASKED, EVENTS, ECHO, "%flask_run")
TEMPLATE_CELL, RUN_CELL = CELLS.index(TEMPLATE), len(CELLS) - 1


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A user's browser, with their notebook in it.

    :param app: The app's URL; ends in a slash.
    """

    user: HubUser
    page: Page
    notebook: OpenNotebook
    app: str

    @property
    def preview(self) -> Preview:
        """The app on show in the notebook."""
        return self.notebook.preview(RUN_CELL)

    def cookies(self, url: str) -> dict[str, str]:
        """Give the cookies that the browser shows to a URL."""
        return {it["name"]: it["value"] for it in self.page.context.cookies(url)}

    def ask(self, path: str) -> Any:
        """Ask one's own app as a program with the browser's cookies does, and decode the JSON."""
        return self.page.context.request.get(self.app + path).json()


def log_in(page: Page, name: str) -> None:
    """Log in by the Hub's page, which is on show; a server that does not run then starts."""
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def sit_down(page: Page, user: HubUser) -> Desk:
    """Wait for the server of a user who has logged in, and run the notebook in their JupyterLab."""
    # The Hub gives a server a minute to start.
    page.wait_for_url(f"{user.url}nbflask/", timeout=2 * TIMEOUT_MS)
    expect(page.locator("main")).to_contain_text("No kernel serves an app")
    notebook = OpenNotebook(page, user, CELLS)
    notebook.run_all()
    link = notebook.preview(RUN_CELL).root.get_by_label("Open in a new tab")
    expect(link).to_have_attribute("href", re.compile(rf"^{re.escape(user.url)}nbflask/.+/app/$"))
    app = str(link.get_attribute("href"))
    return Desk(user=user, page=page, notebook=notebook, app=app)
