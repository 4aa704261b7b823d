"""What this kernel's environment and Jupyter's files say about the server in front of it."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_core.paths import jupyter_runtime_dir

from nbflask.values.base_url import (
    EXPLICIT_VARIABLE,
    EXTENSION_PID_VARIABLE,
    EXTENSION_VARIABLE,
    ServerClues,
)
from nbflask.values.registration import is_kernel_id

if TYPE_CHECKING:
    from collections.abc import Mapping

#: How Jupyter names the connection file of a kernel that its server started.
_CONNECTION_FILE = re.compile(r"kernel-(?P<id>.+)\.json")


def read_server_clues(
    environment: Mapping[str, str] = os.environ,
    runtime_dir: str | Path | None = None,
) -> ServerClues:
    """Look at the environment and at the info file of the server that started this kernel.

    :param runtime_dir: Jupyter's; ``None`` for the one of this process.
    """
    parent_pid = read_parent_pid(environment)
    directory = Path(jupyter_runtime_dir() if runtime_dir is None else runtime_dir)
    return ServerClues(
        explicit=environment.get(EXPLICIT_VARIABLE, ""),
        extension=environment.get(EXTENSION_VARIABLE, ""),
        extension_pid=_parse_pid(environment.get(EXTENSION_PID_VARIABLE, "")),
        parent_pid=parent_pid,
        server_file=_read_server_file(directory / f"jpserver-{parent_pid}.json"),
        hub=environment.get("JUPYTERHUB_SERVICE_PREFIX", ""),
        voila=environment.get("VOILA_BASE_URL", ""),
    )


def read_parent_pid(environment: Mapping[str, str] = os.environ) -> int | None:
    """Give the process that started this kernel; ``None`` where it was no Jupyter client.

    On Windows the variable holds a handle, which only the kernel itself could turn into a pid.
    """
    parent_pid = _parse_pid(environment.get("JPY_PARENT_PID", ""))
    return os.getppid() if parent_pid is not None and os.name == "nt" else parent_pid


def parse_kernel_id(connection_file: str) -> str | None:
    """Give the kernel's id in its server's URLs, out of the path of its connection file.

    :returns: ``None`` where the kernel was not started by a Jupyter server.
    """
    match = _CONNECTION_FILE.fullmatch(Path(connection_file).name)
    return match["id"] if match and is_kernel_id(match["id"]) else None


def _parse_pid(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


def _read_server_file(path: Path) -> str:
    try:
        base_url = json.loads(path.read_text(encoding="utf-8"))["base_url"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return base_url if isinstance(base_url, str) else ""
