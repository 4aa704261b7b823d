"""Clients told apart by their session's cookie, from exchanges alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nbflask.exchanges.exchange import Client, Exchange, Request, Response, SessionChange
from nbflask.exchanges.fields import Fields
from nbflask.exchanges.session_cookie import (
    MAX_COOKIE_BYTES,
    SessionCookie,
    advise_size,
    parse_set_cookie,
    read_flags,
)
from nbflask.exchanges.sessions import (
    Difference,
    SeenClient,
    compare_between,
    compare_sessions,
    explain_key,
    find_cookie,
    name_family,
    read_clients,
)

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def exchange(
    number: int, *, sent: str = "", given: str | None = None, program: str = CHROME
) -> Exchange:
    """Make an exchange that sends one cookie and sets another; ``""`` takes it away."""
    cookies = () if given is None else (("Set-Cookie", f"session={given}; HttpOnly; Path=/"),)
    return Exchange(
        id=number,
        request=Request(
            method="GET",
            path=f"/{number}",
            headers=Fields([("Cookie", f"theme=dark; session={sent}")] if sent else []),
        ),
        response=Response(status_code=200, headers=Fields([("Vary", "Cookie"), *cookies])),
        client=Client(address="127.0.0.1", user_agent=program),
        session=SessionChange(),
    )


def steps(client: SeenClient) -> list[int]:
    return [each.exchange_id for each in client.steps]


def test_a_client_is_followed_from_cookie_to_cookie() -> None:
    (client,) = read_clients(
        [
            exchange(1, given="a"),
            exchange(2, sent="a", given="b"),
            exchange(3, sent="b"),
            exchange(4, sent="a", given="c"),
        ],
        "session",
    )
    assert steps(client) == [1, 2, 3, 4]
    assert client.cookies == ("a", "b", "c")
    assert client.cookie == "c"


def test_two_browsers_of_one_kind_are_two_clients() -> None:
    clients = read_clients(
        [exchange(1, given="a"), exchange(2, given="b"), exchange(3, sent="a", given="c")],
        "session",
    )
    assert [steps(each) for each in clients] == [[1, 3], [2]]


def test_a_cookie_that_nobody_is_known_to_have_set_is_a_client_of_its_own() -> None:
    clients = read_clients(
        [exchange(1, sent="old"), exchange(2, sent="old", given="new")], "session"
    )
    assert [(steps(each), each.cookie) for each in clients] == [([1, 2], "new")]


def test_a_client_that_logs_out_and_in_again_is_still_the_same() -> None:
    clients = read_clients(
        [
            exchange(1, given="a"),
            exchange(2, sent="a", given=""),
            exchange(3),
            exchange(4, given="b", program=FIREFOX),
            exchange(5, given="c"),
        ],
        "session",
    )
    assert [(each.family, steps(each)) for each in clients] == [
        ("Chrome", [1, 2, 5]),
        ("Firefox", [4]),
    ]


def test_one_cookie_of_two_programs_is_two_clients() -> None:
    clients = read_clients(
        [
            exchange(1, given="same"),
            exchange(2, given="same", program=FIREFOX),
            exchange(3, sent="same", given="a"),
            exchange(4, sent="same", given="b", program=FIREFOX),
            exchange(5, sent="b", program="curl/8"),
        ],
        "session",
    )
    assert [(each.family, steps(each)) for each in clients] == [
        ("Chrome", [1, 3]),
        ("Firefox", [2, 4, 5]),
    ]


def test_exchanges_without_the_cookie_belong_to_nobody() -> None:
    assert read_clients([exchange(1), exchange(2)], "session") == ()
    assert read_clients([exchange(1, given="a")], "other") == ()


def test_a_cookies_value_is_in_no_repr() -> None:
    (client,) = read_clients([exchange(1, sent="s3cret", given="s3cret2")], "session")
    assert "s3cret" not in repr(client)


def test_differences_are_told_key_by_key() -> None:
    before = {"cart": 2, "flag": True, "gone": 1, "same": [1]}
    after = {"same": [1], "cart": 3, "flag": 1, "new": None}
    assert compare_sessions(before, after) == (
        Difference(key="cart", kind="changed", before=2, after=3),
        Difference(key="flag", kind="changed", before=True, after=1),
        Difference(key="gone", kind="removed", before=1),
        Difference(key="new", kind="added", after=None),
    )


@pytest.mark.parametrize(
    ("user_agent", "family"),
    [
        (CHROME, "Chrome"),
        (FIREFOX, "Firefox"),
        (f"{CHROME} Edg/126.0.0.0", "Edge"),
        (f"{CHROME} OPR/112.0.0.0", "Opera"),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15", "Safari"),
        ("Mozilla/5.0 (X11) AppleWebKit/537.36 HeadlessChrome/126.0.0.0 Safari/537.36", "Chrome"),
        ("Werkzeug/3.1.3", "Test client"),
        ("curl/8.5.0", "curl"),
        ("python-requests/2.32", "python-requests"),
        ("<script>", "Unnamed client"),
        ("", "Unnamed client"),
    ],
)
def test_a_program_is_named_by_its_family(user_agent: str, family: str) -> None:
    assert name_family(user_agent) == family


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("session=a; theme=dark", "a"),
        ("other_session=b;session=c", "c"),
        ('session="d"', "d"),
        ("sessions=e", ""),
        ("", ""),
    ],
)
def test_a_cookie_is_found_by_its_whole_name(header: str, value: str) -> None:
    assert find_cookie(header, "session") == value


def test_what_a_response_sets_is_read_with_its_flags() -> None:
    text = (
        "session=abc.def; Expires=Thu, 01 Jan 2026 00:00:00 GMT; HttpOnly; Path=/shop; SameSite=lax"
    )
    assert parse_set_cookie(text) == SessionCookie(
        name="session",
        value="abc.def",
        size=len(text),
        is_http_only=True,
        same_site="Lax",
        path="/shop",
        expires="Thu, 01 Jan 2026 00:00:00 GMT",
    )
    assert parse_set_cookie("session=; Max-Age=0").max_age_s == 0
    assert parse_set_cookie("session=; Max-Age=soon").max_age_s is None
    assert parse_set_cookie("session=; Expires=Thu, 01 Jan 1970").is_deletion


@pytest.mark.parametrize(
    ("text", "scheme", "advised"),
    [
        ("session=a; HttpOnly; SameSite=Lax; Path=/", "http", {}),
        ("session=a; HttpOnly; SameSite=Lax; Secure", "https", {}),
        ("session=a; SameSite=Lax", "http", {"HttpOnly": "SESSION_COOKIE_HTTPONLY = True"}),
        ("session=a; HttpOnly", "http", {"SameSite": "SESSION_COOKIE_SAMESITE = 'Lax'"}),
        (
            "session=a; HttpOnly; SameSite=Lax",
            "https",
            {"Secure": "SESSION_COOKIE_SECURE = True"},
        ),
        (
            "session=a; HttpOnly; SameSite=Lax; Secure",
            "http",
            {"Secure": "Unset SESSION_COOKIE_SECURE"},
        ),
        (
            "session=a; HttpOnly; SameSite=None",
            "http",
            {"SameSite": "Browsers refuse a cookie with SameSite=None that is not Secure."},
        ),
        (
            "session=a; HttpOnly; SameSite=Lax; Domain=example.com",
            "http",
            {"Domain": "Every host below 'example.com'"},
        ),
    ],
)
def test_each_flag_that_is_unwise_has_its_remedy(
    text: str, scheme: str, advised: dict[str, str]
) -> None:
    found = {
        each.name: each.advice
        for each in read_flags(parse_set_cookie(text), scheme=scheme)
        if each.advice
    }
    assert found.keys() == advised.keys()
    assert [name for name, part in advised.items() if part not in found[name]] == []


def test_a_cookie_is_warned_of_before_browsers_drop_it() -> None:
    assert advise_size(3499) == ""
    assert advise_size(3500).startswith("The cookie has 3500 of the 4093 bytes")
    assert advise_size(MAX_COOKIE_BYTES).startswith("The cookie has 4093 of the 4093 bytes")
    assert "drop it without a word" in advise_size(MAX_COOKIE_BYTES + 1)


def test_keys_of_others_are_explained() -> None:
    assert explain_key("_user_id") == "Flask-Login: who is logged in"
    assert explain_key("cart") == ""


def test_an_edit_between_two_exchanges_is_told() -> None:
    first, second, stale = (
        exchange(1, given="a"),
        exchange(2, sent="a", given="b"),
        exchange(3, sent="a"),
    )
    first = replace(first, session=SessionChange(before={}, after={"lang": "fr"}))
    second = replace(second, session=SessionChange(before={"lang": "de"}, after={"lang": "it"}))
    stale = replace(stale, session=SessionChange(before={"lang": "fr"}, after={"lang": "fr"}))
    (client,) = read_clients([first, second, stale], "session")
    one, two, three = client.steps
    change = Difference(key="lang", kind="changed", before="fr", after="de")
    assert compare_between(one, two) == (change,)
    assert compare_between(two, three) == ()
