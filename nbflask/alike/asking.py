"""The app that is asked in the place of a live one."""

from __future__ import annotations

import http.client
import socket
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from nbflask.errors import ServerError
from nbflask.exchanges.fields import Fields
from nbflask.exchanges.targets import field_bytes
from nbflask.inspector.replaying.sending import REPLAY_OF, build_environ

if TYPE_CHECKING:
    from collections.abc import Callable
    from wsgiref.types import WSGIApplication, WSGIEnvironment

    from nbflask.exchanges.drafts import Draft

_BLOCK_BYTES = 64 * 1024
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came back.

    :param content: As it was sent; up to what was asked for.
    :param origin: How the app is reached, as in ``http://127.0.0.1:8000``.
    :param prefix: Where it is mounted there; ``""`` for the root.
    """

    status_code: int
    reason: str = ""
    headers: Fields = Fields()  # noqa: RUF009  (a tuple)
    content: bytes = b""
    origin: str = ""
    prefix: str = ""


class Other(Protocol):
    """An app that can be asked."""

    @property
    def takes_all(self) -> bool:
        """Whether requests that may change something are sent to it."""
        ...

    def ask(self, draft: Draft, size: int | None) -> Reply:
        """Send a request.

        :param size: Bytes of content after which it is left; ``None`` for all of it.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Called:
    """A WSGI app of this process; it sees the request as the live one did.

    :param replay_of: Told to the recorder of a live app; 0 for others.
    """

    app: WSGIApplication
    replay_of: int = 0
    timeout_s: float = 30.0
    takes_all: bool = True

    def ask(self, draft: Draft, size: int | None) -> Reply:
        """Call the app; what it raises is the 500 that a server makes of it.

        So is what a server could not send: an answer without a status, or one that is none.
        """
        environ = build_environ(draft)
        if self.replay_of:
            environ[REPLAY_OF] = self.replay_of
        try:
            reply = self._call(environ, size)
        except Exception:  # noqa: BLE001  (any view may raise anything)
            reply = Reply(status_code=500, reason="INTERNAL SERVER ERROR")
        origin = f"{draft.scheme}://{draft.headers.get('Host', draft.host)}"
        return replace(reply, origin=origin, prefix=draft.prefix)

    def _call(self, environ: WSGIEnvironment, size: int | None) -> Reply:
        heads: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(
            status: str, headers: list[tuple[str, str]], _exc_info: Any = None
        ) -> Callable[[bytes], object]:
            heads.append((status, headers))
            return lambda _data: None

        content = b""
        deadline = time.monotonic() + self.timeout_s
        blocks = self.app(environ, start_response)
        try:
            for block in blocks:
                content += block
                is_enough = size is not None and len(content) >= size
                if is_enough or time.monotonic() > deadline:
                    break
        finally:
            getattr(blocks, "close", lambda: None)()
        status, headers = heads[-1]
        code, _, reason = status.partition(" ")
        fields = Fields([(str(name), str(value)) for name, value in headers])
        return Reply(status_code=int(code), reason=reason, headers=fields, content=content[:size])


@dataclass(frozen=True, kw_only=True)
class Reached:
    """Whatever is at a URL.

    :param url: Of the app's root.
    :param takes_all: By default only an app of this machine is sent what may change something.
    :param is_ours: It is told the host that the live app was, for it is there for nobody else.
    """

    url: str
    timeout_s: float = 30.0
    takes_all: bool = True
    is_ours: bool = False

    @classmethod
    def at(cls, url: str, *, timeout_s: float = 30.0, takes_all: bool | None = None) -> Reached:
        """Describe the app at a URL."""
        is_near = urlsplit(url).hostname in _LOOPBACK
        return cls(
            url=url, timeout_s=timeout_s, takes_all=is_near if takes_all is None else takes_all
        )

    def ask(self, draft: Draft, size: int | None) -> Reply:
        """Send a request as it was recorded, but for the host.

        :raises ServerError: Nobody answers there.
        """
        parts = urlsplit(self.url)
        prefix = parts.path.rstrip("/")
        host = parts.netloc.rpartition("@")[2]
        told = draft.headers.get("Host", draft.host) if self.is_ours else host
        kind = (
            http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        )
        connection = kind(parts.hostname or "", parts.port, timeout=self.timeout_s)
        try:
            connection.putrequest(
                draft.method, f"{prefix}{draft.target}", skip_host=True, skip_accept_encoding=True
            )
            connection.putheader("Host", field_bytes(told))
            for name, value in draft.fields:
                if name.lower() != "host":
                    connection.putheader(name, field_bytes(value))
            connection.endheaders(draft.content or None)
            with connection.getresponse() as response:
                return Reply(
                    status_code=response.status,
                    reason=response.reason,
                    headers=Fields(response.getheaders()),
                    content=_read(response, size, time.monotonic() + self.timeout_s),
                    origin=f"{parts.scheme}://{told}",
                    prefix=prefix,
                )
        except (OSError, ValueError, http.client.HTTPException) as fault:
            raise ServerError(
                f"The app at {parts.scheme}://{host} did not answer ({_explain(fault)})."
            ) from fault
        finally:
            connection.close()


def _explain(fault: Exception) -> str:
    """Say in a word or two why nobody answers."""
    if isinstance(fault, socket.gaierror):
        return "there is no such host"
    return type(fault).__name__


def _read(response: http.client.HTTPResponse, size: int | None, deadline: float) -> bytes:
    content = b""
    while (size is None or len(content) < size) and time.monotonic() < deadline:
        try:
            block = response.read1(_BLOCK_BYTES)
        except (TimeoutError, http.client.IncompleteRead):
            break
        if not block:
            break
        content += block
    return content[:size]
