"""A widget's ES modules as the one module that a front end takes.

Each part is a plain module that a browser and Node load as it is; tests do. For the front
end they are put one below the other, those that are imported first, without the lines that
import and export between them. Names are therefore used once among the parts of a widget.

Rule 1: an import names what it takes: ``import { a, b } from "./x.js";``, on lines of its own.

Rule 2: only the entry has a default export, and it stays.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_IMPORT = re.compile(r'^import\s*\{[^}]*\}\s*from\s*"(?P<path>\./[\w./-]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const|let)\b)", re.MULTILINE)


def join_modules(entry: Path) -> str:
    """Give the text of a module and of all that it imports, as one module."""
    parts: dict[Path, str] = {}
    _collect(entry.resolve(), parts)
    return "\n".join(parts.values())


def join_styles(*paths: Path) -> str:
    """Give style sheets as one, in their order."""
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def _collect(path: Path, parts: dict[Path, str]) -> None:
    if path in parts:
        return
    text = path.read_text(encoding="utf-8")
    for found in _IMPORT.finditer(text):
        _collect((path.parent / found["path"]).resolve(), parts)
    parts[path] = _EXPORT.sub("", _IMPORT.sub("", text))
