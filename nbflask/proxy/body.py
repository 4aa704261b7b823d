"""A request's content on its way through the Jupyter server, a little of it at a time."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

#: Tornado reads 64 KiB at a time; four of these keep the app's side busy.
MAX_WAITING_CHUNKS = 4


class BodyPipe:
    """Passes chunks from a reader to a writer in the same event loop, and holds back the reader."""

    def __init__(self) -> None:
        """Make an open, empty pipe."""
        self._chunks: deque[bytes] = deque()
        self._changed = asyncio.Condition()
        self._is_complete = False
        self._is_abandoned = False

    async def put(self, chunk: bytes) -> None:
        """Pass a chunk on; return when there is room for another."""
        async with self._changed:
            await self._changed.wait_for(
                lambda: self._is_abandoned or len(self._chunks) < MAX_WAITING_CHUNKS
            )
            if not self._is_abandoned:
                self._chunks.append(chunk)
                self._changed.notify_all()

    async def complete(self) -> None:
        """Say that there is no more to come."""
        async with self._changed:
            self._is_complete = True
            self._changed.notify_all()

    async def abandon(self) -> None:
        """Say that nobody takes any more; what still comes is dropped, and nobody waits."""
        async with self._changed:
            self._is_abandoned = True
            self._chunks.clear()
            self._changed.notify_all()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Give the chunks until the content is complete, or nobody wants it any more."""
        while True:
            async with self._changed:
                await self._changed.wait_for(
                    lambda: self._chunks or self._is_complete or self._is_abandoned
                )
                if not self._chunks:
                    return
                chunk = self._chunks.popleft()
                self._changed.notify_all()
            yield chunk
