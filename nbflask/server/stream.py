"""The blocks of a response, taken from the application one by one."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Stream:
    """What an application gives, with a word on whether it keeps us waiting for the next block."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def iterate(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Give the blocks."""
        yield from blocks
