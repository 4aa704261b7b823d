"""The sessions of an app's clients in Python: seen, edited, given back."""

from __future__ import annotations

import json
import queue
import threading
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from cachelib import FileSystemCache
from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_session import Session

from nbflask.errors import SessionError
from nbflask.inspector.sessions.desk import SessionDesk, Written
from nbflask.inspector.sessions.news import MAX_BATCH_BYTES, MAX_CLIENTS, SessionNews
from nbflask.inspector.sessions.page import SessionsPage, answer_page
from nbflask.inspector.sessions.sessions import Sessions
from nbflask.inspector.sessions.view import view_app, view_client
from nbflask.recorder import Recorder
from nbflask.server.addresses import TcpAddress
from nbflask.server.life import AppServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
# Far more than a busy machine needs.
PATIENCE_S = 10.0


class Shop:
    """An app that is recorded, with the notebook's client and others."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.recorder = Recorder(app, name="shop")
        self.own = app.test_client()
        self.desk = SessionDesk(self.recorder, lambda: self.own)
        self.sessions = Sessions(self.desk)

    def browser(self, user_agent: str = CHROME) -> FlaskClient:
        client = self.app.test_client()
        client.environ_base["HTTP_USER_AGENT"] = user_agent
        return client

    def view(self, number: int) -> dict[str, Any]:
        look = next(each for each in self.desk.look() if each.number == number)
        return view_client(look, self.recorder.secrets)


def add_views(app: Flask) -> Flask:
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


@pytest.fixture
def shop() -> Iterator[Shop]:
    app = Flask("shop")
    app.secret_key = "a-key-of-the-tests"
    shop = Shop(add_views(app))
    with shop.recorder:
        yield shop


@pytest.fixture
def server_side(tmp_path: Path) -> Iterator[Shop]:
    app = Flask("shop")
    cache = FileSystemCache(str(tmp_path / "sessions"))
    app.config.update(
        SECRET_KEY="a-key-of-the-tests", SESSION_TYPE="cachelib", SESSION_CACHELIB=cache
    )
    Session(app)
    shop = Shop(add_views(app))
    with shop.recorder:
        yield shop


def test_the_notebooks_client_is_the_first_also_before_it_asked(shop: Shop) -> None:
    shop.browser().get("/set/lang/fr")
    assert [(each.number, each.name) for each in shop.sessions] == [
        (1, "This notebook's client"),
        (2, "Chrome"),
    ]
    assert shop.sessions.data == {}


def test_clients_keep_their_numbers_when_others_are_forgotten(shop: Shop) -> None:
    chrome, firefox = shop.browser(), shop.browser(FIREFOX)
    chrome.get("/set/lang/fr")
    firefox.get("/set/lang/de")
    assert [each.number for each in shop.sessions] == [1, 2, 3]
    shop.recorder.clear()
    firefox.get("/set/lang/it")
    firefox.get("/read")
    assert [(each.name, each.data) for each in shop.sessions] == [
        ("This notebook's client", {}),
        ("Firefox", {"lang": "it"}),
    ]


def test_an_edit_of_the_notebooks_client_is_seen_by_its_next_request(shop: Shop) -> None:
    shop.own.get("/set/lang/fr")
    assert shop.sessions.set("lang", "de") is Written.CLIENT
    assert shop.sessions.data == {"lang": "de"}
    assert shop.own.get("/read").json == {"lang": "de"}
    shop.sessions.remove("lang")
    assert shop.own.get("/read").json == {}


def test_the_notebooks_client_is_one_through_edits_and_transactions(shop: Shop) -> None:
    shop.own.get("/set/lang/fr")
    shop.sessions.set("lang", "de")
    shop.own.get("/set/size/3")
    shop.own.get("/set/size/4")
    with shop.own.session_transaction() as transaction:
        transaction["by"] = "hand"
    assert shop.sessions.data == {"lang": "de", "size": "4", "by": "hand"}
    shop.own.get("/read")
    assert len(shop.sessions) == 1
    assert [each.exchange_id for each in shop.sessions[1].history] == [1, 2, 3, 4]


def test_an_edit_of_a_browser_waits_for_its_next_request(shop: Shop) -> None:
    chrome = shop.browser()
    chrome.get("/set/lang/fr")
    browser = shop.sessions[2]
    assert browser.edit({"cart": [1]}) is Written.PENDING
    assert browser.edit({"size": 3}, remove=["lang"]) is Written.PENDING
    assert browser.pending is not None
    assert browser.data == {"lang": "fr"}
    assert chrome.get("/read").json == {"cart": [1], "size": 3}
    assert browser.pending is None
    assert browser.data == {"cart": [1], "size": 3}


def test_an_edit_that_waits_can_be_taken_back(shop: Shop) -> None:
    chrome = shop.browser()
    chrome.get("/set/lang/fr")
    shop.sessions[2].set("lang", "de")
    assert shop.sessions[2].cancel()
    assert not shop.sessions[2].cancel()
    assert chrome.get("/read").json == {"lang": "fr"}


def test_an_edit_waits_for_its_own_client_alone(shop: Shop) -> None:
    chrome, firefox = shop.browser(), shop.browser(FIREFOX)
    chrome.get("/set/lang/fr")
    firefox.get("/set/lang/fr2")
    shop.sessions[2].set("lang", "de")
    assert firefox.get("/read").json == {"lang": "fr2"}
    assert chrome.get("/read").json == {"lang": "de"}


def test_an_edit_follows_a_client_whose_request_was_under_way(shop: Shop) -> None:
    entered, go_on = threading.Event(), threading.Event()

    @shop.app.get("/slow")
    def slow() -> str:
        session["slow"] = True
        entered.set()
        go_on.wait(PATIENCE_S)
        return ""

    chrome = shop.browser()
    chrome.get("/set/lang/fr")
    request = threading.Thread(target=chrome.get, args=("/slow",))
    request.start()
    entered.wait(PATIENCE_S)
    shop.sessions[2].set("lang", "de")
    go_on.set()
    request.join(PATIENCE_S)
    assert shop.sessions[2].pending is not None
    assert chrome.get("/read").json == {"lang": "de", "slow": True}
    assert shop.sessions[2].pending is None


def test_a_claim_that_is_not_believed_is_never_signed(shop: Shop) -> None:
    chrome = shop.browser()
    chrome.get("/set/role/admin")
    shop.app.secret_key = "another-key"
    shop.sessions[2].set("lang", "de")
    assert chrome.get("/read").json == {"lang": "de"}


def test_edits_reach_a_browser_of_the_running_server(shop: Shop) -> None:
    with AppServer(shop.app, address=TcpAddress()) as server:
        address = server.address
        assert isinstance(address, TcpAddress)
        url = f"http://127.0.0.1:{address.port}"
        with httpx.Client(base_url=url, headers={"User-Agent": FIREFOX}) as firefox:
            firefox.get("/set/lang/fr")
            assert [each.name for each in shop.sessions][1:] == ["Firefox"]
            shop.sessions[2].set("lang", "de")
            assert firefox.get("/read").json() == {"lang": "de"}
            assert firefox.get("/read").json() == {"lang": "de"}


def test_sessions_on_the_server_are_edited_there_at_once(server_side: Shop) -> None:
    chrome = server_side.browser()
    chrome.get("/set/lang/fr")
    server_side.own.get("/set/lang/it")
    cookie = server_side.sessions[2].seen.cookie
    assert server_side.sessions[2].set("lang", "de") is Written.SERVER
    assert server_side.view(2)["keys"][-1]["text"] == '"de"'
    assert server_side.sessions[1].set("lang", "es") is Written.CLIENT
    assert chrome.get("/read").json == {"_permanent": True, "lang": "de"}
    assert server_side.own.get("/read").json == {"_permanent": True, "lang": "es"}
    assert server_side.sessions[2].seen.cookie == cookie
    assert view_app(server_side.desk)["backend"] == "CacheLibSessionInterface"


@pytest.mark.parametrize("value", ["x" * 5_000_000, {1, 2}, object()], ids=["large", "set", "any"])
def test_a_wrong_edit_of_a_browser_says_why_and_changes_nothing(shop: Shop, value: Any) -> None:
    chrome = shop.browser()
    chrome.get("/set/lang/fr")
    shop.sessions[2].set("size", 3)
    with pytest.raises(SessionError):
        shop.sessions[2].set("lang", value)
    assert chrome.get("/read").json == {"lang": "fr", "size": 3}


def test_who_is_logged_in_can_be_changed() -> None:
    app = Flask("shop")
    app.secret_key = "a-key-of-the-tests"
    manager = LoginManager(app)
    users = {name: UserMixin() for name in ("ada", "bob")}
    for name, user in users.items():
        user.id = name
    manager.user_loader(users.get)

    @app.get("/login/<name>")
    def login(name: str) -> str:
        login_user(users[name])
        return ""

    @app.get("/logout")
    def logout() -> str:
        logout_user()
        return ""

    @app.get("/me")
    def me() -> str:
        return str(current_user.id) if current_user.is_authenticated else "nobody"

    shop = Shop(app)
    with shop.recorder:
        shop.own.get("/login/ada")
        keys = {each["key"]: each for each in shop.view(1)["keys"]}
        assert keys["_user_id"]["text"] == '"ada"'
        assert keys["_user_id"]["meaning"] == "Flask-Login: who is logged in"
        assert keys["_id"]["text"] == '"REDACTED"'
        shop.sessions.set("_user_id", "bob")
        assert shop.own.get("/me").text == "bob"
        shop.own.get("/logout")
        assert "_user_id" not in shop.sessions.data


def test_what_is_shown_of_secrets_is_covered_everywhere(shop: Shop) -> None:
    shop.own.get("/set/api_token/s3cret-0123456789")
    shop.own.get("/set/copy/s3cret-0123456789")
    chrome = shop.browser()
    chrome.get("/set/lang/fr")
    shop.sessions[2].set("password", "s3cret-0123456789")
    told = json.dumps(SessionNews(shop.desk).take())
    assert "s3cret" not in told
    bundle = shop.sessions._repr_mimebundle_()
    assert "s3cret" not in json.dumps(bundle)
    assert "s3cret" not in repr([*shop.sessions, shop.sessions[2].pending, shop.sessions[2].seen])


def test_the_table_is_the_same_in_every_run(shop: Shop) -> None:
    shop.own.get("/set/lang/<b>")
    shop.browser().get("/set/api_token/s3cret-0123456789")
    assert repr(shop.sessions) == (
        "Sessions of shop (SecureCookieSessionInterface)\n"
        "client                    key        type  value       note\n"
        '1 This notebook\'s client  lang       str   "<b>"\n'
        '2 Chrome                  api_token  str   "REDACTED"'
    )
    assert "<td>&#34;&lt;b&gt;&#34;</td>" in shop.sessions._repr_mimebundle_()["text/html"]


def test_a_client_that_is_not_there_is_named_with_those_that_are(shop: Shop) -> None:
    shop.browser().get("/set/lang/fr")
    with pytest.raises(SessionError) as caught:
        Sessions(shop.desk, number=7)
    assert str(caught.value) == "Client 7 of shop is not known. The clients are: 1, 2."


def test_outside_a_notebook_no_client_is_its_own(shop: Shop) -> None:
    sessions = Sessions(SessionDesk(shop.recorder))
    assert repr(sessions).endswith("No client has a session yet. Send a request that sets one.")
    with pytest.raises(SessionError, match="No client of shop has a session yet"):
        _ = sessions.data
    shop.browser().get("/set/lang/fr")
    assert [(each.number, each.name) for each in sessions] == [(1, "Chrome")]


def test_news_tell_only_of_the_clients_that_changed(shop: Shop) -> None:
    chrome = shop.browser()
    chrome.get("/set/lang/fr")
    news = SessionNews(shop.desk)
    assert [each["number"] for each in news.take()["clients"]] == [1, 2]
    shop.app.test_client().get("/set/other/client")
    batch = news.take()
    assert [each["number"] for each in batch["clients"]] == [3]
    shop.recorder.clear()
    batch = news.take()
    assert (batch["reset"], batch["clients"], batch["gone"]) == (False, [], [2, 3])


def test_news_are_bounded_and_go_on_in_the_next_batch(shop: Shop) -> None:
    for number in range(MAX_CLIENTS + 10):
        client = shop.browser()
        with client.session_transaction() as transaction:
            transaction.update({f"{number}-{key}": "x" * 900 for key in range(12)})
        client.get("/read")
    news, numbers = SessionNews(shop.desk), []
    while news:
        batch = news.take()
        assert len(json.dumps(batch)) < 1.2 * MAX_BATCH_BYTES
        numbers += [each["number"] for each in batch["clients"]]
    assert numbers == [1, *range(12, MAX_CLIENTS + 12)]


def test_an_interface_that_fails_is_told_and_the_page_lives_on(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> str:
        raise LookupError("no such store")

    shop.own.get("/set/lang/fr")
    news = SessionNews(shop.desk)
    with monkeypatch.context() as patched:
        patched.setattr(SecureCookieSessionInterface, "get_cookie_name", fail)
        assert news.take() == {
            "kind": "refused",
            "text": "The sessions cannot be read: LookupError: no such store",
        }
    batch = news.take()
    assert (batch["seq"], batch["reset"], len(batch["clients"])) == (1, True, 1)


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"kind": "shell"}, "'shell' is no message that the sessions' widget answers."),
        ("nonsense", "'' is no message that the sessions' widget answers."),
        (
            {"kind": "value", "client": 1, "key": "gone"},
            "There is no key 'gone' in the session any more.",
        ),
        ({"kind": "cancel", "client": 9}, "Client 9 of shop is not known. The clients are: 1."),
        ({"kind": "edit"}, "KeyError: 'changes'"),
    ],
)
def test_a_message_that_cannot_be_answered_is_refused(shop: Shop, message: Any, text: str) -> None:
    assert answer_page(shop.desk, message) == {"kind": "refused", "text": text}


def test_a_page_is_told_live_until_it_is_closed(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: queue.Queue[dict[str, Any]] = queue.Queue()
    page = SessionsPage(shop.desk)
    monkeypatch.setattr(page.widget, "send", sent.put)
    monkeypatch.setattr(page._feed, "_send", sent.put)
    page.open()
    assert sent.get(timeout=PATIENCE_S)["reset"]
    shop.own.get("/set/lang/fr")
    while not (batch := sent.get(timeout=PATIENCE_S))["clients"]:
        pass
    assert batch["clients"][0]["keys"][0]["text"] == '"fr"'
    page._receive(None, {"kind": "value", "client": 1, "key": "lang", "purpose": "edit"}, [])
    answers = [sent.get(timeout=PATIENCE_S)]
    while answers[-1]["kind"] != "value":
        answers.append(sent.get(timeout=PATIENCE_S))
    assert answers[-1]["text"] == '"fr"'
    page.close()
    page.close()
    assert "nbflask-feed" not in {each.name for each in threading.enumerate()}
