"""The gateway lets in who shows the secret or a ticket, and keeps the app below its prefix."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, redirect, request, session, url_for
from werkzeug.datastructures import Headers
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import Client, EnvironBuilder, run_wsgi_app

from nbflask.server.gateway import Gateway
from nbflask.server.life import LOOPBACK_HOSTS
from nbflask.values.ticket import Ticket

SECRET = "a secret of the registration"
PREFIX = "/user/ann/nbflask/k/app"
PROXIED = {
    "X-Nbflask-Secret": SECRET,
    "X-Nbflask-Prefix": PREFIX,
    "X-Forwarded-For": "10.0.0.1",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "hub.example:8443",
}


@pytest.fixture
def app() -> Flask:
    """Give an app that says what it sees."""
    app = Flask("seen")
    app.secret_key = "key"

    @app.route("/", methods=["GET", "POST"])
    def index() -> dict[str, Any]:
        return {
            "url": request.url,
            "root": request.root_path,
            "client": request.remote_addr,
            "server": [request.environ["SERVER_NAME"], request.environ["SERVER_PORT"]],
            "cookies": request.cookies,
            "authorized": "Authorization" in request.headers,
            "fields": {k: v for k, v in request.headers if k.startswith("X-")},
        }

    @app.get("/go")
    def go() -> Any:
        return redirect(request.args.get("to") or url_for("index"))

    @app.get("/login")
    def login() -> str:
        session["user"] = "ann"
        return "welcome"

    return app


@pytest.fixture
def proxied(app: Flask) -> Client:
    """Give a client of an app that only the proxy reaches."""
    return Client(Gateway(app, secret=SECRET, mount="nbflask/k/app/"))


@pytest.fixture
def direct(app: Flask) -> tuple[Client, str]:
    """Give a client of an app at a port, and the query of the link."""
    gateway = Gateway(app, secret=SECRET, allow_link=True)
    return Client(gateway), gateway.ticket.query


def test_the_secret_vouches_for_prefix_client_scheme_and_host(proxied: Client) -> None:
    seen = proxied.get("/", headers=PROXIED).get_json()
    assert seen == {
        "url": f"https://hub.example:8443{PREFIX}/",
        "root": PREFIX,
        "client": "10.0.0.1",
        "server": ["hub.example", "8443"],
        "cookies": {},
        "authorized": False,
        "fields": {},
    }


@pytest.mark.parametrize(
    ("host", "server"),
    [
        ("hub.example", ["hub.example", "443"]),
        ("[::1]:8888", ["[::1]", "8888"]),
        ("[::1]", ["[::1]", "443"]),
    ],
)
def test_server_name_and_port_are_the_hosts(proxied: Client, host: str, server: list[str]) -> None:
    seen = proxied.get("/", headers={**PROXIED, "X-Forwarded-Host": host}).get_json()
    assert seen["server"] == server


@pytest.mark.parametrize(
    "change",
    [
        {"X-Nbflask-Secret": "wrong"},
        {"X-Nbflask-Secret": ""},
        {"X-Nbflask-Secret": SECRET + "\N{LATIN SMALL LETTER E WITH ACUTE}"},
        {"X-Nbflask-Prefix": "//evil.example/nbflask/k/app"},
        {"X-Nbflask-Prefix": "/user/ann/nbflask/k/app2"},
        {"X-Nbflask-Prefix": "/user/ann/nbflask/k/app/"},
        {"X-Nbflask-Prefix": ""},
    ],
)
def test_what_the_proxy_would_not_say_is_refused(proxied: Client, change: dict[str, str]) -> None:
    response = proxied.get("/", headers={**PROXIED, **change})
    assert (response.status_code, response.mimetype) == (403, "text/plain")
    assert "evil" not in response.text


def test_without_the_secret_nobody_gets_in(proxied: Client) -> None:
    gateway = Gateway(Flask("x"), secret=SECRET, allow_link=True)
    for path in ("/", f"/?{gateway.ticket.query}"):
        assert proxied.get(path).status_code == 403


@pytest.mark.parametrize(
    ("to", "location"),
    [("", f"{PREFIX}/"), ("/x", f"{PREFIX}/x"), ("x", "x"), ("//e.org/", "//e.org/")],
)
def test_a_redirect_is_prefixed_once(proxied: Client, to: str, location: str) -> None:
    response = proxied.get(f"/go?to={to}", headers=PROXIED)
    assert response.headers["Location"] == location


def test_an_app_with_the_documented_proxy_fix_is_prefixed_once(app: Flask) -> None:
    fixed: Any = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1, x_prefix=1)
    app.wsgi_app = fixed  # type: ignore[method-assign]
    client = Client(Gateway(app, secret=SECRET))
    assert client.get("/go", headers=PROXIED).headers["Location"] == f"{PREFIX}/"
    assert client.get("/", headers=PROXIED).get_json()["client"] == "10.0.0.1"


def test_a_session_belongs_to_its_mount(proxied: Client) -> None:
    cookie = proxied.get("/login", headers=PROXIED).headers["Set-Cookie"]
    assert cookie.endswith(f"; HttpOnly; Path={PREFIX}/")


def test_an_errors_start_is_placed_too() -> None:
    started = []

    def failing(_environ: Any, start_response: Any) -> list[bytes]:
        start_response("500 Oh", [("Location", "/b")], (None, None, None))
        return []

    environ = EnvironBuilder(headers=Headers(PROXIED)).get_environ()
    Gateway(failing, secret=SECRET)(environ, lambda *sent: started.append(sent))  # type: ignore[arg-type]
    assert started == [("500 Oh", [("Location", f"{PREFIX}/b")], (None, None, None))]


def test_an_open_port_believes_nothing(app: Flask) -> None:
    client = Client(Gateway(app, secret=SECRET, require_secret=False))
    forged = {k: v for k, v in PROXIED.items() if k != "X-Nbflask-Secret"}
    seen = client.get("/", headers={**forged, "X_Forwarded_For": "6.6.6.6"}).get_json()
    assert (seen["url"], seen["client"], seen["fields"]) == ("http://localhost/", None, {})


def test_a_port_sees_no_credentials_of_jupyter_or_of_another_app(app: Flask) -> None:
    gateway = Gateway(app, secret=SECRET, require_secret=False, allow_link=True)
    client = Client(gateway, use_cookies=False)
    jupyters = "username-127-0-0-1-8888=u; _xsrf=2|x"
    tickets = "nbflask_80=mine; nbflask_5001=other; nbflask_5001_framed=other"
    cookies = f"{jupyters}; {tickets}; a=1"
    fields = {"HTTP_COOKIE": cookies, "HTTP_AUTHORIZATION": "token secret"}
    seen = client.get("/", environ_overrides=fields).get_json()
    assert (seen["cookies"], seen["authorized"]) == ({"a": "1"}, False)


def test_a_link_sets_a_cookie_and_leads_to_the_clean_url(direct: tuple[Client, str]) -> None:
    client, link = direct
    response = client.get(f"/?a=%2F&{link}", headers={"Accept": "text/html,*/*"})
    assert (response.status_code, response.headers["Location"]) == (303, "/?a=%2F")
    name, _, attributes = response.headers["Set-Cookie"].partition("=")
    assert (name, attributes[64:]) == ("nbflask_80", "; Path=/; HttpOnly; SameSite=Lax")
    seen = client.get("/?a=%2F", headers={"Accept": "text/html,*/*"}).get_json()
    assert (seen["url"], seen["cookies"]) == ("http://localhost/?a=/", {})


FRAME = {"Accept": "text/html", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "iframe"}
INSIDE = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "iframe"}


def test_in_another_sites_frame_the_links_cookie_and_the_apps_are_kept(
    direct: tuple[Client, str],
) -> None:
    client, link = direct
    opened = client.get(f"/?{link}", headers=FRAME)
    name, _, attributes = opened.headers["Set-Cookie"].partition("=")
    assert name == "nbflask_80_framed"
    assert attributes[64:] == "; Path=/; HttpOnly; SameSite=None; Secure; Partitioned"
    welcome = client.get("/login", headers=INSIDE)
    assert welcome.headers["Set-Cookie"].endswith("; Path=/; SameSite=None; Secure; Partitioned")
    assert client.get("/", headers=INSIDE).get_json()["cookies"].keys() == {"session"}
    # Another site's page that holds the frame is still another site.
    assert client.post("/", headers=FRAME).status_code == 403


def test_at_an_open_port_the_frames_cookies_are_kept_too(app: Flask) -> None:
    gateway = Gateway(app, secret=SECRET, require_secret=False, allow_link=True)
    client = Client(gateway)
    client.get(f"/?{gateway.ticket.query}", headers=FRAME)
    welcome = client.get("/login", headers=INSIDE)
    assert welcome.headers["Set-Cookie"].endswith("; SameSite=None; Secure; Partitioned")
    # Another frame in that page sends them, too.
    assert client.post("/", headers=FRAME).status_code == 403
    assert client.post("/", headers=INSIDE).status_code == 200


def test_a_frames_cookie_counts_beside_an_old_one_of_the_link(direct: tuple[Client, str]) -> None:
    client, link = direct
    client.get(f"/?{link}", headers=FRAME)
    client.set_cookie("nbflask_80", "of a server that had the port before")
    assert client.get("/", headers=INSIDE).status_code == 200


def test_outside_of_frames_the_apps_cookies_are_its_own(direct: tuple[Client, str]) -> None:
    client, link = direct
    client.get(f"/?{link}", headers=FRAME)
    client.get(f"/?{link}")
    assert client.get("/login").headers["Set-Cookie"].endswith("; HttpOnly; Path=/")


@pytest.mark.parametrize("path", ["//evil.example/x", "/\\evil.example/x"])
def test_a_link_never_leads_to_another_host(direct: tuple[Client, str], path: str) -> None:
    client, link = direct
    response = client.open(
        "/",
        environ_overrides={"REQUEST_URI": f"{path}?{link}"},
        query_string=link,
        headers={"Accept": "text/html"},
    )
    assert response.headers["Location"] == "/evil.example/x"


def test_a_program_is_served_by_the_link_at_once(direct: tuple[Client, str]) -> None:
    client, link = direct
    seen = client.post(f"/?a=1&{link}").get_json()
    assert seen["url"] == "http://localhost/?a=1"


def test_a_link_does_not_tell_the_secret(direct: tuple[Client, str]) -> None:
    client, link = direct
    token = link.partition("=")[2]
    assert client.get("/", headers={**PROXIED, "X-Nbflask-Secret": token}).status_code == 403
    assert client.get("/", headers={"Cookie": f"nbflask_80={token}"}).status_code == 403
    assert client.get(f"/?nbflask_token={SECRET}").status_code == 403


def test_the_app_sees_no_token_of_a_link(app: Flask) -> None:
    environs: list[dict[str, Any]] = []

    def note(environ: dict[str, Any], start_response: Any) -> Any:
        environs.append(dict(environ))
        return app(environ, start_response)

    gateway = Gateway(note, secret=SECRET, allow_link=True)
    link = gateway.ticket.query
    headers = {"Referer": f"http://localhost/?{link}&a=1"}
    response = Client(gateway).post(f"/?{link}&b=2&nbflask_token=x", headers=headers)
    assert response.status_code == 200
    seen = {name: value for name, value in environs[0].items() if isinstance(value, str)}
    assert "nbflask_token" not in repr(seen)
    assert seen["HTTP_REFERER"] == "http://localhost/?a=1"
    assert seen["QUERY_STRING"] == "b=2"


def test_the_apps_other_cookies_stay(direct: tuple[Client, str]) -> None:
    client, link = direct
    client.set_cookie("a", "1")
    client.get(f"/?{link}")
    client.set_cookie("b", "2")
    assert client.get("/").get_json()["cookies"] == {"a": "1", "b": "2"}


@pytest.mark.parametrize(
    "fields",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
    ],
)
def test_another_sites_page_cannot_use_the_cookie(
    direct: tuple[Client, str], fields: dict[str, str]
) -> None:
    client, link = direct
    client.get(f"/?{link}")
    upgrade = {**fields, "Upgrade": "websocket"}
    assert [
        client.post("/", headers=fields).status_code,
        client.get("/", headers=upgrade).status_code,
        client.get("/", headers=fields).status_code,
        client.post("/").status_code,
    ] == [403, 403, 200, 200]


def test_the_fallback_through_jupyter_is_mounted_by_its_port(direct: tuple[Client, str]) -> None:
    client, link = direct
    root = "/user/ann/proxy/absolute/80"
    response = client.get(f"{root}/go?{link}")
    assert response.headers["Location"] == f"{root}/"
    assert f"; Path={root}/;" in response.headers["Set-Cookie"]
    assert client.get(f"{root}/").get_json()["root"] == root
    assert client.get("/user/ann/proxy/absolute/81/").status_code == 403
    hostile = {"PATH_INFO": "//evil.example/proxy/absolute/80/go"}
    assert client.get(f"/?{link}", environ_overrides=hostile).status_code == 404


def test_through_jupyter_the_app_sees_the_browsers_scheme_and_host_and_no_credentials_of_jupyters(
    direct: tuple[Client, str],
) -> None:
    client, link = direct
    root = "/user/ann/proxy/absolute/80"
    client.get(f"{root}/?{link}", base_url="http://hub.example")
    client.set_cookie("_xsrf", "2|x", domain="hub.example")
    client.set_cookie("mine", "1", domain="hub.example")
    fields = {
        "X-Forwarded-Proto": "https,http",
        "X-Forwarded-For": "6.6.6.6",
        "Authorization": "token secret",
    }
    seen = client.get(f"{root}/", base_url="http://hub.example", headers=fields).get_json()
    assert seen == {
        "url": f"https://hub.example{root}/",
        "root": root,
        "client": None,
        "server": ["hub.example", "80"],
        "cookies": {"mine": "1"},
        "authorized": False,
        "fields": {},
    }


def test_a_probe_is_answered_by_the_proof_and_the_app_sees_nothing_of_it(
    direct: tuple[Client, str],
) -> None:
    client, link = direct
    root = "/user/ann/proxy/absolute/80"
    ticket = Ticket(secret=SECRET)
    answer = client.get(f"{root}/missing?{link}&nbflask_probe=1")
    assert (answer.status_code, answer.text) == (200, ticket.proof)
    assert client.get(f"{root}/").status_code == 200
    assert client.get("/?nbflask_probe=1&nbflask_token=guessed").status_code == 403
    # The cookie alone is not enough: who took a dead server's port has been sent it.
    assert ticket.proof not in client.get(f"{root}/?nbflask_probe=1").text


@pytest.mark.parametrize(
    ("host", "has_link", "status_code"),
    [
        ("127.0.0.1", False, 200),
        ("app.localhost", False, 200),
        ("rebound.example", False, 403),
        ("hub.example", True, 200),
    ],
)
def test_a_port_that_was_asked_for_is_open_to_this_machines_names_and_else_to_tickets(
    app: Flask, host: str, has_link: bool, status_code: int
) -> None:
    gateway = Gateway(
        app, secret=SECRET, require_secret=False, allow_link=True, open_hosts=LOOPBACK_HOSTS
    )
    query = gateway.ticket.query if has_link else ""
    response = Client(gateway).post(f"/?{query}", base_url=f"http://{host}")
    assert response.status_code == status_code


def replayed(headers: dict[str, str], **settings: Any) -> tuple[str | None, Any]:
    """Give what a request is told that it became, and as what it is marked."""
    seen: list[Any] = []

    def app(environ: Any, start_response: Any) -> list[bytes]:
        fields = [name for name in environ if name.startswith("HTTP_X_NBFLASK")]
        seen.extend([environ.get("nbflask.replay_of"), fields, environ["SCRIPT_NAME"]])
        environ["nbflask.exchange"] = SimpleNamespace(id=42)
        start_response("200 OK", [])
        return []

    client = Client(Gateway(app, secret=SECRET, **settings))
    return client.get("/", headers=headers).headers.get("X-Nbflask-Exchange"), seen


def test_with_the_secret_a_request_is_marked_as_sent_again() -> None:
    headers = {"X-Nbflask-Secret": SECRET, "X-Nbflask-Replay-Of": "41"}
    assert replayed(headers, mount="nbflask/k/app/") == ("42", [41, [], ""])
    assert replayed({**headers, "X-Nbflask-Prefix": PREFIX}, mount="nbflask/k/app/") == (
        "42",
        [41, [], PREFIX],
    )


@pytest.mark.parametrize("secret", [{}, {"X-Nbflask-Secret": SECRET}])
def test_nobody_else_marks_a_request_as_sent_again(secret: dict[str, str]) -> None:
    number = "41" if not secret else "41; 42"
    headers = {**secret, "X-Nbflask-Replay-Of": number}
    assert replayed(headers, require_secret=False) == (None, [None, [], ""])


def lines_in_app(
    gateway: Gateway, *lines: tuple[str, str], query: str = ""
) -> tuple[tuple[str, str], ...]:
    """Give the field lines that an app behind a gateway finds in its environ."""
    seen: list[Any] = []

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.append(dict(environ))
        start_response("200 OK", [])
        return []

    gateway.application = application
    environ = EnvironBuilder(query_string=query).get_environ()
    for name in {name.upper() for name, _ in lines if "_" not in name}:
        values = [value for each, value in lines if each.upper() == name]
        environ[f"HTTP_{name.replace('-', '_')}"] = ",".join(values)
    run_wsgi_app(gateway, environ | {"nbflask.field_lines": lines})
    assert gateway.ticket.secret not in repr(seen)
    assert gateway.ticket.cookie not in repr(seen)
    found: tuple[tuple[str, str], ...] = seen[0]["nbflask.field_lines"]
    return found


def test_the_app_has_the_field_lines_in_their_order_and_case() -> None:
    lines = (("x-A", "1"), ("HOST", "localhost"), ("X-a", "2"), ("Cookie", "a=b"))
    gateway = Gateway(Flask("x"), secret=SECRET, require_secret=False)
    assert lines_in_app(gateway, *lines) == lines


def test_field_lines_hold_nothing_that_the_gateway_took_off_or_put_in_its_place() -> None:
    lines = (
        ("X-Nbflask-Secret", SECRET),
        ("X-Nbflask-Prefix", PREFIX),
        ("Host", "localhost"),
        ("X-Forwarded-For", "10.0.0.1"),
        ("X-Forwarded-Host", "hub.example"),
        ("X_Nbflask_Secret", SECRET),
        ("Accept", "*/*"),
    )
    expected = (("Host", "hub.example"), ("Accept", "*/*"))
    assert lines_in_app(Gateway(Flask("x"), secret=SECRET), *lines) == expected


@pytest.mark.parametrize("by", ["the link", "the cookie"])
def test_a_request_from_a_port_has_no_line_with_a_ticket_or_of_jupyters(by: str) -> None:
    gateway = Gateway(Flask("x"), secret=SECRET, allow_link=True)
    cookie = f"{gateway.ticket.cookie_name(80)}={gateway.ticket.cookie}; own=1; _xsrf=2|3"
    lines = (("Host", "localhost"), ("Cookie", cookie), ("Authorization", "token abc"))
    query = gateway.ticket.query if by == "the link" else ""
    expected = (("Host", "localhost"), ("Cookie", "own=1"))
    assert lines_in_app(gateway, *lines, query=query) == expected
