"""A Jupyter server without our extension reaches the app by jupyter-server-proxy, at a port."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.jupyter import TOKEN, JupyterServer
from tests.kernel.kernel import Kernel

if TYPE_CHECKING:
    from collections.abc import Iterator

# A name that is not this machine's, as in the Host of a browser that comes through a Hub.
HOST = "hub.example"

SITE = """\
@app.route("/", methods=["GET", "POST"])
def index():
    if request.method == "POST":
        session["name"] = request.form["name"]
        return redirect(url_for("index"))
    return {"name": session.get("name"), "url": request.url, "cookies": sorted(request.cookies)}

@app.get("/links/")
def links():
    return [url_for("index"), url_for("static", filename="a.css")]
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterServer]:
    options = (
        "--ServerApp.jpserver_extensions=nbflask=False",
        "--ServerApp.allow_remote_access=True",
    )
    directory = tmp_path_factory.mktemp("jupyter")
    with JupyterServer(directory, base_url="/user/ann/", options=options) as running:
        yield running


@pytest.fixture(scope="module")
def kernel(server: JupyterServer) -> Iterator[Kernel]:
    made = server.api("kernels", "POST", {"name": "python3"})
    file = server.runtime_dir / f"kernel-{made['id']}.json"
    with Kernel(connection_file=str(file)) as connected:
        connected.execute("%load_ext nbflask", cell_id="load")
        connected.execute(SITE, cell_id="site")
        connected.execute("%%static a.css\np { color: red }", cell_id="css")
        yield connected


@pytest.fixture
def browser(server: JupyterServer) -> Iterator[httpx.Client]:
    """Give a client that is logged in to Jupyter, by its cookie."""
    with httpx.Client(headers={"Host": HOST}, follow_redirects=True, timeout=30) as client:
        client.get(server.url, params={"token": TOKEN})
        assert any(name.startswith("username-") for name in client.cookies)
        yield client


def run(kernel: Kernel, options: str = "") -> tuple[int, str]:
    """Serve the app anew, and give its port and the query of its link."""
    kernel.execute("%flask_stop", cell_id="stop")
    assert kernel.execute(f"%flask_run {options}", cell_id="run").error is None
    (link,) = kernel.execute(
        "from nbflask import get_notebook\nget_notebook().serving('app').link"
    ).texts
    match = re.fullmatch(r"'http://127\.0\.0\.1:(\d+)/\?(nbflask_token=\w+)'", link)
    assert match is not None
    return int(match[1]), match[2]


@pytest.mark.parametrize("options", ["", "--port 0"])
def test_the_app_works_below_its_port(
    server: JupyterServer, kernel: Kernel, browser: httpx.Client, options: str
) -> None:
    port, ticket = run(kernel, options)
    root = f"{server.url}proxy/absolute/{port}/"
    path = f"/user/ann/proxy/absolute/{port}"

    assert browser.get(root).status_code == 403
    # What a preview asks first: the answer's cookie lets its frame in.
    probe = browser.get(f"{root}?{ticket}&nbflask_probe=1")
    (proof,) = kernel.execute("get_notebook().serving('app').proof").texts
    assert (probe.status_code, repr(probe.text)) == (200, proof)

    # Werkzeug's own redirect names scheme and host: those of the browser, as the Hub says them.
    slash = browser.get(
        f"{root}links", headers={"X-Forwarded-Proto": "https"}, follow_redirects=False
    )
    assert slash.headers["Location"] == f"https://{HOST}{path}/links/"
    assert browser.get(f"{root}links/").json() == [f"{path}/", f"{path}/static/a.css"]
    assert browser.get(f"{root}static/a.css").text == "p { color: red }\n"
    posted = browser.post(root, data={"name": "Ada"}, headers={"Sec-Fetch-Site": "same-origin"})
    seen = {"name": "Ada", "url": f"http://{HOST}{path}/", "cookies": ["session"]}
    assert ([each.status_code for each in posted.history], posted.json()) == ([302], seen)
    assert browser.get(root).json() == seen
    paths = {each.name: each.path for each in browser.cookies.jar}
    assert (paths["session"], paths[f"nbflask_{port}"]) == (f"{path}/", f"{path}/")
    forged = browser.post(root, data={"name": "Eve"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert (forged.status_code, browser.get(root).json()) == (403, seen)


def test_nobody_else_gets_in(server: JupyterServer, kernel: Kernel) -> None:
    port, ticket = run(kernel)
    # Without Jupyter's login a ticket is worth nothing there, and without a ticket the port is.
    anonymous = httpx.get(f"{server.url}proxy/absolute/{port}/?{ticket}")
    assert "/login?next=" in anonymous.headers["Location"]
    for path in ("", f"user/ann/proxy/absolute/{port}/", "?nbflask_probe=1"):
        for host in (f"127.0.0.1:{port}", HOST):
            refused = httpx.get(f"http://127.0.0.1:{port}/{path}", headers={"Host": host})
            assert refused.status_code == 403


def test_a_port_that_was_asked_for_is_still_this_machines_alone(kernel: Kernel) -> None:
    port, _ticket = run(kernel, "--port 0")
    url = f"http://127.0.0.1:{port}/links/"
    assert httpx.get(url).json() == ["/", "/static/a.css"]
    assert httpx.get(url, headers={"Host": "rebound.example"}).status_code == 403


def test_a_new_server_is_not_opened_by_an_old_ones_ticket(kernel: Kernel) -> None:
    _port, old = run(kernel)
    kernel.execute("%flask_restart", cell_id="restart")
    (url,) = kernel.execute("get_notebook().url()").texts
    root, new = url.strip("'").split("?")
    assert [httpx.get(f"{root}?{each}").status_code for each in (old, new)] == [403, 200]


def test_the_doctor_says_which_way_is_in_use_and_how_to_have_the_better_one(
    kernel: Kernel,
) -> None:
    port, _ticket = run(kernel)
    (text,) = kernel.execute("%flask_doctor").texts
    assert "not loaded by the Jupyter server" in text
    assert (
        "Restart the Jupyter server: nbflask was installed after it began, or its command line "
        "disables the extension."
    ) in text
    assert (
        f"/user/ann/proxy/absolute/{port}/ (through jupyter-server-proxy, as the Jupyter server "
        "has not loaded nbflask), or http://127.0.0.1:"
    ) in text
