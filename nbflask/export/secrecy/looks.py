"""Secrets within texts of any kind: by their look, or by the name that stands before them.

A name alone says little in prose, a page or a script, where ``key: value`` may be about anything.
So what it names is a secret only if it is no word: long, without a space, with a digit.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nbflask.exchanges.redaction.cover import Cover
from nbflask.exchanges.redaction.secrets import NO_SECRETS, REDACTED
from nbflask.exchanges.redaction.shapes import cover_shapes
from nbflask.exchanges.redaction.texts import Kind, Texts

if TYPE_CHECKING:
    from collections.abc import Iterator

_MIN_ODD_CHARS = 16
#: Those of Amazon, Slack, Discord, Telegram, Google and DigitalOcean.
_TOKENS = re.compile(
    r"(?<!\w)(?:(?:AKIA|ASIA)[0-9A-Z]{16}(?!\w)|xapp-[\w-]{20,}|\d{8,10}:AA[\w-]{33}(?!\w)"
    r"|ya29\.[\w-]{20,}|dop_v1_\w{32,})"
    r"|(?<=hooks\.slack\.com/services/)[\w/]{16,}|(?<=discord\.com/api/webhooks/)[\w/-]{16,}"
)
_PASSWORD_IN_URL = re.compile(r"://[^/?#\s:@]*:([^/?#\s]+)@")
_KINDS = {
    **dict.fromkeys((".html", ".htm", ".xhtml", ".xml", ".j2", ".jinja", ".jinja2"), Kind.PAGE),
    **dict.fromkeys((".js", ".mjs", ".css", ".json", ".py", ".sql"), Kind.CODE),
}
# Of what a template, a script or a shell puts together.
_MADE = frozenset("{}()$<>")


class _OddCover(Cover):
    """Covers what is no word, and notes under which name it stood."""

    def __init__(self) -> None:
        super().__init__()
        self.pairs: list[tuple[str, str]] = []

    def __call__(self, value: str, name: str = "") -> str:
        if not is_odd(value) or REDACTED in value:
            return value
        self.pairs.append((name, value))
        return super().__call__(value, name)


def is_odd(text: str) -> bool:
    """Say whether a text is long and no word, nor put together of others."""
    has_space = any(each.isspace() for each in text)
    is_long = len(text) >= _MIN_ODD_CHARS and any(map(str.isdigit, text))
    return is_long and not has_space and not _MADE & set(text)


def has_secret_look(text: str) -> bool:
    """Say whether a text holds what can only be a secret: a token, a key, a password in a URL."""
    if _TOKENS.search(text):
        return True
    cover = Cover()
    covered = cover_shapes(text, cover)
    if covered == text:
        return False
    # "https://ada@host/" names a user, and no password.
    return bool(cover.found) or "://" not in text or bool(_PASSWORD_IN_URL.search(text))


def find_named_within(text: str, kind: Kind = Kind.PROSE) -> Iterator[tuple[str, str]]:
    """Give the secrets that stand behind their names in a text, each as name and value."""
    if len(text) > _MIN_ODD_CHARS and any(map(str.isdigit, text)):
        cover = _OddCover()
        Texts(NO_SECRETS, cover).redact(text, kind, is_cut=False)
        yield from cover.pairs


def cover_looks(text: str, kind: Kind = Kind.PROSE) -> str:
    """Give a text with ``REDACTED`` for what looks like a secret or is named as one."""
    covered = _TOKENS.sub(REDACTED, text)
    if has_secret_look(covered):
        covered = cover_shapes(covered, Cover())
    for _, value in find_named_within(covered, kind):
        covered = covered.replace(value, REDACTED)
    return covered


def kind_of(file_name: str) -> Kind:
    """Say what a file is written in, as far as it changes what is a name and what is a value."""
    return _KINDS.get(f".{file_name.rpartition('.')[2].lower()}", Kind.PROSE)
