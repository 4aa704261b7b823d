"""Secrets in objects that have a name and a value: ``{"name": "password", "value": "x"}``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from .cover import Cover

#: One without others in it; of them the text is not read twice.
_OBJECT = re.compile(r"\{[^{}]*\}")
_QUOTE = r"\\*[\"']"
_NAME = re.compile(
    rf"(?P<quote>{_QUOTE})(?:name|key|field|id|header)(?P=quote)\s*:\s*"
    r"(?P=quote)(?P<name>[^\"'\\]{1,80})(?P=quote)"
)
_VALUE = re.compile(
    rf"(?P<quote>{_QUOTE})value(?P=quote)\s*:\s*"
    r"(?:(?P=quote)(?P<text>.*?)(?P=quote)(?=\s*[,}])|(?P<bare>[\w.+-]+))",
    re.DOTALL,
)


def cover_members(text: str, cover: Cover, is_secret: Callable[[str], bool]) -> str:
    """Cover what is the value of an object that is named as a secret is, in whatever order."""
    if "value" not in text:
        return text
    return _OBJECT.sub(lambda found: _cover_object(found[0], cover, is_secret), text)


def _cover_object(text: str, cover: Cover, is_secret: Callable[[str], bool]) -> str:
    names = (found["name"] for found in _NAME.finditer(text))
    name = next((each for each in names if is_secret(each)), "")
    return _VALUE.sub(lambda found: _cover_value(found, cover, name), text) if name else text


def _cover_value(found: re.Match[str], cover: Cover, name: str) -> str:
    group = "bare" if found["bare"] else "text"
    start, end = (each - found.start() for each in found.span(group))
    covered = cover(found[group], name)
    if covered is found[group]:
        return found[0]
    quote = found["quote"] if found["bare"] else ""
    return f"{found[0][:start]}{quote}{covered}{quote}{found[0][end:]}"
