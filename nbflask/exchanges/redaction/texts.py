"""Redacts one text, or pairs of names and texts, with all that is known to be secret."""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, unquote_plus

from .literals import Literals, literals_of
from .members import cover_members
from .named import NamedValues
from .pages import cover_tags, split_scripts
from .shapes import cover_shapes, read_base64

if TYPE_CHECKING:
    from .cover import Cover
    from .secrets import Secrets

#: A recorder cuts each longer text somewhere.
CUT_CHARS = 200
#: A line of a traceback, and the line of code that may follow it.
_FRAME_LINE = re.compile(r"(^[ \t]*File \".*\", line \d+, in .*\n)([ \t]+.*\n?)", re.MULTILINE)


#: A letter, a digit, "_" or "-" as JSON may write it.
_ESCAPED = re.compile(r"\\+u00(2d|3[0-9]|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9a])", re.IGNORECASE)
#: JSON in base64: an object, or an array of them.
_CODED_JSON = re.compile(r"(?<![\w+/-])(?:ey[IAJ]|ewo|W3s)[\w+/-]{12,}={0,2}")
#: A parameter in a path: ``/a;token=x``.
_IN_PATH = re.compile(r"(?<![\w.-])(?P<name>[\w.-]+)=(?P<value>[^;&/?=]+)")
#: How often a URL may stand within another, percent-encoded once more.
_MAX_QUOTED = 4
#: Together they are a callback of OAuth's, and the first lets somebody in (RFC 6749 section 4.1.2).
_OAUTH_CALLBACK = frozenset({"code", "state"})


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
        plain = _unescape(text)
        redacted = self._redact(
            plain, kind, is_cut=len(text) >= CUT_CHARS if is_cut is None else is_cut
        )
        return text if redacted == plain else redacted

    def _redact(self, text: str, kind: Kind, *, is_cut: bool) -> str:
        text = self.cover_literals(text, is_cut=is_cut)
        text = cover_shapes(text, self.cover)
        text = _CODED_JSON.sub(lambda found: self._cover_coded(found[0]), text)
        text = cover_members(text, self.cover, self.is_secret)
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

    def _cover_coded(self, text: str) -> str:
        plain = read_base64(text)
        return text if self._redact(plain, Kind.PROSE, is_cut=False) == plain else self.cover(text)

    def redact_path(self, path: str) -> str:
        """Redact a path that is not encoded: what is known, and parameters in it."""
        return _IN_PATH.sub(self._cover_in_path, self.cover_literals(path))

    def _cover_in_path(self, found: re.Match[str]) -> str:
        value = found["value"]
        if self.is_secret(found["name"]):
            value = self.cover(value, found["name"])
        return f"{found['name']}={value}"

    def redact_value(self, name: str, value: str) -> str:
        """Give a field's value: covered if its name says so, else redacted as a text."""
        return self.cover(value, name) if self.is_secret(name) else self.redact(value)

    def redact_query(self, query: str, *, is_cut: bool = False) -> str:
        """Redact a query or a form, ``a=1&b=2``; what holds no secret stays as it was written.

        :param is_cut: Whether its last pair is cut.
        """
        pairs = query.split("&")
        cut = [False] * (len(pairs) - 1) + [is_cut]
        if {pair.partition("=")[0] for pair in pairs} >= _OAUTH_CALLBACK:
            pairs = [self._cover_code(pair) for pair in pairs]
        return "&".join(map(self._redact_pair, pairs, cut))

    def _cover_code(self, pair: str) -> str:
        name, _, code = pair.partition("=")
        return f"{name}={self.cover(code, 'password')}" if name == "code" and code else pair

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

    def _redact_quoted(self, text: str, *, is_cut: bool, depth: int = 1) -> str:
        plain = unquote_plus(text, errors="surrogateescape")
        redacted = plain
        if "%25" in text and depth < _MAX_QUOTED:
            redacted = self._redact_quoted(plain, is_cut=is_cut, depth=depth + 1)
        redacted = self.redact(redacted, is_cut=is_cut)
        if redacted != plain:
            return quote_plus(redacted, safe=":/@", errors="surrogateescape")
        return self.cover_literals(text, is_cut=is_cut)

    def redact_target(self, target: str) -> str:
        """Redact a path and query that are percent-encoded."""
        path, mark, query = target.partition("?")
        path = self.cover_literals(path)
        plain = unquote_plus(path.replace("+", "%2B"), errors="surrogateescape")
        redacted = cover_shapes(self.redact_path(plain), self.cover)
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


def _unescape(text: str) -> str:
    """Write the plain characters of names plainly, so that they are found."""
    if "\\u00" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
