"""Where this kernel runs: what can be known about the front end and the Jupyter server.

No kernel is told its server's address. What can be known: the kernel's id is in
the name of its connection file, the server that started it is its parent
process, and a server writes ``jpserver-<pid>.json`` while it runs.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from IPython.core.interactiveshell import InteractiveShell

FrontEnd = Literal["jupyter", "vscode", "colab", "terminal", "none"]
_CONNECTION_FILE = re.compile(r"kernel-([0-9A-Za-z-]+)\.json")


@dataclass(frozen=True, kw_only=True)
class ServerExtension:
    """Whether the Jupyter server's configuration enables ours, and the file that says so.

    :param file: ``""`` where no file names it.
    """

    is_enabled: bool
    file: str = ""


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What is known of the place where the kernel runs.

    :param front_end: ``"none"`` is a kernel without a page: nbclient, nbval, a bare shell.
    :param kernel_id: As in the Jupyter server's URLs; ``""`` outside a kernel.
    :param notebook: Path of the notebook; ``""`` where it is not known.
    """

    front_end: FrontEnd
    kernel_id: str
    notebook: str
    extension: ServerExtension

    @property
    def is_behind_jupyter(self) -> bool:
        """Whether the app is reached through the Jupyter server."""
        return self.front_end == "jupyter" and bool(self.kernel_id) and self.extension.is_enabled

    def mount_of(self, app_name: str) -> str:
        """Give the app's URL relative to the server's base URL; ``""`` where it has none."""
        return f"nbflask/{self.kernel_id}/{app_name}/" if self.is_behind_jupyter else ""


def read_surroundings(
    shell: InteractiveShell, environment: Mapping[str, str] = os.environ
) -> Surroundings:
    """Look around. The answer does not change while the kernel lives."""
    namespace: dict[str, Any] = shell.user_ns
    in_vscode = namespace.get("__vsc_ipynb_file__")
    notebook = str(in_vscode or environment.get("JPY_SESSION_NAME", ""))
    kernel_id = _read_kernel_id()
    return Surroundings(
        front_end=_tell_front_end(bool(in_vscode), kernel_id, environment),
        kernel_id=kernel_id,
        notebook=notebook,
        extension=read_extension(),
    )


def read_extension() -> ServerExtension:
    """Tell whether a Jupyter server with our configuration would load the extension."""
    from jupyter_core.paths import jupyter_config_path

    directories = [Path(each) for each in jupyter_config_path()]
    # ServerApp.find_server_extensions: what the configuration itself says counts before what
    # installed packages say of themselves; and in both, the first directory before the others.
    files = [directory / "jupyter_server_config.json" for directory in directories]
    for directory in directories:
        files += sorted((directory / "jupyter_server_config.d").glob("*.json"), reverse=True)
    for file in files:
        enabled = _read_enabled(file)
        if enabled is not None:
            return ServerExtension(is_enabled=enabled, file=str(file))
    return ServerExtension(is_enabled=False)


def _read_enabled(file: Path) -> bool | None:
    with contextlib.suppress(OSError, ValueError, AttributeError):
        settings = json.loads(file.read_text(encoding="utf-8"))
        found = settings.get("ServerApp", {}).get("jpserver_extensions", {}).get("nbflask")
        return None if found is None else bool(found)
    return None


def _read_kernel_id() -> str:
    if "ipykernel.kernelapp" not in sys.modules:
        return ""
    from ipykernel.connect import get_connection_file

    with contextlib.suppress(RuntimeError):
        match = _CONNECTION_FILE.fullmatch(Path(get_connection_file()).name)
        return match[1] if match else ""
    return ""


def _tell_front_end(in_vscode: bool, kernel_id: str, environment: Mapping[str, str]) -> FrontEnd:
    if "google.colab" in sys.modules:
        return "colab"
    if in_vscode:
        return "vscode"
    if "ipykernel.kernelapp" in sys.modules:
        return "jupyter" if kernel_id and _has_jupyter_parent(environment) else "none"
    return "terminal" if sys.stdin is not None and sys.stdin.isatty() else "none"


def _has_jupyter_parent(environment: Mapping[str, str]) -> bool:
    from jupyter_core.paths import jupyter_runtime_dir

    parent = environment.get("JPY_PARENT_PID", "")
    if parent.isdecimal() and Path(jupyter_runtime_dir(), f"jpserver-{parent}.json").exists():
        return True
    # A server that writes no such file (jupyter-kernel-gateway) still names the session.
    return bool(environment.get("JPY_SESSION_NAME"))
