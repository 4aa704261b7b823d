"""The directory in which kernels say which apps they serve, for the Jupyter server to read.

Rule 1: whoever may write there decides what runs on Jupyter's origin. So the
directory is 0700 and its files are 0600, both ours; anything else is not read.

Rule 2: nothing found there raises. A file that cannot be used is passed over,
and one whose kernel is gone is removed, together with its socket.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from socket import gethostname

from nbflask.errors import ServerError
from nbflask.runtime.processes import is_alive
from nbflask.values.registration import (
    MOUNT_ROOT,
    Registration,
    RegistrationError,
    is_app_name,
    is_kernel_id,
    parse_registration,
    split_file_name,
)

#: A registration has about 400 bytes, and paths are at most 4 KiB.
MAX_FILE_BYTES = 16 * 1024

#: The directories that :mod:`nbflask.server.addresses` makes, the only ones removed with a socket.
_SOCKET_DIRECTORY = re.compile(r"nbflask-[0-9A-Za-z_-]+")

#: Not there on Windows, where links need a privilege.
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_NO_BLOCK = getattr(os, "O_NONBLOCK", 0)


@dataclass(frozen=True, kw_only=True)
class Alive:
    """The kernel runs; the app is reached at the registration's address."""

    registration: Registration


@dataclass(frozen=True, kw_only=True)
class Dead:
    """The kernel ended without taking its registration with it, as after SIGKILL."""

    registration: Registration


@dataclass(frozen=True, kw_only=True)
class Unknown:
    """There is no usable registration of that name."""

    reason: str


Found = Alive | Dead | Unknown


class RegistrationDirectory:
    """The registrations below one of Jupyter's runtime directories."""

    def __init__(self, runtime_dir: str | Path) -> None:
        """Name the directory; nothing is made or read yet.

        :param runtime_dir: Jupyter's, which may be on a network home.
        """
        self.path = Path(runtime_dir) / MOUNT_ROOT

    def __repr__(self) -> str:
        """Say how many files there are; the path differs from user to user."""
        return f"{type(self).__name__}({len(self._names())} files)"

    def write(self, registration: Registration) -> Path:
        """Make a registration known; one of the same kernel and name is replaced.

        :raises ServerError: The directory cannot be made, or is not only ours.
        """
        self._make()
        target = self.path / registration.file_name
        # The name does not end in .json, so that a reader never sees half a file.
        handle, name = tempfile.mkstemp(prefix=f"{registration.kernel_id}.", dir=self.path)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:  # mkstemp makes it 0600.
                file.write(registration.to_json())
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        return target

    def find(self, kernel_id: str, app_name: str) -> Found:
        """Look one app up. The names may come from a request."""
        if not (is_kernel_id(kernel_id) and is_app_name(app_name)):
            return Unknown(reason="No app has such a name.")
        return self._examine(f"{kernel_id}.{app_name}.json")

    def list_alive(self) -> tuple[Registration, ...]:
        """Give the apps of running kernels of this machine, by notebook and name."""
        found = (self._examine(name) for name in self._names())
        alive = [it.registration for it in found if isinstance(it, Alive)]
        return tuple(sorted(alive, key=lambda it: (it.notebook, it.app_name, it.kernel_id)))

    def collect_dead(self) -> int:
        """Remove the registrations and sockets of kernels that are gone; give their number."""
        found = [self._examine(name) for name in self._names()]
        dead = [it.registration for it in found if isinstance(it, Dead)]
        for registration in dead:
            self._remove(registration)
        return len(dead)

    def _make(self) -> None:
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if os.name == "posix":
                self._keep_private()
        except OSError as error:
            raise ServerError(
                f"The directory {str(self.path)!r} cannot be made: {error.strerror}. "
                "Set JUPYTER_RUNTIME_DIR to one that can be written."
            ) from error

    def _keep_private(self) -> None:
        status = self.path.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
            raise ServerError(
                f"The directory {str(self.path)!r} is a link or belongs to another user. "
                "Remove it; nbflask makes it anew."
            )
        self.path.chmod(0o700)

    def _names(self) -> list[str]:
        try:
            status = self.path.lstat()
            if stat.S_ISDIR(status.st_mode) and _is_private(status):
                return sorted(filter(split_file_name, os.listdir(self.path)))  # noqa: PTH208
        except OSError:
            pass
        return []

    def _examine(self, name: str) -> Found:
        try:
            registration = parse_registration(_read_private(self.path, name))
        except FileNotFoundError:
            return Unknown(reason="It is not running.")
        except (OSError, RegistrationError, UnicodeDecodeError) as error:
            return Unknown(reason=f"Its registration cannot be used. {error}")
        if registration.file_name != name:
            return Unknown(reason="Its registration has the name of another.")
        if registration.host not in ("", gethostname()):
            return Unknown(reason="It runs on another machine, which shares this home directory.")
        if not is_alive(registration.pid, registration.started_ticks):
            return Dead(registration=registration)
        return Alive(registration=registration)

    def _remove(self, registration: Registration) -> None:
        self._withdraw(registration)
        if registration.socket is not None and is_our_socket(registration.socket):
            socket = Path(registration.socket)
            with contextlib.suppress(OSError):
                socket.unlink()
                socket.parent.rmdir()  # It fails, rightly, where there is anything else in it.

    def _withdraw(self, registration: Registration) -> None:
        """Remove a dead kernel's file, unless its next one has just put its own there.

        Kernels keep their number when they restart. So the file is moved away first: what is then
        looked at is what is removed, and another's goes back where no newer one is.
        """
        target = self.path / registration.file_name
        aside = self.path / f"{registration.kernel_id}.{secrets.token_hex(8)}"
        with contextlib.suppress(OSError):
            target.rename(aside)
        with contextlib.suppress(OSError):
            if self._read(aside.name) != registration:
                os.link(aside, target)
        with contextlib.suppress(OSError):
            aside.unlink()

    def _read(self, name: str) -> Registration | None:
        try:
            return parse_registration(_read_private(self.path, name))
        except (RegistrationError, UnicodeDecodeError):
            return None


def is_our_socket(path: str) -> bool:
    """Say whether it is a unix socket of ours, in a directory that only we can enter.

    Links are not followed: what is behind one could be another program's socket.
    """
    try:
        socket, directory = os.lstat(path), os.lstat(Path(path).parent)
    except (OSError, ValueError):
        return False
    return (
        stat.S_ISSOCK(socket.st_mode)
        and stat.S_ISDIR(directory.st_mode)
        and _is_private(socket)
        and _is_private(directory)
        and _SOCKET_DIRECTORY.fullmatch(Path(path).parent.name) is not None
    )


def _is_private(status: os.stat_result) -> bool:
    """Say whether only we can use it. Windows keeps others out of a profile by itself."""
    return os.name != "posix" or (
        status.st_uid == os.geteuid() and not stat.S_IMODE(status.st_mode) & 0o077
    )


def _read_private(directory: Path, name: str) -> str:
    """Read a small file of ours that only we could write, not by a link.

    :raises OSError: It is not such a file.
    """
    if not _is_private(directory.lstat()):
        raise PermissionError("The directory of registrations is open to others.")
    handle = os.open(directory / name, os.O_RDONLY | _NO_FOLLOW | _NO_BLOCK)
    with os.fdopen(handle, encoding="utf-8") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or not _is_private(status):
            raise PermissionError("The file is not a regular one that only we can use.")
        if status.st_size > MAX_FILE_BYTES:
            raise OSError(f"The file is longer than {MAX_FILE_BYTES} bytes.")
        return file.read(MAX_FILE_BYTES)
