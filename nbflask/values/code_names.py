"""How code is called in what users read: the cell's first line, not IPython's name for it.

That name holds what differs from run to run; the first line is the same.
"""

from __future__ import annotations

import ast
import functools
import re
import sysconfig
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from nbflask.values.secret_names import is_secret_name

if TYPE_CHECKING:
    from collections.abc import Iterable

# How IPython and ipykernel name the code of a cell.
_CELL = re.compile(r"<ipython-input-.*>|.*[\\/]ipykernel_\d+[\\/]\d+\.py")
# What IPython makes of a magic; it differs from what stands in the notebook.
_REWRITTEN = "get_ipython()."
_MAGIC = re.compile(r"get_ipython\(\)\.run_(line|cell)_magic(\(.*\))")
# Where the options of a magic begin: they hold what is sent, and a cut one what nothing covers.
_OPTION = re.compile(r"\s-.*", re.DOTALL)
# A string that a name, a key or an item is given.
_GIVEN = re.compile(r"[=:,(]\s*(?P<string>[rbufRBUF]{0,2}['\"])")
_WORD = re.compile(r"\w+")
# As much as still tells cells apart on one line.
_MAX_NAME_CHARS = 60


def is_cell(filename: str) -> bool:
    """Whether the code is a cell's."""
    # Most names are files of libraries, and the pattern takes ten times as long to say so.
    is_likely = "ipykernel_" in filename or filename.startswith("<ipython-input-")
    return is_likely and _CELL.fullmatch(filename) is not None


def name_cell(lines: Iterable[str]) -> str:
    """Give the first line that the user wrote, cut to a line's length; ``""`` if there is none.

    A cell of magics alone is called by the first of them, without its options.
    """
    stripped = [line.strip() for line in lines]
    written = (each for each in stripped if each and not each.startswith(_REWRITTEN))
    first = next(written, "") or next(filter(None, map(_restore_magic, stripped)), "")
    first = cover_secret(first)
    return f"{first[:_MAX_NAME_CHARS]}…" if len(first) > _MAX_NAME_CHARS else first


def cover_secret(line: str) -> str:
    """Leave out what a line of code gives to a secret's name: a cell's name is shown and saved."""
    read_to = 0
    for found in _GIVEN.finditer(line):
        # Each word once: data in one line may be thousands of strings.
        if any(map(is_secret_name, _WORD.findall(line, read_to, found.start()))):
            return f"{line[: found.start('string')]}…"
        read_to = found.start()
    return line


def _restore_magic(line: str) -> str:
    """Give the magic that IPython has rewritten, as ``%flask_post /items …``, or ``""``."""
    found = _MAGIC.fullmatch(line)
    if found is None:
        return ""
    try:
        name, rest = ast.literal_eval(found[2])[:2]
    except (SyntaxError, ValueError):
        return ""
    kept = _OPTION.sub(" …", f" {rest}").strip()
    return f"{'%' if found[1] == 'line' else '%%'}{name} {kept}".rstrip()


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
