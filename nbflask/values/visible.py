"""Texts that others have sent, as a terminal and a reader may be given them."""

from __future__ import annotations

import re

# What a terminal acts upon, what turns the order of the characters around it (Unicode's UAX 9),
# and what ends a line for some programs and not for others. Tabs and line feeds are kept.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)
_LINE_ENDS = re.compile(r"[\t\n]")


def make_visible(text: str) -> str:
    r"""Write control characters as Python does, ``\x1b``; line ends of all systems stay ones."""
    return _HIDDEN.sub(_escape, text.replace("\r\n", "\n"))


def make_line(text: str) -> str:
    """Do the same, and keep it one line."""
    return _LINE_ENDS.sub(_escape, make_visible(text))


def _escape(found: re.Match[str]) -> str:
    return ascii(found[0])[1:-1]
