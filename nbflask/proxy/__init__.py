"""The Jupyter server's extension: apps of all kernels below ``{base_url}nbflask/``.

Only the Jupyter server imports what is in here, and only values from the rest.
"""

from __future__ import annotations

from typing import Any


def _load_jupyter_server_extension(serverapp: Any) -> None:
    """Mount the extension; Jupyter calls it by this name."""
    from nbflask.proxy.extension import load

    load(serverapp)
