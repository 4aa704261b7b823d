"""The words in a notebook's own modules that hold a secret's place until a host gives one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflask.exchanges.redaction.secrets import is_literal_under

from ..project import Note
from .secret_values import find_secret_values

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from ..collecting import Program
    from .secret_values import FoundSecret

_KEY = "SECRET_KEY"


def find_placeholders(tree: ast.AST) -> Iterator[FoundSecret]:
    """Find the words in a module that an export leaves there, such as ``"dev"``."""
    for each in find_secret_values(tree):
        is_secret = any(is_literal_under(each.name, text) for text in each.texts)
        if each.texts and not each.is_part and not is_secret:
            yield each


def find_signing_words(program: Program) -> Iterator[tuple[str, str]]:
    """Give each word that signs sessions, with the path of its module."""
    for module in program.modules:
        for node in module.nodes:
            for found in find_placeholders(node):
                if found.name == _KEY:
                    yield found.texts[0], str(module.path)


def describe_signing_words(program: Program) -> Iterator[Note]:
    """Say which sessions anybody could forge."""
    for word, path in find_signing_words(program):
        yield Note(
            text=f"Sessions are signed with {word!r}, which stands in {path}, until a "
            "configuration gives another SECRET_KEY."
        )
