"""What the gateway reads from a request's WSGI environment, and what it takes off and puts there.

Rule 1: a ``take_`` gives what it takes off, so that the app behind does not see it.

Rule 2: where an environment has the request's target as it was sent, it is kept in step with
``SCRIPT_NAME``, ``PATH_INFO`` and ``QUERY_STRING``.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote

from nbflask.values.frames import is_foreign_frame
from nbflask.values.mount import (
    EXCHANGE_FIELD,
    Mount,
    drop_cookies,
    drop_parameter,
    is_cross_site,
    is_jupyter_authorization,
    is_jupyter_cookie,
    is_vouching,
    split_fallback,
)
from nbflask.values.ticket import PARAMETER, is_ticket_cookie

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed.wsgi import WSGIEnvironment

    FieldLines = tuple[tuple[str, str], ...]

#: Methods that change nothing (RFC 9110 section 9.2.1).
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

#: Set in the environ of a request that is sent again: the exchange that it was. The app's own
#: fields have names in capitals, so no client can set it.
REPLAY_OF = "nbflask.replay_of"
#: Where the recorder puts what the request becomes.
EXCHANGE = "nbflask.exchange"

#: Where servers keep the request's target as it was sent; not part of WSGI.
_RAW_TARGETS = ("REQUEST_URI", "RAW_URI")

#: Where our server puts the request's field lines as they were sent; not part of WSGI.
FIELD_LINES = "nbflask.field_lines"
#: A list of who wants to be given what the app has left unread of its content.
REST = "nbflask.rest"


def take_vouching(environ: WSGIEnvironment) -> dict[str, str]:
    """Take the fields off that only a proxy may set; give them without ``HTTP_``."""
    names = [it for it in environ if it.startswith("HTTP_") and is_vouching(it[5:])]
    return {name[5:]: environ.pop(name) for name in names}


def mark_replay(environ: WSGIEnvironment, vouched: dict[str, str]) -> bool:
    """Say whether the request is one that is sent again, and note which for the recorder."""
    number = vouched.get("X_NBFLASK_REPLAY_OF", "")
    if not (number.isascii() and number.isdigit()):
        return False
    environ[REPLAY_OF] = int(number)
    return True


def name_exchange(environ: WSGIEnvironment) -> list[tuple[str, str]]:
    """Give whoever sent a request again the field that names what it became."""
    number = getattr(environ.get(EXCHANGE), "id", None)
    is_told = REPLAY_OF in environ and number is not None
    return [(EXCHANGE_FIELD, str(number))] if is_told else []


def enter(environ: WSGIEnvironment, mount: Mount) -> None:
    """Mount a request whose path is already the one in the app."""
    environ["SCRIPT_NAME"] = mount.script_name
    for name in _RAW_TARGETS:
        if name in environ:
            environ[name] = mount.prefix + environ[name]


def enter_fallback(environ: WSGIEnvironment) -> Mount:
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


def drop_credentials(environ: WSGIEnvironment) -> None:
    """Take off what lets the browser into Jupyter and into other apps.

    jupyter-server-proxy passes it on, and a browser shows a host's cookies to all of its ports.
    """
    _drop_cookies(environ, lambda name: is_jupyter_cookie(name) or is_ticket_cookie(name))
    if is_jupyter_authorization(environ.get("HTTP_AUTHORIZATION", ""), "", used=False):
        del environ["HTTP_AUTHORIZATION"]


def believe(environ: WSGIEnvironment, vouched: dict[str, str]) -> None:
    """Put what the proxy says about client, scheme and host where WSGI has it."""
    _put_scheme(environ, vouched)
    if client := vouched.get("X_FORWARDED_FOR"):
        environ["REMOTE_ADDR"] = client
        environ.pop("REMOTE_PORT", None)
    if host := vouched.get("X_FORWARDED_HOST"):
        environ["HTTP_HOST"] = host
    # A unix socket has no name and port, but WSGI wants both (PEP 3333).
    name, port = _split_host(environ.get("HTTP_HOST", ""))
    environ["SERVER_NAME"] = name or "localhost"
    environ["SERVER_PORT"] = port or ("443" if environ["wsgi.url_scheme"] == "https" else "80")


def believe_scheme(environ: WSGIEnvironment, mount: Mount, vouched: dict[str, str]) -> None:
    """Take the scheme that a proxy before Jupyter says, from somebody who has a ticket.

    A redirect of Werkzeug's to the URL with a slash names the scheme, and a browser would not show
    a page of HTTP in one of HTTPS. Whoever forges it misleads himself alone.
    """
    if mount.prefix:
        _put_scheme(environ, vouched)


def _put_scheme(environ: WSGIEnvironment, vouched: dict[str, str]) -> None:
    # Each proxy on the way appends what it saw; the browser's is the first.
    scheme = vouched.get("X_FORWARDED_PROTO", "").split(",")[0].strip()
    if scheme in ("http", "https"):
        environ["wsgi.url_scheme"] = scheme


def _split_host(host: str) -> tuple[str, str]:
    name, colon, port = host.rpartition(":")
    return (name, port) if colon and port.isdigit() else (host, "")


def take_cookie(environ: WSGIEnvironment, name: str) -> str:
    """Take our cookie off, and give its value; ``""`` where there is none."""
    sent = environ.get("HTTP_COOKIE", "")
    pairs = (pair.strip().partition("=") for pair in sent.split(";"))
    value = next((value for key, _, value in pairs if key == name), "")
    _drop_cookies(environ, lambda it: it == name)
    return value


def _drop_cookies(environ: WSGIEnvironment, is_dropped: Callable[[str], bool]) -> None:
    if rest := drop_cookies(environ.get("HTTP_COOKIE", ""), is_dropped):
        environ["HTTP_COOKIE"] = rest
    else:
        environ.pop("HTTP_COOKIE", None)


def take_token(environ: WSGIEnvironment) -> str:
    """Take the link's token off the URL, and give it; ``""`` where there is none.

    A script of the page that the link opened may send it in ``Referer``, too.
    """
    tokens = _find_tokens(environ.get("QUERY_STRING", ""))
    for token in tokens:
        query = drop_parameter(f"?{environ['QUERY_STRING']}", PARAMETER, token)
        environ["QUERY_STRING"] = query.removeprefix("?")
        for name in _RAW_TARGETS:
            if name in environ:
                environ[name] = drop_parameter(environ[name], PARAMETER, token)
    for token in _find_tokens(environ.get("HTTP_REFERER", "").partition("?")[2]):
        environ["HTTP_REFERER"] = drop_parameter(environ["HTTP_REFERER"], PARAMETER, token)
    return tokens[0] if tokens else ""


def _find_tokens(query: str) -> list[str]:
    return parse_qs(query).get(PARAMETER, [])


def is_navigation(environ: WSGIEnvironment) -> bool:
    """Say whether a browser asks for a page, rather than a script, a picture or a program."""
    is_page = "text/html" in environ.get("HTTP_ACCEPT", "")
    return is_page and environ["REQUEST_METHOD"] in ("GET", "HEAD")


def is_forged(environ: WSGIEnvironment) -> bool:
    """Say whether a page of another origin made the browser send it (as in the proxy)."""
    is_upgrade = environ.get("HTTP_UPGRADE", "").lower() == "websocket"
    if environ["REQUEST_METHOD"] in _SAFE_METHODS and not is_upgrade:
        return False
    return is_cross_site(
        sec_fetch_site=environ.get("HTTP_SEC_FETCH_SITE"),
        origin=environ.get("HTTP_ORIGIN"),
        host=environ.get("HTTP_HOST", ""),
    )


def is_framed(environ: WSGIEnvironment) -> bool:
    """Say whether the page is for a frame in another site's page."""
    return is_foreign_frame(
        sec_fetch_site=environ.get("HTTP_SEC_FETCH_SITE"),
        sec_fetch_dest=environ.get("HTTP_SEC_FETCH_DEST"),
    )


def read_target(environ: WSGIEnvironment) -> str:
    """Give the request's path and query, as a reference that cannot name another host."""
    path = environ.get("REQUEST_URI") or quote(
        (environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1"),
        safe="/~!$&'()*+,;=:@",
    ) + (f"?{query}" if (query := environ.get("QUERY_STRING")) else "")
    return "/" + path.lstrip("/\\")


def confirm_lines(lines: FieldLines, environ: WSGIEnvironment) -> FieldLines:
    """Give the field lines as they were sent, as far as the environment still shows them.

    WSGI joins the lines of a name and changes its case, so the lines say more. But what is not in
    the environment is not in the result, whoever took it off; and what was changed there is one
    line, as it is now.
    """
    confirmed = []
    for name, value in lines:
        shown = environ.get(_variable(name))
        if shown == value:
            confirmed.append((name, value))
        elif shown is not None:
            return _confirm_changed(lines, environ)
    return tuple(confirmed)


def _confirm_changed(lines: FieldLines, environ: WSGIEnvironment) -> FieldLines:
    """Do the same where a name has several lines, or another value than was sent."""
    sent: dict[str, str] = {}
    for name, value in lines:
        key = _variable(name)
        sent[key] = f"{sent[key]},{value}" if key in sent else value
    once = {key: environ.get(key) for key, value in sent.items() if environ.get(key) != value}
    changed = frozenset(once)
    found = (
        (name, once.pop(key, None) if (key := _variable(name)) in changed else value)
        for name, value in lines
    )
    return tuple((name, value) for name, value in found if value is not None)


@functools.lru_cache(maxsize=256)
def _variable(name: str) -> str:
    """Give the variable of a field (RFC 3875 section 4.1.18); ``""`` for one that has none.

    Werkzeug drops a name with an underscore, since its variable could be another name's.
    """
    if "_" in name:
        return ""
    key = name.upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
