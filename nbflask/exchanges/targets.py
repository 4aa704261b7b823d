"""What a client has sent as a target, a host or a value, as far as it can be relied upon."""

from __future__ import annotations

import re
from urllib.parse import quote

_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")

_VISIBLE = "".join(map(chr, range(0x21, 0x7F))).replace("#", "")


def encode_target(target: str) -> str:
    """Percent-encode what is no visible ASCII, and ``#``, behind which a URL would end."""
    return quote(field_bytes(target), safe=_VISIBLE)


def is_host(text: str) -> bool:
    """Whether it is a host, and a port perhaps; a client may write anything into ``Host``."""
    return _HOST.fullmatch(text) is not None


def field_bytes(value: str) -> bytes:
    """Give the bytes of a field's value or a target; WSGI has them as characters of Latin 1."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode("utf-8", "replace")
