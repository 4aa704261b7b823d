"""A websocket is the app's: its messages, its subprotocol, its refusal and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import websocket

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx

    from tests.jupyter import JupyterServer
    from tests.proxy.serving import ServingProcess

    Connect = Callable[..., websocket.WebSocket]

# The prefix makes no difference here, so that one of the two servers is enough.
pytestmark = pytest.mark.parametrize("jupyter", ["/user/ann/"], indirect=True, scope="session")


@pytest.fixture
def connect(browser: httpx.Client, served: ServingProcess) -> Iterator[Connect]:
    """Give a function that opens a websocket as a page of Jupyter's origin would."""
    opened = []

    def connect(path: str, **options: Any) -> websocket.WebSocket:
        request = browser.build_request("GET", served.url)
        host = f"{request.url.scheme}://{request.url.host}:{request.url.port}"
        options = {"origin": host, "cookie": request.headers["Cookie"], **options}
        ws = websocket.create_connection(
            f"ws{served.url.removeprefix('http')}{path}", timeout=30, **options
        )
        opened.append(ws)
        return ws

    yield connect
    for ws in opened:
        ws.shutdown()


def test_messages_pass_both_ways(connect: Connect) -> None:
    ws = connect("ws/echo")
    ws.send("text \N{EURO SIGN}")
    assert ws.recv_data() == (websocket.ABNF.OPCODE_TEXT, "text \N{EURO SIGN}".encode())
    ws.send_binary(b"\x00\xff" * 100_000)
    assert ws.recv_data() == (websocket.ABNF.OPCODE_BINARY, b"\x00\xff" * 100_000)


def test_the_browser_learns_how_the_app_closed(connect: Connect) -> None:
    ws = connect("ws/close")
    opcode, content = ws.recv_data(control_frame=True)
    assert (opcode, content) == (websocket.ABNF.OPCODE_CLOSE, (4001).to_bytes(2) + b"as asked")


def test_the_app_learns_how_the_browser_closed(
    connect: Connect, served: ServingProcess, browser: httpx.Client
) -> None:
    before = len(browser.get(f"{served.url}ws/recorded").json())
    ws = connect("ws/record")
    ws.close(status=4002, reason=b"bye")
    closed: list[Any] = []
    while len(closed) <= before:
        closed = browser.get(f"{served.url}ws/recorded").json()
    assert closed[-1] == [4002, "bye"]


def test_a_browser_that_vanishes_ends_the_apps_websocket(
    connect: Connect, served: ServingProcess, browser: httpx.Client
) -> None:
    before = len(browser.get(f"{served.url}ws/recorded").json())
    ws = connect("ws/record")
    ws.shutdown()
    closed: list[Any] = []
    while len(closed) <= before:
        closed = browser.get(f"{served.url}ws/recorded").json()
    assert closed[-1][0] == 1001


def test_the_app_chooses_the_subprotocol(connect: Connect) -> None:
    assert connect("ws/echo", subprotocols=["first", "third"]).subprotocol == "third"
    assert connect("ws/echo").subprotocol is None


def test_a_websocket_is_mounted_and_shows_no_credentials(
    connect: Connect, jupyter: JupyterServer, served: ServingProcess
) -> None:
    assert connect("ws/where").recv() == f"{jupyter.base_url}{served.ready.mount}target/ "


def test_the_apps_refusal_is_the_browsers(connect: Connect) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException, match="404"):
        connect("ws/nowhere")
