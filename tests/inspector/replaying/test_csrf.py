"""CSRF tokens of a replay are valid for the session that goes with it."""

from __future__ import annotations

import io
import json
import re
import secrets
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask, render_template_string, request, session
from flask_wtf import CSRFProtect

from nbflask.inspector.replaying.replay import Replayer
from nbflask.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

FORM = "{{ csrf_token() }}"


class Shop:
    """An app that Flask-WTF protects, its recorder and what sends again."""

    def __init__(self, **config: Any) -> None:
        self.app = Flask("shop")
        self.app.config |= {"SECRET_KEY": "k", "WTF_CSRF_TIME_LIMIT": 3600, **config}
        CSRFProtect(self.app)
        self.app.add_url_rule("/form", view_func=lambda: render_template_string(FORM))
        self.app.add_url_rule("/save", view_func=self.save, methods=["POST"])
        self.app.add_url_rule("/login", view_func=self.login)
        self.recorder = Recorder(self.app)
        self.replayer = Replayer(self.recorder)

    def save(self) -> str:
        request.get_data()
        return f"saved {session.get('user', '')} {request.form.get('name', '')}"

    def login(self) -> str:
        session.clear()
        session["user"] = request.args["user"]
        return ""

    def status(self, number: int, mode: str = "current") -> tuple[int, str]:
        response = self.replayer.replay(number, mode).exchange.response
        assert response is not None
        return response.status_code, response.content.data.decode()

    def last(self) -> int:
        return self.recorder.exchanges()[-1].id


@contextmanager
def open_shop(**config: Any) -> Iterator[Shop]:
    shop = Shop(**config)
    with shop.recorder:
        yield shop


@pytest.fixture
def shop() -> Iterator[Shop]:
    with open_shop() as opened:
        yield opened


def token_of(client: FlaskClient) -> str:
    return client.get("/form").text


def send_form(client: FlaskClient, token: str) -> None:
    assert client.post("/save", data={"csrf_token": token, "name": "Ada"}).status_code == 200


def send_multipart(client: FlaskClient, token: str) -> None:
    data = {"csrf_token": token, "name": "Ada", "file": (io.BytesIO(b"\xff"), "a.bin")}
    assert client.post("/save", data=data).status_code == 200


def send_header(client: FlaskClient, token: str) -> None:
    headers = {"X-CSRFToken": token}
    assert client.post("/save", json={"name": "Ada"}, headers=headers).status_code == 200


def send_prefixed(client: FlaskClient, token: str) -> None:
    assert client.post("/save", data={"f-csrf_token": token, "name": "Ada"}).status_code == 200


KINDS = [send_form, send_multipart, send_header, send_prefixed]


@pytest.mark.parametrize("send", KINDS)
def test_a_token_of_another_session_is_made_anew(shop: Shop, send: Any) -> None:
    client = shop.app.test_client()
    send(client, token_of(client))
    number = shop.last()
    # A login begins a new session, with another token.
    client.get("/login?user=ann")
    token_of(client)
    status, text = shop.status(number)
    assert (status, text.split()[:2]) == (200, ["saved", "ann"])


@pytest.mark.parametrize("send", KINDS)
def test_an_expired_token_is_refused_exactly_and_renewed_otherwise(
    shop: Shop, send: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = shop.app.test_client()
    with monkeypatch.context() as patched:
        # The token is signed two hours ago.
        now = time.time()
        patched.setattr("itsdangerous.timed.time.time", lambda: now - 7200)
        token = token_of(client)
        send(client, token)
    number = shop.last()
    status, text = shop.status(number, "exact")
    assert (status, "The CSRF token has expired" in text) == (400, True)
    assert shop.status(number)[0] == 200


def test_exact_within_the_limit_is_accepted(shop: Shop) -> None:
    client = shop.app.test_client()
    send_form(client, token_of(client))
    assert shop.status(shop.last(), "exact") == (200, "saved  Ada")


def test_a_token_of_a_key_of_its_own_is_made_anew() -> None:
    with open_shop(WTF_CSRF_SECRET_KEY="own", WTF_CSRF_FIELD_NAME="my_token") as shop:
        client = shop.app.test_client()
        client.post("/save", data={"my_token": token_of(client)})
        number = shop.last()
        client.get("/login?user=ann")
        token_of(client)
        assert shop.status(number)[0] == 200


def test_the_referer_stays_for_the_check_of_https(shop: Shop) -> None:
    client = shop.app.test_client()
    base = {"base_url": "https://shop.example"}
    token = client.get("/form", **base).text
    headers = {"Referer": "https://shop.example/form"}
    assert (
        client.post("/save", data={"csrf_token": token}, headers=headers, **base).status_code == 200
    )
    assert shop.status(shop.last())[0] == 200


def test_without_a_token_in_the_session_the_old_one_is_sent(shop: Shop) -> None:
    client = shop.app.test_client()
    send_form(client, token_of(client))
    number = shop.last()
    client.get("/login?user=ann")
    status, text = shop.status(number)
    assert (status, "The CSRF session token is missing" in text) == (400, True)


def test_nothing_but_the_token_is_changed(shop: Shop) -> None:
    client = shop.app.test_client()
    token = token_of(client)
    body = f"b=%7e&a=+&csrf_token={token}&a=1&".encode()
    client.post("/save", data=body, content_type="application/x-www-form-urlencoded")
    replay = shop.replayer.replay(shop.last())
    sent = replay.exchange.request.content.data
    assert re.fullmatch(rb"b=%7e&a=\+&csrf_token=[\w.-]+&a=1&", sent)


def test_opening_the_session_records_nothing_and_runs_no_hook(shop: Shop) -> None:
    ended: list[str] = []
    shop.app.teardown_request(lambda _error: ended.append("request"))
    client = shop.app.test_client()
    send_form(client, token_of(client))
    ended.clear()
    count = len(shop.recorder.exchanges())
    shop.replayer.draft(shop.recorder.exchange(shop.last()), "current")
    assert (ended, len(shop.recorder.exchanges())) == ([], count)


def test_a_token_that_the_app_keeps_itself_is_the_one_of_now() -> None:
    app = Flask("own")
    app.secret_key = "k"

    @app.get("/")
    def index() -> str:
        session["_csrf"] = secrets.token_hex()
        return str(session["_csrf"])

    @app.post("/")
    def save() -> tuple[str, int]:
        sent = request.get_json()["csrfToken"] if request.is_json else request.form["csrf"]
        return "", 200 if sent == session["_csrf"] else 400

    with Recorder(app) as recorder:
        client = app.test_client()
        client.post("/", json={"csrfToken": client.get("/").text, "text": "x"})
        client.get("/")
        replayer = Replayer(recorder)
        codes = [
            replay.exchange.response and replay.exchange.response.status_code
            for replay in (replayer.replay(2, "exact"), replayer.replay(2))
        ]
        assert codes == [200, 200]
        sent = [json.loads(recorder.exchange(n).request.content.data)["csrfToken"] for n in (2, 5)]
        assert sent[0] != sent[1]


def test_a_token_that_is_sent_twice_is_the_cookie_of_now() -> None:
    app = Flask("double")

    @app.route("/", methods=["GET", "POST"])
    def index() -> Any:
        response = app.make_response("")
        if request.method == "GET":
            response.set_cookie("XSRF-TOKEN", request.args["t"])
        elif request.cookies["XSRF-TOKEN"] != request.headers["X-XSRF-TOKEN"]:
            response.status_code = 400
        return response

    with Recorder(app) as recorder:
        client = app.test_client()
        client.get("/?t=one")
        client.post("/", headers={"X-XSRF-TOKEN": "one"})
        client.get("/?t=two")
        response = Replayer(recorder).replay(2).exchange.response
        assert response is not None
        assert response.status_code == 200
        assert recorder.exchange(4).request.headers.get("X-XSRF-TOKEN") == "two"
