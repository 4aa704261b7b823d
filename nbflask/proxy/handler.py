"""Passes requests below ``{base_url}nbflask/<kernel_id>/<app>/`` to the kernel's server.

Rule 1: nothing is looked up, sent or said before Jupyter knows who asks. That
is done once, in ``prepare``, for every method and for websockets alike.

Rule 2: the path and the query go to the app byte for byte.

Rule 3: content is never collected. Each side is read as fast as the other takes it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server_proxy.handlers import ProxyHandler
from tornado import httputil, iostream, web

from nbflask.proxy.body import BodyPipe
from nbflask.proxy.bridge import Bridge
from nbflask.proxy.fields import build_response_fields, drop_handshake
from nbflask.proxy.pages import render_gone
from nbflask.proxy.request import build_fields, build_target
from nbflask.proxy.upstream import NotReachable, Upstreams
from nbflask.runtime.registrations import Alive, Dead
from nbflask.values.mount import is_cross_site

if TYPE_CHECKING:
    from nbflask.runtime.registrations import RegistrationDirectory

#: Bytes of one request's content. It passes through in pieces, so what limits it is the app's own
#: ``MAX_CONTENT_LENGTH``; Tornado wants some number, and this is 1 TiB.
MAX_CONTENT_BYTES = 2**40
#: Seconds. A proxy on the way that drops silent websockets commonly waits 60.
PING_INTERVAL_S = 30

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
#: Nobody is there, and there was somebody who went.
_UNREACHABLE = (aiohttp.ClientConnectorError, aiohttp.ServerTimeoutError)
_BROKEN_OFF = (aiohttp.ClientError, ConnectionError)

#: jupyter-server-proxy is not typed: this is one exception for mypy instead of one a call.
_Base: Any = ProxyHandler


@web.stream_request_body
class AppHandler(_Base):  # type: ignore[misc]
    """One request or one websocket, from a browser to an app."""

    def initialize(self, *, directory: RegistrationDirectory, upstreams: Upstreams) -> None:
        """Take what all requests share; ProxyHandler calls it twice."""
        self._directory = directory
        self._upstreams = upstreams
        self._pipe: BodyPipe | None = None
        self._sending: asyncio.Task[aiohttp.ClientResponse] | None = None
        self._bridge: Bridge | None = None

    async def prepare(self) -> None:
        """Let only the user of this Jupyter server in, and begin to pass the request on."""
        try:
            await super().prepare()
        except Exception:
            # Where Jupyter itself redirected to the login page, ProxyHandler tries to once more.
            if not self._finished:
                raise
        if self._finished:
            return
        self._refuse_cross_site()
        self._record_activity()
        kernel_id, app_name = self.path_kwargs["kernel_id"], self.path_kwargs["app_name"]
        found = self._directory.find(kernel_id, app_name)
        if isinstance(found, Dead):
            self._answer_unreachable()
            return
        if not isinstance(found, Alive):
            self._answer_gone(404)
            return
        self._registration = found.registration
        try:
            self._upstream = await self._upstreams.get(self._registration)
        except NotReachable:
            self._answer_unreachable()
            return
        if not self._is_websocket():
            self._begin_to_send()

    async def data_received(self, chunk: bytes) -> None:
        """Pass a piece of the request's content on; Tornado reads no more until this returns."""
        if self._pipe is not None:
            await self._pipe.put(chunk)

    @web.authenticated
    async def get(self, **names: str) -> None:
        """Answer GET, or make a websocket of it."""
        if self._is_websocket():
            await self._join(**names)
        else:
            await self._relay()

    @web.authenticated
    async def head(self, **_names: str) -> None:
        """Answer HEAD: with the app's fields, and no content."""
        await self._relay()

    @web.authenticated
    async def post(self, **_names: str) -> None:
        """Answer POST."""
        await self._relay()

    @web.authenticated
    async def put(self, **_names: str) -> None:
        """Answer PUT."""
        await self._relay()

    @web.authenticated
    async def patch(self, **_names: str) -> None:
        """Answer PATCH."""
        await self._relay()

    @web.authenticated
    async def delete(self, **_names: str) -> None:
        """Answer DELETE."""
        await self._relay()

    @web.authenticated
    async def options(self, **_names: str) -> None:
        """Answer OPTIONS: an app's own CORS is its own matter."""
        await self._relay()

    async def open(self, **_names: str) -> None:
        """Begin to pass on the app's messages; the browser's handshake is done."""
        if self._bridge is not None:
            self._bridge.start()

    async def on_message(self, message: str | bytes) -> None:
        """Pass on a message of the browser; Tornado reads no more until this returns."""
        self._record_activity()
        if self._bridge is not None:
            await self._bridge.send(message)

    def on_ping(self, data: bytes) -> None:
        """Leave pings to Tornado, which answers them."""

    def on_close(self) -> None:
        """Leave the app's end to :meth:`_join`, which closes it however this one ends."""

    def on_connection_close(self) -> None:
        """Tell the app that the browser has left, by hanging up as well."""
        if self._is_websocket():
            super().on_connection_close()
            return
        # WebSocketHandler's own would leave the request waiting for its content for ever.
        web.RequestHandler.on_connection_close(self)
        self._hang_up()

    def on_finish(self) -> None:
        """Let go of the connection to the app, however the request ended."""
        self._hang_up()

    def select_subprotocol(self, _subprotocols: list[str]) -> str | None:
        """Give the subprotocol that the app chose, not the first that the browser named."""
        return self._bridge.subprotocol if self._bridge is not None else None

    def set_default_headers(self) -> None:
        """Say that an answer of our own closes: Tornado does so before it read all the content.

        The app's answers have only the app's fields.
        """
        super().set_default_headers()
        self.set_header("Connection", "close")

    def compute_etag(self) -> None:
        """Invent no ETag: an app that wants one sends it."""

    @property
    def ping_interval(self) -> float:
        """Seconds between pings to the browser, by which one that has vanished is noticed."""
        return float(self.settings.get("websocket_ping_interval") or PING_INTERVAL_S)

    def _is_websocket(self) -> bool:
        upgrade = self.request.headers.get("Upgrade", "").lower()
        return self.request.method == "GET" and bool(upgrade == "websocket")

    def _refuse_cross_site(self) -> None:
        """Refuse what another origin's page makes the browser send with Jupyter's cookie.

        :raises tornado.web.HTTPError: 403. A websocket is as good as an unsafe method.
        """
        is_harmless = self.request.method in _SAFE_METHODS and not self._is_websocket()
        if is_harmless or self.token_authenticated:
            return
        site = self.request.headers.get("Sec-Fetch-Site")
        if site is None:  # Plain http from another machine. Jupyter's own settings decide.
            is_allowed = self.check_origin()
        else:
            is_allowed = not is_cross_site(sec_fetch_site=site, origin=None, host="")
        if not is_allowed:
            raise web.HTTPError(403)

    def _begin_to_send(self) -> None:
        """Send the request while its content is still arriving."""
        headers = self.request.headers
        if not headers.get("Content-Length", "0").isdigit():
            raise web.HTTPError(400)  # "3, 3" is as good as 3 for Tornado, and for nobody else.
        if "Transfer-Encoding" in headers or headers.get("Content-Length", "0") != "0":
            self._pipe = BodyPipe()
            self.request.connection.set_max_body_size(MAX_CONTENT_BYTES)
        sending = self._upstream.send(
            self.request.method,
            build_target(self, self._registration),
            build_fields(self, self._registration),
            self._pipe,
        )
        self._sending = asyncio.create_task(self._send_and_abandon(sending))

    async def _send_and_abandon(self, sending: Any) -> aiohttp.ClientResponse:
        """Await the response, and let the browser's content run out if the app answered early."""
        try:
            response: aiohttp.ClientResponse = await sending
        finally:
            if self._pipe is not None:
                await self._pipe.abandon()
        return response

    async def _relay(self) -> None:
        """Pass the response on, as soon as there is any of it."""
        if self._sending is None:
            return
        if self._pipe is not None:
            await self._pipe.complete()
        try:
            response = await self._sending
        except asyncio.CancelledError:
            return  # The browser has left.
        except _UNREACHABLE:
            self._answer_unreachable()
            return
        except _BROKEN_OFF as error:
            raise web.HTTPError(502) from error
        self._set_head(response)
        try:
            await self._pass_content(response)
        except iostream.StreamClosedError:
            return  # The browser has left.
        except _BROKEN_OFF:
            # The head is out, so that breaking off is the only way to say it.
            self.request.connection.close()
        self._record_activity()

    async def _pass_content(self, response: aiohttp.ClientResponse) -> None:
        # The mixin's own flush() returns nothing to wait for.
        await JupyterHandler.flush(self)
        async for chunk in response.content.iter_any():
            self.write(chunk)
            await JupyterHandler.flush(self)
        self.finish()

    def _set_head(self, response: aiohttp.ClientResponse) -> None:
        self.set_status(response.status, response.reason or "Unknown")
        sent = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in response.raw_headers]
        self._headers = httputil.HTTPHeaders()
        for name, value in build_response_fields(sent, self.content_security_policy):
            self.add_header(name, value)

    async def _join(self, **names: str) -> None:
        """Make the app's websocket first, so that its refusal and its choices are the browser's."""
        headers = self.request.headers
        offered = headers.get("Sec-WebSocket-Protocol", "").split(",")
        try:
            upstream = await self._upstream.open_websocket(
                build_target(self, self._registration),
                drop_handshake(build_fields(self, self._registration)),
                tuple(it.strip() for it in offered if it.strip()),
                self.max_message_size,
            )
        except aiohttp.WSServerHandshakeError as error:
            raise web.HTTPError(error.status if 400 <= error.status < 600 else 502) from error
        except _BROKEN_OFF as error:
            self._directory.collect_dead()
            raise web.HTTPError(503) from error
        self._bridge = Bridge(upstream, self)
        try:
            await super().get(**names)
        finally:
            await self._bridge.close(self.close_code, self.close_reason)

    def _answer_unreachable(self) -> None:
        """Say that the app is gone, and clear up if that is since its kernel was killed."""
        self._directory.collect_dead()
        self._answer_gone(503)

    def _answer_gone(self, status_code: int) -> None:
        if self._is_websocket():
            raise web.HTTPError(status_code)
        render_gone(self, status_code)

    def _hang_up(self) -> None:
        sending = self._sending
        if sending is None:
            return
        if not sending.done():
            sending.cancel()
        elif not sending.cancelled() and sending.exception() is None:
            sending.result().close()
