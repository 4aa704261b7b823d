"""Between the kernel's server and the app: who may come in, and under which prefix the app is.

Rule 1: a request is vouched for by the secret of our registration or by
nothing. With it, the proxy says prefix, client, scheme and host. Without it,
whatever a request says about them is taken off before the app sees it.

Rule 2: without the secret a request comes in by the token of the app's link,
later by the cookie that the link set, and otherwise not at all, but for a port
that the user asked for: to that, any program of this machine may come.

A frame in another site's page has a cookie of its own, and the app's are made to be kept there.

Rule 3: the app sees neither secret, token nor our cookie, and nothing of the
browser's credentials for Jupyter.

Rule 4: through jupyter-server-proxy (``/proxy/absolute/<port>/``) ``Host`` is
the browser's, any name at all. So it says who may come in only where the ticket
does not: a page that has a name of its own point at this machine has no ticket.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from nbflask.server.connection import is_allowed_host
from nbflask.server.environ import (
    FIELD_LINES,
    believe,
    believe_scheme,
    confirm_lines,
    drop_credentials,
    enter,
    enter_fallback,
    is_forged,
    is_framed,
    is_navigation,
    mark_replay,
    name_exchange,
    read_target,
    take_cookie,
    take_token,
    take_vouching,
)
from nbflask.server.head import host_name
from nbflask.values.frames import FRAMED, frame_cookie
from nbflask.values.mount import ORIGIN_WIDE, Mount
from nbflask.values.ticket import PROBE, Ticket, is_same

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_REFUSAL = b"This app is reached through its notebook. Open the link that %flask_run shows there.\n"
_CROSS_SITE = b"The request came from a page of another site, and was not passed on to the app.\n"


@dataclass(frozen=True, kw_only=True)
class _Admitted:
    """The app may have the request.

    :param fields: Fields to add to the response.
    :param is_framed: Whether its cookies are for a frame in another site's page.
    """

    mount: Mount
    fields: tuple[tuple[str, str], ...] = ()
    is_framed: bool = False


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
        open_hosts: frozenset[str] | None = None,
    ) -> None:
        """Put the gateway before an app.

        :param secret: What the proxy shows in its field ``X-Nbflask-Secret``.
        :param require_secret: Whether to refuse requests that show neither secret nor ticket.
        :param mount: Where the proxy mounts the app below any base URL, as
            ``nbflask/<kernel_id>/<app>/``; ``""`` takes whatever the proxy says.
        :param allow_link: Whether the token of a link does instead: for a server on a port.
        :param open_hosts: Names in ``Host`` of requests that need nothing when the secret is not
            required; ``None`` for all.
        """
        self.application = application
        self.ticket = Ticket(secret=secret)
        self._require_secret = require_secret
        self._suffix = f"/{mount.strip('/')}" if mount else ""
        self._allow_link = allow_link
        self._open_hosts = open_hosts

    def __repr__(self) -> str:
        """Name the app; nothing of the secret."""
        return f"{type(self).__name__}({self.application!r})"

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request. The environment is changed in place, as middleware does."""
        # They hold the secret, and whatever else is taken off below.
        sent = environ.pop(FIELD_LINES, ())
        match self._admit(environ):
            case _Admitted() as admitted:
                environ[FIELD_LINES] = confirm_lines(sent, environ)
                return self.application(environ, _Start(start_response, admitted, environ))
            case _Answered(status=status, content=content, fields=fields):
                start_response(status, [*_describe(content), *fields])
                return [content]

    def _admit(self, environ: WSGIEnvironment) -> _Admitted | _Answered:
        secret = environ.get("HTTP_X_NBFLASK_SECRET")
        vouched = take_vouching(environ)
        if secret is not None:
            if not is_same(secret, self.ticket.secret):
                return _Answered(status="403 Forbidden", content=_REFUSAL)
            return self._admit_proxied(environ, vouched)
        return self._admit_unvouched(environ, vouched)

    def _admit_unvouched(
        self, environ: WSGIEnvironment, vouched: dict[str, str]
    ) -> _Admitted | _Answered:
        mount = enter_fallback(environ)
        cookie = framed = ""
        if self._allow_link:
            cookie = take_cookie(environ, self._cookie_name(environ))
            framed = take_cookie(environ, self._cookie_name(environ, is_framed=True))
        drop_credentials(environ)
        if self._allow_link and self.ticket.is_token(take_token(environ)):
            return self._admit_link(environ, mount, vouched)
        by_cookie, by_frame = self.ticket.is_cookie(cookie), self.ticket.is_cookie(framed)
        is_open = self._is_open_to(environ)
        if not (is_open or by_cookie or by_frame):
            return _Answered(status="403 Forbidden", content=_REFUSAL)
        # To an open port, too, whatever else the other site's page holds sends the frame's cookies.
        if (by_frame or not is_open) and is_forged(environ):
            return _Answered(status="403 Forbidden", content=_CROSS_SITE)
        if not is_open:
            believe_scheme(environ, mount, vouched)
        return _Admitted(mount=mount, is_framed=by_frame and not by_cookie)

    def _admit_proxied(
        self, environ: WSGIEnvironment, vouched: dict[str, str]
    ) -> _Admitted | _Answered:
        try:
            mount = Mount(prefix=vouched.get("X_NBFLASK_PREFIX", ""))
        except ValueError:
            return _Answered(status="403 Forbidden", content=_REFUSAL)
        is_replay = mark_replay(environ, vouched)
        # What is sent again has the prefix that it had, which may be none: it came to the port.
        if not mount.prefix.endswith(self._suffix) and not is_replay:
            return _Answered(status="403 Forbidden", content=_REFUSAL)
        enter(environ, mount)
        believe(environ, vouched)
        return _Admitted(mount=mount)

    def _admit_link(
        self, environ: WSGIEnvironment, mount: Mount, vouched: dict[str, str]
    ) -> _Admitted | _Answered:
        """Let somebody in who has the link, and give the cookie for what comes next."""
        framed = is_framed(environ)
        value = f"{self._cookie_name(environ, is_framed=framed)}={self.ticket.cookie}"
        kept = FRAMED if framed else "; SameSite=Lax"
        cookie = ("Set-Cookie", f"{value}; Path={mount.prefix}/; HttpOnly{kept}")
        if PROBE in parse_qs(environ.get("QUERY_STRING", "")):
            content = self.ticket.proof.encode()
            return _Answered(status="200 OK", content=content, fields=(cookie,))
        # A page's URL goes into histories and Referer fields, that of a fetch does not.
        if is_navigation(environ):
            location = ("Location", read_target(environ))
            return _Answered(status="303 See Other", fields=(location, cookie))
        believe_scheme(environ, mount, vouched)
        return _Admitted(mount=mount, fields=(cookie,))

    def _is_open_to(self, environ: WSGIEnvironment) -> bool:
        if self._require_secret:
            return False
        hosts = self._open_hosts
        return hosts is None or is_allowed_host(host_name(environ.get("HTTP_HOST", "")), hosts)

    def _cookie_name(self, environ: WSGIEnvironment, *, is_framed: bool = False) -> str:
        return self.ticket.cookie_name(int(environ["SERVER_PORT"]), is_framed=is_framed)


class _Start:
    """``start_response`` for an app below a prefix."""

    def __init__(
        self,
        start_response: StartResponse,
        admitted: _Admitted,
        environ: WSGIEnvironment,
    ) -> None:
        self._start_response = start_response
        self._mount, self._fields = admitted.mount, admitted.fields
        self._is_framed = admitted.is_framed
        self._environ = environ

    def __call__(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None, /) -> Any:
        fields = [*map(self._place, headers), *self._fields, *name_exchange(self._environ)]
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
                scoped = self._mount.scope_cookie(value)
                return name, frame_cookie(scoped) if self._is_framed else scoped
        return field


def _describe(content: bytes) -> list[tuple[str, str]]:
    return [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(content))),
        ("Cache-Control", "no-store"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
    ]
