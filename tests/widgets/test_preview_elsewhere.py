"""The preview where no Jupyter server passes requests on: VS Code, Colab, Voila by itself.

None of them is here. What stands in for their pages is what the preview meets in
them: a page of another site than the app's port, and Colab's ``proxyPort``. The app's
server, its gateway and the browser are real.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flask import Flask, flash, redirect, render_template_string, request, session
from playwright.sync_api import expect

from nbflask.server.addresses import TcpAddress
from nbflask.server.gateway import Gateway
from nbflask.server.life import AppServer, Started
from tests.browser import open_page
from tests.widgets.site import DIRECT_PORT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page
    from werkzeug.wrappers.response import Response

    from tests.widgets.site import Site

pytestmark = pytest.mark.browser

PAGE = """\
<!doctype html><h1>{{ session.get("names", []) | join(" and ") or "nobody" }}</h1>
{% for message in get_flashed_messages() %}<p class="message">{{ message }}</p>{% endfor %}
<form method="post"><input name="name" aria-label="Name"><button>Send</button></form>
"""
HINT = "Forward the app's port in the Ports view."


@pytest.fixture
def link() -> Iterator[str]:
    """Give the link to an app with a session, at a port of its own."""
    app = Flask("app")
    app.secret_key = "key"

    @app.route("/", methods=["GET", "POST"])
    def index() -> str | Response:
        if request.method == "POST":
            session["names"] = [*session.get("names", []), request.form["name"]]
            flash(f"Thank you, {request.form['name']}.")
            return redirect("/")
        return render_template_string(PAGE)

    gateway = Gateway(app, secret="s", allow_link=True)
    server = AppServer(gateway, address=TcpAddress(host="127.0.0.1", port=0), allowed_hosts=None)
    started = server.start()
    assert isinstance(started, Started)
    assert isinstance(started.address, TcpAddress)
    yield f"http://127.0.0.1:{started.address.port}/?{gateway.ticket.query}"
    server.stop()


def use_the_app(page: Page) -> None:
    """Go through forms, redirects, flashes and the session."""
    frame = page.frame_locator("iframe:not([data-waiting])")
    expect(frame.locator("h1")).to_have_text("nobody")
    for name in ("Ada", "Grace"):
        frame.get_by_label("Name").fill(name)
        frame.get_by_role("button", name="Send").click()
        expect(frame.locator(".message")).to_have_text(f"Thank you, {name}.")
    expect(frame.locator("h1")).to_have_text("Ada and Grace")


def test_in_a_page_of_another_site_the_app_keeps_its_session(
    browser: Browser, site: Site, link: str
) -> None:
    # To a browser the two names of this machine are two sites.
    elsewhere = site.page_url(mount="", direct_url=link).replace("127.0.0.1", "localhost")
    with open_page(browser, "http://localhost:", link.partition("?")[0]) as page:
        page.goto(elsewhere)
        use_the_app(page)
        # By which the doctor knows that somebody sees it.
        assert page.evaluate("model.sent") == [{"kind": "shown"}]


def test_in_colab_the_app_is_reached_by_its_own_proxy(
    browser: Browser, site: Site, link: str
) -> None:
    port = link.partition("?")[0].rstrip("/").rpartition(":")[2]
    with open_page(browser, site.url, f"http://localhost:{port}/") as page:
        page.add_init_script(
            "const proxyPort = async (port, options) => {"
            "  window.asked = [port, options]; return `http://localhost:${port}`; };"
            "window.google = { colab: { kernel: { accessAllowed: true, proxyPort } } };"
        )
        page.goto(site.page_url(mount="", direct_url=link))
        use_the_app(page)
        assert page.evaluate("window.asked") == [int(port), {"cache": False}]
        opener = page.get_by_label("Open in a new tab")
        expect(opener).to_have_attribute(
            "href", f"http://localhost:{port}/?{link.partition('?')[2]}"
        )


def test_where_colab_gives_no_address_the_preview_says_so(
    browser: Browser, site: Site, link: str
) -> None:
    with open_page(browser, site.url) as page:
        page.add_init_script(
            "const proxyPort = async () => { throw new Error('not now'); };"
            "window.google = { colab: { kernel: { accessAllowed: true, proxyPort } } };"
        )
        page.goto(site.page_url(mount="", direct_url=link))
        notice = page.locator(".nbflask-preview-notice")
        expect(notice).to_contain_text("This page has no way to the app")


def test_a_port_of_another_machine_is_told_with_what_to_do(browser: Browser, site: Site) -> None:
    direct = f"http://127.0.0.1:{DIRECT_PORT}/?nbflask_token=t"
    with open_page(browser, site.url, f"http://127.0.0.1:{DIRECT_PORT}/") as page:
        page.goto(site.page_url(mount="", direct_url=direct, hint=HINT))
        notice = page.locator(".nbflask-preview-notice")
        expect(notice).to_contain_text("This page has no way to the app")
        expect(notice).to_contain_text(HINT)
