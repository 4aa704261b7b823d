"""One connection: its requests are read and served one after the other."""

from __future__ import annotations

import contextlib
import enum
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

from werkzeug.serving import WSGIRequestHandler

from nbflask.server.body import has_bad_chunk
from nbflask.server.exchange import ClientGone, Exchange
from nbflask.server.head import MAX_HEAD_BYTES, Head, HeadFault, host_name, parse_head
from nbflask.server.inbox import Inbox, has_ended
from nbflask.server.response import frame_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbflask.server.engine import Engine

_READ_BYTES = 64 * 1024
#: A stream that gives nothing for so long waits for an event, and might for ever.
_PATIENCE_S = 0.2


class Phase(enum.Enum):
    """What a connection is doing."""

    QUIET = "quiet"
    HEAD = "head"
    EXCHANGE = "exchange"
    CLOSED = "closed"


class Connection(WSGIRequestHandler):
    """A client's socket with what has been read from it.

    Werkzeug's handler makes the environ; reading, answering and closing are
    ours, since its own serve one request a connection.

    :meth:`abort` may be called from any thread, the rest only from the one that serves.
    """

    server: Engine
    protocol_version = "HTTP/1.1"
    headers: Head  # type: ignore[assignment]

    def __init__(self, request: socket.socket, client_address: Any, server: Engine) -> None:
        # The inherited one would serve at once, and to the end.
        self.request = self.connection = request
        self.client_address = client_address or ("127.0.0.1", 0)
        self.server = server
        self.inbox = Inbox(request)
        self.phase = Phase.QUIET
        self.since = time.monotonic()
        #: On the clock of :func:`time.monotonic`; ``None`` while the view has the word.
        self.deadline_at: float | None = self.since + server.limits.head_s
        self.exchange: Exchange | None = None
        self.thread: threading.Thread | None = None
        self._closing = threading.Lock()

    def serve(self) -> None:
        """Serve requests until the connection ends, or is quiet and parked with the engine."""
        try:
            while self._has_bytes_soon():
                if not self._serve_one():
                    self.close()
                    return
            self.server.park(self)
        except BaseException:
            self.close()
            raise

    def abort(self) -> None:
        """End the connection under whoever reads or writes: each wait on it ends at once."""
        with self._closing, contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def waited_s(self) -> float:
        """Give the seconds that the application has kept a stream waiting for its next block."""
        exchange = self.exchange
        return 0.0 if exchange is None else exchange.stream.waited_s()

    def is_gone(self) -> bool:
        """Say whether the client has closed its side; for a stream that means that it left."""
        with self._closing:
            return self.phase is not Phase.CLOSED and has_ended(self.connection)

    def is_worth_waiting_for(self) -> bool:
        """Say whether a stopping server lets this end: not a stream that waits, not a websocket."""
        exchange = self.exchange
        if exchange is None or self.thread is threading.current_thread():
            return False
        return not exchange.is_upgrade and exchange.stream.waited_s() < _PATIENCE_S

    def cancel(self) -> None:
        """End the stream that waits for the application's next block."""
        exchange = self.exchange
        if exchange is not None:
            exchange.stream.cancel()

    def close(self) -> None:
        """Free the socket; the engine forgets the connection."""
        with self._closing:
            self.phase = Phase.CLOSED
            self.connection.close()
        self.server.forget(self)

    def send(self, data: bytes) -> None:
        """Send all of it.

        :raises ClientGone: The client does not take it.
        """
        try:
            with self.waiting(self.server.limits.send_s):
                self.connection.sendall(data)
        except OSError as error:
            raise ClientGone from error

    @contextlib.contextmanager
    def waiting(self, timeout_s: float) -> Iterator[None]:
        """Have the engine end the connection when the client keeps us waiting so long."""
        self.deadline_at = time.monotonic() + timeout_s
        try:
            yield
        finally:
            self.deadline_at = None

    def linger(self) -> None:
        """Read what the client still sends, for a while.

        A socket closed with unread bytes is reset, and the answer may be lost on its way.
        """
        with contextlib.suppress(OSError), self.waiting(self.server.limits.linger_s):
            self.connection.shutdown(socket.SHUT_WR)
            while self.inbox.read(_READ_BYTES):
                pass

    def _has_bytes_soon(self) -> bool:
        """Wait a little for the next request; an ended connection has "bytes" too, its end."""
        return self.inbox.wait(self.server.limits.quiet_s)

    def _serve_one(self) -> bool:
        """Serve one request; say whether another may follow."""
        try:
            head = self._read_head()
            if head is None:
                return False
            self._check(head)
        except HeadFault as fault:
            self._refuse(fault)
            return False
        except OSError:
            return False
        self.headers = head
        return self._run(Exchange(self, head))

    def _run(self, exchange: Exchange) -> bool:
        self.phase, self.deadline_at, self.exchange = Phase.EXCHANGE, None, exchange
        self.thread = threading.current_thread()
        try:
            self.server.output.run(exchange.run)
        finally:
            exchange.stream.settle()
            self.exchange = None
        if not exchange.keeps_alive:
            if exchange.has_unread_content:
                self.linger()
            return False
        self.since = time.monotonic()
        self.deadline_at = self.since + self.server.limits.idle_s
        self.phase = Phase.QUIET
        return True

    def _read_head(self) -> Head | None:
        """Read to the empty line; ``None`` when the client closed before.

        :raises HeadFault: It is too long or malformed.
        """
        if not self.inbox.fill():
            return None
        self.phase, self.since = Phase.HEAD, time.monotonic()
        self.deadline_at = self.since + self.server.limits.head_s
        # RFC 9112 section 2.2: empty lines before a request are skipped.
        self.inbox.skip(b"\r\n")
        text = self.inbox.read_through(b"\r\n\r\n", MAX_HEAD_BYTES)
        if text.endswith(b"\r\n\r\n"):
            return parse_head(text[:-4])
        if len(text) >= MAX_HEAD_BYTES:
            raise HeadFault(f"The head of the request is longer than {MAX_HEAD_BYTES} bytes.", 431)
        return None

    def _check(self, head: Head) -> None:
        """Refuse what the head alone does not show to be wrong."""
        hosts = self.server.allowed_hosts
        if hosts is not None and not is_allowed_host(host_name(head.get("host")), hosts):
            raise HeadFault(f"This server does not answer for the host {head.get('host')!r}.", 403)
        if (
            head.content_bytes is None
            and not head.expects_continue
            and has_bad_chunk(self.inbox.arrived())
        ):
            raise HeadFault("A chunk of the request's content is malformed.")

    def _refuse(self, fault: HeadFault) -> None:
        with contextlib.suppress(ClientGone):
            self.send(frame_plain(fault.status_code, fault.reason))
            self.linger()


def is_allowed_host(name: str, hosts: frozenset[str]) -> bool:
    """Compare whole names; ``.localhost`` belongs to this machine (RFC 6761 section 6.3)."""
    return name in hosts or name.endswith(".localhost")
