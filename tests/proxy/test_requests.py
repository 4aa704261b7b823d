"""What reaches the app, and what comes back, is what was sent."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import json
from typing import TYPE_CHECKING

import pytest

from tests.jupyter import TOKEN, JupyterServer
from tests.proxy.sample import METHODS

if TYPE_CHECKING:
    import httpx

    from tests.proxy.serving import ServingProcess


@pytest.mark.parametrize("content", [b"", b"some content"], ids=["no content", "content"])
@pytest.mark.parametrize("method", METHODS)
def test_every_method_arrives_with_and_without_content(
    served: ServingProcess, browser: httpx.Client, method: str, content: bytes
) -> None:
    response = browser.request(method, f"{served.url}echo", content=content)
    assert response.status_code == 200
    assert response.headers["X-Method"] == method
    if method == "HEAD":
        assert response.content == b""
        assert int(response.headers["Content-Length"]) > 500
    else:
        assert response.json()["method"] == method
        assert response.json()["content"] == hashlib.sha256(content).hexdigest()
        assert len(response.content) == int(response.headers["Content-Length"])


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("echo/a%2Fb", id="slash"),
        pytest.param("echo/a%3Fb?c", id="question mark"),
        pytest.param("echo/a%23b", id="hash"),
        pytest.param("echo/a%ffb", id="not UTF-8"),
        pytest.param("echo/%E2%82%AC/%c3%a9", id="unicode"),
        pytest.param("echo/a%25b%5B%26%7E", id="escaped again"),
        pytest.param("echo/a//b;c=d,e+f", id="reserved characters"),
        pytest.param("echo/../echo/./x", id="dots"),
        pytest.param("echo/x?a=%20b&a&&=&token=own&q=a%2Fb+c", id="odd query"),
    ],
)
def test_path_and_query_arrive_as_sent(
    jupyter: JupyterServer, served: ServingProcess, browser: httpx.Client, target: str
) -> None:
    raw = f"{jupyter.base_url}{served.ready.mount}{target}"
    assert _get_raw(jupyter, browser, raw)["raw"] == raw


def test_a_path_that_begins_with_two_slashes_stays_in_the_app(
    jupyter: JupyterServer, served: ServingProcess, browser: httpx.Client
) -> None:
    raw = f"{jupyter.base_url}{served.ready.mount}/echo/x"
    seen = _get_raw(jupyter, browser, raw)
    assert (seen["raw"], seen["path"]) == (raw, "/echo/x")


def test_the_app_sees_where_it_is_mounted_and_who_asks(
    jupyter: JupyterServer, served: ServingProcess, browser: httpx.Client
) -> None:
    forged = {
        "X-Forwarded-For": "6.6.6.6",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Prefix": "//evil.example",
        "X_Forwarded_Host": "evil.example",
        "Forwarded": "for=6.6.6.6",
        "X-Nbflask-Prefix": "//evil.example",
        "X-Nbflask-Secret": "guessed",
        "X-Real-IP": "6.6.6.6",
    }
    seen = browser.get(f"{served.url}echo", headers=forged).json()
    assert (seen["url"], seen["root"], seen["client"]) == (
        f"{served.url}echo",
        f"{jupyter.base_url}{served.ready.mount}".rstrip("/"),
        "127.0.0.1",
    )
    assert "evil" not in json.dumps(seen)
    assert "6.6.6.6" not in json.dumps(seen)
    assert (seen["environ"]["SERVER_NAME"], seen["environ"]["SERVER_PORT"]) == (
        "127.0.0.1",
        str(jupyter.port),
    )


def test_jupyters_credentials_do_not_reach_the_app(
    served: ServingProcess, browser: httpx.Client
) -> None:
    browser.cookies.set("_xsrf", "jupyters")
    browser.cookies.set("jupyterhub-user-ann", "jupyters")
    browser.cookies.set("nbflask_5000", "jupyters-neighbour")
    browser.cookies.set("own", "the-app-s")
    login = {name: value for name, value in browser.cookies.items() if "username" in name}
    seen = browser.get(
        f"{served.url}echo?token={TOKEN}&token=own&x=1",
        headers={
            "Authorization": f"token {TOKEN}",
            "Referer": f"{served.url}?token={TOKEN}",
            "X-XSRFToken": "jupyters",
        },
    ).json()
    assert (seen["cookies"], seen["query"], seen["fields"]["Referer"]) == (
        {"own": "the-app-s"},
        "token=own&x=1",
        served.url,
    )
    text = json.dumps(seen)
    assert [it for it in (TOKEN, "jupyters", "uthorization", *login.values()) if it in text] == []


def test_jupyters_token_is_known_behind_a_tab(
    served: ServingProcess, anonymous: httpx.Client
) -> None:
    fields = {"Authorization": f"token\t{TOKEN}"}
    response = anonymous.get(f"{served.url}echo", headers=fields)
    assert (response.status_code, TOKEN in response.text) == (200, False)


def test_fields_beyond_ascii_arrive_as_sent(served: ServingProcess, browser: httpx.Client) -> None:
    login = browser.build_request("GET", served.url).headers["Cookie"].encode()
    sent = {b"X-Name": "Zoë €".encode(), b"Cookie": "name=Zoë; ".encode() + login}
    environ = browser.get(f"{served.url}echo", headers=sent).json()["environ"]
    names = [environ[name].encode("latin-1").decode() for name in ("HTTP_X_NAME", "HTTP_COOKIE")]
    assert names == ["Zoë €", "name=Zoë"]


def test_lengths_that_only_some_accept_are_refused(
    jupyter: JupyterServer, served: ServingProcess
) -> None:
    target = f"{jupyter.base_url}{served.ready.mount}echo"
    fields = {"Authorization": f"token {TOKEN}", "Content-Length": "3, 3"}
    connection = http.client.HTTPConnection("127.0.0.1", jupyter.port, timeout=30)
    connection.request("POST", target, body=b"abc", headers=fields)
    status = connection.getresponse().status
    connection.close()
    assert (status, "Invalid Content-Length" in jupyter.log) == (400, False)


def test_the_apps_own_authorization_reaches_it(
    served: ServingProcess, browser: httpx.Client
) -> None:
    seen = browser.get(f"{served.url}echo", auth=("ann", "password")).json()
    assert seen["fields"]["Authorization"].startswith("Basic ")
    bearer = {"Authorization": "Bearer the-app-s-own"}
    seen = browser.get(f"{served.url}echo", headers=bearer).json()
    assert seen["fields"]["Authorization"] == "Bearer the-app-s-own"


@pytest.mark.parametrize("how", ["url_for", "external", "hard", "relative"])
def test_a_redirect_leads_to_the_app(
    served: ServingProcess, browser: httpx.Client, how: str
) -> None:
    response = browser.get(f"{served.url}go/{how}", follow_redirects=True)
    assert (response.status_code, str(response.url)) == (200, f"{served.url}target/")
    assert served.url.endswith(response.text.removesuffix("target/"))


@pytest.mark.parametrize("how", ["elsewhere", "network"])
def test_a_redirect_to_another_host_is_left_alone(
    served: ServingProcess, browser: httpx.Client, how: str
) -> None:
    location = browser.get(f"{served.url}go/{how}").headers["Location"]
    assert location.removeprefix("https:") == "//example.org/target/"


def test_two_apps_side_by_side_keep_their_sessions(
    served: ServingProcess, second: ServingProcess, browser: httpx.Client
) -> None:
    browser.get(f"{served.url}login/ann")
    browser.get(f"{second.url}login/bob")
    assert browser.get(f"{served.url}me").text == "ann of app"
    assert browser.get(f"{second.url}me").text == "bob of other"


def test_several_cookies_are_kept_and_scoped(
    jupyter: JupyterServer, served: ServingProcess, browser: httpx.Client
) -> None:
    prefix = f"{jupyter.base_url}{served.ready.mount}".rstrip("/")
    response = browser.get(f"{served.url}cookies")
    assert response.headers.get_list("Set-Cookie") == [
        f"a=1; Path={prefix}/",
        f"b=2; HttpOnly; Path={prefix}/sub",
    ]


def test_compressed_content_is_not_touched(served: ServingProcess, browser: httpx.Client) -> None:
    with browser.stream("GET", f"{served.url}gzip") as response:
        packed = b"".join(response.iter_raw())
    assert response.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed) == b"packed " * 100


def test_fields_that_speak_for_all_of_jupyter_are_dropped(
    served: ServingProcess, browser: httpx.Client
) -> None:
    response = browser.get(f"{served.url}fields")
    assert (response.status_code, response.text) == (299, "<p>fields")
    for_all = {"service-worker-allowed", "clear-site-data", "nel", "report-to"}
    assert set(response.headers) & {*for_all, "etag", "server"} == set()
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers.get_list("Content-Security-Policy") == [
        "default-src 'self'",
        "frame-ancestors 'self'",
    ]


def test_an_apps_own_word_on_frames_and_etags_stands(
    served: ServingProcess, browser: httpx.Client
) -> None:
    response = browser.get(f"{served.url}fields?etag&csp=frame-ancestors+'none'")
    assert response.headers["ETag"] == '"own"'
    assert response.headers.get_list("Content-Security-Policy") == ["frame-ancestors 'none'"]


def test_a_request_to_an_app_counts_as_activity_of_the_server(
    jupyter: JupyterServer, served: ServingProcess, browser: httpx.Client
) -> None:
    before = jupyter.api("status")["last_activity"]
    assert jupyter.api("status")["last_activity"] == before  # It does not count itself.
    browser.get(f"{served.url}fields")
    assert jupyter.api("status")["last_activity"] > before


def test_the_mount_without_its_slash_leads_to_the_app(
    served: ServingProcess, browser: httpx.Client
) -> None:
    response = browser.get(f"{served.url.rstrip('/')}?a=%2F")
    assert response.status_code == 307
    assert served.url.endswith(response.headers["Location"].removesuffix("?a=%2F"))


def _get_raw(jupyter: JupyterServer, browser: httpx.Client, target: str) -> dict[str, str]:
    """Get a target that no client library has tidied up."""
    connection = http.client.HTTPConnection("127.0.0.1", jupyter.port, timeout=30)
    cookie = browser.build_request("GET", jupyter.url).headers["Cookie"]
    connection.request("GET", target, headers={"Cookie": cookie})
    try:
        seen: dict[str, str] = json.load(connection.getresponse())
    finally:
        connection.close()
    return seen
