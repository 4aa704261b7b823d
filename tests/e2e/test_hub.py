"""Two users of a JupyterHub, each with an app in a JupyterLab of their own, and no way between."""

from __future__ import annotations

import json
from contextlib import ExitStack, contextmanager
from itertools import product
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import httpx
import pytest
import websocket
from playwright.sync_api import expect

from tests.browser import open_page
from tests.e2e.desks import TEMPLATE, TEMPLATE_CELL, Desk, log_in, sit_down
from tests.hub import Hub

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

#: The hardest place for a Hub: with a prefix of its own before the users' prefixes.
BASE_URL = "/jh/"

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
  async (response) => [response.status, response.headers.get('X-Owner'), await response.text()])"""


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
            page.goto(hub.url)
            log_in(page, user.name)  # Both servers start at the same time.
        yield Desks(*[sit_down(page, user) for page, user in zip(pages, users, strict=True)])
        for page in pages:  # Nothing is left that tries to connect to a kernel that has gone.
            page.goto("about:blank")


@contextmanager
def open_tab(desk: Desk, url: str) -> Iterator[Page]:
    """Give another tab of a user's browser."""
    tab = desk.page.context.new_page()
    try:
        tab.goto(url)
        yield tab
    finally:
        tab.close()


def test_each_user_sees_their_own_app_and_what_they_change_in_it(desks: Desks) -> None:
    headings = [desk.preview.page.locator("h1") for desk in desks]
    expect(headings[0]).to_have_text("Notes of ann")
    expect(headings[1]).to_have_text("Notes of bob")
    desks.ann.notebook.run(TEMPLATE_CELL, TEMPLATE.replace("Notes of", "Thoughts of"))
    expect(headings[0]).to_have_text("Thoughts of ann")
    expect(headings[1]).to_have_text("Notes of bob")


def test_a_form_keeps_a_session_that_only_its_own_app_is_shown(hub: Hub, desks: Desks) -> None:
    for desk, other in (desks, reversed(desks)):
        page = desk.preview.page
        page.get_by_label("Note").fill(f"{desk.user.name} was here")
        page.get_by_role("button", name="Keep").click()
        expect(page.locator("p")).to_have_text(f"{desk.user.name} was here")
        expect(desk.preview.pill).to_have_text("200")
        paths = [it["path"] for it in desk.page.context.cookies() if it["name"] == "session"]
        assert paths == [urlsplit(desk.app).path]
        assert [desk.ask("seen")["cookies"]] == [["session"]]
        for url in (f"{hub.url}hub/home", f"{desk.user.url}lab", other.app):
            assert "session" not in desk.cookies(url)


def test_websockets_and_event_streams_work_below_the_prefix(desks: Desks) -> None:
    for desk in desks:
        name = desk.user.name
        with open_tab(desk, f"{desk.app}seen") as tab:
            assert tab.evaluate(_WEBSOCKET, f"{desk.app}echo") == f"hello of {name}"
            events = [f"{number} of {name}" for number in range(3)]
            assert tab.evaluate(_EVENTS, f"{desk.app}events") == events


def test_urls_that_an_app_builds_are_those_of_the_browser(hub: Hub, desks: Desks) -> None:
    for desk in desks:
        seen = desk.ask("seen")
        assert (seen["here"], seen["to"]) == (f"{desk.app}seen", urlsplit(desk.app).path)
    # As a server before the Hub says that has the certificate.
    fields = {"Authorization": f"token {hub.create_token('ann')}", "X-Forwarded-Proto": "https"}
    seen = httpx.get(f"{desks.ann.app}seen", headers=fields, timeout=30).json()
    assert seen["here"] == f"{desks.ann.app}seen".replace("http://", "https://")


def test_what_lets_a_user_into_jupyter_does_not_reach_the_app(hub: Hub, desks: Desks) -> None:
    shown = desks.ann.cookies(desks.ann.app)
    secrets = [value for name, value in shown.items() if name != "session"]
    assert {"_xsrf", "jupyterhub-user-ann", "jupyterhub-session-id"} < set(shown)
    assert not [secret for secret in secrets if secret in json.dumps(desks.ann.ask("seen"))]

    token = hub.create_token("ann")
    url = f"{desks.ann.app}seen"
    with httpx.Client(timeout=30) as client:
        for request in (
            client.build_request("GET", url, headers={"Authorization": f"token {token}"}),
            client.build_request("POST", url, headers={"Authorization": f"Bearer {token}"}),
            client.build_request("GET", url, params={"token": token}),
        ):
            seen = client.send(request)
            assert (seen.status_code, token in seen.text) == (200, False)


def test_the_list_of_running_apps_holds_ones_own_alone(hub: Hub, desks: Desks) -> None:
    for desk in desks:
        # This is the link to hand on: it leads each user to their own.
        with open_tab(desk, f"{hub.url}hub/user-redirect/nbflask/") as tab:
            tab.wait_for_url(f"{desk.user.url}nbflask/")
            links = tab.locator("main a")
            expect(links).to_have_count(1)
            links.click()
            expect(tab.locator("h1")).to_contain_text(f"of {desk.user.name}")
            assert tab.url == desk.app


def test_another_users_browser_is_refused(desks: Desks) -> None:
    ann, bob = desks
    with open_tab(bob, "about:blank") as tab:
        response = tab.goto(f"{ann.app}seen?by=bob")
        assert response is not None
        assert (response.status, response.headers.get("x-owner")) == (403, None)
        expect(tab.locator("body")).to_contain_text("403")
        assert '"owner"' not in tab.content()
    # A page of Bob's app has the same origin as Ann's, as the Hub has no subdomains here.
    with open_tab(bob, bob.app) as tab:
        for method in ("GET", "POST"):
            status, owner, text = tab.evaluate(_FETCH, [f"{ann.app}seen?by=bob", method])
            assert (status >= 400, owner, '"owner"' in text) == (True, None, False)
        assert tab.evaluate(_WEBSOCKET, f"{ann.app}echo?by=bob") == "refused"
        assert tab.evaluate(_EVENTS, f"{ann.app}events?by=bob") == "refused"
    assert_nothing_came(ann)


def assert_nothing_came(desk: Desk) -> None:
    """Fail if a request that says it is another's has come as far as the app."""
    asked = desk.ask("asked")["asked"]
    assert asked
    assert not [target for target in asked if "by=" in target]


class Forged(NamedTuple):
    """What somebody sends who is not Ann."""

    cookie: str = ""
    authorization: str = ""
    token: str = ""

    @property
    def fields(self) -> dict[str, str]:
        pairs = {"Cookie": self.cookie, "Authorization": self.authorization}
        return {name: value for name, value in pairs.items() if value}


def forge(how: str, hub: Hub, bob: Desk) -> Forged:
    cookies = bob.cookies(bob.app)
    match how:
        case "nothing":
            return Forged()
        case "bob's cookies":
            return Forged(cookie="; ".join(f"{k}={v}" for k, v in cookies.items()))
        case "bob's cookie by ann's name":
            session = f"jupyterhub-session-id={cookies['jupyterhub-session-id']}"
            login = f"jupyterhub-user-ann={cookies['jupyterhub-user-bob']}"
            return Forged(cookie=f"{session}; {login}")
        case "bob's token in a field":
            return Forged(authorization=f"token {hub.create_token('bob')}")
        case "bob's token in the query":
            return Forged(token=hub.create_token("bob"))
    raise ValueError(how)


@pytest.mark.parametrize(
    "how",
    [
        "nothing",
        "bob's cookies",
        "bob's cookie by ann's name",
        "bob's token in a field",
        "bob's token in the query",
    ],
)
def test_nobody_else_gets_a_byte_of_an_app(hub: Hub, desks: Desks, how: str) -> None:
    ann, bob = desks
    sent = forge(how, hub, bob)
    query = f"?by=bob&token={sent.token}" if sent.token else "?by=bob"
    kernel_id = ann.app.split("/")[-3]
    urls = [f"{ann.app}seen", ann.app, ann.app.rstrip("/"), f"{ann.user.url}nbflask/"]
    urls += [f"{ann.user.url}nbflask/__probe__/{kernel_id}/app"]
    with httpx.Client(timeout=30) as client:
        for method, url in product(("GET", "HEAD", "POST", "PUT"), urls):
            answer = client.request(method, url + query, headers=sent.fields)
            client.cookies.clear()  # Only what was forged is sent.
            is_login = answer.headers.get("Location", "").startswith(f"{BASE_URL}hub/")
            is_refused = answer.status_code in (403, 405)
            assert is_refused or (answer.status_code == 302 and is_login), (method, url)
            assert ("X-Owner" in answer.headers, '"owner"' in answer.text) == (False, False)
            assert kernel_id not in answer.text
    fields = [f"{name}: {value}" for name, value in sent.fields.items()]
    with pytest.raises(websocket.WebSocketException, match=r"status 403|Redirect limit"):
        websocket.create_connection(
            f"ws{ann.app.removeprefix('http')}echo{query}",
            header=fields,
            timeout=30,
            redirect_limit=0,
        )
    assert_nothing_came(ann)


def test_a_link_to_an_app_leads_its_user_there_by_the_login_page(
    hub: Hub, browser: Browser, desks: Desks
) -> None:
    with open_page(browser, hub.url) as page:
        page.goto(desks.bob.app)
        assert urlsplit(page.url).path == f"{BASE_URL}hub/login"
        log_in(page, "bob")
        expect(page.locator("h1")).to_have_text("Notes of bob")
        assert page.url == desks.bob.app
        page.goto(f"{hub.url}hub/logout")
        page.goto(desks.bob.app)
        assert urlsplit(page.url).path == f"{BASE_URL}hub/login"
