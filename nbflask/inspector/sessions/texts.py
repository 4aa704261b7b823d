"""A session's values as they are read: JSON, and what JSON has no word for as Python has it.

Nothing is read back from these texts; :mod:`.values` has those that are edited.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from markupsafe import Markup

# What is read at a glance stays on one line.
_MAX_LINE_CHARS = 60


def show_text(value: Any, depth: int = 0) -> str:
    """Give a value as text, over several lines if it is long.

    :param depth: How many levels the line that it stands in is indented.
    """
    line = _show_flat(value)
    if not isinstance(value, (dict, list, tuple)) or len(line) <= _MAX_LINE_CHARS or not value:
        return line
    if isinstance(value, dict):
        parts = [f"{_quote(str(key))}: {show_text(each, depth + 1)}" for key, each in value.items()]
    else:
        parts = [show_text(each, depth + 1) for each in value]
    indent = "  " * depth
    opening, closing = _brackets(value)
    lines = ",\n".join(f"{indent}  {part}" for part in parts)
    return f"{opening}\n{lines}\n{indent}{closing}"


def _show_flat(value: Any) -> str:
    match value:
        case dict():
            inner = (f"{_quote(str(key))}: {_show_flat(each)}" for key, each in value.items())
        case list() | tuple():
            inner = (_show_flat(each) for each in value)
        case _:
            return _show_one(value)
    opening, closing = _brackets(value)
    # A tuple of one is told from a value in brackets by its comma.
    comma = "," if isinstance(value, tuple) and len(value) == 1 else ""
    return f"{opening}{', '.join(inner)}{comma}{closing}"


def _show_one(value: Any) -> str:
    match value:
        case Markup():
            return f"Markup({_quote(str(value))})"
        case str():
            return _quote(value)
        case None | bool() | int() | float():
            return json.dumps(value)
        case UUID():
            return str(value)
        case datetime():
            return value.isoformat(sep=" ")
        case _:
            return repr(value)


def _brackets(value: Any) -> tuple[str, str]:
    if isinstance(value, dict):
        return "{", "}"
    return ("(", ")") if isinstance(value, tuple) else ("[", "]")


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
