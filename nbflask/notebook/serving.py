"""One app name that is served: its server, its way through Jupyter, and what answers there.

The application behind a name can be exchanged while the server runs: a cell that makes
another app under the same name is served at once, at the same address.
"""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from nbflask.errors import AppError
from nbflask.inspector.replaying.sending import Loopback
from nbflask.runtime.processes import read_start_ticks
from nbflask.server.addresses import Address, TcpAddress, UnixAddress, choose_local_address, connect
from nbflask.server.gateway import Gateway
from nbflask.server.life import AppServer, NotRunning, Reused, Started, Stopped, choose_hosts
from nbflask.server.output import CellOutput
from nbflask.server.registry import collect_dead, register, unregister
from nbflask.values.registration import Registration, is_app_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from IPython.core.interactiveshell import InteractiveShell

    from nbflask.notebook.surroundings import Surroundings
    from nbflask.values.ticket import Ticket

# 128 bits keep a guess out of reach; it is shown to nobody, so its length costs nothing.
SECRET_BYTES = 16


@dataclass(frozen=True, kw_only=True)
class Wish:
    """The address that was asked for; ``None`` leaves the choice to us."""

    host: str | None = None
    port: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether nothing was asked for."""
        return self.host is None and self.port is None


class Serving:
    """The server of one app name.

    :param name: The app's name in the notebook, a segment of its URL.
    :param shell: Views print below the cell of this shell that started the server last.
    :raises AppError: The name cannot be part of a URL.
    """

    def __init__(
        self, name: str, application: Any, surroundings: Surroundings, shell: InteractiveShell
    ) -> None:
        """Prepare to serve; nothing listens yet."""
        if not is_app_name(name):
            raise AppError(
                f"The app's name {name!r} cannot be a part of its URL. "
                "Give it to a variable of ASCII letters, digits and '_'."
            )
        self.name, self.application = name, application
        self.wish = Wish()
        self._surroundings, self._shell = surroundings, shell
        self._output: CellOutput | None = None
        self._gateway: Gateway | None = None
        self._server: AppServer | None = None
        self._registration: Path | None = None

    @property
    def is_running(self) -> bool:
        """Whether requests are answered."""
        return self._server is not None and self._server.is_running

    @property
    def mount(self) -> str:
        """The URL below the Jupyter server's base URL, or ``""`` where there is no such server."""
        return self._surroundings.mount_of(self.name)

    @property
    def hint(self) -> str:
        """What to do where a page has no way to the app; ``""`` for what holds behind Jupyter."""
        return self._surroundings.hint

    @property
    def direct_url(self) -> str:
        """The URL of the port, with the ticket if it needs one; ``""`` where there is no port."""
        return self.link if self.wish.is_open else self.link.partition("?")[0]

    @property
    def port(self) -> int | None:
        """The port, or ``None`` for a server that has none."""
        address = self._server.address if self._server is not None else None
        return address.port if isinstance(address, TcpAddress) else None

    @property
    def _ticket(self) -> Ticket | None:
        return self._gateway.ticket if self._gateway is not None else None

    @property
    def address_asked_for(self) -> str:
        """The URL of a port that was named, the same in every run; ``""`` for any other."""
        return self.direct_url if self.wish.port else ""

    @property
    def link(self) -> str:
        """The URL of the port with the ticket that lets anybody in, or ``""``."""
        address = self._server.address if self._server is not None else None
        if not isinstance(address, TcpAddress) or self._ticket is None:
            return ""
        host = "127.0.0.1" if address.host in ("0.0.0.0", "::") else address.host  # noqa: S104
        root = f"http://{f'[{host}]' if ':' in host else host}:{address.port}/"
        return f"{root}?{self._ticket.query}"

    @property
    def way(self) -> Loopback | None:
        """How a recorded request gets to the server again; ``None`` while it does not run."""
        address = self._server.address if self._server is not None and self.is_running else None
        if address is None or self._ticket is None:
            return None
        return Loopback(connect=partial(connect, address), secret=self._ticket.secret)

    @property
    def proof(self) -> str:
        """What the server, and no other at its port, answers to a probe; ``""`` without a port."""
        return self._ticket.proof if self.link and self._ticket is not None else ""

    def start(self, wish: Wish) -> Started | Reused:
        """Serve, at the wished address if one is named.

        A server at another port goes on until the new one is ready; one at the same port, for
        another host, makes way first.

        :raises ServerError: The address cannot be had. A server that ran still runs.
        """
        if self._server is not None and self.is_running and wish in (Wish(), self.wish):
            if self._output is not None:
                self._output.pin()
            return self._server.start()
        # A unix socket is reached by our extension alone, jupyter-server-proxy needs a port.
        is_unix_meant = wish.is_open and self._surroundings.has_extension
        address = choose_local_address() if is_unix_meant else _tcp_address(wish)
        # Each server has its own: what was shown to one is worth nothing at the next one's port.
        secret = secrets.token_urlsafe(SECRET_BYTES)
        # A port that was asked for is for any client of this machine, as with `flask run`.
        gateway = Gateway(
            self._answer,
            secret=secret,
            require_secret=wish.is_open,
            mount=self.mount,
            allow_link=isinstance(address, TcpAddress),
            open_hosts=choose_hosts(address),
        )
        # Each server has its own: the one that ends closes it when the new one is open already.
        output = CellOutput(self._shell)
        # Jupyter's host may have any name, so the gateway looks at it where the ticket does not do.
        server = AppServer(gateway, address=address, output=output, allowed_hosts=None)
        outcome = self._start_at(server, address)
        former, self._server, self.wish = self._server, server, wish
        self._output, self._gateway = output, gateway
        self._register(outcome.address, secret)
        if former is not None:
            former.stop()
        return outcome

    def restart(self) -> Started | Reused:
        """Serve with a new server, at the same port where there is one.

        :raises ServerError: The address cannot be had again.
        """
        address = self._server.address if self._server is not None else None
        wish = asked = self.wish
        if isinstance(address, TcpAddress) and not wish.is_open:
            wish = Wish(host=address.host, port=address.port)
        self.stop()
        outcome = self.start(wish)
        self.wish = asked
        return outcome

    def stop(self) -> Stopped | NotRunning:
        """Stop serving and remove what told others of it. May be called twice."""
        if self._registration is not None:
            unregister(self._registration)
            self._registration = None
        server, self._server = self._server, None
        return server.stop() if server is not None else NotRunning()

    def _start_at(self, server: AppServer, address: Address) -> Started | Reused:
        """Start a server; ours that has its port makes way, and comes back if that was in vain."""
        former = self._server.address if self._server is not None and self.is_running else None
        gateway = self._gateway
        if self._server is None or gateway is None or not _shares_port(former, address):
            return server.start()
        self._server.stop()
        try:
            return server.start()
        except BaseException:
            # The system may have chosen its port, so its own address would be another one.
            self._server = AppServer(
                gateway, address=former, output=self._output, allowed_hosts=None
            )
            self._server.start()
            raise

    def _answer(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        answer: Iterable[bytes] = self.application(environ, start_response)
        return answer

    def _register(self, address: Address, secret: str) -> None:
        if not self._surroundings.is_behind_jupyter:
            return
        collect_dead()
        self._registration = register(
            Registration(
                app_name=self.name,
                notebook=self._surroundings.notebook,
                kernel_id=self._surroundings.kernel_id,
                pid=os.getpid(),
                started_ticks=read_start_ticks(os.getpid()),
                host=socket.gethostname(),
                socket=address.path if isinstance(address, UnixAddress) else None,
                port=address.port if isinstance(address, TcpAddress) else None,
                secret=secret,
            )
        )


def _shares_port(former: Address | None, address: Address) -> bool:
    return (
        isinstance(former, TcpAddress)
        and isinstance(address, TcpAddress)
        and former.port == address.port
    )


def _tcp_address(wish: Wish) -> TcpAddress:
    return TcpAddress(host=wish.host or "127.0.0.1", port=wish.port or 0)
