"""The cookies that a client has by now are those of its own exchanges, and of nobody else's."""

from __future__ import annotations

from typing import Any

from nbflask.exchanges.exchange import Client, Exchange, Request, Response, State
from nbflask.exchanges.fields import Fields
from nbflask.exchanges.jars import current_cookies


def seen(
    number: int, sent: str = "", given: tuple[str, ...] = (), *, who: str = "Firefox/1", **more: Any
) -> Exchange:
    """Give an exchange that sent these cookies, and was given those."""
    return Exchange(
        id=number,
        request=Request(
            method="GET",
            target=more.pop("target", "/"),
            headers=Fields([("Cookie", sent)] if sent else []),
        ),
        response=Response(status_code=200, headers=Fields(("Set-Cookie", it) for it in given)),
        state=State.COMPLETE,
        client=Client(address="127.0.0.1", user_agent=who),
        started_at=1_700_000_000,
        **more,
    )


def cookies(*exchanges: Exchange, of: int = 1) -> dict[str, str]:
    (wanted,) = (each for each in exchanges if each.id == of)
    return dict(current_cookies(exchanges, wanted))


def test_the_newest_value_that_was_sent_or_given_counts() -> None:
    assert cookies(
        seen(1, "session=a; theme=dark", ("session=b; Path=/",)),
        seen(2, "session=b; theme=light"),
        seen(3, "session=b; theme=light", ("session=c", "new=1")),
    ) == {"session": "c", "theme": "light", "new": "1"}


def test_another_clients_session_is_not_taken() -> None:
    assert cookies(
        seen(1, "session=a"),
        seen(2, "session=x; theme=dark", ("session=y",)),
        seen(3, "session=a", ("session=b",)),
        seen(4, "session=b; t=1", who="curl/8"),
    ) == {"session": "b"}


def test_a_login_after_a_visit_without_session_is_the_same_client() -> None:
    assert cookies(seen(1), seen(2, given=("session=a",))) == {"session": "a"}


def test_of_two_logins_it_is_not_known_whose_an_early_visit_was() -> None:
    assert cookies(seen(1), seen(2, given=("session=a",)), seen(3, given=("session=b",))) == {}


def test_a_request_that_was_under_way_does_not_bring_an_older_value_back() -> None:
    assert cookies(
        seen(1, "session=a", ("session=b", "n=2")), seen(2, "session=a; n=1"), seen(3, "session=a")
    ) == {"session": "b", "n": "1"}


def test_a_cookie_that_is_taken_away_is_gone() -> None:
    assert cookies(
        seen(1, "session=a; b=1; c=1; d=1"),
        seen(
            2,
            "session=a; b=1; c=1",
            ("session=; Max-Age=0", "b=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"),
        ),
    ) == {"c": "1", "d": "1"}


def test_a_cookie_of_another_path_is_not_sent() -> None:
    exchanges = (
        seen(1, given=("a=1; Path=/admin", "b=1; Path=/", "c=1; Path=/x/"), target="/x"),
        seen(2, target="/admin/users?x=/"),
        seen(3, target="/administration"),
    )
    assert [cookies(*exchanges, of=number) for number in (1, 2, 3)] == [
        {"b": "1", "c": "1"},
        {},
        {},
    ]
    assert dict(current_cookies(exchanges[:1], exchanges[0])) == {"b": "1", "c": "1"}


def test_a_replay_tells_nothing_of_its_client() -> None:
    original, replay = seen(1, "session=a"), seen(2, "session=a", ("session=b",), replay_of=1)
    assert cookies(original, replay) == {"session": "a"}
    assert cookies(original, replay, of=2) == {"session": "a"}
