"""Secrets in HTML: what stands in a form's hidden field, or in a page's ``meta``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from .cover import Cover

_TAG = re.compile(
    r"<(?:input|meta|button|option|param)\b(?:[^<>\"']|\"[^\"]*(?:\"|\Z)|'[^']*(?:'|\Z))*(?P<end>>)?",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    r"(?P<name>[\w:-]+)\s*=\s*"
    r"(?:\"(?P<double>[^\"]*)|'(?P<single>[^']*)|(?P<bare>[^\s\"'>]+))"
)
#: What may stand in a field of many lines, behind the tag.
_TEXTAREA = re.compile(
    r"(<textarea\b(?:[^<>\"']|\"[^\"]*(?:\"|\Z)|'[^']*(?:'|\Z))*>)([^<]*)", re.IGNORECASE
)
_NAMING = frozenset({"name", "id", "property", "http-equiv"})
_HOLDING = frozenset({"value", "content"})
_SCRIPT = re.compile(r"<(script|style)\b.*?(?:</\1|\Z)", re.IGNORECASE | re.DOTALL)


def cover_tags(text: str, cover: Cover, is_secret: Callable[[str], bool]) -> str:
    """Cover the values of tags whose names, or types, say that they are secret."""
    if "<" not in text:
        return text
    text = _TAG.sub(lambda found: _cover_tag(found, cover, is_secret), text)
    return _TEXTAREA.sub(lambda found: _cover_textarea(found, cover, is_secret), text)


def split_scripts(text: str) -> list[tuple[str, bool]]:
    """Give a page in pieces, with whether each is a script or a style."""
    pieces = []
    position = 0
    for found in _SCRIPT.finditer(text):
        pieces += [(text[position : found.start()], False), (found[0], True)]
        position = found.end()
    return [*pieces, (text[position:], False)]


def _cover_tag(found: re.Match[str], cover: Cover, is_secret: Callable[[str], bool]) -> str:
    tag = found[0]
    attributes = [(each["name"].lower(), _span(each)) for each in _ATTRIBUTE.finditer(tag)]
    values = {name: tag[start:end] for name, (start, end) in attributes}
    name = next((values[key] for key in _NAMING if is_secret(values.get(key, ""))), "")
    # At the edge of a content that was cut, the name may be what was cut off.
    is_hidden = values.get("type", "").lower() in (
        ("password",) if found["end"] else ("password", "hidden")
    )
    if not name and not is_hidden:
        return tag
    for attribute, (start, end) in reversed(attributes):
        if attribute in _HOLDING:
            tag = tag[:start] + cover(tag[start:end], name or "password") + tag[end:]
    return tag


def _cover_textarea(found: re.Match[str], cover: Cover, is_secret: Callable[[str], bool]) -> str:
    values = (
        found[1][slice(*_span(each))]
        for each in _ATTRIBUTE.finditer(found[1])
        if each["name"].lower() in _NAMING
    )
    name = next(filter(is_secret, values), "")
    return found[1] + (cover(found[2], name) if name and found[2].strip() else found[2])


def _span(found: re.Match[str]) -> tuple[int, int]:
    return next(found.span(key) for key in ("double", "single", "bare") if found[key] is not None)
