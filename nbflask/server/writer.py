"""What the application gives, written to the client as HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflask.server.response import (
    Headers,
    ResponseFault,
    ResponseFrame,
    frame_chunk,
    frame_response,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    ExcInfo = (
        tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    )


class ResponseWriter:
    """One response; its head goes out with the first block of its content.

    :param send: Sends bytes to the client, all of them.
    :param method: The request's.
    :param version: The request's.
    :param keeps_alive: Whether the connection could serve another request.
    """

    def __init__(
        self, send: Callable[[bytes], None], *, method: str, version: str, keeps_alive: bool
    ) -> None:
        self._send = send
        self._method = method
        self._version = version
        self._keeps_alive = keeps_alive
        self._status: tuple[str, Headers] | None = None
        self._frame: ResponseFrame | None = None
        self._sent_bytes = 0

    @property
    def has_begun(self) -> bool:
        """Whether the client has a head: another answer cannot be given."""
        return self._frame is not None

    def start_response(
        self, status: str, headers: Headers, exc_info: ExcInfo | None = None
    ) -> Callable[[bytes], None]:
        """Take the head from the application (PEP 3333)."""
        if exc_info is not None and exc_info[1] is not None:
            if self.has_begun:
                raise exc_info[1].with_traceback(exc_info[2])
        elif self._status is not None:
            raise ResponseFault("The application called start_response twice.")
        self._status = (status, headers)
        return self.write

    def write(self, block: bytes) -> None:
        """Send a block of content.

        :raises ResponseFault: The application broke a rule of WSGI or HTTP.
        """
        if not isinstance(block, bytes):
            kind = type(block).__name__
            raise ResponseFault(f"The application gave {kind!r} where WSGI takes bytes.")
        frame, head = self._frame, b""
        if frame is None:
            frame = self._begin()
            head = frame.head
        data = head + self._fit(frame, block)
        if data:
            self._send(data)

    def finish(self) -> bool:
        """End the content; say whether the client can tell where the next response begins."""
        if self._frame is None:
            self.write(b"")
        frame = self._frame or self._begin()
        if frame.is_chunked:
            self._send(b"0\r\n\r\n")
        is_whole = not frame.has_content or frame.content_bytes in {None, self._sent_bytes}
        return frame.keeps_alive and is_whole

    def _begin(self) -> ResponseFrame:
        if self._status is None:
            raise ResponseFault("The application gave content before it called start_response.")
        status, headers = self._status
        self._frame = frame_response(
            status,
            headers,
            method=self._method,
            version=self._version,
            keeps_alive=self._keeps_alive,
        )
        return self._frame

    def _fit(self, frame: ResponseFrame, block: bytes) -> bytes:
        """Give the bytes for one block of content."""
        if not frame.has_content or not block:
            return b""
        if frame.is_chunked:
            return frame_chunk(block)
        if frame.content_bytes is not None:
            # What is beyond the promised length would be read as the next response.
            block = block[: frame.content_bytes - self._sent_bytes]
            self._sent_bytes += len(block)
        return block
