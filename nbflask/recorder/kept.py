"""The content of a request or response, as it passes: counted, hashed, and its beginning kept."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .bounds import Bounds


class Kept:
    """What is kept of one content; it holds back nothing of what passes."""

    __slots__ = (
        "_bounds",
        "_digest",
        "_hash",
        "_is_hashed",
        "_waiting",
        "data",
        "is_dropped",
        "is_full",
        "promised",
        "size",
    )

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._is_hashed = True
        #: Whether nothing more is kept or hashed: it need only be counted.
        self.is_full = False
        self.size = 0
        #: Bytes that are going to pass, where that is known.
        self.promised: int | None = None
        self.data: bytes | bytearray = b""
        self.is_dropped = False
        #: Blocks to be hashed when the content ends, if it is not too much by then.
        self._waiting: list[bytes] = []
        # Of contents that are kept whole nothing is hashed until somebody asks.
        self._hash: hashlib._Hash | None = None
        self._digest = ""

    def expect(self, size: int) -> None:
        """Say how much is going to pass: of too much, the beginning need not be hashed."""
        self.promised = size
        self._is_hashed = size <= self._bounds.hashed_bytes

    def take(self, block: bytes) -> None:
        """Count a block, and keep what there is room for."""
        most = self._bounds.content_bytes
        before, size = self.size, len(block)
        self.size = after = before + size
        if after <= most:
            if not before:
                self.data = block
                return
            if type(self.data) is bytes:
                self.data = bytearray(self.data)
            self.data += block
            return
        self._overflow(block, before)

    def take_view(self, view: memoryview) -> None:
        """Count a block that its owner goes on to change; only what is kept of it is copied."""
        room = self._bounds.content_bytes - self.size
        if self._is_hashed or len(view) <= room:
            self.take(bytes(view))
        else:
            self.data = bytes(self.data) + bytes(view[: max(room, 0)])
            self.size += len(view)
            self.is_full = True

    def settle(self) -> None:
        """Free what only a growing content needs."""
        if type(self.data) is bytearray:
            self.data = bytes(self.data)
        if self._waiting:
            digest = self._hash = self._hash or hashlib.sha256()
            for block in self._waiting:
                digest.update(block)
            self._waiting = []

    def drop(self) -> None:
        """Forget the data; size and digest stay."""
        self._digest = self.digest()
        self.data, self._hash = b"", None
        self.is_dropped = True

    def digest(self) -> str:
        """Give the SHA-256 of all that passed, in hexadecimal; ``""`` for too much of it."""
        if self._hash is not None:
            return self._hash.hexdigest()
        if self._digest or not self.size or self.size > len(self.data):
            return self._digest
        return hashlib.sha256(self.data).hexdigest()

    def _overflow(self, block: bytes, before: int) -> None:
        """Take the block that goes beyond what is kept, or one after it."""
        if not self._is_hashed or self.size > self._bounds.hashed_bytes:
            self._hash, self._waiting, self.is_full = None, [], True
        elif before <= self._bounds.content_bytes:
            self._waiting = [bytes(self.data), block]
        else:
            self._waiting.append(block)
        room = self._bounds.content_bytes - len(self.data)
        if room > 0:
            self.data = bytes(self.data) + bytes(block[:room])
