"""Werkzeug's threaded server, made fit to live in a kernel.

Rule 1: nothing that a client or a view does may reach the kernel: not its
output, not its descriptors, not its exit.

Rule 2: a thread is held only by a request that is under way. Who says nothing
holds a descriptor for a while, and is the first to go when those are short.
"""

from __future__ import annotations

import errno
import os
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any, Protocol

from werkzeug.serving import ThreadedWSGIServer

from nbflask.server.addresses import Address, UnixAddress
from nbflask.server.connection import Connection, Phase
from nbflask.server.limits import Limits
from nbflask.server.watch import Watch
from nbflask.server.workers import Workers

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

    OnError = Callable[[BaseException, WSGIEnvironment], None]

#: Seconds between two looks of the accepting thread at whether it is to stop.
_POLL_S = 0.05
#: Seconds between two tries when there is no descriptor left for a new connection.
_RETRY_S = 0.05


class Output(Protocol):
    """Where what views print is shown."""

    def open(self) -> None:
        """Begin: the server starts."""

    def close(self) -> None:
        """End: the server has stopped."""

    def run(self, serve: Callable[[], None]) -> None:
        """Serve one request, in this thread."""

    def show_error(self, error: BaseException, environ: WSGIEnvironment) -> None:
        """Show what the application raised, in the request's thread."""


class Engine(ThreadedWSGIServer):
    """Serves one WSGI application on a socket that listens already.

    :param listening: It is taken over and closed by :meth:`stop`.
    :param on_error: Called in the request's thread with what the application raised.
    :param allowed_hosts: Names that ``Host`` may have; ``None`` allows all. A page whose name is
        made to resolve to this machine (DNS rebinding) is told by it.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(
        self,
        application: WSGIApplication,
        listening: socket.socket,
        address: Address,
        *,
        output: Output,
        on_error: OnError,
        allowed_hosts: frozenset[str] | None = None,
        limits: Limits = Limits(),  # noqa: B008  # frozen
    ) -> None:
        is_unix = isinstance(address, UnixAddress)
        super().__init__(
            f"unix://{address.path}" if isinstance(address, UnixAddress) else address.host,
            0 if isinstance(address, UnixAddress) else address.port,
            application,
            Connection,
            fd=listening.fileno(),
        )
        # Werkzeug made its own duplicate.
        listening.close()
        if is_unix:
            # What SERVER_NAME and SERVER_PORT say when a client sends no Host.
            self.server_address = ("localhost", 80)
        self._server_version = "nbflask"
        self.output = output
        self.limits = limits
        self.allowed_hosts = allowed_hosts
        self.is_stopping = False
        self._on_error = on_error
        self._open: set[Connection] = set()
        self._changed = threading.Condition()
        self._max_connections = limits.connections()
        self._workers = Workers(name="nbflask-request", idle_s=limits.worker_idle_s)
        self._watch = Watch(
            connections=self._list_open,
            resume=self._assign,
            tick_s=limits.tick_s,
            gone_s=limits.gone_s,
            name="nbflask-watch",
        )
        self._accepting = threading.Thread(
            target=self.serve_forever, args=(_POLL_S,), name="nbflask-accept", daemon=True
        )
        _engines.add(self)

    def start(self) -> None:
        """Serve in threads; clients may connect already."""
        self._watch.start()
        self._accepting.start()

    def stop(self, grace_s: float) -> int:
        """Accept no more, give requests under way so long to end, and free everything.

        :return: The number of views that still run; their threads end with them.
        """
        self.is_stopping = True
        self.shutdown()
        self._accepting.join()
        self._wait_for_exchanges(grace_s)
        for connection in self._list_open():
            connection.abort()
            connection.cancel()
        for connection in self._watch.stop():
            connection.close()
        return self._workers.stop(grace_s)

    def park(self, connection: Connection) -> None:
        """Take a quiet connection back from its thread."""
        if not self._watch.park(connection):
            connection.close()

    def forget(self, connection: Connection) -> None:
        """Make room: the connection is closed."""
        with self._changed:
            self._open.discard(connection)
            self._changed.notify_all()

    def report(self, error: BaseException, environ: WSGIEnvironment) -> None:
        """Hand on what the application raised."""
        self._on_error(error, environ)

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept; out of descriptors, the oldest quiet connection gives up its own."""
        try:
            return self.socket.accept()
        except OSError as error:
            if error.errno in {errno.EMFILE, errno.ENFILE}:
                self._evict()
                # Without a pause the socket, still readable, would have this thread spin.
                time.sleep(_RETRY_S)
            raise

    def process_request(self, request: Any, client_address: Any) -> None:
        """Take a connection in, once there is room for it."""
        if not self._wait_for_room():
            request.close()
            return
        connection = Connection(request, client_address, self)
        with self._changed:
            self._open.add(connection)
        self._assign(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep faults of single connections out of the kernel's output."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
        """Print nothing: it would land in whatever cell runs."""

    def _assign(self, connection: Connection) -> None:
        if not self._workers.submit(connection.serve):
            connection.close()

    def _list_open(self) -> list[Connection]:
        with self._changed:
            return list(self._open)

    def _wait_for_room(self) -> bool:
        with self._changed:
            while len(self._open) >= self._max_connections:
                if self.is_stopping:
                    return False
                self._evict()
                self._changed.wait(_RETRY_S)
        return True

    def _evict(self) -> None:
        """End the connection that is quiet longest, or else the one whose head takes longest."""
        connections = self._list_open()
        for phase in (Phase.QUIET, Phase.HEAD):
            found = [connection for connection in connections if connection.phase is phase]
            if found:
                min(found, key=lambda connection: connection.since).abort()
                return

    def _wait_for_exchanges(self, grace_s: float) -> None:
        give_up_at = time.monotonic() + grace_s
        while time.monotonic() < give_up_at:
            under_way = [each for each in self._list_open() if each.is_worth_waiting_for()]
            if not under_way:
                return
            with self._changed:
                self._changed.wait(_RETRY_S)

    def close_in_child(self) -> None:
        """Close a forked child's copies: they would hold the port, and clients, for ever."""
        for sock in [self.socket, *(connection.connection for connection in self._open)]:
            sock.close()
        self._watch.close()


_engines: weakref.WeakSet[Engine] = weakref.WeakSet()


def _close_in_child() -> None:
    for engine in list(_engines):
        engine.close_in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_close_in_child)
