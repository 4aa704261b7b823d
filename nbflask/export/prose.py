"""What a notebook says in prose of its app: its title, what it is about, its sections."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .notebooks import SourceNotebook

#: What a sentence says of the notebook itself.
_OF_THE_NOTEBOOK = re.compile(
    r"\b(?:notebook|cells?|chapters?|below|above|at the end|along the way|next page|kernel|nbflask"
    r"|inspector)\b",
    re.IGNORECASE,
)
#: What headings above templates say of Jinja, which the Python there does not show.
_OF_TEMPLATES = frozenset(
    {"template", "variable", "tag", "filter", "macro", "inheritance", "include", "block", "loop"}
    | {"condition", "expression", "autoescape", "autoescaping", "jinja", "html"}
)
_SMALL_WORDS = frozenset({"a", "an", "the", "of", "in", "and", "or", "with", "for"})
_TEMPLATE = re.compile(r"%%template\s")
_IN_THE_NOTEBOOK = re.compile(r" in this notebook\b", re.IGNORECASE)
_POINTING = re.compile(r"\b(?:it|its|they|them|their|these|those|both|there)\b", re.IGNORECASE)


def find_headings(notebook: SourceNotebook) -> dict[int, str]:
    """Give the heading that each cell stands under, by the cell's number; a title is none."""
    found: dict[int, str] = {}
    heading = ""
    for cell in notebook.cells:
        if cell.kind == "markdown":
            for line in _heading_lines(cell.source):
                level = len(line) - len(line.lstrip("#"))
                heading = line.strip("# ") if level > 1 else ""
        found[cell.number] = heading
    return found


def find_sections(notebook: SourceNotebook) -> dict[int, str]:
    """Give the headings that say something of the Python below them; one of Jinja does not."""
    headings = find_headings(notebook)
    found = dict(headings)
    for heading, cells in groupby(notebook.cells, lambda each: headings[each.number]):
        section = list(cells)
        has_template = any(_TEMPLATE.match(each.source) for each in section)
        if has_template and list_words(heading) <= _OF_TEMPLATES:
            found |= dict.fromkeys((each.number for each in section), "")
    return found


def list_words(heading: str) -> frozenset[str]:
    """Give a heading's words in lower case and in the singular, without the small ones."""
    words = re.findall(r"[^\W\d_]+", heading.lower())
    return frozenset(each.removesuffix("s") for each in words if each not in _SMALL_WORDS)


def find_title(notebook: SourceNotebook) -> str:
    """Give the first heading of the first level; ``""`` for none, as sections are no title."""
    for cell in notebook.cells:
        if cell.kind == "markdown":
            for line in _heading_lines(cell.source):
                if line.startswith("# "):
                    return line.strip("# ")
    return ""


def find_summary(notebook: SourceNotebook) -> str:
    """Give the paragraph that follows the title; a list, a table or a picture is none."""
    texts = (each.source for each in notebook.cells if each.kind == "markdown")
    first = next(texts, "")
    parts = [each.strip() for each in re.split(r"\n\s*\n", first.strip())]
    rest = parts[1:] if len(parts[0].splitlines()) == 1 else [parts[0].partition("\n")[2]]
    paragraph = next(iter(rest), "") if parts[0].startswith("# ") else ""
    if not paragraph[:1].isalnum() and not paragraph.startswith(("`", "*", "_")):
        return ""
    # A link to another notebook leads nowhere from the project.
    text = re.sub(r"\[([^\]]*)\]\((?!https?://)[^)]*\)", r"\1", paragraph)
    sentences = re.split(r"(?<=[.!?])\s+(?=\S)", _IN_THE_NOTEBOOK.sub("", text))
    told = [each for each in sentences if not _OF_THE_NOTEBOOK.search(each)]
    # What begins in the middle may speak of what was said before.
    is_torn = told[:1] != sentences[:1] and told and _POINTING.search(told[0])
    return "" if is_torn else " ".join(told)


def _heading_lines(text: str) -> Iterable[str]:
    is_code = False
    for line in text.splitlines():
        if line.lstrip().startswith("```"):
            is_code = not is_code
        elif not is_code and line.startswith("#") and line.lstrip("#").startswith(" "):
            yield line
