"""What a kernel tells the Jupyter server about an app that it serves.

Rule 1: the two sides may be different installations of different versions.
A number says which form a text has; within a form, unknown keys are ignored.

Rule 2: a text from disk is hostile until it is parsed. Names go into URLs and
file names, so they are checked here once, and the rest relies on it.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field, fields
from typing import Any

#: The form that is written; it changes when an older reader would go wrong.
VERSION = 1

#: Segments of a URL and parts of a file's name, as regular expressions for both. A kernel's id has
#: no dot, so the first dot of ``<kernel_id>.<app_name>.json`` ends it.
KERNEL_ID_PATTERN = r"[0-9A-Za-z][0-9A-Za-z-]{0,99}"
APP_NAME_PATTERN = r"[0-9A-Za-z_][0-9A-Za-z_.~-]{0,99}"
#: Where apps are mounted, below the Jupyter server's base URL.
MOUNT_ROOT = "nbflask"

_KERNEL_ID = re.compile(KERNEL_ID_PATTERN)
_APP_NAME = re.compile(APP_NAME_PATTERN)
_FILE_NAME = re.compile(rf"({KERNEL_ID_PATTERN})\.({APP_NAME_PATTERN})\.json")
_SECRET = re.compile(r"[!-~]{16,200}")


class RegistrationError(ValueError):
    """A registration that cannot be made or used; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Registration:
    """One app of one kernel, and the way to it.

    :param kernel_id: The kernel's id in the Jupyter server's URLs.
    :param app_name: The app's name in its notebook.
    :param notebook: The notebook's path as Jupyter shows it, or ``""``.
    :param pid: The kernel's process, with ``started_ticks`` since pids are used again.
    :param started_ticks: The process's start in clock ticks since the system's; 0 if not known.
    :param host: The machine's name, since home directories are shared; ``""`` if not known.
    :param socket: The path of the unix socket, or ``None`` when ``port`` is given.
    :param port: The TCP port on 127.0.0.1, or ``None`` when ``socket`` is given.
    :param secret: What the proxy shows to the kernel: 16 to 200 printable ASCII characters.
    :raises RegistrationError: A value is not of that kind.
    """

    app_name: str
    notebook: str = ""
    kernel_id: str = field(repr=False)
    pid: int = field(repr=False)
    started_ticks: int = field(default=0, repr=False)
    host: str = field(default="", repr=False)
    socket: str | None = field(default=None, repr=False)
    port: int | None = field(default=None, repr=False)
    secret: str = field(repr=False)
    version: int = field(default=VERSION, repr=False)

    def __post_init__(self) -> None:
        """Check every value, since they become paths, URLs and header fields."""
        for is_valid, text in _check(self):
            if not is_valid:
                raise RegistrationError(text)

    @property
    def file_name(self) -> str:
        """The name of its file, without a directory."""
        return f"{self.kernel_id}.{self.app_name}.json"

    @property
    def mount(self) -> str:
        """Where the app is, relative to the Jupyter server's base URL; ends in a slash."""
        return f"{MOUNT_ROOT}/{self.kernel_id}/{self.app_name}/"

    def to_json(self) -> str:
        """Give the text that :func:`parse_registration` reads."""
        return json.dumps(asdict(self), indent=1, sort_keys=True)


def parse_registration(text: str) -> Registration:
    """Read the text of a registration.

    :raises RegistrationError: It is not one, or of a later version than this.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RegistrationError(f"The registration is not JSON: {error}.") from error
    if not isinstance(data, dict):
        raise RegistrationError("The registration is not a JSON object.")
    version = data.get("version")
    if version != VERSION:
        raise RegistrationError(
            f"The registration has the version {version!r}, this nbflask reads {VERSION}. "
            "Install the same nbflask for the Jupyter server and the kernel."
        )
    known: dict[str, Any] = {f.name: data[f.name] for f in fields(Registration) if f.name in data}
    try:
        return Registration(**known)
    except TypeError as error:
        raise RegistrationError(f"The registration lacks a value: {error}.") from error


def split_file_name(name: str) -> tuple[str, str] | None:
    """Give kernel id and app name out of a registration's file name; ``None`` if it is another."""
    match = _FILE_NAME.fullmatch(name)
    return (match[1], match[2]) if match else None


def is_kernel_id(text: str) -> bool:
    """Say whether the text can be a kernel's id in a URL."""
    return _KERNEL_ID.fullmatch(text) is not None


def is_app_name(text: str) -> bool:
    """Say whether the text can be an app's name in a URL."""
    return _APP_NAME.fullmatch(text) is not None


def _check(it: Registration) -> tuple[tuple[bool, str], ...]:
    return (
        (
            isinstance(it.kernel_id, str) and is_kernel_id(it.kernel_id),
            f"The kernel id {it.kernel_id!r} is not made of letters, digits and '-'.",
        ),
        (
            isinstance(it.app_name, str) and is_app_name(it.app_name),
            f"The app name {it.app_name!r} is not made of letters, digits, '_', '.', '~' and '-'.",
        ),
        (isinstance(it.notebook, str), f"The notebook {it.notebook!r} is not a path."),
        (isinstance(it.host, str), f"The host {it.host!r} is not a name."),
        (_is_int(it.pid, 1), f"The pid {it.pid!r} is not a positive number."),
        (_is_int(it.started_ticks, 0), f"The start time {it.started_ticks!r} is not a number."),
        (
            (it.socket is None) != (it.port is None),
            "The registration names neither a socket nor a port, or both. It needs one.",
        ),
        (
            it.socket is None or _is_path(it.socket),
            f"The socket {it.socket!r} is not an absolute path.",
        ),
        (
            it.port is None or (_is_int(it.port, 1) and it.port < 2**16),
            f"The port {it.port!r} is not a number from 1 to 65535.",
        ),
        (
            isinstance(it.secret, str) and _SECRET.fullmatch(it.secret) is not None,
            "The secret is not 16 to 200 printable ASCII characters.",
        ),
    )


def _is_int(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _is_path(value: object) -> bool:
    return isinstance(value, str) and value.startswith("/") and "\0" not in value
