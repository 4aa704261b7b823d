"""The life of a server: started, started again, stopped, stopped again."""

from __future__ import annotations

import contextvars
import sys
import threading
import traceback
from dataclasses import dataclass
from types import EllipsisType
from typing import TYPE_CHECKING, Self

from nbflask.server.addresses import (
    Address,
    TcpAddress,
    bind,
    bound_address,
    choose_local_address,
    release,
)
from nbflask.server.engine import Engine, Output
from nbflask.server.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

#: Names that a browser on this machine uses for it.
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})
_GRACE_S = 2.0


@dataclass(frozen=True, kw_only=True)
class Started:
    """The server now listens."""

    address: Address


@dataclass(frozen=True, kw_only=True)
class Reused:
    """The server was running, and goes on."""

    address: Address


@dataclass(frozen=True, kw_only=True)
class Stopped:
    """The server is gone.

    :param views_left: Views that were not done; each keeps its thread until it ends.
    """

    views_left: int = 0


@dataclass(frozen=True, kw_only=True)
class NotRunning:
    """There was nothing to stop."""


class PlainOutput:
    """Views print to where everything prints; each request has a context of its own."""

    def open(self) -> None:
        """There is nothing to prepare."""

    def close(self) -> None:
        """There is nothing to put back."""

    def run(self, serve: Callable[[], None]) -> None:
        """Serve in a fresh context, so that what a view sets is gone for the next request."""
        contextvars.Context().run(serve)

    def show_error(self, error: BaseException, _environ: WSGIEnvironment) -> None:
        """Print the traceback to the standard error stream."""
        traceback.print_exception(error)


class AppServer:
    """One WSGI application on one address, in daemon threads.

    :param address: ``None`` makes a unix socket, or takes a port where there are none.
    :param on_error: Called in the request's thread with what the application raised; by default
        ``output`` shows it.
    :param output: Where what views print is shown.
    :param allowed_hosts: Names that ``Host`` may have, ``None`` for all of them; by default, on a
        port of the loopback interface, those of this machine, and all elsewhere.
    """

    def __init__(
        self,
        application: WSGIApplication,
        *,
        address: Address | None = None,
        on_error: Callable[[BaseException, WSGIEnvironment], None] | None = None,
        output: Output | None = None,
        allowed_hosts: frozenset[str] | EllipsisType | None = ...,
        limits: Limits = Limits(),  # noqa: B008  # frozen
    ) -> None:
        self._application = application
        self._wanted = address
        self.output = output or PlainOutput()
        self._on_error = on_error or self.output.show_error
        self._allowed_hosts = allowed_hosts
        self._limits = limits
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._address: Address | None = address

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def is_running(self) -> bool:
        """Whether clients are served."""
        return self._engine is not None

    @property
    def address(self) -> Address | None:
        """Where it listens or last listened, with the port that the system chose."""
        return self._address

    def start(self) -> Started | Reused:
        """Serve; a client may connect as soon as this returns.

        :raises ServerError: The address cannot be had. Nothing is left behind.
        """
        with self._lock:
            if self._engine is not None and self._address is not None:
                return Reused(address=self._address)
            wanted = self._wanted or choose_local_address()
            listening = bind(wanted)
            self._address = bound_address(wanted, listening)
            hosts = self._allowed_hosts
            self._engine = Engine(
                self._application,
                listening,
                self._address,
                output=self.output,
                on_error=self._on_error,
                allowed_hosts=choose_hosts(wanted) if isinstance(hosts, EllipsisType) else hosts,
                limits=self._limits,
            )
            self.output.open()
            self._engine.start()
            _pace.quicken()
            return Started(address=self._address)

    def stop(self, *, grace_s: float = _GRACE_S) -> Stopped | NotRunning:
        """End the server: its threads are joined, its socket and files are gone.

        :param grace_s: Seconds that requests under way are given.
        """
        with self._lock:
            engine, self._engine = self._engine, None
            if engine is None or self._address is None:
                return NotRunning()
            try:
                return Stopped(views_left=engine.stop(grace_s))
            finally:
                release(self._address)
                self.output.close()
                _pace.restore()


def choose_hosts(address: Address) -> frozenset[str] | None:
    """Give the names that ``Host`` may have where nothing else protects; ``None`` for all."""
    loopback = ("127.0.0.1", "::1", "localhost")
    is_loopback = isinstance(address, TcpAddress) and address.host in loopback
    return LOOPBACK_HOSTS if is_loopback else None


class Pace:
    """Has the interpreter change threads more often while a server runs.

    With its usual 5 ms a view beside a pure Python loop takes 15-23 ms at the median, with
    1 ms 5-8.
    """

    INTERVAL_S = 0.001

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._servers = 0
        self._before_s = 0.0

    def quicken(self) -> None:
        """Count a server more."""
        with self._lock:
            if not self._servers:
                self._before_s = sys.getswitchinterval()
                sys.setswitchinterval(min(self.INTERVAL_S, self._before_s))
            self._servers += 1

    def restore(self) -> None:
        """Count a server less; the last one puts the interval back."""
        with self._lock:
            self._servers -= 1
            if not self._servers:
                sys.setswitchinterval(self._before_s)


# The interval belongs to the process, and so does its one keeper.
_pace = Pace()
