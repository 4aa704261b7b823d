"""A websocket between a browser and an app, with its messages and the end of it."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import aiohttp
from tornado.websocket import WebSocketClosedError

if TYPE_CHECKING:
    from tornado.websocket import WebSocketHandler

#: RFC 6455 section 7.4.1. The app's end broke off without a word.
INTERNAL_ERROR = 1011
GOING_AWAY = 1001
NORMAL = 1000
#: These say that no code was sent, so they cannot be sent (RFC 6455 section 7.4.1).
_NEVER_SENT = frozenset({0, 1004, 1005, 1006, 1015})


class Bridge:
    """Passes messages both ways until one side closes, and tells the other how it did."""

    def __init__(
        self, upstream: aiohttp.ClientWebSocketResponse, browser: WebSocketHandler
    ) -> None:
        """Join the app's end, which is open, to the browser's, which may not be yet."""
        self._upstream = upstream
        self._browser = browser
        self._pump: asyncio.Task[None] | None = None

    @property
    def subprotocol(self) -> str | None:
        """The one that the app chose."""
        return self._upstream.protocol

    def start(self) -> None:
        """Begin to pass on what the app sends: the browser's end is open now."""
        self._pump = asyncio.create_task(self._pass_to_browser())

    async def send(self, message: str | bytes) -> None:
        """Pass on what the browser sent; return when the app's end took it."""
        # It may be closing: then nobody is left to be told.
        with contextlib.suppress(aiohttp.ClientError, ConnectionError):
            if isinstance(message, bytes):
                await self._upstream.send_bytes(message)
            else:
                await self._upstream.send_str(message)

    async def close(self, code: int | None, reason: str | None) -> None:
        """End the app's end as the browser ended its own, and wait until all is done.

        :param code: ``None`` where the browser went without a word.
        """
        if code is None:
            code = GOING_AWAY
        elif code in _NEVER_SENT:
            code = NORMAL
        await self._upstream.close(code=code, message=(reason or "").encode())
        if self._pump is not None:
            self._pump.cancel()
            await asyncio.gather(self._pump, return_exceptions=True)

    async def _pass_to_browser(self) -> None:
        with contextlib.suppress(WebSocketClosedError):
            while True:
                message = await self._upstream.receive()
                match message.type:
                    case aiohttp.WSMsgType.TEXT | aiohttp.WSMsgType.BINARY:
                        is_binary = message.type is aiohttp.WSMsgType.BINARY
                        await self._browser.write_message(message.data, binary=is_binary)
                    case aiohttp.WSMsgType.CLOSE:
                        self._close_browser(message.data, message.extra)
                        return
                    case _:
                        self._browser.close(INTERNAL_ERROR)
                        return

    def _close_browser(self, code: int, reason: str | None) -> None:
        if code in _NEVER_SENT:
            self._browser.close()
        else:
            self._browser.close(code, reason or None)
