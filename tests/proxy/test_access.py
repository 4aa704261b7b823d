"""Who may reach an app: the user of the Jupyter server, by their own doing, and nobody else."""

from __future__ import annotations

import os
import re
import socket
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
import websocket

from nbflask.proxy.extension import build_rules
from nbflask.proxy.upstream import Upstreams
from nbflask.runtime.registrations import RegistrationDirectory
from tests.jupyter import TOKEN, JupyterServer
from tests.proxy.sample import METHODS
from tests.proxy.serving import ServingProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


#: Values for what a route's pattern captures, so that each route is called as it is meant.
KERNEL_ID, APP_NAME = "aaaa-1111", "app"

as_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become another user"
)


@pytest.fixture(scope="module")
def tcp(jupyter: JupyterServer) -> Iterator[ServingProcess]:
    """Give an app on a port, as where there are no unix sockets."""
    with ServingProcess(jupyter, kernel_id="cccc-3333", app_name="tcp", tcp=True) as process:
        yield process


def list_routes() -> list[str]:
    """Give one path for every route of the extension, relative to the base URL."""
    rules = build_rules("/", RegistrationDirectory("/nowhere"), Upstreams())
    paths = []
    for pattern, handler, _ in rules:
        path = re.sub(r"\(\?P<kernel_id>[^)]*\)", KERNEL_ID, pattern)
        path = re.sub(r"\(\?P<app_name>[^)]*\)", APP_NAME, path)
        paths += [path.replace("(?:", "").replace(")?", "").replace(".*", "echo").lstrip("/")]
        assert re.fullmatch(pattern, "/" + paths[-1]), handler
    return paths


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", list_routes())
def test_nobody_gets_anywhere_without_logging_in(
    jupyter: JupyterServer,
    served: ServingProcess,
    anonymous: httpx.Client,
    path: str,
    method: str,
) -> None:
    assert served.ready.mount == f"nbflask/{KERNEL_ID}/{APP_NAME}/"
    response = anonymous.request(method, f"{jupyter.url}{path}")
    is_refused = response.status_code in (403, 405)
    is_login = response.status_code == 302 and "/login?" in response.headers["Location"]
    assert is_refused or is_login, response
    assert "X-Method" not in response.headers


@pytest.mark.parametrize("path", list_routes())
def test_nobody_gets_a_websocket_without_logging_in(jupyter: JupyterServer, path: str) -> None:
    with pytest.raises(websocket.WebSocketException, match=r"status 403|Redirect limit"):
        websocket.create_connection(
            f"ws{jupyter.url.removeprefix('http')}{path}", timeout=30, redirect_limit=0
        )


def test_a_server_that_refuses_all_by_itself_leads_to_the_login_page(
    tmp_path: Path, anonymous: httpx.Client
) -> None:
    strict = ("--ServerApp.allow_unauthenticated_access=False",)
    with JupyterServer(tmp_path, options=strict) as server:
        statuses = [
            anonymous.request(method, f"{server.url}nbflask/{KERNEL_ID}/{APP_NAME}/").status_code
            for method in ("GET", "POST")
        ]
        assert (statuses, "Traceback" in server.log) == ([302, 403], False)


@pytest.mark.parametrize("how", ["wrong token", "wrong cookie", "secret field"])
def test_wrong_credentials_are_none(
    served: ServingProcess, anonymous: httpx.Client, how: str
) -> None:
    fields = {
        "wrong token": {"Authorization": "token wrong"},
        "wrong cookie": {"Cookie": "username-127-0-0-1=wrong"},
        "secret field": {"X-Nbflask-Secret": "wrong"},
    }
    response = anonymous.post(f"{served.url}echo", headers=fields[how])
    assert (response.status_code, "X-Method" in response.headers) == (403, False)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "nonsense"])
def test_another_sites_page_cannot_post(
    served: ServingProcess, browser: httpx.Client, site: str
) -> None:
    response = browser.post(f"{served.url}echo", headers={"Sec-Fetch-Site": site})
    assert (response.status_code, "X-Method" in response.headers) == (403, False)


def test_another_origin_cannot_post_where_the_browser_does_not_say_more(
    jupyter: JupyterServer, served: ServingProcess, browser: httpx.Client
) -> None:
    del browser.headers["Sec-Fetch-Site"]
    for origin in ("http://evil.example", "null", f"http://127.0.0.1:{jupyter.port}.evil.example"):
        response = browser.post(f"{served.url}echo", headers={"Origin": origin})
        assert (response.status_code, "X-Method" in response.headers) == (403, False)
    own = {"Origin": f"http://127.0.0.1:{jupyter.port}"}
    assert browser.post(f"{served.url}echo", headers=own).status_code == 200


def test_a_program_with_the_token_may_post_from_anywhere(
    served: ServingProcess, anonymous: httpx.Client
) -> None:
    fields = {"Authorization": f"token {TOKEN}", "Sec-Fetch-Site": "cross-site"}
    assert anonymous.post(f"{served.url}echo", headers=fields).status_code == 200


def test_another_sites_page_gets_no_websocket(
    jupyter: JupyterServer, served: ServingProcess, browser: httpx.Client
) -> None:
    cookie = browser.build_request("GET", jupyter.url).headers["Cookie"]
    url = f"ws{served.url.removeprefix('http')}ws/echo"
    for options in (
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:1"},
        {"header": ["Sec-Fetch-Site: same-site"]},
    ):
        with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
            websocket.create_connection(url, cookie=cookie, timeout=30, **options)


def test_a_foreign_host_name_is_refused(served: ServingProcess, browser: httpx.Client) -> None:
    response = browser.get(f"{served.url}echo", headers={"Host": "evil.example"})
    assert response.status_code in (302, 403)


@as_root
def test_another_user_cannot_connect_to_the_socket(served: ServingProcess) -> None:
    def connect() -> None:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(served.ready.socket))

    assert _try_as_nobody(connect) == "PermissionError"


@as_root
def test_another_user_cannot_read_the_registration(served: ServingProcess) -> None:
    assert _try_as_nobody(Path(served.ready.registration).read_text) == "PermissionError"


@as_root
def test_another_user_gets_no_answer_from_the_port(tcp: ServingProcess) -> None:
    def get() -> None:
        httpx.get(f"http://127.0.0.1:{tcp.ready.port}/echo").raise_for_status()

    assert _try_as_nobody(get) == "HTTPStatusError"


def test_what_others_must_not_see_is_private(served: ServingProcess) -> None:
    paths = [Path(served.ready.registration), Path(str(served.ready.socket))]
    assert [stat.S_IMODE(it.stat().st_mode) for it in paths] == [0o600, 0o600]
    assert [stat.S_IMODE(it.parent.stat().st_mode) for it in paths] == [0o700, 0o700]


def test_a_port_is_served_through_jupyter_too(
    jupyter: JupyterServer, tcp: ServingProcess, browser: httpx.Client
) -> None:
    seen = browser.post(f"{tcp.url}echo", content=b"x").json()
    assert (seen["url"], seen["content_bytes"]) == (f"{tcp.url}echo", 1)
    assert seen["environ"]["SERVER_PORT"] == str(jupyter.port)


def test_a_link_opens_the_app_at_its_port(tcp: ServingProcess, anonymous: httpx.Client) -> None:
    root = f"http://127.0.0.1:{tcp.ready.port}/"
    page = {"Accept": "text/html"}
    response = anonymous.get(f"{root}echo?a=1&{tcp.ready.link}", headers=page)
    assert (response.status_code, response.headers["Location"]) == (303, "/echo?a=1")
    assert "HttpOnly; SameSite=Lax" in response.headers["Set-Cookie"]
    seen = anonymous.get(f"{root}echo?a=1", headers=page).json()
    assert (seen["url"], seen["cookies"]) == (f"{root}echo?a=1", {})
    assert tcp.ready.link.partition("=")[2] not in str(seen)


def test_a_page_on_another_port_cannot_post_to_the_port(
    tcp: ServingProcess, anonymous: httpx.Client
) -> None:
    root = f"http://127.0.0.1:{tcp.ready.port}/"
    anonymous.get(f"{root}echo?{tcp.ready.link}")
    assert anonymous.post(f"{root}echo").status_code == 200
    for fields in ({"Sec-Fetch-Site": "same-site"}, {"Origin": "http://127.0.0.1:1"}):
        assert anonymous.post(f"{root}echo", headers=fields).status_code == 403


def test_the_port_is_reached_without_our_extension(
    jupyter: JupyterServer, tcp: ServingProcess, browser: httpx.Client
) -> None:
    root = f"{jupyter.url}proxy/absolute/{tcp.ready.port}/"
    assert browser.get(f"{root}me").status_code == 403
    response = browser.get(
        f"{root}go/url_for?{tcp.ready.link}",
        headers={"Accept": "text/html"},
        follow_redirects=True,
    )
    assert (response.status_code, str(response.url)) == (200, f"{root}target/")
    browser.get(f"{root}login/ann")
    assert browser.get(f"{root}me").text == "ann of tcp"
    seen = browser.get(f"{root}echo", headers={"X-Forwarded-Prefix": "//evil.example"}).json()
    assert (seen["root"], "evil" in str(seen)) == (
        f"{jupyter.base_url}proxy/absolute/{tcp.ready.port}",
        False,
    )


def _try_as_nobody(action: Callable[[], object]) -> str:
    """Give the name of the error that an action ends with for the user nobody; "" for none.

    A forked child, since nobody may be unable to start this very Python.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        name = "did not become nobody"
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            name = ""
            action()
        except Exception as error:  # noqa: BLE001  (whatever it is, the parent judges)
            name = type(error).__name__
        finally:
            os.write(writing, name.encode())
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as pipe:
        return pipe.read()
