"""A notebook's secret key: the same after a restart, and never written into the notebook.

One file a notebook, 0600 in a 0700 directory of the user's Jupyter data, named by a
digest of the notebook's path. So ``session`` works at once and people stay logged in
while cells are run again and kernels restart.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from pathlib import Path

# What `python -c 'import secrets; print(secrets.token_hex())'`, Flask's own advice, gives.
KEY_BYTES = 32


class SecretKey(str):
    """A key whose ``repr`` hides it, so that showing ``app.config`` does not publish it."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Hide the key."""
        return "'********'"


def read_secret_key(notebook: str) -> SecretKey:
    """Give the notebook's key, and make it at the first call.

    Where nothing can be written the key lasts as long as the kernel.

    :param notebook: Path of the notebook; ``""`` stands for the working directory.
    """
    file = _file_of(notebook)
    with contextlib.suppress(OSError):
        found = file.read_text(encoding="ascii").strip()
        if found:
            return SecretKey(found)
    return rotate_secret_key(notebook)


def rotate_secret_key(notebook: str) -> SecretKey:
    """Make a new key for the notebook: whoever is logged in is logged out."""
    key = SecretKey(secrets.token_hex(KEY_BYTES))
    file = _file_of(notebook)
    with contextlib.suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.parent.chmod(0o700)
        # Written aside and renamed: a reader finds the old key or the new one, never half of it.
        aside = file.with_suffix(f".{secrets.token_hex(4)}")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write(key)
        aside.replace(file)
    return key


def _file_of(notebook: str) -> Path:
    from jupyter_core.paths import jupyter_data_dir

    path = str(Path(notebook).absolute()) if notebook else str(Path.cwd())
    digest = hashlib.sha256(path.encode()).hexdigest()
    return Path(jupyter_data_dir(), "nbflask", "keys", f"{digest}.key")
