"""Where a server listens: a unix socket that only its owner reaches, or a port of this machine.

Rule 1: we bind ourselves, in the caller's thread. Werkzeug ends the process
when a port is taken; here that is a :class:`~nbflask.errors.ServerError`.

Rule 2: a unix socket is 0600 in a fresh 0700 directory whose name says which
process made it, so that what a killed kernel left behind is found and removed.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path

from nbflask.errors import ServerError
from nbflask.runtime.processes import is_alive, read_start_ticks

#: Connections that wait to be accepted; the system may hold fewer (``net.core.somaxconn``).
BACKLOG = 1024
#: ``sun_path`` has 104 bytes on macOS and 108 on Linux, with the closing NUL.
MAX_UNIX_PATH_BYTES = 103

_DIRECTORY = re.compile(r"nbflask-(?P<pid>\d{1,10})-(?P<ticks>\d{1,20})-[0-9a-z_]+")
_SOCKET_NAME = "s"


@dataclass(frozen=True, kw_only=True)
class UnixAddress:
    """A socket in the file system."""

    path: str

    def __repr__(self) -> str:
        return "UnixAddress()"


@dataclass(frozen=True, kw_only=True)
class TcpAddress:
    """A port; 0 lets the system choose one when the server starts."""

    host: str = "127.0.0.1"
    port: int = 0

    def __repr__(self) -> str:
        return f"TcpAddress(host={self.host!r})"


Address = UnixAddress | TcpAddress


def choose_local_address() -> Address:
    """Make a place for a new unix socket, or fall back to a port of this machine.

    What dead processes left behind is removed on the way.
    """
    for parent in _parents():
        collect_dead(parent)
        address = _make_unix_address(parent)
        if address is not None:
            return address
    return TcpAddress()


def collect_dead(parent: Path) -> None:
    """Remove the socket directories of processes that are gone; those of others are left alone.

    So are those of other users, which we could remove as root, and those that still answer: a
    container that shares the directory has other numbers for its processes.
    """
    try:
        found = [entry for entry in os.scandir(parent) if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return
    for entry in found:
        match = _DIRECTORY.fullmatch(entry.name)
        if match and not is_alive(int(match["pid"]), int(match["ticks"])):
            _remove_if_deserted(Path(entry.path))


def bind(address: Address) -> socket.socket:
    """Give a socket that listens at the address.

    :raises ServerError: The address cannot be had. Nothing is left open.
    """
    if isinstance(address, UnixAddress):
        return _bind_unix(address)
    return _bind_tcp(address)


def connect(address: Address) -> socket.socket:
    """Open a connection to whoever listens at the address.

    :raises OSError: Nobody does.
    """
    if isinstance(address, UnixAddress):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(address.path)
        except BaseException:
            connection.close()
            raise
        return connection
    # A server that listens everywhere is here, too.
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
    return socket.create_connection((everywhere.get(address.host, address.host), address.port))


def bound_address(address: Address, listening: socket.socket) -> Address:
    """Give the address with the port that the system chose."""
    if isinstance(address, UnixAddress):
        return address
    return TcpAddress(host=address.host, port=listening.getsockname()[1])


def release(address: Address) -> None:
    """Remove the files of an address: the socket, and its directory if we made it."""
    if not isinstance(address, UnixAddress):
        return
    path = Path(address.path)
    if _DIRECTORY.fullmatch(path.parent.name):
        _remove_directory(path.parent)
    else:
        path.unlink(missing_ok=True)


def _parents() -> list[Path]:
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    wanted = [Path(runtime)] if runtime else []
    return [path for path in [*wanted, Path(tempfile.gettempdir())] if path.is_dir()]


def _make_unix_address(parent: Path) -> UnixAddress | None:
    """Make a private directory and try it with a socket; ``None`` where that cannot work."""
    if not hasattr(socket, "AF_UNIX"):
        return None
    pid = os.getpid()
    try:
        # mkdtemp makes it 0700.
        directory = tempfile.mkdtemp(prefix=f"nbflask-{pid}-{read_start_ticks(pid)}-", dir=parent)
    except OSError:
        return None
    address = UnixAddress(path=str(Path(directory, _SOCKET_NAME)))
    try:
        # Some file systems (network homes, mounts) refuse a socket only when one is bound.
        _bind_unix(address).close()
    except ServerError:
        release(address)
        return None
    return address


def _bind_unix(address: UnixAddress) -> socket.socket:
    path = Path(address.path)
    if len(os.fsencode(path)) > MAX_UNIX_PATH_BYTES:
        raise ServerError(
            f"The socket's path {address.path!r} is longer than {MAX_UNIX_PATH_BYTES} bytes. "
            "Name a shorter one."
        )
    family = getattr(socket, "AF_UNIX", None)
    if family is None:
        raise ServerError("This system has no unix sockets. Name port 0.")
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _remove_dead_socket(path)
        listening.bind(address.path)
        # The directory keeps others out before this line.
        path.chmod(0o600)
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise ServerError(
            f"The socket {address.path!r} cannot be made: {error.strerror}. Name port 0."
        ) from error
    except BaseException:
        listening.close()
        raise
    return listening


def _remove_dead_socket(path: Path) -> None:
    """Make way for a new socket; one that still answers is another server's.

    :raises ServerError: A server listens there.
    """
    if not path.is_socket():
        return
    if _answers(path):
        raise ServerError(
            f"The socket {str(path)!r} is taken by another server. Stop it, or name port 0."
        )
    path.unlink(missing_ok=True)


def _answers(path: Path) -> bool:
    """Say whether a server listens at a unix socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def _bind_tcp(address: TcpAddress) -> socket.socket:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    if not 0 <= address.port <= 65535:
        raise ServerError(
            f"Port {address.port} does not exist. Use 1 to 65535, or 0 to let the system choose."
        )
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        # On Windows the option would let two servers share the port.
        if os.name == "posix":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Accepted sockets inherit it; without it a keep-alive request takes 44 ms.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listening.bind((address.host, address.port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise ServerError(_describe_tcp_fault(address, error)) from error
    except BaseException:
        listening.close()
        raise
    return listening


def _describe_tcp_fault(address: TcpAddress, error: OSError) -> str:
    remedy = "name port 0 to let the system choose."
    if error.errno == errno.EADDRINUSE:
        return f"Port {address.port} is taken by another program. Stop it, or {remedy}"
    if error.errno == errno.EACCES:
        return f"Port {address.port} is reserved for the system. Name one from 1024 up, or {remedy}"
    reason = error.strerror or str(error)
    return (
        f"The host {address.host!r} is not an address of this machine ({reason}). Name '127.0.0.1'."
    )


def _remove_if_deserted(directory: Path) -> None:
    with contextlib.suppress(OSError):
        is_ours = os.name != "posix" or directory.lstat().st_uid == os.geteuid()
        if is_ours and not _answers(directory / _SOCKET_NAME):
            _remove_directory(directory)


def _remove_directory(directory: Path) -> None:
    """Remove a directory that holds one socket; anything else in it keeps it there."""
    with contextlib.suppress(OSError):
        (directory / _SOCKET_NAME).unlink(missing_ok=True)
        directory.rmdir()
