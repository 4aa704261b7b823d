"""The socket that an app is served on.

It is opened before the app is loaded: a taken port is found at once, and it stays open while one
version of the app follows another.
"""

from __future__ import annotations

import errno
import os
import socket

from nbflask.errors import ServerError

# As many connections may wait to be accepted; gunicorn's own number.
_BACKLOG = 2048


def listen(host: str, port: int) -> socket.socket:
    """Open a socket.

    :param port: 0 lets the system choose one.
    :raises ServerError: The port is taken or not ours to take, or the host is none of this machine.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as fault:
        raise ServerError(
            f"{host!r} is no host that is known here. Use 127.0.0.1, or 0.0.0.0 for all."
        ) from fault
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":
            # A port whose last connections are still being closed is free.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except (OSError, OverflowError) as fault:
        listener.close()
        raise ServerError(_explain(host, port, fault)) from fault
    return listener


def write_url(host: str, listener: socket.socket) -> str:
    """Give the URL of the app's root, as whoever named the host would write it."""
    port = listener.getsockname()[1]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def _explain(host: str, port: int, fault: Exception) -> str:
    match getattr(fault, "errno", None):
        case errno.EADDRINUSE:
            return (
                f"Port {port} is taken by another program. Stop it, or use --port 0 to let the "
                "system choose."
            )
        case errno.EACCES:
            return f"Port {port} may not be opened by you. Use one from 1024 on."
        case errno.EADDRNOTAVAIL:
            return f"{host!r} is no address of this machine. Use 127.0.0.1, or 0.0.0.0 for all."
    return f"Port {port} of {host!r} cannot be opened: {fault}."
