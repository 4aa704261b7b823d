"""The tags of a template, with the lines that each takes up.

Jinja knows one line for a tag, and the code it compiles knows no other; where a tag is written
over several lines, what went wrong in it is to be looked for in all of them.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jinja2 import TemplateSyntaxError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jinja2 import Environment

# Those that are closed by an "end" of their own.
_CLOSED = frozenset(
    ["autoescape", "block", "call", "filter", "for", "if", "macro", "set", "trans", "with"]
)


@dataclass(frozen=True, kw_only=True)
class Tag:
    """One ``{% %}`` or ``{{ }}``.

    :param kind: ``"block"`` or ``"variable"``.
    :param last_line: Included.
    :param inner: What stands between the delimiters.
    """

    kind: str
    first_line: int
    last_line: int
    inner: str

    @property
    def word(self) -> str:
        """What a block's tag begins with, as ``"for"``; ``""`` for a variable's."""
        words = self.inner.strip("-+ \n").split(maxsplit=1)
        return words[0] if words and self.kind == "block" else ""


def read_tags(environment: Environment, source: str) -> tuple[Tag, ...]:
    """Give the tags of a source, as far as Jinja can tell it into tokens."""
    found: list[Tag] = []
    with contextlib.suppress(TemplateSyntaxError):
        # Collected one by one: those before a fault are wanted, too.
        for tag in _tags(environment.lexer.tokeniter(source, None)):
            found.append(tag)
    return tuple(found)


def find_tag(tags: Iterable[Tag], line: int) -> Tag | None:
    """Give the first tag that a line is a part of."""
    return next((tag for tag in tags if tag.first_line <= line <= tag.last_line), None)


def find_open(tags: Iterable[Tag], word: str) -> Tag | None:
    """Give the innermost ``{% word %}`` that is not closed; ``None`` if all are."""
    open_ones: list[Tag] = []
    for tag in tags:
        opened = tag.word.removeprefix("end")
        if tag.word.startswith("end") and any(each.word == opened for each in open_ones):
            while open_ones.pop().word != opened:
                pass
        elif tag.word in _CLOSED and not (tag.word == "set" and "=" in tag.inner):
            open_ones.append(tag)
    return next((tag for tag in reversed(open_ones) if tag.word == word), None)


def _tags(tokens: Iterator[tuple[int, str, str]]) -> Iterator[Tag]:
    kind, first_line, inner = "", 0, [""]
    for line, sort, value in tokens:
        match sort:
            case "block_begin" | "linestatement_begin" | "variable_begin":
                kind = "variable" if sort == "variable_begin" else "block"
                first_line, inner = line, []
            case "block_end" | "linestatement_end" | "variable_end":
                # The end may hold the line break that trim_blocks takes away.
                text = "".join(inner)
                last_line = first_line + text.count("\n")
                yield Tag(kind=kind, first_line=first_line, last_line=last_line, inner=text.strip())
            case _:
                inner.append(value)
