"""One request and its response: the application is called, and what it does is answered."""

from __future__ import annotations

import contextlib
import io
import time
from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException

from nbflask.server.body import ChunkedBody, RequestBody, SizedBody
from nbflask.server.environ import FIELD_LINES, REST
from nbflask.server.response import frame_plain
from nbflask.server.stream import Stream, StreamCancelled
from nbflask.server.tracebacks import HAS_BEGUN
from nbflask.server.writer import ResponseWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from _typeshed.wsgi import WSGIEnvironment

    from nbflask.server.connection import Connection
    from nbflask.server.head import Head

_BODY_BUFFER_BYTES = 64 * 1024
#: So much unread content is read to keep the connection; with more, a new one is cheaper.
MAX_DRAINED_BYTES = 256 * 1024


class ClientGone(Exception):
    """The client does not take the response; there is nobody to tell."""


class Exchange:
    """One call of the application.

    :meth:`run` never raises: whatever the application does is answered or ends the connection.
    """

    def __init__(self, connection: Connection, head: Head) -> None:
        self._connection = connection
        self._head = head
        self._owes_continue = head.expects_continue
        self._body = self._open_body()
        self._writer = ResponseWriter(
            connection.send,
            method=head.method,
            version=head.version,
            keeps_alive=head.keeps_alive and not connection.server.is_stopping,
        )
        self.stream = Stream()
        #: On the clock of :func:`time.monotonic`; ``None`` while the view may read the content.
        self._drained_by: float | None = None
        #: Whether the connection can serve another request.
        self.keeps_alive = False

    @property
    def has_unread_content(self) -> bool:
        """Whether the client may still be sending."""
        return self._body is not None and not self._body.is_complete

    @property
    def is_upgrade(self) -> bool:
        """Whether the client asked for another protocol: websockets."""
        return bool(self._head.get("upgrade"))

    def run(self) -> None:
        """Call the application and send what it answers."""
        environ = self._make_environ()
        try:
            self.keeps_alive = self._respond(environ) and self._drain(environ[REST])
        except (ClientGone, StreamCancelled):
            return
        except BaseException as error:  # noqa: BLE001  # a SystemExit must be answered, too
            self._fail(error, environ)

    def _make_environ(self) -> WSGIEnvironment:
        connection, head = self._connection, self._head
        # Not the target: what follows two slashes Werkzeug takes for a host, and may fail on.
        connection.command, connection.path = head.method, head.path
        connection.request_version = head.version
        connection.rfile = io.BytesIO()
        if self._body is not None:
            connection.rfile = io.BufferedReader(self._body, _BODY_BUFFER_BYTES)
        environ = connection.make_environ()
        # Werkzeug puts its own reader of chunks around ours.
        environ["wsgi.input"] = connection.rfile
        if head.target.startswith("/"):
            environ["REQUEST_URI"] = environ["RAW_URI"] = head.target
        environ[FIELD_LINES] = head.fields
        environ[REST] = []
        return environ

    def _open_body(self) -> RequestBody | None:
        size = self._head.content_bytes
        if size is None:
            return ChunkedBody(self._connection.inbox, self._wait_for_content)
        return SizedBody(self._connection.inbox, self._wait_for_content, size) if size else None

    @contextlib.contextmanager
    def _wait_for_content(self) -> Iterator[None]:
        if self._owes_continue:
            # Only once the view asks for it: a view that refuses spares the client the upload.
            self._owes_continue = False
            with contextlib.suppress(ClientGone):
                self._connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        timeout_s = self._connection.server.limits.content_s
        if self._drained_by is not None:
            timeout_s = min(timeout_s, self._drained_by - time.monotonic())
        with self._connection.waiting(timeout_s):
            yield

    def _respond(self, environ: WSGIEnvironment) -> bool:
        """Send the response; say whether another may follow it."""
        blocks = self._connection.server.app(environ, self._writer.start_response)
        try:
            for block in self.stream.iterate(blocks):
                if block:
                    self._writer.write(block)
            return self._writer.finish()
        finally:
            close = getattr(blocks, "close", None)
            if close is not None:
                close()

    def _drain(self, wanting: list[Callable[[bytes], None]]) -> bool:
        """Read the rest of the content, if it is little, so that the next request stands first.

        The time for it is for all of it: who was refused could else hold a thread byte by byte.

        :param wanting: Who is given the rest.
        """
        body = self._body
        if body is None or (body.is_complete and not wanting):
            return True
        if self._owes_continue or body.is_broken:
            return False
        self._drained_by = time.monotonic() + self._connection.server.limits.linger_s
        block = bytearray(_BODY_BUFFER_BYTES)
        left = MAX_DRAINED_BYTES
        with contextlib.suppress(HTTPException):
            while left > 0 and (read := self._read_rest(body, block)):
                left -= read
                for take in wanting:
                    take(bytes(block[:read]))
        return body.is_complete

    def _read_rest(self, body: RequestBody, block: bytearray) -> int:
        """Read what comes next, be it in the buffer that the application reads from."""
        reader = self._connection.rfile
        if isinstance(reader, io.BufferedReader) and not reader.closed:
            return reader.readinto1(block)
        return body.readinto(block)

    def _fail(self, error: BaseException, environ: WSGIEnvironment) -> None:
        """Answer for an application that raised; after the head, a cut connection says it."""
        if isinstance(error, ConnectionError) and self.is_upgrade:
            # So flask-sock says that it has used and closed the connection.
            return
        code = error.code if isinstance(error, HTTPException) else None
        text = str(error)
        if code is None:
            code, text = 500, "The application failed. Its traceback is in the notebook."
            environ[HAS_BEGUN] = self._writer.has_begun
            self._connection.server.report(error, environ)
        if not self._writer.has_begun:
            with contextlib.suppress(ClientGone):
                with_content = self._head.method != "HEAD"
                self._connection.send(frame_plain(code, text, with_content=with_content))
