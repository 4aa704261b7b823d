"""One request and its response: WSGI on one side, the connection's bytes on the other."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException

from nbflask.server.body import ChunkedBody, RequestBody, SizedBody
from nbflask.server.response import (
    Headers,
    ResponseFault,
    ResponseFrame,
    frame_chunk,
    frame_plain,
    frame_response,
)
from nbflask.server.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from _typeshed.wsgi import WSGIEnvironment

    from nbflask.server.connection import Connection
    from nbflask.server.head import Head

    ExcInfo = (
        tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    )

_BODY_BUFFER_BYTES = 64 * 1024
#: As much unread content is read for the sake of keeping the connection; more costs less with a new one.
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
        self._body = self._open_body()
        self._status: tuple[str, Headers] | None = None
        self._frame: ResponseFrame | None = None
        self._sent_bytes = 0
        self._owes_continue = head.expects_continue
        self.stream = Stream()
        #: Whether the connection can serve another request.
        self.keeps_alive = False

    @property
    def has_unread_content(self) -> bool:
        """Whether the client may still be sending."""
        return self._body is not None and not self._body.is_complete

    def run(self) -> None:
        """Call the application and send what it answers."""
        environ = self._make_environ()
        try:
            self._respond(environ)
        except ClientGone:
            return
        except BaseException as error:  # noqa: BLE001  # SystemExit from a view must not end in silence
            self._fail(error, environ)
            return
        assert self._frame is not None
        self.keeps_alive = self._frame.keeps_alive and self._is_whole() and self._drain()

    def _make_environ(self) -> WSGIEnvironment:
        self._connection.rfile = (
            io.BytesIO()
            if self._body is None
            else io.BufferedReader(self._body, _BODY_BUFFER_BYTES)
        )
        connection = self._connection
        connection.command, connection.path = self._head.method, self._head.target
        connection.request_version = self._head.version
        environ = connection.make_environ()
        # Werkzeug puts its own reader of chunks around ours.
        environ["wsgi.input"] = connection.rfile
        environ["nbflask.raw_headers"] = list(self._head.fields)
        return environ

    def _open_body(self) -> RequestBody | None:
        size = self._head.content_bytes
        if size is None:
            return ChunkedBody(self._connection.inbox, self._wait_for_content)
        return SizedBody(self._connection.inbox, self._wait_for_content, size) if size else None

    @contextlib.contextmanager
    def _wait_for_content(self) -> Iterator[None]:
        if self._owes_continue:
            # Only once the view asks for the content: a view that refuses it spares the client the upload.
            self._owes_continue = False
            with contextlib.suppress(ClientGone):
                self._connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        with self._connection.waiting(self._connection.server.limits.content_s):
            yield

    def _respond(self, environ: WSGIEnvironment) -> None:
        blocks = self._connection.server.app(environ, self._start_response)
        try:
            for block in self.stream.iterate(blocks):
                if block:
                    self._write(block)
            self._finish()
        finally:
            close = getattr(blocks, "close", None)
            if close is not None:
                close()

    def _start_response(
        self, status: str, headers: Headers, exc_info: ExcInfo | None = None
    ) -> Callable[[bytes], None]:
        if exc_info is not None and exc_info[1] is not None:
            if self._frame is not None:
                raise exc_info[1].with_traceback(exc_info[2])
        elif self._status is not None:
            raise ResponseFault("The application called start_response twice.")
        self._status = (status, headers)
        return self._write

    def _write(self, block: bytes) -> None:
        if not isinstance(block, bytes):
            raise ResponseFault(
                f"The application gave {type(block).__name__!r} where WSGI takes bytes."
            )
        head = b"" if self._frame else self._begin().head
        frame = self._frame
        assert frame is not None
        if not frame.has_content:
            block = b""
        elif frame.is_chunked:
            block = frame_chunk(block) if block else b""
        elif frame.content_bytes is not None:
            # What is beyond the promised length would be read as the next response.
            block = block[: frame.content_bytes - self._sent_bytes]
            self._sent_bytes += len(block)
        if head or block:
            self._connection.send(head + block)

    def _begin(self) -> ResponseFrame:
        if self._status is None:
            raise ResponseFault("The application gave content before it called start_response.")
        status, headers = self._status
        self._frame = frame_response(
            status,
            headers,
            method=self._head.method,
            version=self._head.version,
            keeps_alive=self._head.keeps_alive and not self._connection.server.is_stopping,
        )
        return self._frame

    def _finish(self) -> None:
        if self._frame is None:
            self._write(b"")
        assert self._frame is not None
        if self._frame.is_chunked:
            self._connection.send(b"0\r\n\r\n")

    def _is_whole(self) -> bool:
        frame = self._frame
        assert frame is not None
        return not frame.has_content or frame.content_bytes in {None, self._sent_bytes}

    def _drain(self) -> bool:
        """Read the rest of the content, if it is little, so that the next request stands first."""
        body = self._body
        if body is None or body.is_complete:
            return True
        if self._owes_continue or body.is_broken:
            return False
        block = bytearray(_BODY_BUFFER_BYTES)
        left = MAX_DRAINED_BYTES
        with contextlib.suppress(HTTPException):
            while left > 0 and (read := body.readinto(block)):
                left -= read
        return body.is_complete

    def _fail(self, error: BaseException, environ: WSGIEnvironment) -> None:
        """Answer for an application that raised; once the head is sent, a cut connection is the only sign left."""
        if isinstance(error, ConnectionError) and self._head.get("upgrade"):
            # So flask-sock says that it has used and closed the connection.
            return
        code = getattr(error, "code", None) if isinstance(error, HTTPException) else None
        if code is None:
            self._connection.server.report(error, environ)
        if self._frame is None:
            text = (
                "The application failed. Its traceback is in the notebook."
                if code is None
                else str(error)
            )
            with contextlib.suppress(ClientGone):
                with_content = self._head.method != "HEAD"
                self._connection.send(frame_plain(code or 500, text, with_content=with_content))
