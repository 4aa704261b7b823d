"""The session of each client that was seen, read from the exchanges alone.

A client is the lineage of its session cookie:

Rule 1: a cookie that one response set and a later request sends makes the two one client's.

Rule 2: a request whose cookie no response is known to have set begins a client.

Rule 3: a response that sets the cookie where the request sent none begins a client too; or goes
on with the latest one of the same program and address whose cookie was taken away before.

Rule 4: an exchange that neither sends nor sets the cookie tells nothing, and is passed over.

Rule 5: sessions that were signed in the same second and hold the same have the same cookie. The
program and the address then say whose it is; two of one program on one machine are taken for one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from .redaction import REDACTED, is_secret_name
from .session_cookie import SessionCookie, parse_set_cookie

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .exchange import Exchange, SessionChange

ChangeKind = Literal["added", "changed", "removed"]

#: What Flask's test client is called.
TEST_CLIENT = "Test client"

# In this order: a browser names itself last, after those whose pages it wants to be given.
_FAMILIES = (
    (re.compile(r"\bEdgA?/"), "Edge"),
    (re.compile(r"\bOPR/"), "Opera"),
    (re.compile(r"\b(?:Firefox|FxiOS)/"), "Firefox"),
    (re.compile(r"\b(?:Headless)?(?:Chrome|CriOS|Chromium)/"), "Chrome"),
    (re.compile(r"\bSafari/"), "Safari"),
    (re.compile(r"^Werkzeug/"), TEST_CLIENT),
)
_PRODUCT = re.compile(r"[\w.!#$%&'*+^`|~-]+")
# Long enough for any program's name; the rest would only fill a line.
_MAX_FAMILY_CHARS = 30

#: What others keep in a session, in a few words.
_MEANINGS = {
    "_flashes": "Messages of flash() that no page has shown yet",
    "_permanent": "Whether the session outlives the browser's (session.permanent)",
    "csrf_token": "Flask-WTF: what this client's CSRF tokens are made from",
    "_user_id": "Flask-Login: who is logged in",
    "_fresh": "Flask-Login: whether the login was in this session, not by the remember cookie",
    "_id": "Flask-Login: a fingerprint of the browser, to notice a stolen cookie",
    "_remember": "Flask-Login: what the next response does with the remember cookie",
    "_remember_seconds": "Flask-Login: how long the remember cookie will last",
    "next": "Flask-Login: where to go after the login",
}


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What became of one key.

    :param before: ``None`` for one that was added; :attr:`kind` tells that from a value ``None``.
    """

    key: str
    kind: ChangeKind
    before: Any = field(default=None, repr=False)
    after: Any = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Step:
    """What one exchange did to a client's session.

    :param scheme: By which the request came.
    :param change: ``None`` where the recorder has not seen the session.
    :param sent: The cookie that came with the request; ``""`` for none.
    :param cookie: What the response set; ``None`` for nothing.
    """

    exchange_id: int
    method: str
    path: str
    scheme: str = "http"
    status_code: int | None = None
    change: SessionChange | None = None
    sent: str = field(default="", repr=False)
    cookie: SessionCookie | None = None

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What the exchange changed, key by key."""
        if self.change is None or self.change.after is None:
            return ()
        return compare_sessions(self.change.before, self.change.after)


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """One exchange, as far as it tells of a client and its session.

    :param family: The program, such as ``"Firefox"`` or ``"curl"``.
    """

    family: str
    address: str
    step: Step


@dataclass(frozen=True, kw_only=True)
class SeenClient:
    """One client and the steps of its session, the oldest first.

    :param family: The program, such as ``"Firefox"`` or ``"curl"``.
    :param cookies: Each value that its cookie has had, the latest last; ``""`` for taken away.
    """

    family: str
    address: str = ""
    cookies: tuple[str, ...] = field(default=(), repr=False)
    steps: tuple[Step, ...] = ()

    @property
    def cookie(self) -> str:
        """The value that its next request is expected to send; ``""`` for none."""
        return self.cookies[-1] if self.cookies else ""

    @property
    def latest_set(self) -> Step | None:
        """The step that set the cookie last."""
        return next((each for each in reversed(self.steps) if each.cookie), None)

    @property
    def latest(self) -> SessionChange | None:
        """The session as it was seen last."""
        return next((each.change for each in reversed(self.steps) if each.change), None)


def read_clients(exchanges: Iterable[Exchange], cookie_name: str) -> tuple[SeenClient, ...]:
    """Give the clients that had a session, in the order in which they were seen first.

    :param exchanges: Raw ones, the oldest first: redacted cookies are all alike.
    """
    sightings = (read_sighting(each, cookie_name) for each in exchanges)
    return group_sightings(each for each in sightings if each is not None)


def read_sighting(exchange: Exchange, cookie_name: str) -> Sighting | None:
    """Give what a raw exchange tells of a client and its session; ``None`` for nothing."""
    request, response = exchange.request, exchange.response
    sent = (find_cookie(line, cookie_name) for line in request.headers.get_all("Cookie"))
    lines = response.headers.get_all("Set-Cookie") if response else ()
    prefix = f"{cookie_name}="
    cookies = [parse_set_cookie(line) for line in lines if line.startswith(prefix)]
    step = Step(
        exchange_id=exchange.id,
        method=request.method,
        path=_path_without_arguments(exchange),
        scheme=request.scheme,
        status_code=response.status_code if response else None,
        change=exchange.session,
        sent=next(filter(None, sent), ""),
        cookie=cookies[-1] if cookies else None,
    )
    if not step.sent and step.cookie is None:
        return None
    family = name_family(exchange.client.user_agent)
    return Sighting(family=family, address=exchange.client.address, step=step)


def _path_without_arguments(exchange: Exchange) -> str:
    """Give the path without what its rule's variables name as secret: no later reader knows it."""
    path = exchange.request.path
    for name, value in exchange.route.view_args if exchange.route else ():
        if value and is_secret_name(name):
            path = path.replace(value, REDACTED)
    return path


def group_sightings(sightings: Iterable[Sighting]) -> tuple[SeenClient, ...]:
    """Give the clients that were sighted, in the order in which they were seen first.

    :param sightings: The oldest first.
    """
    clients: list[SeenClient] = []
    owners: dict[tuple[str, ...], int] = {}
    for each in sightings:
        position = _find_owner(each, clients, owners)
        if position is None:
            position = len(clients)
            clients.append(SeenClient(family=each.family, address=each.address))
        clients[position] = _continue(clients[position], each.step)
        for value in filter(None, clients[position].cookies[-2:]):
            owners[(value,)] = owners[value, each.family, each.address] = position
    return tuple(clients)


def compare_sessions(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Give what differs: changed and removed keys in their old order, then the new ones."""
    found = []
    for key, value in before.items():
        if key not in after:
            found.append(Difference(key=key, kind="removed", before=value))
        elif not _is_same(value, after[key]):
            found.append(Difference(key=key, kind="changed", before=value, after=after[key]))
    new = (key for key in after if key not in before)
    return (*found, *(Difference(key=key, kind="added", after=after[key]) for key in new))


def compare_between(earlier: Step, later: Step) -> tuple[Difference, ...]:
    """Give what became of a session between two of its exchanges: somebody edited it."""
    if earlier.change is None or earlier.change.after is None or later.change is None:
        return ()
    # A request with an older cookie has the older session, edited by nobody.
    if not later.sent or later.sent != (earlier.cookie.value if earlier.cookie else earlier.sent):
        return ()
    return compare_sessions(earlier.change.after, later.change.before)


def name_family(user_agent: str) -> str:
    """Name the program behind a ``User-Agent``: a browser's family, else its first product."""
    for pattern, family in _FAMILIES:
        if pattern.search(user_agent):
            return family
    product = _PRODUCT.match(user_agent)
    return product.group()[:_MAX_FAMILY_CHARS] if product else "Unnamed client"


def explain_key(key: str) -> str:
    """Say what a key is that Flask or a well-known extension keeps; ``""`` for one of the app's."""
    return _MEANINGS.get(key, "")


def find_cookie(header: str, name: str) -> str:
    """Give the value of a cookie of a ``Cookie`` field; ``""`` for none."""
    for pair in header.split(";"):
        key, _, value = pair.partition("=")
        if key.strip() == name:
            return value.strip().strip('"')
    return ""


def _find_owner(
    sighting: Sighting, clients: list[SeenClient], owners: Mapping[tuple[str, ...], int]
) -> int | None:
    sent, program = sighting.step.sent, (sighting.family, sighting.address)
    if sent:
        return owners.get((sent, *program), owners.get((sent,)))
    return next(
        (
            position
            for position, each in reversed(list(enumerate(clients)))
            if (each.family, each.address) == program and not each.cookie
        ),
        None,
    )


def _continue(client: SeenClient, step: Step) -> SeenClient:
    cookies = client.cookies
    if step.sent and step.sent not in cookies:
        cookies = (*cookies, step.sent)
    if step.cookie is not None and step.cookie.value != (cookies[-1] if cookies else None):
        cookies = (*cookies, step.cookie.value)
    return replace(client, cookies=cookies, steps=(*client.steps, step))


def _is_same(one: Any, other: Any) -> bool:
    # True and 1 are equal, and not the same in a session.
    return type(one) is type(other) and bool(one == other)
