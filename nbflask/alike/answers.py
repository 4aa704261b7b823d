"""A recorded answer and another app's to the same request, compared.

Rule 1: what differs whenever it is asked is no difference: ``Date``, a signature, a token against
forged requests, the name of the server.

Rule 2: the two may be reached in two ways: an absolute URL of its own app is the same in both.

Rule 3: both are redacted before anything of them is kept.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from nbflask.exchanges.comparison import compare
from nbflask.exchanges.differences import diff_data
from nbflask.exchanges.exchange import (
    Content,
    ErrorKind,
    Exchange,
    Response,
    SessionChange,
    State,
)
from nbflask.exchanges.fields import Fields
from nbflask.exchanges.media_types import parse_media_type
from nbflask.exchanges.session_cookie import parse_set_cookie
from nbflask.values.mount import HOP_BY_HOP

from .correspondence import is_token_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from nbflask.exchanges.differences import Row

    from .asking import Reply

#: The server's own, or a matter of how the content is transferred.
_SERVERS = frozenset({*HOP_BY_HOP, "server", "date", "via", "content-length", "x-powered-by"})
#: What names a version of a content; the content itself is compared.
_VERSIONS = frozenset({"etag", "last-modified", "expires"})
#: Lists whose order says nothing (RFC 9110 sections 10.2.1 and 12.5.5).
_UNORDERED = frozenset({"allow", "vary"})
_COMPARED = frozenset({"status", "headers", "content"})
_ORIGIN = "http://app"
# A value of a cookie that nobody has thought of: an id, or a signature.
_DRAWN = re.compile(r"[\w.+/=~-]{20,}")
_MASK = "…"


@dataclass(frozen=True, kw_only=True)
class _Side:
    """One answer, and how its app was reached.

    :param content: ``None`` where nobody has read it.
    """

    status_code: int
    reason: str
    headers: Fields
    content: bytes | None
    size: int
    origin: str
    prefix: str


def compare_answers(
    exchange: Exchange,
    reply: Reply,
    *,
    tokens: Mapping[str, str],
    ignore: Sequence[re.Pattern[str]],
    redact: Callable[[Exchange], Exchange],
) -> tuple[Row, ...]:
    """Give the rows in which another app's answer differs from the recorded one.

    :param tokens: The live app's tokens in this answer, each with the other's.
    :param ignore: What is the same to the caller, whatever it is.
    """
    mine, other = _recorded_side(exchange), _replied_side(reply)
    if _is_servers_page(exchange):
        # What a server writes of a failed view is its own; the notebook shows the traceback.
        mine, other = _without_content(mine), _without_content(other)
    cookies = _pair_cookies(mine, other)
    sides = [
        _make_comparable(side, exchange, tokens=tokens, ignore=ignore) for side in (mine, other)
    ]
    if mine.content is None:
        sides[1] = replace(sides[1], content=sides[0].content)
    blank = replace(exchange, session=None, templates=(), flashes=Fields(), logs=(), output=())
    blank = replace(blank, errors=(), route=None, no_route=None, spans=(), state=State.COMPLETE)
    left, right = (
        redact(replace(blank, response=side, session=SessionChange(after={"cookies": jar})))
        for side, jar in zip(sides, cookies, strict=True)
    )
    parts = compare(left, right).parts
    rows = [row for part in parts if part.name in _COMPARED for row in part.differences]
    return (*rows, *diff_data(_cookies_of(left), _cookies_of(right), "cookies"))


def _cookies_of(exchange: Exchange) -> Mapping[str, Any]:
    jar = (exchange.session.after if exchange.session else None) or {}
    return {each["named"]: each["is"] for each in jar["cookies"]}


def _is_servers_page(exchange: Exchange) -> bool:
    return any(each.kind is ErrorKind.UNHANDLED for each in exchange.errors)


def _recorded_side(exchange: Exchange) -> _Side:
    request, response = exchange.request, exchange.response
    origin = f"{request.scheme}://{request.headers.get('Host', request.host)}"
    if response is None:
        # A test client was given the exception in the place of a server's page.
        response = Response(status_code=500, reason="INTERNAL SERVER ERROR")
    is_known = exchange.state in (State.COMPLETE, State.ABORTED)
    return _Side(
        status_code=response.status_code,
        reason=response.reason,
        headers=response.headers,
        content=response.content.data if is_known else None,
        size=response.content.size,
        origin=origin,
        prefix=request.script_name,
    )


def _replied_side(reply: Reply) -> _Side:
    return _Side(
        status_code=reply.status_code,
        reason=reply.reason,
        headers=reply.headers,
        content=reply.content,
        size=len(reply.content),
        origin=reply.origin,
        prefix=reply.prefix,
    )


def _without_content(side: _Side) -> _Side:
    return replace(side, headers=Fields(), content=b"", size=0)


def _make_comparable(
    side: _Side,
    exchange: Exchange,
    *,
    tokens: Mapping[str, str],
    ignore: Sequence[re.Pattern[str]],
) -> Response:
    write = _Writer(side=side, tokens=tokens, ignore=ignore)
    left_out = {*_SERVERS, *_VERSIONS, "set-cookie"}
    headers = Fields(
        # In the order of their names: a server may send them in its own.
        sorted(
            (name.title(), write(_in_order(name, value)))
            for name, value in side.headers
            if name.lower() not in left_out
        )
    )
    data = side.content or b""
    media_type = side.headers.get("Content-Type", "")
    kept = exchange.response.content.kept if exchange.response else 0
    is_whole = exchange.response is None or not exchange.response.content.is_truncated
    if is_whole and parse_media_type(media_type).reads_as_text(data):
        data = write(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        size = len(data)
    else:
        data, size = (data if is_whole else data[:kept]), side.size
    return Response(
        status_code=side.status_code,
        # The words behind it are the server's.
        reason="",
        headers=headers,
        content=Content(
            size=size,
            data=data,
            sha256=hashlib.sha256(data).hexdigest(),
            media_type=media_type,
            encoding=side.headers.get("Content-Encoding", ""),
        ),
    )


def _in_order(name: str, value: str) -> str:
    if name.lower() not in _UNORDERED:
        return value
    return ", ".join(sorted(each.strip() for each in value.split(",")))


@dataclass(frozen=True, kw_only=True)
class _Writer:
    """Writes a text as both apps would."""

    side: _Side
    tokens: Mapping[str, str]
    ignore: Sequence[re.Pattern[str]]

    def __call__(self, text: str) -> str:
        side = self.side
        text = text.replace(f"{side.origin}{side.prefix}", _ORIGIN)
        if side.prefix:
            text = re.sub(rf"(?<![\w/]){re.escape(side.prefix)}(?=/)", "", text)
        for mine, other in self.tokens.items():
            text = text.replace(mine, _MASK).replace(other, _MASK)
        for pattern in self.ignore:
            text = pattern.sub(_MASK, text)
        return text


def _pair_cookies(mine: _Side, other: _Side) -> tuple[list[Any], list[Any]]:
    """Give cookies with their names, attributes, and what they hold where it can be read."""
    left, right = _read_cookies(mine), _read_cookies(other)
    for name in left.keys() & right.keys():
        values = left[name].pop("value"), right[name].pop("value")
        sessions = read_session(values[0]), read_session(values[1])
        if sessions[0] is not None and sessions[1] is not None:
            left[name]["data"], right[name]["data"] = map(_without_tokens, sessions)
        elif not all(map(_DRAWN.fullmatch, values)) and values[0] != values[1]:
            # It may be anything: that it differs is told, and no more.
            left[name]["value"], right[name]["value"] = "one value", "another"
    for name in left.keys() ^ right.keys():
        (left.get(name) or right.get(name) or {}).pop("value", None)
    # A name such as "session" is no key: all below it would be covered as a secret.
    left_jar, right_jar = (
        [{"named": name, "is": each} for name, each in side.items()] for side in (left, right)
    )
    return left_jar, right_jar


def _read_cookies(side: _Side) -> dict[str, dict[str, Any]]:
    found = {}
    for line in side.headers.get_all("Set-Cookie"):
        cookie = parse_set_cookie(line)
        pairs = (each.strip().partition("=") for each in line.split(";")[1:])
        attributes = {name.lower(): value for name, _, value in pairs if name}
        if "expires" in attributes:
            # A time from now on, or one in the past.
            attributes["expires"] = "past" if "1970" in attributes["expires"] else _MASK
        if side.prefix and cookie.path.startswith(side.prefix):
            attributes["path"] = cookie.path.removeprefix(side.prefix) or "/"
        found[cookie.name] = {**attributes, "value": cookie.value}
    return found


def read_session(value: str) -> Any:
    """Read what Flask keeps in a session's cookie, which is signed and not encrypted.

    :returns: ``None`` if it is none.
    """
    is_packed = value.startswith(".")
    payload, _, signature = value.removeprefix(".").partition(".")
    if not payload or signature.count(".") != 1:
        return None
    try:
        data = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        return json.loads(zlib.decompress(data) if is_packed else data)
    except (ValueError, zlib.error):
        return None


def _without_tokens(session: Any) -> Any:
    if not isinstance(session, dict):
        return session
    return {key: _MASK if is_token_name(key) else value for key, value in session.items()}
