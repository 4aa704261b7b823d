"""Whether a file was saved since somebody looked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Watch:
    """Looks at a file by what the disk says of it: its content is read only by whoever is told."""

    path: Path
    _seen: tuple[int, ...] | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        self._seen = self._look()

    def has_changed(self) -> bool:
        """Whether the file is another than at the last look. One that is gone for now is not."""
        found = self._look()
        if found is None or found == self._seen:
            return False
        self._seen = found
        return True

    def _look(self) -> tuple[int, ...] | None:
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino
