"""How the site highlights cells: each by the language that its magic says it is in."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.token import Keyword, Operator, Text
from pygments.util import ClassNotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

# Cells whose text is no Python. IPython's own lexer takes every cell of a magic for plain text, and
# Pygments' "http" wants the version that %%http leaves out.
_LANGUAGES = {"template": "html+jinja", "http": "text", "bash": "bash", "html": "html"}

_MAGIC = re.compile(r"(%%)(\w+)([^\n]*)(\n|$)")


class CellLexer(Lexer):  # type: ignore[misc]  # Pygments is untyped.
    """A notebook's cell: ``%%route`` and the hooks hold Python, ``%%template`` holds Jinja."""

    name = "nbflask-cell"
    aliases: ClassVar[list[str]] = ["nbflask-cell"]

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, Any, str]]:
        """Give the magic's line, then what the cell's own language makes of the rest."""
        magic = _MAGIC.match(text)
        start = magic.end() if magic else 0
        if magic:
            yield magic.start(1), Operator, magic[1]
            yield magic.start(2), Keyword, magic[2]
            yield magic.start(3), Text, magic[3] + magic[4]
        for index, token, value in _lexer_of(magic).get_tokens_unprocessed(text[start:]):
            yield start + index, token, value


def _lexer_of(magic: re.Match[str] | None) -> Any:
    if magic and magic[2] == "static":
        words = magic[3].split()
        try:
            return get_lexer_for_filename(PurePath(words[0]).name if words else "")
        except ClassNotFound:
            return get_lexer_by_name("text")
    return get_lexer_by_name(_LANGUAGES.get(magic[2], "ipython3") if magic else "ipython3")
