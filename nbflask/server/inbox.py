"""What a client has sent and nobody has used yet."""

from __future__ import annotations

import select
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket

_RECEIVE_BYTES = 64 * 1024


class Inbox:
    """The bytes that come from a socket, with those at hand in front.

    Unlike :class:`io.BufferedReader` it says what it holds without waiting for more.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._held = b""

    def arrived(self) -> bytes:
        """Give what can be read without waiting, or its begin; it stays to be read."""
        if len(self._held) < _RECEIVE_BYTES and is_readable(self._socket, 0.0):
            self._held += self._socket.recv(_RECEIVE_BYTES)
        return self._held

    def skip(self, start: bytes) -> None:
        """Drop ``start`` as often as the bytes at hand begin with it."""
        while self._held.startswith(start):
            self._held = self._held[len(start) :]

    def wait(self, timeout_s: float) -> bool:
        """Say whether bytes, or the end of the connection, are there in time."""
        return bool(self._held) or is_readable(self._socket, timeout_s)

    def fill(self) -> bool:
        """Wait for bytes, if none are at hand; ``False`` at the end of the connection."""
        return bool(self._held) or self._receive()

    def _receive(self) -> bool:
        block = self._socket.recv(_RECEIVE_BYTES)
        self._held += block
        return bool(block)

    def read(self, size: int) -> bytes:
        """Give up to so many bytes, once there is one; ``b""`` at the end of the connection."""
        if not self._held:
            return self._socket.recv(min(size, _RECEIVE_BYTES))
        block, self._held = self._held[:size], self._held[size:]
        return block

    def read_through(self, end: bytes, max_bytes: int) -> bytes:
        """Give the bytes up to and with the first ``end``.

        Without one in ``max_bytes``, or before the connection ends, what there is is given.
        """
        start = 0
        while (at := self._held.find(end, start, max_bytes)) < 0:
            if len(self._held) >= max_bytes:
                return self.read(max_bytes)
            # The end may be cut in two by the border between two blocks.
            start = max(0, len(self._held) - len(end) + 1)
            if not self._receive():
                return self.read(max_bytes) if self._held else b""
        return self.read(at + len(end))


def has_ended(sock: socket.socket) -> bool:
    """Say whether the other side has closed or will send no more, whatever is still to be read."""
    if not hasattr(select, "poll"):
        return False
    poller = select.poll()
    # macOS has no POLLRDHUP; there only a connection that is closed both ways is noticed.
    try:
        poller.register(sock, getattr(select, "POLLRDHUP", 0))
    except ValueError:
        # The application closed it, as flask-sock does.
        return True
    return bool(poller.poll(0))


def is_readable(sock: socket.socket, timeout_s: float) -> bool:
    """Say whether bytes, or the end of the connection, have come or come in time."""
    if not hasattr(select, "poll"):
        return bool(select.select([sock], [], [], timeout_s)[0])
    # select() itself fails on descriptors from 1024 up.
    poller = select.poll()
    try:
        poller.register(sock, select.POLLIN)
    except ValueError:
        # The application closed it: that is the end.
        return True
    return bool(poller.poll(timeout_s * 1000))
