"""The cookies that a client has by now, as far as its exchanges tell.

Rule 1: a client is a program at an address, and one lineage of the session's cookie
(:mod:`.sessions`): what another lineage did is another client's.
Rule 2: a value that the client sent, or was given, takes the place of the one before; one that it
had earlier does not: the request was under way when it was given the new one.
Rule 3: replays tell nothing of a client: it never saw their responses.
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from .drafts import build_draft
from .exchange import Source
from .fields import Fields
from .session_cookie import parse_set_cookie
from .sessions import name_family, read_clients

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .exchange import Exchange
    from .session_cookie import SessionCookie
    from .sessions import SeenClient


def current_cookies(
    exchanges: Sequence[Exchange], exchange: Exchange, *, session_cookie_name: str = "session"
) -> Fields:
    """Give what the client of an exchange would send with the same request now.

    :param exchanges: Raw ones, the oldest first.
    """
    origin = find_origin(exchanges, exchange)
    history = [each for each in exchanges if not is_replay(each)]
    if origin.id not in {each.id for each in history}:
        history.insert(0, origin)
    others = _others(history, origin, session_cookie_name)
    jar = _Jar()
    for each in history:
        is_later = each.id >= origin.id
        if is_later and _program(each) == _program(origin) and each.id not in others:
            jar.take(each)
    return jar.cookies_for(exchange.request.app_target, exchange.request.target)


def find_origin(exchanges: Sequence[Exchange], exchange: Exchange) -> Exchange:
    """Give what was sent first of an exchange that is a replay, of a replay perhaps."""
    by_id = {each.id: each for each in exchanges}
    origin = exchange
    while origin.replay_of is not None and origin.replay_of in by_id:
        origin = by_id[origin.replay_of]
    return origin


def is_replay(exchange: Exchange) -> bool:
    """Whether it was sent by us."""
    return exchange.replay_of is not None or exchange.initiator.source is Source.REPLAY


class _Jar:
    """Cookies by their names, with the path that they are for."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}
        self._paths: dict[str, str] = {}
        self._former: set[tuple[str, str]] = set()

    def take(self, exchange: Exchange) -> None:
        for name, value in build_draft(exchange).cookies:
            if (name, value) not in self._former:
                self._put(name, value)
        fields = exchange.response.headers if exchange.response else Fields()
        for line in fields.get_all("Set-Cookie"):
            cookie = parse_set_cookie(line)
            if _is_deletion(cookie, exchange.started_at):
                self._former.add((cookie.name, self._values.pop(cookie.name, "")))
            else:
                self._put(cookie.name, cookie.value)
                self._paths[cookie.name] = cookie.path

    def cookies_for(self, *targets: str) -> Fields:
        return Fields(
            (name, value)
            for name, value in self._values.items()
            if any(_is_below(each, self._paths.get(name, "")) for each in targets)
        )

    def _put(self, name: str, value: str) -> None:
        if name in self._values and self._values[name] != value:
            self._former.add((name, self._values[name]))
        self._former.discard((name, value))
        self._values[name] = value


def _others(history: Sequence[Exchange], origin: Exchange, cookie_name: str) -> frozenset[int]:
    """Give the exchanges of all clients but the origin's."""
    clients = read_clients(history, cookie_name)
    steps = {
        position: {step.exchange_id for step in it.steps} for position, it in enumerate(clients)
    }
    mine = [position for position, ids in steps.items() if origin.id in ids]
    if not mine:
        # It came without a session; the one client that has begun to have one since is meant.
        family, address = name_family(origin.client.user_agent), origin.client.address
        begun = [
            position
            for position, each in enumerate(clients)
            if (each.family, each.address) == (family, address) and _begins_after(each, origin)
        ]
        mine = begun if len(begun) == 1 else []
    return frozenset(each for at, ids in steps.items() if at not in mine for each in ids)


def _begins_after(client: SeenClient, origin: Exchange) -> bool:
    first = client.steps[0]
    return first.exchange_id > origin.id and not first.sent


def _program(exchange: Exchange) -> tuple[str, str]:
    return exchange.client.user_agent, exchange.client.address


def _is_deletion(cookie: SessionCookie, now: float) -> bool:
    if cookie.max_age_s is not None:
        return cookie.max_age_s <= 0
    try:
        return bool(cookie.expires) and parsedate_to_datetime(cookie.expires).timestamp() <= now
    except (ValueError, OverflowError):
        return False


def _is_below(target: str, path: str) -> bool:
    """Whether a cookie's path is that of a target (RFC 6265 section 5.1.4)."""
    root = path.rstrip("/")
    return target.partition("?")[0] == root or target.startswith(f"{root}/") or not root
