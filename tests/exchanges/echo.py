"""A server that notes each request as it came over the socket, byte by byte."""

from __future__ import annotations

import socketserver
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A request as it came.

    :param fields: Without spaces around values, as RFC 9112 section 5 reads them.
    """

    method: bytes
    target: bytes
    fields: tuple[tuple[bytes, bytes], ...]
    content: bytes

    def __repr__(self) -> str:
        """Show what is short."""
        size = len(self.content)
        return f"<{self.method!r} {self.target!r} {self.fields!r} {self.content[:99]!r} ({size})>"


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        method, target, _version = self.rfile.readline().rstrip(b"\r\n").split(b" ")
        fields = []
        while line := self.rfile.readline().rstrip(b"\r\n"):
            name, _, value = line.partition(b":")
            fields.append((name, value.strip(b" \t")))
        given = {name.lower(): value for name, value in fields}
        content = self._read_content(given)
        seen = Seen(method=method, target=target, fields=tuple(fields), content=content)
        cast("_Server", self.server).seen.append(seen)
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n")
        if method != b"HEAD":
            self.wfile.write(b"ok")

    def _read_content(self, given: dict[bytes, bytes]) -> bytes:
        if given.get(b"transfer-encoding") == b"chunked":
            blocks = []
            while size := int(self.rfile.readline(), 16):
                blocks.append(self.rfile.read(size))
                self.rfile.readline()
            return b"".join(blocks)
        return self.rfile.read(int(given.get(b"content-length", b"0")))


class _Server(socketserver.ThreadingTCPServer):
    seen: list[Seen]


@dataclass
class EchoServer:
    """The server, for as long as a ``with`` block."""

    seen: list[Seen] = field(default_factory=list)

    def __enter__(self) -> Self:
        """Start on a port that the system chooses."""
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.seen = self.seen
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop, and wait for its threads."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    @property
    def host(self) -> str:
        """Give host and port."""
        return f"127.0.0.1:{self._server.server_address[1]}"
