"""Cookies as HAR has them: decoded to names, values and attributes."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from werkzeug.http import parse_date

if TYPE_CHECKING:
    from nbflask.exchanges.fields import Fields

# The attributes of RFC 6265 that HAR has a name for; Chrome reads the last one, too.
_TEXTS = {"path": "path", "domain": "domain", "samesite": "sameSite"}


def read_cookies(headers: Fields) -> list[dict[str, Any]]:
    """Give the cookies that a request sends."""
    pairs = (
        pair.strip().partition("=")
        for line in headers.get_all("Cookie")
        for pair in line.split(";")
    )
    return [{"name": name, "value": value} for name, equals, value in pairs if equals]


def read_set_cookies(headers: Fields) -> list[dict[str, Any]]:
    """Give the cookies that a response sets."""
    return [_read_set_cookie(line) for line in headers.get_all("Set-Cookie")]


def _read_set_cookie(line: str) -> dict[str, Any]:
    first, *others = line.split(";")
    name, _, value = first.partition("=")
    attributes = {
        key.strip().lower(): text.strip()
        for key, _, text in (each.partition("=") for each in others)
    }
    cookie: dict[str, Any] = {"name": name.strip(), "value": value.strip()}
    cookie |= {known: attributes[key] for key, known in _TEXTS.items() if attributes.get(key)}
    # HAR wants a date as ISO 8601 has it, and there is no other word for "with the session".
    if (expires := parse_date(attributes.get("expires"))) is not None:
        cookie["expires"] = expires.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return cookie | {"httpOnly": "httponly" in attributes, "secure": "secure" in attributes}
