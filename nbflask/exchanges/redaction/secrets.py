"""What is secret to an app: further names, and the very values of its settings."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from nbflask.values.secret_names import (
    STRONG_WORDS,
    WEAK_WORDS,
    is_secret_setting,
    is_strong_name,
)

REDACTED = "REDACTED"
REDACTED_USER = f"{REDACTED}:{REDACTED}"

#: They are not hidden under any name: there is nothing in them to be known.
_NOTHING = frozenset(
    {"", REDACTED.lower(), REDACTED_USER.lower(), "true", "false", "null", "none", "undefined"}
)
#: To find one in a text tells nobody that it is somebody's password; to cover it spoils the text.
_COMMON_WORDS = (
    _NOTHING
    | STRONG_WORDS
    | WEAK_WORDS
    | {"admin", "changeme", "data", "default", "development", "email", "example", "guest", "hello"}
    | {"home", "html", "http", "https", "index", "json", "localhost", "login", "name", "page"}
    | {"production", "string", "test", "testing", "text", "user", "username", "value", "world"}
)
MIN_LITERAL_CHARS = 4
#: A value under a weak name is looked for elsewhere only if it has this many, and a digit.
_MIN_WEAK_CHARS = 8
#: Of this length nothing is a word.
_MIN_ODD_CHARS = 16
#: Settings whose values are names of cookies, fields and headers that carry a secret.
_NAMING_SETTING = re.compile(r"(?:COOKIE|CSRF_FIELD|CSRF_HEADER|TOKEN_HEADER|JWT_HEADER)_NAME$")
_PASSWORD_IN_URL = re.compile(r"://[^/?#\s:@]*:([^/?#\s]+)@")


@dataclass(frozen=True)
class Secrets:
    """What is to be covered besides what every app has.

    :param names: Further names of secrets, in lower case: of the session's cookie, for one.
    :param literals: Values that are covered wherever they appear.
    """

    names: frozenset[str] = frozenset()
    literals: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def of_config(cls, config: Mapping[str, Any], literals: Iterable[str] = ()) -> Secrets:
        """Read an app's configuration.

        :param literals: Further ones, as Jupyter's token.
        """
        named = {
            value.lower()
            for key, value in config.items()
            if isinstance(value, str) and _NAMING_SETTING.search(key)
        }
        found = [text for key, value in config.items() for text in _secrets_of(key, value)]
        usable = (text for text in [*literals, *found] if is_literal(text))
        return cls(frozenset(named - {""}), tuple(dict.fromkeys(usable)))

    def __repr__(self) -> str:
        """Count what must not be shown."""
        return f"<Secrets: {len(self.names)} names, {len(self.literals)} literals>"


NO_SECRETS = Secrets()

_JUPYTER_TOKENS = ("JUPYTER_TOKEN", "JPY_API_TOKEN", "JUPYTERHUB_API_TOKEN")


def read_jupyter_tokens(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Give Jupyter's own tokens, which open more than the app."""
    return tuple(environ[name] for name in _JUPYTER_TOKENS if environ.get(name))


def is_nothing(value: str) -> bool:
    """Whether a value is none to hide: empty, a truth value, or hidden already."""
    return len(value) <= len(REDACTED_USER) and value.strip().lower() in _NOTHING


def is_literal(value: str) -> bool:
    """Whether a secret can be looked for in any text without spoiling it."""
    return len(value) >= MIN_LITERAL_CHARS and value.lower() not in _COMMON_WORDS


def is_literal_under(name: str, value: str) -> bool:
    """Whether a value that was covered because of its name is to be looked for elsewhere."""
    if not is_literal(value):
        return False
    is_odd = len(value) >= _MIN_ODD_CHARS or (
        len(value) >= _MIN_WEAK_CHARS and any(char.isdigit() for char in value)
    )
    return is_odd or is_strong_name(name)


def _secrets_of(key: str, value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner, each in value.items():
            yield from _secrets_of(key if is_secret_setting(key) else str(inner), each)
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from _secrets_of(key, each)
    elif is_secret_setting(key):
        yield from _texts_of(value)
    elif isinstance(value, str):
        yield from (found[1] for found in _PASSWORD_IN_URL.finditer(value))


def _texts_of(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case bytes():
            yield from _texts_of_bytes(value)
        case bool():
            return
        case int():
            yield str(value)


def _texts_of_bytes(value: bytes) -> Iterator[str]:
    try:
        yield value.decode()
    except UnicodeDecodeError:
        # How such a key is written out: as Python shows it, and as programs pass it on.
        yield repr(value)[2:-1]
        yield base64.b64encode(value).decode().rstrip("=")
        yield base64.urlsafe_b64encode(value).decode().rstrip("=")
        yield value.hex()
        yield value.decode("utf-8", "surrogateescape")
