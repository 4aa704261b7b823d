"""The two ways to the app that was recorded: its server's socket, or a call.

Rule 1: neither looks at the request for where it goes.
Rule 2: the app sees the request as it was, and nothing that marks it as sent again.
Rule 3: a response that does not end is left after a while, as a client leaves.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import re
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote_to_bytes

from nbflask.errors import RecordError, ServerError
from nbflask.exchanges.targets import field_bytes
from nbflask.values.mount import (
    EXCHANGE_FIELD,
    PREFIX_FIELD,
    REPLAY_FIELD,
    SECRET_FIELD,
    is_vouching,
)

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    from flask import Flask

    from nbflask.exchanges.drafts import Draft

_BLOCK_BYTES = 64 * 1024
_ENDS_A_LINE = re.compile(rb"[\r\n\0]")
#: What the recorder looks for in an environ (``nbflask.server.environ`` sets it, too).
REPLAY_OF = "nbflask.replay_of"


@dataclass(frozen=True, kw_only=True)
class Patience:
    """When to leave a response that goes on.

    :param seconds: After its beginning.
    :param size: Bytes of content; ``None`` for any.
    :param is_stopped: Whether nobody waits for it any more.
    """

    seconds: float = 30.0
    size: int | None = None
    is_stopped: Callable[[], bool] = field(default=lambda: False, repr=False)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back.

    :param status_code: ``None`` where the app raised, or the connection broke.
    :param exchange_id: What the request became; ``None`` where nothing was recorded.
    :param is_left: Whether the response had not ended.
    """

    status_code: int | None
    exchange_id: int | None = None
    is_left: bool = False


class Way(Protocol):
    """How a request gets to the app."""

    def send(self, draft: Draft, patience: Patience, *, replay_of: int) -> Answer:
        """Send a request and read its response, which the recorder keeps."""
        ...


@dataclass(frozen=True, kw_only=True)
class Loopback:
    """The server of the app, in this kernel.

    :param connect: Opens a connection to it, and to nothing else.
    :param secret: By which the gateway believes what goes beside the request.
    """

    connect: Callable[[], socket.socket] = field(repr=False)
    secret: str = field(repr=False)

    def send(self, draft: Draft, patience: Patience, *, replay_of: int) -> Answer:
        """Send a request through the socket, as a browser's goes.

        :raises ServerError: The server does not answer.
        :raises RecordError: It cannot be written as a request.
        """
        head = self._write(draft, replay_of)
        began = time.monotonic()
        try:
            with contextlib.closing(self.connect()) as connection:
                connection.settimeout(patience.seconds)
                # A server that refuses a content may answer before it has read it.
                with contextlib.suppress(ConnectionError):
                    connection.sendall(head + draft.content)
                return _read(connection, draft.method, patience, began)
        except TimeoutError:
            raise say_slow(patience) from None
        except (OSError, http.client.HTTPException) as fault:
            raise ServerError(
                f"The app's server did not answer ({type(fault).__name__}). "
                "Start it anew with `%flask_restart`."
            ) from fault

    def _write(self, draft: Draft, replay_of: int) -> bytes:
        lines = [
            f"{draft.method} {draft.target} HTTP/1.1",
            # The gateway believes whoever shows the secret, so none of these may be the request's.
            *(f"{name}: {value}" for name, value in draft.fields if not is_vouching(name)),
            f"{SECRET_FIELD}: {self.secret}",
            f"{PREFIX_FIELD}: {draft.prefix}",
            f"{REPLAY_FIELD}: {replay_of}",
            f"X-Forwarded-Proto: {draft.scheme}",
            f"X-Forwarded-For: {draft.address or '127.0.0.1'}",
        ]
        written = [field_bytes(line) for line in lines]
        if any(_ENDS_A_LINE.search(each) for each in written):
            # What was recorded of a call may hold anything; here it would be another field.
            raise RecordError(
                "The request has a line end in its head, which no server takes. Edit it."
            )
        return b"".join(each + b"\r\n" for each in (*written, b""))


@dataclass(frozen=True, kw_only=True)
class Call:
    """The app itself, called in the thread of whoever sends."""

    app: Flask

    def send(self, draft: Draft, patience: Patience, *, replay_of: int) -> Answer:
        """Call the app, and read its response; what it raises, the recorder has noted."""
        environ = build_environ(draft)
        environ[REPLAY_OF] = replay_of
        status: list[str] = []

        def start_response(line: str, _headers: Any, _exc_info: Any = None) -> Callable[..., None]:
            status[:] = [line]
            return lambda _data: None

        is_left = False
        began = time.monotonic()
        with contextlib.suppress(Exception):
            blocks = self.app(environ, start_response)
            try:
                is_left = _count(iter(blocks), patience, began)
            finally:
                getattr(blocks, "close", lambda: None)()
        return Answer(
            status_code=int(status[0].partition(" ")[0]) if status else None,
            exchange_id=getattr(environ.get("nbflask.exchange"), "id", None),
            is_left=is_left,
        )


def say_slow(patience: Patience) -> ServerError:
    """Give the error of an app that takes its time."""
    return ServerError(
        f"The app has not answered in {patience.seconds:g} s. The request goes on; give it more "
        "time with `timeout_s=`, or look at the view."
    )


def build_environ(draft: Draft) -> dict[str, Any]:
    """Make the environ of a request as a server does (PEP 3333)."""
    path, _, query = draft.target.partition("?")
    name, _, port = draft.host.rpartition(":")
    if not port.isdigit():
        name, port = draft.host, "443" if draft.scheme == "https" else "80"
    environ: dict[str, Any] = {
        "REQUEST_METHOD": draft.method,
        "SCRIPT_NAME": _decode(draft.prefix),
        "PATH_INFO": _decode(path),
        "QUERY_STRING": query,
        "REQUEST_URI": f"{draft.prefix}{draft.target}",
        "RAW_URI": f"{draft.prefix}{draft.target}",
        "SERVER_NAME": name or "localhost",
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": draft.address or "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": draft.scheme,
        "wsgi.input": io.BytesIO(draft.content),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "nbflask.field_lines": tuple(draft.fields),
    }
    for name, value in draft.fields:
        key = name.upper().replace("-", "_")
        # As in Werkzeug's server: a name with "_" could pass for another's.
        if "_" not in name:
            key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
            environ[key] = f"{environ[key]},{value}" if key in environ else value
    return environ


def _decode(path: str) -> str:
    return unquote_to_bytes(path).decode("latin-1")


def _read(connection: socket.socket, method: str, patience: Patience, began: float) -> Answer:
    # Its file keeps the socket open, whatever becomes of the connection.
    with contextlib.closing(http.client.HTTPResponse(connection, method=method)) as response:
        response.begin()
        # The gateway's own comes last; the app may have sent one of that name.
        number = (response.headers.get_all(EXCHANGE_FIELD) or [""])[-1]
        try:
            is_left = _count(_read_blocks(connection, response, patience, began), patience, began)
        except TimeoutError:
            is_left = True
        except (OSError, http.client.HTTPException):
            # The content broke off; the recorder has noted why.
            is_left = False
        return Answer(
            status_code=response.status,
            exchange_id=int(number) if number.isdigit() else None,
            is_left=is_left,
        )


def _read_blocks(
    connection: socket.socket, response: http.client.HTTPResponse, patience: Patience, began: float
) -> Iterator[bytes]:
    while True:
        connection.settimeout(max(patience.seconds - (time.monotonic() - began), 0.001))
        block = response.read1(_BLOCK_BYTES)
        if not block:
            return
        yield block


def _count(blocks: Iterator[bytes], patience: Patience, began: float) -> bool:
    """Read a content; say whether it was left before its end."""
    size = 0
    for block in blocks:
        size += len(block)
        is_enough = patience.size is not None and size >= patience.size
        if is_enough or patience.is_stopped() or time.monotonic() - began > patience.seconds:
            return True
    return False
