"""What is said of a cell to whoever reads a terminal: one line, without the cell's secrets."""

from __future__ import annotations

import re

from nbflask.exchanges.redaction.cover import Cover
from nbflask.exchanges.redaction.secrets import NO_SECRETS
from nbflask.exchanges.redaction.texts import Kind, Texts
from nbflask.values.visible import make_line

from .secrecy.looks import cover_looks

# A line that does not fit on a screen tells nobody where the fault is.
_MAX_CHARS = 400
# Of a request, what stands behind its path is what is sent.
_REQUEST = re.compile(r"(%{1,2}flask_(?:get|post|put|patch|delete|head|options)\b.*?)\s-.*")
_ENVIRONMENT = re.compile(r"(%(?:set_)?env\s+\w+)[\s=].*")


def write_line(text: str, max_chars: int = _MAX_CHARS) -> str:
    """Give a text in one line that a terminal may be given, its secrets covered.

    :param max_chars: What is longer ends in an ellipsis.
    """
    line = "".join(map(_make_printable, make_line(_cover(text))))
    return f"{line[:max_chars]}…" if len(line) > max_chars else line


def _cover(text: str) -> str:
    if found := _REQUEST.fullmatch(text) or _ENVIRONMENT.fullmatch(text):
        text = f"{found[1]} …"
    kind = Kind.PROSE if text.startswith("%") else Kind.CODE
    return cover_looks(Texts(NO_SECRETS, Cover()).redact(text, kind), kind)


def _make_printable(char: str) -> str:
    return char if char.isprintable() else ascii(char)[1:-1]
