"""Relative links in the repository's Markdown and notebooks, as who reads them there has them."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from markdown_it.token import Token

_MARKDOWN = MarkdownIt("commonmark").enable("table")
_NOT_IN_SLUGS = re.compile(r"[^\w\- ]")


def check_repository(root: Path) -> Iterator[str]:
    """Give the faults of the repository's own pages and notebooks."""
    for path in find_texts(root):
        for url in links_of(path):
            yield from (f"{path.relative_to(root)}: {fault}" for fault in _check(url, path, root))


def find_texts(root: Path) -> Iterator[Path]:
    """Give what people write: Markdown at the root, in ``docs/`` and examples, and notebooks."""
    yield from sorted(root.glob("*.md"))
    yield from sorted((root / "docs").glob("*.md"))
    yield from sorted((root / "examples").rglob("*.md"))
    for folder in ("notebooks", "examples"):
        for path in sorted((root / folder).rglob("*.ipynb")):
            if ".ipynb_checkpoints" not in path.parts:
                yield path


def texts_of(path: Path) -> list[str]:
    """Give a file's Markdown: a notebook has it in cells."""
    text = path.read_text("utf-8")
    if path.suffix != ".ipynb":
        return [text]
    cells = json.loads(text)["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]


def links_of(path: Path) -> Iterator[str]:
    """Give the targets of a file's links and pictures."""
    for text in texts_of(path):
        for token in _walk(_MARKDOWN.parse(text)):
            if token.type in ("link_open", "image"):
                yield str(token.attrGet("href") or token.attrGet("src") or "")


@cache
def slugs_of(path: Path) -> frozenset[str]:
    """Give the anchors of a file's headings, as GitHub and MyST make them."""
    slugs: list[str] = []
    for text in texts_of(path):
        tokens = _MARKDOWN.parse(text)
        for at, token in enumerate(tokens):
            if token.type == "heading_open":
                children = tokens[at + 1].children or []
                title = "".join(c.content for c in children if c.type in ("text", "code_inline"))
                slugs.append(_NOT_IN_SLUGS.sub("", title.lower()).replace(" ", "-"))
    # The second of a name is "name-1".
    again = (f"{slug}-{slugs[:at].count(slug)}" for at, slug in enumerate(slugs))
    return frozenset((*slugs, *again))


def _walk(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _walk(token.children or [])


def _check(url: str, path: Path, root: Path) -> Iterator[str]:
    parts = urlsplit(url)
    if parts.scheme or parts.netloc:
        return
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not target.is_relative_to(root.resolve()) or not target.exists():
        yield f"{url} leads to no file of the repository."
    elif parts.fragment and not _has_heading(target, unquote(parts.fragment)):
        yield f"{url} leads to no heading of its file."


def _has_heading(path: Path, anchor: str) -> bool:
    # Jupyter writes a heading's anchor with its capitals. Of other files nothing is known.
    return path.suffix not in (".md", ".ipynb") or anchor.lower() in slugs_of(path)
