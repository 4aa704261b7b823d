"""Conversations over websockets, with a live app and with its export."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tools.check_exports_servers import WITHOUT_WEBSOCKETS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# Behind the last message, so long is waited for another one.
_SILENCE_S = 0.5
_TIMEOUT_S = 10.0


def compare_conversations(
    app: Any, url: str, server: str, conversations: Mapping[str, Sequence[str]]
) -> list[str]:
    """Give the paths at which another app says something else, each with what both said.

    A server that can hold no websocket is to refuse them.
    """
    if not conversations:
        return []
    found = []
    with _serve_live(app) as live:
        for path, messages in conversations.items():
            mine = converse(live, path, messages)
            other = converse(url, path, messages)
            expected = "refused" if server in WITHOUT_WEBSOCKETS else mine
            if other != expected:
                found.append(f"{path}: {mine} -> {other}")
    return found


def converse(url: str, path: str, messages: Sequence[str]) -> list[str] | str:
    """Send messages, and give all that comes back; ``"refused"`` where no websocket opens."""
    from websocket import WebSocketException, WebSocketTimeoutException, create_connection

    try:
        connection = create_connection(f"{url.replace('http', 'ws', 1)}{path}", timeout=_TIMEOUT_S)
    except (WebSocketException, OSError):
        return "refused"
    received: list[str] = []
    try:
        for message in messages:
            connection.send(message)
        connection.settimeout(_SILENCE_S)
        while True:
            received.append(str(connection.recv()))
    except WebSocketTimeoutException:
        return received
    finally:
        connection.close()


@contextmanager
def _serve_live(app: Any) -> Iterator[str]:
    from werkzeug.serving import make_server

    with make_server("127.0.0.1", 0, app, threaded=True) as server:
        server.daemon_threads = True  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join(_TIMEOUT_S)
