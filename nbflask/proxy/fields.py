"""The fields of a request and a response, as they are passed between browser and app."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nbflask.values.mount import (
    ORIGIN_WIDE,
    PREFIX_FIELD,
    SECRET_FIELD,
    drop_cookies,
    drop_parameter,
    is_jupyter_authorization,
    is_jupyter_cookie,
    is_vouching,
    keep_end_to_end,
)
from nbflask.values.ticket import is_ticket_cookie

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbflask.values.mount import Fields

#: ``Expect`` is answered by Tornado, ``Host`` is said by ``X-Forwarded-Host``, and the last is the
#: value of Jupyter's own cookie against forgery.
_NOT_PASSED_ON = frozenset({"expect", "host", "x-xsrftoken"})


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What lets a browser into Jupyter or another app, and so must not reach this one.

    :param tokens: Decoded values of ``?token=`` that are Jupyter's.
    :param login_cookie: The name of the server's cookie.
    :param by_token: Whether the request was let in by a token rather than by a cookie.
    """

    tokens: frozenset[str] = field(default=frozenset(), repr=False)
    login_cookie: str = ""
    by_token: bool = False

    def strip_target(self, target: str) -> str:
        """Give a path or URL without Jupyter's token; an app's own ``?token=`` stays."""
        for token in self.tokens:
            target = drop_parameter(target, "token", token)
        return target

    def strip_fields(self, fields: Iterable[tuple[str, str]]) -> Fields:
        """Give the fields without Jupyter's cookies and token."""
        stripped = ((name, self._strip(name.lower(), value)) for name, value in fields)
        return tuple((name, value) for name, value in stripped if value is not None)

    def _strip(self, name: str, value: str) -> str | None:
        match name:
            case "cookie":
                return drop_cookies(value, self._is_credential) or None
            case "authorization":
                is_jupyters = any(
                    is_jupyter_authorization(value, token, used=self.by_token)
                    for token in self.tokens or {""}
                )
                return None if is_jupyters else value
            case "referer":
                return self.strip_target(value)
        return value

    def _is_credential(self, cookie: str) -> bool:
        is_ticket = is_ticket_cookie(cookie)
        return is_ticket or is_jupyter_cookie(cookie, self.login_cookie)


@dataclass(frozen=True, kw_only=True)
class Voucher:
    """What the proxy tells the kernel's gateway about a request.

    :param prefix: The mount as in the URL, without a closing slash.
    """

    secret: str = field(repr=False)
    prefix: str
    client: str
    scheme: str
    host: str

    def build_fields(self) -> Fields:
        """Give the fields that the gateway believes, for the sake of the secret."""
        return (
            (SECRET_FIELD, self.secret),
            (PREFIX_FIELD, self.prefix),
            ("X-Forwarded-For", self.client),
            ("X-Forwarded-Proto", self.scheme),
            ("X-Forwarded-Host", self.host),
        )


def build_request_fields(
    sent: Iterable[tuple[str, str]], credentials: Credentials, voucher: Voucher
) -> Fields:
    """Give the fields of a request for the app."""
    kept = (
        (name, value)
        for name, value in keep_end_to_end(sent)
        if name.lower() not in _NOT_PASSED_ON and not is_vouching(name)
    )
    return (*credentials.strip_fields(kept), *voucher.build_fields())


def drop_handshake(fields: Fields) -> Fields:
    """Give the fields without those of a websocket's handshake, which is made anew."""
    return tuple(it for it in fields if not it[0].lower().startswith("sec-websocket-"))


def build_response_fields(sent: Iterable[tuple[str, str]], policy: str) -> Fields:
    """Give the fields of an app's response for the browser.

    :param policy: The Jupyter server's own Content-Security-Policy. Who may frame its pages may
        frame the app's, unless the app says otherwise.
    """
    fields = tuple(it for it in keep_end_to_end(sent) if it[0].lower() not in ORIGIN_WIDE)
    names = {name.lower() for name, _ in fields}
    added = []
    ancestors = choose_frame_ancestors(policy)
    if ancestors and "x-frame-options" not in names and not _says_who_may_frame(fields):
        added.append(("Content-Security-Policy", ancestors))
    if "x-content-type-options" not in names:
        added.append(("X-Content-Type-Options", "nosniff"))
    return (*fields, *added)


def choose_frame_ancestors(policy: str) -> str:
    """Give the directive that says who may frame a page of ours; ``""`` where none is needed.

    That is who may frame Jupyter's own, and JupyterLab at least, where the preview is: a JupyterHub
    (4.1 and later) lets nobody, since all users' pages are of one origin unless it has subdomains.

    :param policy: The Jupyter server's own Content-Security-Policy.
    """
    ancestors = find_frame_ancestors(policy)
    is_nobody = ancestors.lower().split()[1:] in ([], ["'none'"])
    return "frame-ancestors 'self'" if ancestors and is_nobody else ancestors


def find_frame_ancestors(policy: str) -> str:
    """Give the directive that says who may frame a page; ``""`` where there is none."""
    directives = (it.strip() for it in policy.split(";"))
    return next((it for it in directives if it.lower().startswith("frame-ancestors")), "")


def _says_who_may_frame(fields: Fields) -> bool:
    return any(
        name.lower() == "content-security-policy" and find_frame_ancestors(value)
        for name, value in fields
    )
