"""The content of a request, as a view reads it: never past its end, one block at a time.

A fault in it is answered like any other: :class:`werkzeug.exceptions.BadRequest`
is what Flask turns into a 400 wherever the view reads.
"""

from __future__ import annotations

import io
import re
from contextlib import nullcontext
from typing import TYPE_CHECKING, Protocol

from werkzeug.exceptions import BadRequest, ClientDisconnected

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    Waiting = Callable[[], AbstractContextManager[None]]

    from _typeshed import WriteableBuffer

_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})(?:[ \t]*;[^\x00-\x08\x0a-\x1f\x7f]*)?\r\n")
#: A size with its extensions; what is longer is an attack (CVE-2023-39326).
MAX_SIZE_LINE_BYTES = 4096
MAX_TRAILER_BYTES = 16 * 1024
#: Chunks of one byte take 11 us each; all that arrives at once could be 128 KiB, 0.2 s of them.
MAX_CHECKED_BYTES = 8 * 1024


class Source(Protocol):
    """Where the bytes come from: an :class:`~nbflask.server.inbox.Inbox`."""

    def read(self, size: int) -> bytes:
        """Give at least one byte, none at the end of the connection."""

    def read_through(self, end: bytes, max_bytes: int) -> bytes:
        """Give the bytes up to and with the first ``end``."""


class RequestBody(io.RawIOBase):
    """What is common to both framings.

    :param source: The connection's bytes, at the first one of the content.
    :param waiting: Entered while bytes are asked of the client, for deadlines and "100 Continue".
    """

    def __init__(self, source: Source, waiting: Waiting) -> None:
        self._source = source
        self._waiting = waiting
        self.is_complete = False
        #: The framing is lost: nothing after it can be a request.
        self.is_broken = False

    def readable(self) -> bool:
        """Say yes, as :class:`io.BufferedReader` asks."""
        return True

    def _take(self, size: int) -> bytes:
        """Read up to so many bytes, at least one.

        :raises ClientDisconnected: There are no more.
        """
        try:
            with self._waiting():
                # It gives what has arrived, so that a view can follow a slow upload.
                block = self._source.read(size)
        except OSError as error:
            raise self._lost() from error
        if not block:
            raise self._lost()
        return block

    def _lost(self) -> ClientDisconnected:
        self.is_broken = True
        return ClientDisconnected("The client went away before its content was complete.")


class SizedBody(RequestBody):
    """Content of a length that the head told."""

    def __init__(self, source: Source, waiting: Waiting, size: int) -> None:
        super().__init__(source, waiting)
        self._left = size
        self.is_complete = size == 0

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill the buffer with what there is; 0 at the end."""
        view = memoryview(buffer)
        wanted = min(len(view), self._left)
        if not wanted:
            return 0
        block = self._take(wanted)
        view[: len(block)] = block
        self._left -= len(block)
        self.is_complete = self._left == 0
        return len(block)


class ChunkedBody(RequestBody):
    """Content in chunks (RFC 9112 section 7.1); extensions and trailers are read and dropped."""

    def __init__(self, source: Source, waiting: Waiting) -> None:
        super().__init__(source, waiting)
        self._left = 0

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill the buffer from one chunk; 0 at the end.

        :raises BadRequest: A chunk is malformed; the connection is good for nothing more.
        """
        if self.is_complete:
            return 0
        if self.is_broken:
            raise BadRequest("A chunk of the request's content is malformed.")
        if not self._left and not self._begin_chunk():
            return 0
        view = memoryview(buffer)
        block = self._take(min(len(view), self._left))
        view[: len(block)] = block
        self._left -= len(block)
        if not self._left:
            self._expect_line_end()
        return len(block)

    def _begin_chunk(self) -> bool:
        match = _CHUNK_SIZE.fullmatch(self._read_line(MAX_SIZE_LINE_BYTES))
        if not match:
            raise self._malformed()
        self._left = int(match[1], 16)
        if self._left:
            return True
        self._skip_trailers()
        self.is_complete = True
        return False

    def _skip_trailers(self) -> None:
        read_bytes = 0
        while (line := self._read_line(MAX_TRAILER_BYTES)) != b"\r\n":
            read_bytes += len(line)
            if not line.endswith(b"\r\n") or b":" not in line or read_bytes > MAX_TRAILER_BYTES:
                raise self._malformed()

    def _expect_line_end(self) -> None:
        if self._read_line(2) != b"\r\n":
            raise self._malformed()

    def _read_line(self, size: int) -> bytes:
        try:
            with self._waiting():
                line = self._source.read_through(b"\n", size)
        except OSError as error:
            raise self._lost() from error
        if not line:
            raise self._lost()
        return line

    def _malformed(self) -> BadRequest:
        self.is_broken = True
        return BadRequest("A chunk of the request's content is malformed.")


class _Arrived:
    """Bytes that are all there will be."""

    def __init__(self, left: bytes) -> None:
        self.left = left

    def read(self, size: int) -> bytes:
        block, self.left = self.left[:size], self.left[size:]
        return block

    def read_through(self, end: bytes, max_bytes: int) -> bytes:
        at = self.left.find(end, 0, max_bytes)
        return self.read(at + len(end) if at >= 0 else max_bytes)


def has_bad_chunk(arrived: bytes) -> bool:
    """Say whether the begin of chunked content is malformed, as far as it has arrived.

    A view that never reads its content would otherwise answer a request that is none.
    """
    arrived = arrived[:MAX_CHECKED_BYTES]
    source = _Arrived(arrived)
    body = ChunkedBody(source, nullcontext)
    block = bytearray(64 * 1024)
    try:
        while body.readinto(block):
            pass
    except ClientDisconnected:
        return False
    except BadRequest:
        # A line that is cut off by the end of what arrived may yet become a good one.
        return bool(source.left) or arrived.endswith(b"\n")
    return False
