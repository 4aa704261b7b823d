"""Comments of code that has left its notebook.

Rule 1: a comment that speaks of cells, of a notebook or of its magics stays there.

Rule 2: a comment behind code stands above it where the line is too long for both.

Rule 3: a comment of its own that is too long is broken into lines, unless it is code.
"""

from __future__ import annotations

import ast
import io
import re
import textwrap
import tokenize
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: What black breaks.
_MAX_LINE_CHARS = 88
_OF_THE_NOTEBOOK = re.compile(
    r"\b(?:this|that|the|next|last|first|previous|earlier|later|another|a|each) cells?\b"
    r"|\bcells? (?:above|below)\b|\bnotebooks?\b|\bnbflask\b|\bipynb\b|(?<!\S)%%?[a-z]\w+",
    re.IGNORECASE,
)
# What a tool reads stays on its line.
_FOR_TOOLS = re.compile(r"#\s*(?:noqa|type:|pragma|fmt:|ruff:|pylint:|nosec)")
# A line that begins in the middle of a sentence.
_GOES_ON = re.compile(r"# [a-z]")
_NO_CODE = (tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT)


def tidy_comments(text: str) -> str:
    """Give a module whose comments a reader of modules understands.

    :param text: Python that compiles.
    """
    lines = text.split("\n")
    first_lines = _first_lines(text)
    for block in reversed(list(_blocks(lines, _comments(text)))):
        at, column = block[0].start
        code = lines[at - 1][:column].rstrip()
        if _OF_THE_NOTEBOOK.search(" ".join(each.string for each in block)):
            lines[at - 1 : block[-1].start[0]] = [code] if code else []
        elif code and at in first_lines and _is_too_long(lines[at - 1], block[0].string):
            indentation = code[: len(code) - len(code.lstrip())]
            lines[at - 1 : at] = [*_wrap([block[0].string], indentation), code]
        elif not code:
            end = block[-1].start[0]
            indentation = lines[at - 1][:column]
            lines[at - 1 : end] = _wrap([each.string for each in block], indentation)
    return "\n".join(lines)


def _wrap(comments: Sequence[str], indentation: str) -> list[str]:
    """Break what is too long for its line; a sentence that goes on below flows into the rest."""
    found: list[str] = []
    waiting = list(comments)
    while waiting:
        comment = waiting.pop(0)
        if _is_too_long(f"{indentation}{comment}", comment) and _is_prose(comment):
            while waiting and _GOES_ON.match(waiting[0]) and _is_prose(waiting[0]):
                comment += waiting.pop(0)[1:]
            width = _MAX_LINE_CHARS - len(indentation)
            found += textwrap.wrap(
                comment,
                width,
                subsequent_indent="# ",
                break_long_words=False,
                break_on_hyphens=False,
            )
        else:
            found.append(comment)
    return [f"{indentation}{each}" for each in found]


def _is_prose(comment: str) -> bool:
    if not comment.startswith("# "):
        return False
    try:
        ast.parse(comment.lstrip("# "))
    except SyntaxError:
        return True
    return False


def _is_too_long(line: str, comment: str) -> bool:
    return len(line) > _MAX_LINE_CHARS and not _FOR_TOOLS.match(comment)


def _comments(text: str) -> list[tokenize.TokenInfo]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [each for each in tokens if each.type == tokenize.COMMENT]


def _blocks(
    lines: Sequence[str], comments: Sequence[tokenize.TokenInfo]
) -> Iterator[list[tokenize.TokenInfo]]:
    """Give comments that stand on lines of their own below one another together."""
    block: list[tokenize.TokenInfo] = []
    for each in comments:
        is_alone = not lines[each.start[0] - 1][: each.start[1]].strip()
        follows = block and is_alone and each.start == (block[-1].start[0] + 1, block[-1].start[1])
        if block and not follows:
            yield block
            block = []
        block.append(each)
        if not is_alone:
            yield block
            block = []
    if block:
        yield block


def _first_lines(text: str) -> frozenset[int]:
    """Give the numbers of the lines on which statements begin."""
    found: set[int] = set()
    is_first = True
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NEWLINE:
            is_first = True
        elif is_first and token.type not in _NO_CODE:
            found.add(token.start[0])
            is_first = False
    return frozenset(found)
