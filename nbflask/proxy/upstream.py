"""Connections from the Jupyter server to the kernels' servers.

Rule 1: where to connect comes from a registration alone, never from a request.

Rule 2: content passes in pieces, in both directions, and is not decoded.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import aiohttp
from yarl import URL

from nbflask.runtime.registrations import is_our_socket

if TYPE_CHECKING:
    from nbflask.proxy.body import BodyPipe
    from nbflask.values.mount import Fields
    from nbflask.values.registration import Registration

#: Seconds. The server is on this machine; its backlog may be full for a moment.
CONNECT_TIMEOUT_S = 10
#: Seconds; the kernel's server drops idle connections after 15.
KEEP_ALIVE_S = 10
#: Bytes of one field of a response. aiohttp's 8190 are too few for a large signed session.
MAX_FIELD_BYTES = 64 * 1024
#: Servers that connections are kept for; a kernel that restarts has a new one.
MAX_SERVERS = 64

#: Without content these may be sent again when an idle connection has just been dropped.
_REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS"})
#: Which bytes a target is sent with as they are; others are percent-encoded, as RFC 3986 wants.
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F))).replace("#", "")
#: aiohttp adds these where the client sent none; an app may tell the difference.
_NOT_INVENTED = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


class NotReachable(Exception):
    """Nobody answers at the registration's address."""


@dataclass(frozen=True, kw_only=True)
class Upstream:
    """One kernel's server.

    :param authority: The host in the URL; an address, since it must not be looked up by name.
    """

    authority: str
    reused: aiohttp.ClientSession
    fresh: aiohttp.ClientSession

    async def send(
        self, method: str, target: str, fields: Fields, content: BodyPipe | None
    ) -> aiohttp.ClientResponse:
        """Send a request, and give the response when its head is there.

        A request that must not be sent twice gets a connection of its own: on a kept one the
        server may hang up just then, and nobody could tell how far it came.

        :param target: The path and query as the client sent them.
        :raises aiohttp.ClientError: The server is not there, or broke off.
        """
        options: dict[str, Any] = {
            "headers": spell_fields(fields),
            "data": content,
            "allow_redirects": False,
        }
        url = build_url("http", self.authority, target)
        if content is None and method in _REPEATABLE:
            try:
                return await self.reused.request(method, url, **options)
            except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
                pass
        return await self.fresh.request(method, url, **options)

    async def open_websocket(
        self, target: str, fields: Fields, subprotocols: tuple[str, ...], max_message_bytes: int
    ) -> aiohttp.ClientWebSocketResponse:
        """Make a websocket to the server.

        :raises aiohttp.WSServerHandshakeError: The app refused it; ``status`` says how.
        :raises aiohttp.ClientError: The server is not there, or broke off.
        """
        return await self.fresh.ws_connect(
            build_url("ws", self.authority, target),
            headers=spell_fields(fields),
            protocols=subprotocols,
            max_msg_size=max_message_bytes,
        )

    async def close(self) -> None:
        """Drop the connections."""
        await self.reused.close()
        await self.fresh.close()


class Upstreams:
    """The kernels' servers that were asked for lately."""

    def __init__(self) -> None:
        """Begin without any."""
        self._servers: OrderedDict[tuple[str | None, int | None], Upstream] = OrderedDict()

    async def get(self, registration: Registration) -> Upstream:
        """Give the server of a registration; no connection is made yet.

        :raises NotReachable: Its socket is gone, or is not one that only we could have made.
        """
        if registration.socket is not None and not is_our_socket(registration.socket):
            raise NotReachable
        key = (registration.socket, registration.port)
        if key not in self._servers:
            self._servers[key] = _build_upstream(registration)
        self._servers.move_to_end(key)
        while len(self._servers) > MAX_SERVERS:
            _, oldest = self._servers.popitem(last=False)
            await oldest.close()
        return self._servers[key]


def spell_fields(fields: Fields) -> Fields:
    """Give fields with the bytes they came with: Tornado reads Latin-1, aiohttp writes UTF-8.

    Of bytes that are no UTF-8 only the characters can be kept.
    """
    return tuple((name, _spell(value)) for name, value in fields)


def _spell(value: str) -> str:
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def build_url(scheme: str, authority: str, target: str) -> URL:
    """Give the URL for a target that begins with a slash, byte for byte."""
    return URL(f"{scheme}://{authority}{quote(target, _PRINTABLE, 'latin-1')}", encoded=True)


def _build_upstream(registration: Registration) -> Upstream:
    return Upstream(
        authority="127.0.0.1" if registration.port is None else f"127.0.0.1:{registration.port}",
        reused=_build_session(registration, keeps_alive=True),
        fresh=_build_session(registration, keeps_alive=False),
    )


def _build_session(registration: Registration, *, keeps_alive: bool) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=_build_connector(registration, keeps_alive=keeps_alive),
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT_S),
        skip_auto_headers=_NOT_INVENTED,
        max_line_size=MAX_FIELD_BYTES,
        max_field_size=MAX_FIELD_BYTES,
    )


def _build_connector(
    registration: Registration, *, keeps_alive: bool
) -> aiohttp.connector.BaseConnector:
    """Make a connector without a limit of its own: how many there may be, the kernel says."""
    options: dict[str, Any] = {"limit": 0, "force_close": not keeps_alive}
    if keeps_alive:
        options["keepalive_timeout"] = KEEP_ALIVE_S
    if registration.socket is not None:
        return aiohttp.UnixConnector(registration.socket, **options)
    return aiohttp.TCPConnector(**options)
