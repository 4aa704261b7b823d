"""Changes to a text at the places of its tree's nodes, which count bytes of UTF-8."""

from __future__ import annotations

import io
import tokenize
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterable, Sequence


_LINE_END = ord("\n")


@dataclass(frozen=True, kw_only=True)
class Edit:
    """A piece of a text that becomes another.

    :param start: Line, from 1, and byte in it; ``end`` is behind the last one.
    """

    start: tuple[int, int]
    end: tuple[int, int]
    text: str = ""


def replacing(node: ast.AST, text: str) -> Edit:
    """Put a text in a node's place."""
    return Edit(start=_start(node), end=_end(node), text=text)


def removing(node: ast.AST, siblings: Sequence[ast.AST]) -> Edit:
    """Take out one of several nodes that commas divide, with its comma."""
    ordered = sorted(siblings, key=_start)
    at = ordered.index(node)
    if at + 1 < len(ordered):
        return Edit(start=_start(node), end=_start(ordered[at + 1]))
    return Edit(start=_end(ordered[at - 1]) if at else _start(node), end=_end(node))


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Change a text; of edits that overlap, the one that begins first is made."""
    data = text.encode("utf-8", "surrogatepass")
    starts = [0, *(at + 1 for at, byte in enumerate(data) if byte == _LINE_END), len(data)]
    changes = sorted(
        ((_place(starts, each.start), _place(starts, each.end), each.text) for each in edits),
        key=lambda change: (change[0], -change[1]),
    )
    parts: list[bytes] = []
    done = 0
    for begin, end, new in changes:
        if begin >= done:
            parts += [data[done:begin], new.encode("utf-8", "surrogatepass")]
            done = end
    return b"".join([*parts, data[done:]]).decode("utf-8", "surrogatepass")


def rewrite_tokens(text: str, rewrite: Callable[[tokenize.TokenInfo], str]) -> str:
    """Give a module in which each token is what a function makes of it."""
    edits = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        new = rewrite(token)
        if new != token.string:
            edits.append((token.start, token.end, new))
    lines = text.split("\n")
    for (first, begin), (last, end), new in reversed(edits):
        joined = lines[first - 1][:begin] + new + lines[last - 1][end:]
        lines[first - 1 : last] = joined.split("\n")
    return "\n".join(lines)


def _place(starts: Sequence[int], place: tuple[int, int]) -> int:
    return starts[place[0] - 1] + place[1]


def _start(node: ast.AST) -> tuple[int, int]:
    return node.lineno, node.col_offset  # type: ignore[attr-defined]


def _end(node: ast.AST) -> tuple[int, int]:
    return node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]
