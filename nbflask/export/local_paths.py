"""Paths of the machine that a notebook was written on, which another machine has not."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from .declared import keys_of
from .project import Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .program import Piece

# Two parts at least: "/tmp" alone may be a rule. What every machine of a kind has is no one's own.
_PATH = re.compile(
    r"(?:/(?:home|Users|root|mnt|media|Volumes|data|srv|opt|tmp|var|work|workspace|content)/[^\s/]"
    r"|[A-Za-z]:[\\/][^\s/]|~/|\\\\\w)[^\n]*"
)


def note_local_paths(pieces: Iterable[Piece]) -> Iterator[Note]:
    """Say which literals are paths that lead nowhere on another machine."""
    for piece in pieces:
        rules = {key[2] for key in keys_of(piece.statement.node) if key[0] == "rule"}
        for node in ast.walk(piece.statement.node):
            match node:
                case ast.Constant(value=str(text)) if _PATH.fullmatch(text) and text not in rules:
                    yield Note(
                        text=f"{text!r} is a path of this machine. Write it from the module's, "
                        "`Path(__file__).parent`, or read it from the configuration.",
                        place=piece.place,
                    )
