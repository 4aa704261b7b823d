"""Statements as the lines of a module: what stands together, and below which comment.

Rule 1: statements that stood together in a cell stand together; an empty line parts the others.

Rule 2: a heading of the notebook becomes a comment above the first of its statements, without its
number. One that tells what the reader of a notebook does there, such as "Try it", becomes none,
and neither does one above what only joins an extension or a blueprint to the app, or one that says
what the decorator below it says.

Rule 3: an empty line below such a comment tells that it is of more than the next statement.

Rule 4: a section ends where the next one begins. Where that one has no comment, neither has the
section above it.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from .ordering import configures, is_call_of
from .prose import list_words

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from .program import Piece

_NUMBER = re.compile(
    r"^(?:\d+(?:\.\d+)*[.):]|(?:step|part|chapter|section)\s+\d+[.):]?)\s+", re.IGNORECASE
)
# What is done in a notebook, rather than what stands in the code; what is said to its reader or
# asked; and what is said of Flask, as that holds for any app.
_DOING = re.compile(
    r"^(?:see|try|run|look|watch|play|explore|change|mend|send|test|exercises?|solutions?|imports?"
    r"|set-?up|now|next|finally|conclusion|summary)\b"
    r"|\b(?:notebook|cells?|kernel|nbflask|you|your|yourself|flask(?!-))\b"
    # A short question may stand above what answers it.
    r"|^(?:\S+|(?:\S+\s+){5,}\S+)\?$",
    re.IGNORECASE,
)
# Whose something is does not matter in code.
_OWN = re.compile(r"^your\s+(?P<first>\w)|\s+of (?:your own|flask)\b", re.IGNORECASE)
_TOOL = re.compile(r"\b(?:nbflask|jupyter|in an? notebook)\b", re.IGNORECASE)
# Quotes that would end a docstring.
_QUOTES = re.compile(r'"{3,}|"$')
# Links, code and emphasis.
_MARKUP = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|[*_]{2}(.+?)[*_]{2}|<[^>]+>")


def write_comment(heading: str) -> str:
    """Give what a heading says in code; ``""`` for one that is about the notebook."""
    text = _NUMBER.sub("", read_heading(heading))
    text = _OWN.sub(lambda found: (found["first"] or "").upper(), text)
    return "" if _DOING.search(text) else text


def read_heading(heading: str) -> str:
    """Give a heading's text without its markup and its number."""
    text = _MARKUP.sub(lambda found: found[1] or found[2] or "", heading)
    return _NUMBER.sub("", text).strip().rstrip(":")


def write_title(heading: str) -> str:
    """Give what a notebook's title says of its app; ``""`` for one about a notebook."""
    title = read_heading(heading).rstrip(".")
    return "" if _TOOL.search(title) else title


def write_name(name: str) -> str:
    """Write a file's name as a title: ``tea_shop`` as ``Tea shop``."""
    words = re.sub(r"[-_\s]+", " ", name).strip()
    return f"{words[:1].upper()}{words[1:]}" or name


def write_docstring(text: str) -> str:
    """Write a line of prose as a docstring, whatever stands in it."""
    line = "".join(each if each.isprintable() else " " for each in text)
    if "\\" in line and '""' not in line and not line.endswith(("\\", '"')):
        return f'r"""{line}"""'
    escaped = _QUOTES.sub(lambda found: '\\"' * len(found[0]), line.replace("\\", "\\\\"))
    return f'"""{escaped}"""'


def lay_out(pieces: Iterable[Piece], app: str, shown: Container[str] = ()) -> str:
    """Write pieces below one another.

    :param shown: Comments that stand above already: the first section needs none of them again.
    """
    known = list(pieces)
    comments = _place_comments(known, app)
    first = min(comments, default=0)
    if first in comments and comments[first] in shown:
        del comments[first]
    lines: list[str] = []
    former: Piece | None = None
    for at, piece in enumerate(known):
        lines += [f"\n\n# {comments[at]}\n\n" if at in comments else _gap(former, piece, app)]
        lines.append(piece.statement.text)
        former = piece
    return "".join(lines).strip("\n")


def list_comments(pieces: Sequence[Piece], app: str) -> frozenset[str]:
    """Give the comments that stand above sections."""
    return frozenset(_place_comments(pieces, app).values())


def _place_comments(pieces: Sequence[Piece], app: str) -> dict[int, str]:
    """Give the comment that stands above each section, by the number of its first piece."""
    found: dict[int, str] = {}
    section = ""
    for at, piece in enumerate(pieces):
        if _belongs_anywhere(piece, app):
            continue
        comment = write_comment(piece.heading)
        if comment != section:
            section = comment
            found[at] = "" if _repeats_decorator(comment, piece) else comment
    last_without = max((at for at, comment in found.items() if not comment), default=-1)
    return {at: comment for at, comment in found.items() if at > last_without}


def _repeats_decorator(comment: str, piece: Piece) -> bool:
    """Whether a comment says no more than the decorator below it: ``Filters``."""
    decorators: list[ast.expr] = getattr(piece.statement.node, "decorator_list", [])
    called = (each.func if isinstance(each, ast.Call) else each for each in decorators)
    said = {
        word
        for each in called
        if isinstance(each, ast.Attribute)
        for word in each.attr.replace("errorhandler", "error_handler").split("_")
    }
    words = list_words(comment)
    return bool(words) and bool(said) and words <= {*said, "hook", "app", "blueprint"}


def _belongs_anywhere(piece: Piece, app: str) -> bool:
    """Whether a piece begins no section: it makes, sets up or joins the app."""
    return configures(piece, app) or app in piece.statement.binds or _joins(piece)


def _gap(former: Piece | None, piece: Piece, app: str) -> str:
    if former is None:
        return ""
    if configures(piece, app) and (configures(former, app) or _makes(former, app)):
        return "\n"
    if _joins(former) and _joins(piece):
        return "\n"
    return "\n" if _stood_together(former, piece) else "\n\n"


def _makes(piece: Piece, app: str) -> bool:
    return app in piece.statement.binds and isinstance(piece.statement.node, ast.Assign)


def _joins(piece: Piece) -> bool:
    """Whether a piece joins an extension or a blueprint to the app, and does nothing else."""
    is_plain = "\n" not in piece.statement.text
    return is_plain and is_call_of(piece, "init_app", "register_blueprint")


def _stood_together(former: Piece, piece: Piece) -> bool:
    """Whether no empty line was between them in their cell."""
    begin = former.statement.node.end_lineno or 0
    end = piece.statement.line
    if former.place.cell is not piece.place.cell or begin >= end:
        return False
    between = piece.place.cell.source.splitlines()[begin : end - 1]
    return all(line.strip() for line in between)
