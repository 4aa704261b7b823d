"""Which names say that a value is a secret: of fields, cookies, parameters, keys and settings.

A name is read as words, so that ``api_key``, ``apiKey`` and ``X-API-Key`` are one, and
``keyboard``, ``side`` and ``monkey`` are none. The words are Sentry's list and OpenTelemetry's.

Rule 1: a *strong* word makes any name a secret's; a *weak* one a field's, not a setting's, as
Flask and its extensions have many settings about sessions and tokens that are no secrets.

Rule 2: what a name ends with says what the value is: ``token_type`` is a type, and no token.
"""

from __future__ import annotations

import re
from functools import lru_cache

STRONG_WORDS = frozenset(
    {
        *("apikey", "credential", "credentials", "cvc", "cvv", "dsn", "key", "keys", "otp"),
        *("pass", "passcode", "passphrase", "passwd", "password", "passwords", "pwd", "salt"),
        *("secret", "secrets", "token", "tokens", "totp"),
    }
)
WEAK_WORDS = frozenset(
    {
        *("auth", "bearer", "csrf", "identity", "jwt", "oauth", "saml", "session", "sid", "sig"),
        *("signature", "ssn", "sso", "xsrf"),
    }
)
#: Inside of a word, where names are written as one: ``PHPSESSID``, ``csrfmiddlewaretoken``.
_STEMS = (
    "apikey",
    "cardnumber",
    "creditcard",
    "csrf",
    "passwd",
    "password",
    "passphrase",
    "sessid",
    "sessionid",
    "xsrf",
)
_STEM_ENDS = ("token", "tokens", "secret", "secrets", "accesskey", "authkey", "secretkey")
#: Whole names, in lower case.
_WHOLE_NAMES = frozenset(
    {
        *("authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"),
        *("x-amz-credential", "awsaccesskeyid", "connect.sid", "client-assertion"),
        *("code-verifier", "cf-access-jwt-assertion"),
    }
)
#: Jupyter's own cookies, which end in a port or a name.
_PREFIXES = ("username-", "jupyterhub-")
#: A value under such a name is about a secret, and none.
_NEUTRAL_ENDS = frozenset(
    {
        *("age", "algorithm", "alg", "class", "count", "default", "dir", "directory", "domain"),
        *("enabled", "error", "errors", "exception", "expiration", "expires", "expiry", "field"),
        *("format", "header", "headers", "httponly", "label", "length", "level", "lifetime"),
        *("limit", "location", "locations", "method", "methods", "name", "names", "partitioned"),
        *("path", "policy", "prefix", "required", "samesite", "secure", "size", "status"),
        *("timeout", "ttl", "type", "uri", "url", "version"),
    }
)
_NEUTRAL_STARTS = frozenset(
    {"has", "is", "max", "min", "no", "num", "public", "publishable", "require", "total", "use"}
)
#: Two words at a name's end that make it a secret's, and two that make it none: the place in a
#: list, a column of a database, what a language model was given.
_SECRET_PAIRS = frozenset({("card", "number"), ("credit", "card"), ("security", "number")})
_NEUTRAL_PAIRS = frozenset(
    {
        *(("page", "token"), ("continuation", "token"), ("sync", "token"), ("primary", "key")),
        *(("foreign", "key"), ("primary", "keys"), ("foreign", "keys"), ("sort", "key")),
        *(("partition", "key"), ("cache", "key"), ("translation", "key"), ("message", "key")),
        *(("prompt", "tokens"), ("completion", "tokens"), ("input", "tokens")),
        *(("output", "tokens"), ("reasoning", "tokens")),
    }
)
#: Alone they are a list of anything.
_PLAIN_NAMES = frozenset({"keys"})
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
#: Longer names are texts.
_MAX_NAME_CHARS = 120


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Say whether a field, cookie, parameter or key of this name holds a secret."""
    # WSGI calls the header fields so.
    lower = name.lower().removeprefix("http_").replace("_", "-")
    if lower in _WHOLE_NAMES or lower.startswith(_PREFIXES):
        return True
    return _names_secret(name, STRONG_WORDS | WEAK_WORDS)


def is_secret_setting(key: str) -> bool:
    """Say whether a setting of the app's configuration holds a secret."""
    return _names_secret(key, STRONG_WORDS)


def is_strong_name(name: str) -> bool:
    """Say whether whatever stands under this name is a secret, be it a plain word."""
    return _names_secret(name, STRONG_WORDS - {"key", "keys", "pass"})


def _names_secret(name: str, wanted: frozenset[str]) -> bool:
    if len(name) > _MAX_NAME_CHARS or name.lower() in _PLAIN_NAMES:
        return False
    words = [word.lower() for word in _WORD.findall(name)]
    if not words or words[-1] in _NEUTRAL_ENDS or words[0] in _NEUTRAL_STARTS:
        return False
    last = tuple(words[-2:])
    if last in _NEUTRAL_PAIRS:
        return False
    return last in _SECRET_PAIRS or any(word in wanted or _has_stem(word) for word in words)


def _has_stem(word: str) -> bool:
    return word.endswith(_STEM_ENDS) or any(stem in word for stem in _STEMS)


def _shortest(words: frozenset[str]) -> tuple[str, ...]:
    return tuple(
        sorted(word for word in words if not any(other in word for other in words - {word}))
    )


#: In each secret name there is one of these, in lower case: where there is none, none is.
NAME_STEMS = _shortest(
    STRONG_WORDS
    | WEAK_WORDS
    | {*_STEMS, *_STEM_ENDS, *_WHOLE_NAMES, *_PREFIXES, "card", "security", "code_verifier"}
    | {"client_assertion"}
)
