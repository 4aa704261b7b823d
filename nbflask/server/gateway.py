"""Between the kernel's server and the app: who may come in, and under which prefix the app is.

Rule 1: a request is vouched for by the secret of our registration or by
nothing. With it, the proxy says prefix, client, scheme and host. Without it,
whatever a request says about them is taken off before the app sees it.

Rule 2: without the secret a request comes in by the token of the app's link,
later by the cookie that the link set, and otherwise not at all.

Rule 3: the app sees neither secret, token nor our cookie.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote

from nbflask.values.mount import (
    ORIGIN_WIDE,
    Mount,
    drop_cookies,
    drop_parameter,
    is_cross_site,
    is_vouching,
    split_fallback,
)
from nbflask.values.ticket import PARAMETER, Ticket, is_same

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_REFUSAL = b"This app is reached through its notebook. Open the link that %flask_run shows there.\n"
_CROSS_SITE = b"The request came from a page of another site, and was not passed on to the app.\n"

#: Methods that change nothing (RFC 9110 section 9.2.1).
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

#: Where servers keep the request's target as it was sent; not part of WSGI.
_RAW_TARGETS = ("REQUEST_URI", "RAW_URI")


@dataclass(frozen=True, kw_only=True)
class _Admitted:
    """The app may have the request.

    :param fields: Fields to add to the response.
    """

    mount: Mount
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Answered:
    """The app does not see the request; this is the response to it."""

    status: str
    content: bytes = b""
    fields: tuple[tuple[str, str], ...] = ()


class Gateway:
    """WSGI middleware that lets requests in, and keeps the app below its prefix."""

    def __init__(
        self,
        application: WSGIApplication,
        *,
        secret: str,
        require_secret: bool = True,
        mount: str = "",
        allow_link: bool = False,
    ) -> None:
        """Put the gateway before an app.

        :param secret: What the proxy shows in its field ``X-Nbflask-Secret``.
        :param require_secret: Whether to refuse requests that show neither secret nor ticket.
        :param mount: Where the proxy mounts the app below any base URL, as
            ``nbflask/<kernel_id>/<app>/``; ``""`` takes whatever the proxy says.
        :param allow_link: Whether the token of a link does instead: for a server on a port.
        """
        self.application = application
        self.ticket = Ticket(secret=secret)
        self._require_secret = require_secret
        self._suffix = f"/{mount.strip('/')}" if mount else ""
        self._allow_link = allow_link

    def __repr__(self) -> str:
        """Name the app; nothing of the secret."""
        return f"{type(self).__name__}({self.application!r})"

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request. The environment is changed in place, as middleware does."""
        match self._admit(environ):
            case _Admitted(mount=mount, fields=fields):
                started = _Start(start_response, mount, fields)
                return self.application(environ, started)
            case _Answered(status=status, content=content, fields=fields):
                start_response(status, [*_describe(content), *fields])
                return [content]

    def _admit(self, environ: WSGIEnvironment) -> _Admitted | _Answered:
        secret = environ.get("HTTP_X_NBFLASK_SECRET")
        vouched = _take_vouching(environ)
        if secret is not None:
            if not is_same(secret, self.ticket.secret):
                return _Answered(status="403 Forbidden", content=_REFUSAL)
            return self._admit_proxied(environ, vouched)
        mount = _enter_fallback(environ)
        if not self._require_secret:
            return _Admitted(mount=mount)
        if not self._allow_link:
            return _Answered(status="403 Forbidden", content=_REFUSAL)
        return self._admit_ticket(environ, mount)

    def _admit_proxied(
        self, environ: WSGIEnvironment, vouched: dict[str, str]
    ) -> _Admitted | _Answered:
        try:
            mount = Mount(prefix=vouched.get("X_NBFLASK_PREFIX", ""))
        except ValueError:
            return _Answered(status="403 Forbidden", content=_REFUSAL)
        if not mount.prefix.endswith(self._suffix):
            return _Answered(status="403 Forbidden", content=_REFUSAL)
        _enter(environ, mount)
        _believe(environ, vouched)
        return _Admitted(mount=mount)

    def _admit_ticket(self, environ: WSGIEnvironment, mount: Mount) -> _Admitted | _Answered:
        name = self.ticket.cookie_name(int(environ["SERVER_PORT"]))
        cookie = _take_cookie(environ, name)
        token = parse_qs(environ.get("QUERY_STRING", "")).get(PARAMETER, [""])[0]
        if token and self.ticket.is_token(token):
            _drop_token(environ, token)
            value = f"{name}={self.ticket.cookie}; Path={mount.prefix}/; HttpOnly; SameSite=Lax"
            # A page's URL goes into histories and Referer fields, that of a fetch does not.
            if _is_navigation(environ):
                fields = (("Location", _target(environ)), ("Set-Cookie", value))
                return _Answered(status="303 See Other", fields=fields)
            return _Admitted(mount=mount, fields=(("Set-Cookie", value),))
        if not self.ticket.is_cookie(cookie):
            return _Answered(status="403 Forbidden", content=_REFUSAL)
        if _is_forged(environ):
            return _Answered(status="403 Forbidden", content=_CROSS_SITE)
        return _Admitted(mount=mount)


class _Start:
    """``start_response`` for an app below a prefix."""

    def __init__(
        self, start_response: StartResponse, mount: Mount, fields: tuple[tuple[str, str], ...]
    ) -> None:
        self._start_response = start_response
        self._mount = mount
        self._fields = fields

    def __call__(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None, /) -> Any:
        fields = [*map(self._place, headers), *self._fields]
        if self._mount.prefix:
            fields = [it for it in fields if it[0].lower() not in ORIGIN_WIDE]
        if exc_info is None:
            return self._start_response(status, fields)
        return self._start_response(status, fields, exc_info)

    def _place(self, field: tuple[str, str]) -> tuple[str, str]:
        name, value = field
        match name.lower():
            case "location":
                return name, self._mount.locate(value)
            case "set-cookie":
                return name, self._mount.scope_cookie(value)
        return field


def _describe(content: bytes) -> list[tuple[str, str]]:
    return [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(content))),
        ("Cache-Control", "no-store"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
    ]


def _take_vouching(environ: WSGIEnvironment) -> dict[str, str]:
    """Take the fields off that only a proxy may set; give them without ``HTTP_``."""
    names = [it for it in environ if it.startswith("HTTP_") and is_vouching(it[5:])]
    return {name[5:]: environ.pop(name) for name in names}


def _enter(environ: WSGIEnvironment, mount: Mount) -> None:
    """Mount a request whose path is already the one in the app."""
    environ["SCRIPT_NAME"] = mount.script_name
    for name in _RAW_TARGETS:
        if name in environ:
            environ[name] = mount.prefix + environ[name]


def _enter_fallback(environ: WSGIEnvironment) -> Mount:
    """Mount a request that came through ``/proxy/absolute/<port>/``, if it did."""
    port = environ.get("SERVER_PORT", "")
    split = split_fallback(environ.get("PATH_INFO", ""), int(port)) if port.isdigit() else None
    try:
        mount = Mount(prefix=split[0] if split else "")
    except ValueError:
        return Mount()
    if split:
        environ["SCRIPT_NAME"], environ["PATH_INFO"] = mount.script_name, split[1]
    return mount


def _believe(environ: WSGIEnvironment, vouched: dict[str, str]) -> None:
    """Put what the proxy says about client, scheme and host where WSGI has it."""
    scheme = vouched.get("X_FORWARDED_PROTO", "")
    if scheme in ("http", "https"):
        environ["wsgi.url_scheme"] = scheme
    if client := vouched.get("X_FORWARDED_FOR"):
        environ["REMOTE_ADDR"] = client
        environ.pop("REMOTE_PORT", None)
    if host := vouched.get("X_FORWARDED_HOST"):
        environ["HTTP_HOST"] = host
    # A unix socket has no name and port, but WSGI wants both (PEP 3333).
    name, port = _split_host(environ.get("HTTP_HOST", ""))
    environ["SERVER_NAME"] = name or "localhost"
    environ["SERVER_PORT"] = port or ("443" if environ["wsgi.url_scheme"] == "https" else "80")


def _split_host(host: str) -> tuple[str, str]:
    name, colon, port = host.rpartition(":")
    return (name, port) if colon and port.isdigit() else (host, "")


def _take_cookie(environ: WSGIEnvironment, name: str) -> str:
    """Take our cookie off, and give its value; ``""`` where there is none."""
    sent = environ.get("HTTP_COOKIE", "")
    pairs = (pair.strip().partition("=") for pair in sent.split(";"))
    value = next((value for key, _, value in pairs if key == name), "")
    if rest := drop_cookies(sent, lambda it: it == name):
        environ["HTTP_COOKIE"] = rest
    else:
        environ.pop("HTTP_COOKIE", None)
    return value


def _drop_token(environ: WSGIEnvironment, token: str) -> None:
    query = drop_parameter(f"?{environ.get('QUERY_STRING', '')}", PARAMETER, token)
    environ["QUERY_STRING"] = query.removeprefix("?")
    for name in _RAW_TARGETS:
        if name in environ:
            environ[name] = drop_parameter(environ[name], PARAMETER, token)


def _is_navigation(environ: WSGIEnvironment) -> bool:
    """Say whether a browser asks for a page, rather than a script, a picture or a program."""
    is_page = "text/html" in environ.get("HTTP_ACCEPT", "")
    return is_page and environ["REQUEST_METHOD"] in ("GET", "HEAD")


def _is_forged(environ: WSGIEnvironment) -> bool:
    """Say whether a page of another origin made the browser send it (as in the proxy)."""
    is_upgrade = environ.get("HTTP_UPGRADE", "").lower() == "websocket"
    if environ["REQUEST_METHOD"] in _SAFE_METHODS and not is_upgrade:
        return False
    return is_cross_site(
        sec_fetch_site=environ.get("HTTP_SEC_FETCH_SITE"),
        origin=environ.get("HTTP_ORIGIN"),
        host=environ.get("HTTP_HOST", ""),
    )


def _target(environ: WSGIEnvironment) -> str:
    """Give the request's path and query, as a reference that cannot name another host."""
    path = environ.get("REQUEST_URI") or quote(
        (environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1"),
        safe="/~!$&'()*+,;=:@",
    ) + (f"?{query}" if (query := environ.get("QUERY_STRING")) else "")
    return "/" + path.lstrip("/\\")
