"""A client that says exactly what it is told to, and nothing more."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbflask.server.addresses import Address, UnixAddress

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbflask.server.life import AppServer

#: Seconds until a wait counts as failed; no test's result depends on how long it takes.
PATIENCE_S = 30.0


@dataclass(frozen=True)
class Answer:
    """A response, with its chunks undone."""

    code: int
    fields: dict[str, str]
    content: bytes


class Wire:
    """One connection to a server."""

    def __init__(self, server: AppServer) -> None:
        assert server.address is not None
        self.socket = connect(server.address)
        self._file = self.socket.makefile("rb")

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def get(self, path: str = "/", *fields: str, method: str = "GET") -> Answer:
        """Request a path over this connection."""
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *fields, "", ""]
        self.send("\r\n".join(lines).encode())
        return self.read(method=method)

    def read(self, method: str = "GET") -> Answer:
        """Read one response."""
        line = self._file.readline()
        assert line.startswith(b"HTTP/1.1 "), line
        fields: dict[str, str] = {}
        while (field := self._file.readline()) not in (b"\r\n", b""):
            name, _, value = field.decode("latin-1").partition(":")
            fields[name.lower()] = value.strip()
        code = int(line.split()[1])
        empty = method == "HEAD" or code in {100, 204, 304}
        return Answer(code, fields, b"" if empty else self._read_content(fields))

    def read_to_end(self) -> bytes:
        """Read until the server closes."""
        try:
            return self._file.read()
        except ConnectionResetError:
            return b""

    def read_chunk(self) -> bytes:
        """Read one chunk of a response whose head was read."""
        size = int(self._file.readline(), 16)
        return self._file.read(size + 2)[:-2]

    def read_head(self) -> bytes:
        lines = b""
        while not lines.endswith(b"\r\n\r\n"):
            lines += self._file.readline()
        return lines

    def close(self) -> None:
        self._file.close()
        self.socket.close()

    def _read_content(self, fields: dict[str, str]) -> bytes:
        if fields.get("transfer-encoding") != "chunked":
            return self._file.read(int(fields["content-length"]))
        content = b""
        while block := self.read_chunk():
            content += block
        return content


def connect(address: Address) -> socket.socket:
    """Open a connection."""
    if isinstance(address, UnixAddress):
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(PATIENCE_S)
        sock.connect(address.path)
        return sock
    return socket.create_connection((address.host, address.port), timeout=PATIENCE_S)


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Poll until the condition holds."""
    give_up_at = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < give_up_at, f"still not: {what}"
        time.sleep(0.005)
