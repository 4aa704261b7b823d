"""The thread that looks after connections: deadlines, quiet ones, clients that left."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from nbflask.server.connection import Connection


class Watch:
    """Ends what is late, and hands a quiet connection back when its client speaks again.

    :param connections: Gives those that are open.
    :param resume: Called, in this thread, with a parked connection that has something to read.
    :param tick_s: Seconds between two looks at the deadlines.
    :param gone_s: Seconds after which a stream that waits is asked whether its client is there.
    """

    def __init__(
        self,
        *,
        connections: Callable[[], Collection[Connection]],
        resume: Callable[[Connection], None],
        tick_s: float,
        gone_s: float,
        name: str,
    ) -> None:
        self._connections = connections
        self._resume = resume
        self._tick_s = tick_s
        self._gone_s = gone_s
        self._lock = threading.Lock()
        self._parked: dict[int, Connection] = {}
        self._waker, self._woken = socket.socketpair()
        self._woken.setblocking(False)
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> list[Connection]:
        """End the thread, and give back the connections that were parked."""
        with self._lock:
            self._is_stopping = True
        self._wake()
        self._thread.join()
        self.close()
        return list(self._parked.values())

    def close(self) -> None:
        """Free the descriptors."""
        self._waker.close()
        self._woken.close()

    def park(self, connection: Connection) -> bool:
        """Keep a connection until its client speaks or ends it; ``False`` if there is none."""
        descriptor = connection.connection.fileno()
        with self._lock:
            # The application may have closed the connection, as flask-sock does.
            if self._is_stopping or descriptor < 0:
                return False
            self._parked[descriptor] = connection
        self._wake()
        return True

    def _wake(self) -> None:
        with contextlib.suppress(OSError):
            self._waker.send(b"\0")

    def _run(self) -> None:
        next_look_at = time.monotonic() + self._tick_s
        while not self._is_stopping:
            for connection in self._wait(max(0.0, next_look_at - time.monotonic())):
                self._resume(connection)
            if time.monotonic() >= next_look_at:
                self._look()
                next_look_at = time.monotonic() + self._tick_s

    def _wait(self, timeout_s: float) -> list[Connection]:
        """Wait for a parked connection to be readable, and take those that are."""
        with self._lock:
            parked = dict(self._parked)
        ready = poll_readable([self._woken.fileno(), *parked], timeout_s)
        with contextlib.suppress(BlockingIOError):
            if self._woken.fileno() in ready:
                self._woken.recv(4096)
        with self._lock:
            return [self._parked.pop(fd) for fd in ready if fd in parked]

    def _look(self) -> None:
        now = time.monotonic()
        for connection in self._connections():
            deadline_at = connection.deadline_at
            if deadline_at is not None and deadline_at <= now:
                connection.abort()
            elif connection.waited_s() > self._gone_s and connection.is_gone():
                connection.cancel()


def poll_readable(descriptors: list[int], timeout_s: float) -> set[int]:
    """Give those that have bytes, an end or a fault, in time."""
    if not hasattr(select, "poll"):
        return set(select.select(descriptors, [], [], timeout_s)[0])
    poller = select.poll()
    for descriptor in descriptors:
        poller.register(descriptor, select.POLLIN)
    return {descriptor for descriptor, _event in poller.poll(timeout_s * 1000)}
