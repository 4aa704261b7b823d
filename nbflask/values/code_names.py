"""How code is called in what users read: the cell's first line, not IPython's name for it.

That name holds what differs from run to run; the first line is the same.
"""

from __future__ import annotations

import functools
import re
import sysconfig
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# How IPython and ipykernel name the code of a cell.
_CELL = re.compile(r"<ipython-input-.*>|.*[\\/]ipykernel_\d+[\\/]\d+\.py")
# What IPython makes of a magic; it differs from what stands in the notebook.
_REWRITTEN = "get_ipython()."
# As much as still tells cells apart on one line.
_MAX_NAME_CHARS = 60


def is_cell(filename: str) -> bool:
    """Whether the code is a cell's."""
    # Most names are files of libraries, and the pattern takes ten times as long to say so.
    is_likely = "ipykernel_" in filename or filename.startswith("<ipython-input-")
    return is_likely and _CELL.fullmatch(filename) is not None


def name_cell(lines: Iterable[str]) -> str:
    """Give the first line that the user wrote, cut to a line's length; ``""`` if there is none."""
    stripped = (line.strip() for line in lines)
    first = next((each for each in stripped if each and not each.startswith(_REWRITTEN)), "")
    return f"{first[:_MAX_NAME_CHARS]}…" if len(first) > _MAX_NAME_CHARS else first


def is_foreign(filename: str) -> bool:
    """Whether the code is a library's or ours, and nothing to mend in the notebook."""
    return filename.startswith(_foreign_places())


@functools.cache
def _foreign_places() -> tuple[str, ...]:
    paths = (sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib"))
    # An editable install is in none of those.
    specs = (find_spec(name) for name in ("flask", "jinja2", "werkzeug", __name__.split(".")[0]))
    packages = (str(Path(spec.origin).parent) for spec in specs if spec and spec.origin)
    return tuple({*map(str, paths), *packages, "<frozen"})
