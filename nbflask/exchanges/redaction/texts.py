"""Redacts one text, or pairs of names and texts, with all that is known to be secret."""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, unquote_plus

from .literals import Literals, literals_of
from .named import NamedValues
from .pages import cover_tags, split_scripts
from .shapes import cover_shapes

if TYPE_CHECKING:
    from .cover import Cover
    from .secrets import Secrets

#: A recorder cuts each longer text somewhere.
CUT_CHARS = 200
#: A line of a traceback, and the line of code that may follow it.
_FRAME_LINE = re.compile(r"(^[ \t]*File \".*\", line \d+, in .*\n)([ \t]+.*\n?)", re.MULTILINE)


class Kind(Enum):
    """What a text is written in, where that changes what is a name and what is a value."""

    PROSE = auto()
    CODE = auto()
    PAGE = auto()
    TRACEBACK = auto()


class Texts:
    """Redacts texts.

    :param found: Further literals, of one exchange.
    """

    def __init__(self, secrets: Secrets, cover: Cover, found: tuple[str, ...] = ()) -> None:
        """Prepare the finders."""
        self.cover = cover
        self._names = NamedValues(secrets.names)
        self._literals = [literals_of(secrets)]
        if found:
            self._literals.append(Literals(found))

    def is_secret(self, name: str) -> bool:
        """Say whether a value of this name is a secret."""
        return self._names.is_secret(name)

    def redact(self, text: str, kind: Kind = Kind.PROSE, *, is_cut: bool | None = None) -> str:
        """Give a text with its secrets covered.

        :param is_cut: Whether it may begin or end in the middle of a secret; ``None`` for a text
            of a length at which a recorder may have cut it.
        """
        text = self.cover_literals(
            text, is_cut=len(text) >= CUT_CHARS if is_cut is None else is_cut
        )
        text = cover_shapes(text, self.cover)
        match kind:
            case Kind.PAGE:
                text = cover_tags(text, self.cover, self.is_secret)
                pieces = split_scripts(text)
                return "".join(
                    self._names.cover(piece, self.cover, is_code=is_code)
                    for piece, is_code in pieces
                )
            case Kind.TRACEBACK:
                return self._redact_traceback(text)
            case _:
                return self._names.cover(text, self.cover, is_code=kind is Kind.CODE)

    def cover_literals(self, text: str, *, is_cut: bool = False) -> str:
        """Give a text with nothing but the literal secrets covered."""
        for literals in self._literals:
            text = literals.cover(text, self.cover.note)
        if is_cut:
            for literals in self._literals:
                text = literals.cover_edges(text, self.cover.note)
        return text

    def redact_value(self, name: str, value: str) -> str:
        """Give a field's value: covered if its name says so, else redacted as a text."""
        return self.cover(value, name) if self.is_secret(name) else self.redact(value)

    def redact_query(self, query: str, *, is_cut: bool = False) -> str:
        """Redact a query or a form, ``a=1&b=2``; what holds no secret stays as it was written.

        :param is_cut: Whether its last pair is cut.
        """
        pairs = query.split("&")
        cut = [False] * (len(pairs) - 1) + [is_cut]
        return "&".join(map(self._redact_pair, pairs, cut))

    def _redact_pair(self, pair: str, is_cut: bool) -> str:
        name, equals, value = pair.partition("=")
        if not equals:
            return self._redact_quoted(pair, is_cut=is_cut)
        plain_name, plain = (unquote_plus(text, errors="surrogateescape") for text in (name, value))
        if self.is_secret(plain_name):
            covered = self.cover(plain, plain_name)
            return f"{name}={covered}" if covered is not plain else pair
        return (
            f"{self._redact_quoted(name, is_cut=False)}={self._redact_quoted(value, is_cut=is_cut)}"
        )

    def _redact_quoted(self, text: str, *, is_cut: bool) -> str:
        plain = unquote_plus(text, errors="surrogateescape")
        redacted = self.redact(plain, is_cut=is_cut)
        if redacted != plain:
            return quote_plus(redacted, safe=":/@", errors="surrogateescape")
        return self.cover_literals(text, is_cut=is_cut)

    def redact_target(self, target: str) -> str:
        """Redact a path and query that are percent-encoded."""
        path, mark, query = target.partition("?")
        path = self.cover_literals(path)
        plain = unquote_plus(path.replace("+", "%2B"), errors="surrogateescape")
        redacted = cover_shapes(self.cover_literals(plain), self.cover)
        if redacted != plain:
            path = quote(redacted, safe="/:@!$&'()*+,;=~", errors="surrogateescape")
        return path + mark + self.redact_query(query) if mark else path

    def _redact_traceback(self, text: str) -> str:
        position = 0
        pieces = []
        for found in _FRAME_LINE.finditer(text):
            pieces += [
                self._names.cover(text[position : found.start()], self.cover),
                found[1],
                self._names.cover(found[2], self.cover, is_code=True),
            ]
            position = found.end()
        return "".join([*pieces, self._names.cover(text[position:], self.cover)])
