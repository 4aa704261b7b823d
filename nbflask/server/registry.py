"""The kernel's side of the registrations: an app that is served says so, until it is stopped."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from jupyter_core.paths import jupyter_runtime_dir

from nbflask.runtime.registrations import RegistrationDirectory

if TYPE_CHECKING:
    from pathlib import Path

    from nbflask.values.registration import Registration


def register(registration: Registration, runtime_dir: str | Path | None = None) -> Path:
    """Make an app known to the Jupyter server, and give the file that does it.

    :param runtime_dir: Jupyter's; ``None`` for the one of this process.
    :raises ServerError: The directory cannot be made, or is not only ours.
    """
    return _open(runtime_dir).write(registration)


def unregister(path: Path) -> None:
    """Withdraw what :func:`register` gave. It may be called twice."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def collect_dead(runtime_dir: str | Path | None = None) -> int:
    """Remove what killed kernels left behind, and give the number of their apps."""
    return _open(runtime_dir).collect_dead()


def _open(runtime_dir: str | Path | None) -> RegistrationDirectory:
    return RegistrationDirectory(jupyter_runtime_dir() if runtime_dir is None else runtime_dir)
