"""An app below a prefix: what changes in a request and in a response on the way.

Rule 1: "already prefixed" is a question of whole segments. ``/app2`` does not
lie below ``/app``, and prefixing twice is the same as once.

Rule 2: what only one side may say is taken away from the other. The browser's
credentials for Jupyter never reach the app, and the fields by which the proxy
vouches for a request are never taken from the browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, unquote_to_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

#: Set by the proxy only: the secret of the registration, and the mount without a closing slash.
SECRET_FIELD = "X-Nbflask-Secret"  # noqa: S105  (a field's name)
PREFIX_FIELD = "X-Nbflask-Prefix"
#: Set by a replay only, beside the secret: the exchange that is sent again.
REPLAY_FIELD = "X-Nbflask-Replay-Of"
#: In the response to a replay only: the exchange that it became.
EXCHANGE_FIELD = "X-Nbflask-Exchange"

#: For one connection only, not to be passed on: RFC 9110 section 7.6.1, and ``Proxy-Connection``,
#: which it names as one that some clients send by mistake.
HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)

#: In a response these speak for every path of an origin, so for Jupyter and its other apps, too.
#: ``NEL`` and ``Report-To`` would have a browser report the URLs of all of them to somebody else.
ORIGIN_WIDE = frozenset(
    {
        "alt-svc",
        "clear-site-data",
        "nel",
        "report-to",
        "service-worker-allowed",
        "strict-transport-security",
    }
)

#: By which a proxy says who asks; from a browser they are forged.
_VOUCHING = frozenset({"forwarded", "x-real-ip", "x-scheme", "x-proxycontextpath"})
#: Of fields that are between our proxy, our gateway and a replay.
OWN_PREFIX = "x-nbflask-"
_VOUCHING_PREFIXES = ("x-forwarded-", OWN_PREFIX)

#: Jupyter's own cookies, whatever the server's settings name in addition.
_JUPYTER_COOKIES = frozenset({"_xsrf"})
_JUPYTER_COOKIE_PREFIXES = ("username-", "jupyterhub-")

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Mount:
    """A prefix under which an app is reached.

    :param prefix: As in a URL, percent-encoded, without a closing slash; ``""`` for none.
    """

    prefix: str = ""

    def __post_init__(self) -> None:
        """Refuse what a browser could take for another host.

        :raises ValueError: It does not begin with one slash, or ends in one.
        """
        if self.prefix and (
            not self.prefix.startswith("/")
            or self.prefix.startswith(("//", "/\\"))
            or self.prefix.endswith("/")
            or any(character <= " " or character > "~" for character in self.prefix)
        ):
            raise ValueError(
                f"The prefix {self.prefix!r} is not the path of a URL. Write it as '/base/app'."
            )

    @property
    def script_name(self) -> str:
        """The prefix as WSGI has it: decoded, each byte one character (PEP 3333)."""
        return unquote_to_bytes(self.prefix).decode("latin-1")

    def contains(self, target: str) -> bool:
        """Say whether an absolute path, with or without a query, lies below the prefix."""
        rest = _cut(target, self.prefix)
        if rest is None:
            # Flask quotes its URLs in its own way, so '@' and '%40' are the same here.
            rest = _cut(unquote(target), unquote(self.prefix))
        return rest is not None

    def locate(self, location: str) -> str:
        """Give a ``Location`` that stays below the prefix.

        Full URLs, ``//host/path`` and relative references are left as they are.
        """
        is_absolute_path = location.startswith("/") and not location.startswith(("//", "/\\"))
        if not self.prefix or not is_absolute_path or self.contains(location):
            return location
        return self.prefix + location

    def scope_cookie(self, set_cookie: str) -> str:
        """Give a ``Set-Cookie`` that other apps of the same host never see.

        Its path is put below the prefix and its domain is dropped. A ``__Host-`` cookie is left
        alone: browsers take it only with the path ``/`` (RFC 6265bis section 4.1.3.2).
        """
        if not self.prefix or set_cookie.lstrip().lower().startswith("__host-"):
            return set_cookie
        pair, *attributes = set_cookie.split(";")
        kept = [self._scope_attribute(it) for it in attributes if not _is_attribute(it, "domain")]
        return ";".join([pair, *kept])

    def _scope_attribute(self, attribute: str) -> str:
        path = attribute.partition("=")[2].strip()
        if not _is_attribute(attribute, "path") or not path.startswith("/"):
            return attribute
        return f" Path={path if self.contains(path) else self.prefix + path}"


def split_fallback(path: str, port: int) -> tuple[str, str] | None:
    """Split a path that came through jupyter-server-proxy's ``/proxy/absolute/<port>/``.

    :param path: The decoded path.
    :param port: Our own, so that no other part of a path is taken for it.
    :returns: The prefix as in a URL, and the path in the app; ``None`` where it came otherwise.
    """
    head, separator, tail = path.partition(f"/proxy/absolute/{port}/")
    if not separator:
        return None
    prefix = quote(f"{head}{separator[:-1]}", safe="/~!$&'()*+,;=:@", encoding="latin-1")
    return prefix, f"/{tail}"


def keep_end_to_end(fields: Iterable[tuple[str, str]]) -> Fields:
    """Give the fields that may be passed on (RFC 9110 section 7.6.1)."""
    pairs = tuple(fields)
    named = {
        option.strip().lower()
        for name, value in pairs
        if name.lower() == "connection"
        for option in value.split(",")
    }
    dropped = HOP_BY_HOP | named
    return tuple((name, value) for name, value in pairs if name.lower() not in dropped)


def is_vouching(name: str) -> bool:
    """Say whether a field is one that only a proxy may set.

    CGI makes ``_`` of ``-``, so ``X_Forwarded_For`` is meant to be the same to an app.
    """
    plain = name.lower().replace("_", "-")
    return plain in _VOUCHING or plain.startswith(_VOUCHING_PREFIXES)


def is_jupyter_cookie(name: str, login_cookie: str = "") -> bool:
    """Say whether a cookie is Jupyter's own.

    A JupyterHub can be told to begin all of its names with ``__Host-``.

    :param login_cookie: The name that the server gave its cookie; ``""`` if it has none.
    """
    bare = name.removeprefix("__Host-").removeprefix("__Secure-")
    return (
        bare in _JUPYTER_COOKIES
        or bare.startswith(_JUPYTER_COOKIE_PREFIXES)
        or bool(login_cookie and name == login_cookie)
    )


def drop_cookies(cookie: str, is_dropped: Callable[[str], bool]) -> str:
    """Give the ``Cookie`` field without some cookies; ``""`` when none is left.

    The rest stays as it was sent, byte for byte.
    """
    pairs = [pair.strip(" \t") for pair in cookie.split(";")]
    kept = [pair for pair in pairs if pair and not is_dropped(pair.partition("=")[0].strip())]
    return "; ".join(kept)


def drop_parameter(target: str, name: str, value: str) -> str:
    """Give a URL or path without ``name=value`` in its query; another value of it stays.

    The rest stays as it was sent, byte for byte.

    :param value: Decoded; ``""`` drops nothing.
    """
    path, question_mark, query = target.partition("?")
    if not value or not question_mark:
        return target
    parameters = query.split("&")
    kept = [it for it in parameters if not _is_parameter(it, name, value)]
    if len(kept) == len(parameters):
        return target
    return f"{path}?{'&'.join(kept)}" if kept else path


def is_jupyter_authorization(value: str, token: str, *, used: bool) -> bool:
    """Say whether an ``Authorization`` is meant for Jupyter and not for the app.

    :param token: The server's token; ``""`` if it has none.
    :param used: Whether Jupyter let the request in by a token rather than by its cookie.
    """
    # Jupyter takes any white space between the two, and so a tab.
    scheme, credentials = (*value.split(maxsplit=1), "", "")[:2]
    if scheme.lower() == "token":
        return True
    is_bearer = scheme.lower() == "bearer"
    return is_bearer and (used or bool(token and credentials.strip() == token))


def is_cross_site(*, sec_fetch_site: str | None, origin: str | None, host: str) -> bool:
    """Say whether a browser sent a request on behalf of a page of another origin.

    A program that is no browser sends neither field and is not held up.

    :param host: The ``Host`` field, with the port if it has one.
    """
    if sec_fetch_site is not None:
        return sec_fetch_site not in ("same-origin", "none")
    if origin is None:
        return False
    return origin.partition("://")[2].lower() != host.lower()


def _cut(target: str, prefix: str) -> str | None:
    """Give what follows the prefix as whole segments, or ``None``."""
    if not target.startswith(prefix):
        return None
    rest = target[len(prefix) :]
    return rest if not rest or rest[0] in "/?#" else None


def _is_attribute(attribute: str, name: str) -> bool:
    return attribute.partition("=")[0].strip().lower() == name


def _is_parameter(parameter: str, name: str, value: str) -> bool:
    key, _, sent = parameter.partition("=")
    return unquote(key) == name and unquote(sent.replace("+", " ")) == value
