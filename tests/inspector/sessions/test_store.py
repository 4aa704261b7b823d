"""Sessions in cookies and on the server, read and written by the app's own interface."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from cachelib import FileSystemCache
from flask import Flask, session
from flask_session import Session
from markupsafe import Markup

from nbflask.errors import SessionError
from nbflask.inspector.sessions.store import NO_KEY, Edit, Place, SessionStore, Standing

if TYPE_CHECKING:
    from pathlib import Path

VALUES: dict[str, Any] = {
    "text": "a",
    "number": 3,
    "pair": (1, 2),
    "raw": b"\x00\xff",
    "html": Markup("<b>"),
    "id": UUID(int=5),
    "at": datetime(2026, 1, 31, 12, tzinfo=UTC),
    "nested": {"pairs": [(1, 2)]},
}


def build_app(**config: Any) -> Flask:
    app = Flask("app")
    app.config.update(SECRET_KEY="first", **config)

    @app.get("/count")
    def count() -> str:
        session["count"] = session.get("count", 0) + 1
        return str(session["count"])

    return app


def build_server_side(tmp_path: Path) -> Flask:
    cache = FileSystemCache(str(tmp_path / "sessions"))
    app = build_app(SESSION_TYPE="cachelib", SESSION_CACHELIB=cache)
    Session(app)
    return app


def test_a_cookie_is_read_as_the_app_reads_it() -> None:
    app = build_app()
    client, store = app.test_client(), SessionStore(app)
    assert store.open(store.cookie_of(client)).standing is Standing.NONE
    client.get("/count")
    opened = store.open(store.cookie_of(client))
    assert (opened.standing, opened.data) == (Standing.VALID, {"count": 1})
    assert (store.place, store.backend) == (Place.COOKIE, "SecureCookieSessionInterface")


def test_a_cookie_of_another_key_is_shown_as_what_it_claims() -> None:
    app = build_app()
    client, store = app.test_client(), SessionStore(app)
    client.get("/count")
    app.secret_key = "second"
    opened = store.open(store.cookie_of(client))
    assert (opened.standing, opened.data) == (Standing.BAD_SIGNATURE, {"count": 1})
    if "SECRET_KEY_FALLBACKS" not in app.default_config:
        return  # Flask 3.1 brought them.
    app.config["SECRET_KEY_FALLBACKS"] = ["first"]
    assert store.open(store.cookie_of(client)).standing is Standing.VALID


def test_a_cookie_that_is_too_old_is_expired() -> None:
    app = build_app(PERMANENT_SESSION_LIFETIME=timedelta(seconds=-1))
    client, store = app.test_client(), SessionStore(app)
    client.get("/count")
    opened = store.open(store.cookie_of(client))
    assert (opened.standing, opened.data) == (Standing.EXPIRED, {"count": 1})


@pytest.mark.parametrize("cookie", ["nonsense", ".", "a.b.c", "é", "\x00", "." * 5000])
def test_nonsense_for_a_cookie_has_a_bad_signature_and_claims_nothing(cookie: str) -> None:
    opened = SessionStore(build_app()).open(cookie)
    assert (opened.standing, opened.data) == (Standing.BAD_SIGNATURE, {})


def test_an_edited_session_is_what_the_next_request_sees() -> None:
    app = build_app()
    client, store = app.test_client(), SessionStore(app)
    client.get("/count")
    store.write_client(client, Edit(changed={"count": 41}))
    assert client.get("/count").text == "42"


@pytest.mark.parametrize(
    "config",
    [
        {"SERVER_NAME": "shop.test:5000"},
        {"SESSION_COOKIE_DOMAIN": "shop.test", "SERVER_NAME": "shop.test"},
        {"APPLICATION_ROOT": "/shop"},
        {"SESSION_COOKIE_PATH": "/", "APPLICATION_ROOT": "/shop"},
        {"SESSION_COOKIE_NAME": "other"},
        {"SESSION_COOKIE_SECURE": True, "PREFERRED_URL_SCHEME": "https"},
    ],
    ids=lambda config: " ".join(config),
)
def test_the_cookie_is_found_wherever_the_client_keeps_it(config: dict[str, Any]) -> None:
    app = build_app(**config)
    client, store = app.test_client(), SessionStore(app)
    client.get("/count")
    assert store.open(store.cookie_of(client)).data == {"count": 1}
    store.write_client(client, Edit(changed={"count": 41}))
    assert client.get("/count").text == "42"


def test_types_are_kept_in_a_cookie() -> None:
    app = build_app()
    client, store = app.test_client(), SessionStore(app)
    store.write_client(client, Edit(changed=VALUES))
    data = store.open(store.cookie_of(client)).data
    assert data == VALUES
    assert {key: type(value) for key, value in data.items()} == {
        key: type(value) for key, value in VALUES.items()
    }


def test_removing_the_last_key_takes_the_cookie_away() -> None:
    app = build_app()
    client, store = app.test_client(), SessionStore(app)
    client.get("/count")
    store.write_client(client, Edit(removed=frozenset({"count", "never there"})))
    assert store.cookie_of(client) == ""


def test_a_session_on_the_server_is_read_and_written_there(tmp_path: Path) -> None:
    app = build_server_side(tmp_path)
    client, store = app.test_client(), SessionStore(app)
    client.get("/count")
    cookie = store.cookie_of(client)
    assert (store.place, store.backend) == (Place.SERVER, "CacheLibSessionInterface")
    assert store.open(cookie).data["count"] == 1
    store.write(cookie, Edit(changed={"count": 41, "new": [1]}))
    assert store.open(cookie).data["new"] == [1]
    assert client.get("/count").text == "42"
    assert store.cookie_of(client) == cookie


def test_a_cookie_that_the_server_does_not_know_is_unknown(tmp_path: Path) -> None:
    store = SessionStore(build_server_side(tmp_path))
    assert store.open("made-up").standing is Standing.UNKNOWN
    with pytest.raises(SessionError, match="The server keeps no session under this client's"):
        store.write("made-up", Edit(changed={"a": 1}))


def test_what_the_server_cannot_keep_is_refused_and_nothing_changes(tmp_path: Path) -> None:
    app = build_server_side(tmp_path)
    client, store = app.test_client(), SessionStore(app)
    client.get("/count")
    cookie = store.cookie_of(client)
    with pytest.raises(SessionError, match=r"^CacheLibSessionInterface cannot keep the edited"):
        store.write(cookie, Edit(changed={"count": lambda: None}))
    assert store.open(cookie).data["count"] == 1


def test_without_a_key_the_remedy_is_told() -> None:
    app = Flask("app")
    store = SessionStore(app)
    assert (store.place, store.backend) == (Place.NOWHERE, "NullSession")
    assert store.open("anything").standing is Standing.UNKNOWN
    with pytest.raises(SessionError) as caught:
        store.write_client(app.test_client(), Edit(changed={"a": 1}))
    assert str(caught.value) == NO_KEY


@pytest.mark.parametrize(
    ("value", "message"),
    [
        # A cookie is compressed, so it takes what cannot be.
        (
            random.Random(1).randbytes(4000).hex(),
            r"^The session would make a cookie of \d+ bytes, and browsers take no more",
        ),
        ({1, 2}, r"^The value of 'count' is of type set, which a session's cookie cannot hold"),
    ],
    ids=["too large", "of a type"],
)
def test_what_no_cookie_can_hold_is_refused_and_nothing_changes(value: Any, message: str) -> None:
    app = build_app()
    client, store = app.test_client(), SessionStore(app)
    client.get("/count")
    cookie = store.cookie_of(client)
    with pytest.raises(SessionError, match=message):
        store.write_client(client, Edit(changed={"count": value}))
    assert store.cookie_of(client) == cookie


def test_two_edits_are_one_and_the_later_wins() -> None:
    first = Edit(changed={"a": 1, "b": 2}, removed=frozenset({"c"}))
    both = first.then(Edit(changed={"c": 3}, removed=frozenset({"a"})))
    assert both.apply({"a": 0, "c": 0, "d": 0}) == {"d": 0, "b": 2, "c": 3}
