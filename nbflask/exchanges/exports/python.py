"""Python's literals and calls, laid out as a formatter would."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .outgoing import Outgoing

_LINE = 88

#: A literal of bytes has up to four characters for each; base64 has four for three.
_MAX_LITERAL_BYTES = 1024


def write_literal(value: Any, depth: int = 0) -> str:
    """Give a value of JSON, bytes, lists and tuples as an expression, over as many lines as needed.

    :param depth: How many levels the line that it stands in is indented.
    """
    line = _write_flat(value)
    if len(line) + 4 * depth <= _LINE or not isinstance(value, (list, dict)) or not value:
        return line
    indent = "    " * (depth + 1)
    if isinstance(value, dict):
        items = [f"{_write_flat(key)}: {write_literal(v, depth + 1)}" for key, v in value.items()]
        opening, closing = "{}"
    else:
        items = [write_literal(each, depth + 1) for each in value]
        opening, closing = "[]"
    body = "".join(f"{indent}{item},\n" for item in items)
    return f"{opening}\n{body}{'    ' * depth}{closing}"


def write_call(opening: str, arguments: Sequence[str], depth: int = 0) -> str:
    """Give a call, over several lines if it does not fit into one."""
    line = f"{opening}({', '.join(arguments)})"
    if len(line) + 4 * depth <= _LINE and "\n" not in line:
        return line
    indent = "    " * (depth + 1)
    body = "".join(f"{indent}{each},\n" for each in arguments)
    return f"{opening}(\n{body}{'    ' * depth})"


def write_content(request: Outgoing) -> str:
    """Give the expression of a request's content."""
    if request.content_file:
        return f'Path("{request.content_file}").read_bytes()'
    return write_bytes(request.content)


def write_bytes(data: bytes) -> str:
    """Give the expression of bytes: a text where they are one, and base64 where that is shorter."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = ""
    if data.isascii() and (text.isprintable() or len(data) <= _MAX_LITERAL_BYTES or text.isascii()):
        return _quote(repr(data))
    if text and sum(map(str.isprintable, text)) * 10 > len(text) * 9:
        return f"{_write_flat(text)}.encode()"
    if len(data) <= _MAX_LITERAL_BYTES:
        return _quote(repr(data))
    return f'base64.b64decode("{base64.b64encode(data).decode()}")'


def write_comments(request: Outgoing, depth: int = 0) -> list[str]:
    """Give the lines that say what a request is, and what of it is not as it was."""
    return [f"{'    ' * depth}# {line}" for line in (request.title, *request.warnings)]


def find_imports(code: str) -> list[str]:
    """Give the import lines that the expressions of this module need."""
    needed = {
        "base64.b64decode(": "import base64",
        "Path(": "from pathlib import Path",
    }
    return [line for use, line in needed.items() if use in code]


def _write_flat(value: Any) -> str:
    match value:
        case dict():
            items = (f"{_write_flat(key)}: {_write_flat(each)}" for key, each in value.items())
            return f"{{{', '.join(items)}}}"
        case list():
            return f"[{', '.join(map(_write_flat, value))}]"
        case tuple():
            return f"({', '.join(map(_write_flat, value))})"
        case bytes():
            return write_bytes(value)
        case _:
            return _quote(repr(value))


def _quote(literal: str) -> str:
    """Prefer double quotes, as formatters do, where nothing has to be escaped for it."""
    prefix = "b" if literal.startswith("b") else ""
    body = literal.removeprefix("b")
    if body[:1] != "'" or '"' in body:
        return literal
    return f'{prefix}"{body[1:-1]}"'
