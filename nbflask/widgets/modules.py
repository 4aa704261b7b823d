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

_COMMENT = re.compile(r"/\*.*?\*/\n?", re.DOTALL)
_SELECTORS = re.compile(r"[^{}]+(?=\{)")
# Not one in parentheses, as in ``:is(th, td)``.
_COMMA = re.compile(r",(?![^()]*\))")
_ANY_WIDGET = re.compile(r"\.nbflask-widget(?![\w-])")


def join_modules(entry: Path) -> str:
    """Give the text of a module and of all that it imports, as one module."""
    parts: dict[Path, str] = {}
    _collect(entry.resolve(), parts)
    return "\n".join(parts.values())


def join_styles(*paths: Path) -> str:
    """Give style sheets as one, in their order, for one widget alone.

    A page has the sheets of all its widgets, and a rule of one would hold in the others, too. So
    each selector looks below the root of its widget alone, ``.nbflask-inspector`` where the last
    sheet is ``inspector.css``, and weighs as much as before. It takes style sheets whose rules do
    not nest, but in ``@media`` and its like, with no brace in a value.
    """
    root = f".nbflask-{paths[-1].stem}"
    sheets = (_COMMENT.sub("", path.read_text(encoding="utf-8")) for path in paths)
    return _SELECTORS.sub(lambda found: _confine(found[0], root), "\n".join(sheets))


def _confine(selectors: str, root: str) -> str:
    if selectors.lstrip().startswith("@"):
        return selectors
    return ",".join(_confine_one(each, root) for each in _COMMA.split(selectors))


def _confine_one(selector: str, root: str) -> str:
    renamed = _ANY_WIDGET.sub(root, selector)
    if re.search(rf"{re.escape(root)}(?![\w-])", renamed):
        return renamed
    space = renamed[: len(renamed) - len(renamed.lstrip())]
    return f"{space}:where({root}) {renamed.lstrip()}"


def _collect(path: Path, parts: dict[Path, str]) -> None:
    if path in parts:
        return
    text = path.read_text(encoding="utf-8")
    for found in _IMPORT.finditer(text):
        _collect((path.parent / found["path"]).resolve(), parts)
    parts[path] = _EXPORT.sub("", _IMPORT.sub("", text))
