"""Secrets that are known by how they look: tokens, keys in PEM, passwords in URLs."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .cover import Cover

_PEM = re.compile(
    r"(-----BEGIN [A-Z0-9 ]{1,40}-----)(.*?)(-----END [A-Z0-9 ]{1,40}-----|\Z)", re.DOTALL
)
_USERINFO = re.compile(r"(?<=://)(?P<user>[^/?#\s@\"'<>]*(?:@[^/?#\s@\"'<>]*)*)@")
#: At the edge of a text that was cut: a user and a colon, and no port.
_USERINFO_CUT = re.compile(r"(?<=://)[^/?#\s@:\"'<>]+:(?!\d*\Z)[^/?#\s@\"'<>]*\Z")
_BEARER = re.compile(r"(?P<scheme>\bbearer\s+)(?P<value>[\w\-.~+/][\w\-.~+/=]{3,})", re.IGNORECASE)
_BASIC = re.compile(r"(?P<scheme>\bbasic\s+)(?P<value>[\w+/\-]{4,}=*)", re.IGNORECASE)
#: Header, payload and signature; or as many as stand before the edge. Flask's sessions look alike.
_JWT = re.compile(r"(?<![\w-])(?:\.eJ|eyJ)[\w-]{5,}(?:(?:\.[\w-]*){1,4}|\Z)")
#: Tokens that say by their beginning whose they are: GitHub's, GitLab's, Slack's, Stripe's, ...
_KNOWN = re.compile(
    r"(?<![\w-])(?:gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|[sr]k_(?:live|test)_|sk-ant-|sk-proj-"
    r"|AIza|npm_|pypi-|hf_|shpat_|whsec_|SG\.)[\w.-]{16,}"
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
#: "Bearer authentication" is prose.
_MAX_WORD_CHARS = 15


def cover_shapes(text: str, cover: Cover) -> str:
    """Cover what looks like a secret, whatever it is called."""
    if "-----BEGIN" in text:
        text = _PEM.sub(lambda found: f"{found[1]}{cover(found[2])}{found[3]}", text)
    if "://" in text:
        text = _USERINFO.sub(lambda found: f"{cover.userinfo(found['user'])}@", text)
        text = _USERINFO_CUT.sub(lambda found: cover.userinfo(found[0]), text)
    if "eyJ" in text or ".eJ" in text:
        text = _JWT.sub(lambda found: cover(found[0]), text)
    text = _KNOWN.sub(lambda found: cover(found[0], "token"), text)
    lower = text.lower()
    if "bearer" in lower:
        text = _BEARER.sub(lambda found: found["scheme"] + _bearer(found["value"], cover), text)
    if "basic" in lower:
        text = _BASIC.sub(lambda found: found["scheme"] + _basic(found["value"], cover), text)
    return text


def read_base64(text: str) -> str:
    """Decode base64, whole or cut, with U+FFFD for what is no text; ``""`` for what is none."""
    return _decode(text)


def password_of(credentials: str) -> str:
    """Give the password in the value of ``Basic``; ``""`` where there is none."""
    return _decode(credentials).partition(":")[2]


def _bearer(value: str, cover: Cover) -> str:
    is_word = len(value) <= _MAX_WORD_CHARS and _WORD.fullmatch(value.rstrip("=."))
    return value if is_word else cover(value)


def _basic(value: str, cover: Cover) -> str:
    return cover(value) if ":" in _decode(value) else value


def _decode(value: str) -> str:
    raw = value.rstrip("=").replace("-", "+").replace("_", "/")
    # A length that no encoding has comes of a cut.
    raw = raw[:-1] if len(raw) % 4 == 1 else raw
    try:
        return base64.b64decode(raw + "=" * (-len(raw) % 4)).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""
