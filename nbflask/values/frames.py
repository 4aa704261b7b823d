"""Cookies in a frame that stands in a page of another site.

So an app is shown at its own port where no Jupyter server passes it on: in VS
Code, in Colab, in Voila by itself. Browsers keep no cookie there that does not
ask for it, and the app would have no session.

Rule: what asks for it is partitioned, so that no other site's page that holds
such a frame has any use of it.
"""

from __future__ import annotations

_REPLACED = frozenset({"samesite", "secure", "partitioned"})

#: ``Secure``, though the port speaks HTTP: browsers take it from this machine's own addresses.
FRAMED = "; SameSite=None; Secure; Partitioned"


def is_foreign_frame(*, sec_fetch_site: str | None, sec_fetch_dest: str | None) -> bool:
    """Say whether a browser asks for the page of a frame that another site's page holds."""
    return sec_fetch_site == "cross-site" and sec_fetch_dest in ("iframe", "frame")


def frame_cookie(set_cookie: str) -> str:
    """Give a ``Set-Cookie`` that is kept in such a frame.

    One that its app wants kept from every other site's page is left as it is.
    """
    pair, *attributes = set_cookie.split(";")
    if any(_read(it) == ("samesite", "strict") for it in attributes):
        return set_cookie
    kept = [it for it in attributes if _read(it)[0] not in _REPLACED]
    return ";".join([pair, *kept]) + FRAMED


def _read(attribute: str) -> tuple[str, str]:
    name, _, value = attribute.partition("=")
    return name.strip().lower(), value.strip().lower()
