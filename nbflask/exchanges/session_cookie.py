"""The session's cookie: how a response sets it, and what is unwise about that.

Flags are those of RFC 6265bis section 5.6; each that is unwise has a sentence with its remedy.
"""

from __future__ import annotations

from dataclasses import dataclass, field

#: What Werkzeug warns above: some browsers drop a longer ``Set-Cookie`` without a word.
MAX_COOKIE_BYTES = 4093
#: From here on the next few keys may be too many.
NEAR_COOKIE_BYTES = 3500


@dataclass(frozen=True, kw_only=True)
class SessionCookie:
    """What one ``Set-Cookie`` says of the session's cookie.

    :param size: Bytes of the whole field value, which is what the limit is on.
    :param same_site: ``"Lax"``, ``"Strict"``, ``"None"``, or ``""`` where it is not set.
    :param expires: As it was sent; ``""`` for a cookie that goes with the browser's session.
    :param max_age_s: ``None`` where it is not set.
    """

    name: str
    value: str = field(repr=False)
    size: int = 0
    is_http_only: bool = False
    is_secure: bool = False
    is_partitioned: bool = False
    same_site: str = ""
    path: str = ""
    domain: str = ""
    expires: str = ""
    max_age_s: int | None = None

    @property
    def is_deletion(self) -> bool:
        """Whether it takes the cookie away."""
        return not self.value


@dataclass(frozen=True, kw_only=True)
class Flag:
    """One flag of the cookie, in words.

    :param advice: What is unwise about it, and the remedy; ``""`` where nothing is.
    """

    name: str
    value: str
    advice: str = ""


def parse_set_cookie(text: str) -> SessionCookie:
    """Read the value of a ``Set-Cookie`` field; what is not understood is passed over."""
    pair, *attributes = text.split(";")
    name, _, value = pair.partition("=")
    found = {
        key.strip().lower(): given.strip()
        for key, _, given in (attribute.partition("=") for attribute in attributes)
    }
    max_age = found.get("max-age", "")
    return SessionCookie(
        name=name.strip(),
        value=value.strip().strip('"'),
        size=len(text.encode()),
        is_http_only="httponly" in found,
        is_secure="secure" in found,
        is_partitioned="partitioned" in found,
        same_site=found.get("samesite", "").capitalize(),
        path=found.get("path", ""),
        domain=found.get("domain", ""),
        expires=found.get("expires", ""),
        max_age_s=int(max_age) if max_age.removeprefix("-").isdecimal() else None,
    )


def read_flags(cookie: SessionCookie, *, scheme: str = "http") -> tuple[Flag, ...]:
    """Give the cookie's flags, each with what is unwise about it.

    :param scheme: Of the request that was answered.
    """
    return (
        Flag(
            name="HttpOnly",
            value=_yes(cookie.is_http_only),
            advice=""
            if cookie.is_http_only
            else "Scripts of a page can read the cookie. Set SESSION_COOKIE_HTTPONLY = True.",
        ),
        Flag(name="Secure", value=_yes(cookie.is_secure), advice=_advise_secure(cookie, scheme)),
        Flag(name="SameSite", value=cookie.same_site or "not set", advice=_advise_site(cookie)),
        Flag(name="Path", value=cookie.path or "not set"),
        Flag(
            name="Domain",
            value=cookie.domain or "this host only",
            advice=f"Every host below {cookie.domain!r} gets the cookie. Leave "
            "SESSION_COOKIE_DOMAIN unset if only this one needs it."
            if cookie.domain
            else "",
        ),
        Flag(name="Expires", value=_expiry(cookie)),
    )


def advise_size(size: int) -> str:
    """Say what is unwise about a cookie of so many bytes; ``""``: nothing."""
    remedy = "Keep less in the session, or keep it on the server with Flask-Session."
    if size > MAX_COOKIE_BYTES:
        return (
            f"The cookie has {size} bytes, more than the {MAX_COOKIE_BYTES} that browsers take: "
            f"they drop it without a word. {remedy}"
        )
    if size >= NEAR_COOKIE_BYTES:
        return f"The cookie has {size} of the {MAX_COOKIE_BYTES} bytes that browsers take. {remedy}"
    return ""


def _advise_secure(cookie: SessionCookie, scheme: str) -> str:
    if scheme == "https" and not cookie.is_secure:
        return (
            "The page came by https, and the cookie may go over http as well. "
            "Set SESSION_COOKIE_SECURE = True."
        )
    if scheme == "http" and cookie.is_secure:
        return (
            "The page came by http: a browser sends the cookie back over https alone, "
            "or to this machine itself. Unset SESSION_COOKIE_SECURE while there is no https."
        )
    return ""


def _advise_site(cookie: SessionCookie) -> str:
    if not cookie.same_site:
        return (
            "Each browser decides for itself whether other sites' requests carry the cookie. "
            "Set SESSION_COOKIE_SAMESITE = 'Lax'."
        )
    if cookie.same_site == "None" and not cookie.is_secure:
        return (
            "Browsers refuse a cookie with SameSite=None that is not Secure. "
            "Set SESSION_COOKIE_SECURE = True, or SESSION_COOKIE_SAMESITE = 'Lax'."
        )
    return ""


def _expiry(cookie: SessionCookie) -> str:
    if cookie.expires:
        return cookie.expires
    if cookie.max_age_s is not None:
        return f"after {cookie.max_age_s} s"
    return "when the browser is closed"


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"
