"""Where this kernel runs: what can be known about the front end and the Jupyter server.

No kernel is told its server's address. What can be known: the kernel's id is in
the name of its connection file, the server that started it is its parent
process, a server writes ``jpserver-<pid>.json`` while it runs, and our extension
leaves a variable in the environment of the server that has loaded it.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from nbflask.server.front import parse_kernel_id, read_server_clues
from nbflask.values.base_url import ServerClues

if TYPE_CHECKING:
    from collections.abc import Mapping

    from IPython.core.interactiveshell import InteractiveShell

#: What to do where a page has no way to the app, by front end, where no Jupyter server is.
_HINTS = {
    "voila": (
        "Voila by itself passes no requests on, and the app's port is one of another machine. "
        "Render the notebook through a Jupyter server that has nbflask, at voila/render/."
    ),
    "vscode": (
        "The kernel runs on another machine. Forward the app's port in the Ports view; "
        "%flask_doctor names it."
    ),
}

FrontEnd = Literal["jupyter", "voila", "vscode", "colab", "terminal", "none"]


@dataclass(frozen=True, kw_only=True)
class ServerExtension:
    """Whether Jupyter's configuration, as the kernel sees it, enables our extension.

    The server may run in another environment, with files of its own, so this explains at most.

    :param file: What says so; ``""`` where no file names it.
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
    server: ServerClues = field(default_factory=ServerClues)

    @property
    def is_behind_jupyter(self) -> bool:
        """Whether a Jupyter server is between the browser and this kernel.

        Voila shows pages as an extension of one, which writes an info file, or by itself.
        """
        has_server = self.front_end == "jupyter" or (
            self.front_end == "voila" and bool(self.server.server_file or self.server.has_extension)
        )
        return has_server and bool(self.kernel_id)

    @property
    def hint(self) -> str:
        """What to do where a page has no way to the app; ``""`` behind a Jupyter server."""
        return "" if self.is_behind_jupyter else _HINTS.get(self.front_end, "")

    @property
    def has_extension(self) -> bool:
        """Whether that server has loaded our extension, which alone reaches a unix socket."""
        return self.is_behind_jupyter and self.server.has_extension

    def mount_of(self, app_name: str) -> str:
        """Give the app's URL below the server's base URL; ``""`` where there is no server.

        Whether the server answers there is the page's to find out: a kernel may have been started
        with an environment that says nothing of the extension.
        """
        return f"nbflask/{self.kernel_id}/{app_name}/" if self.is_behind_jupyter else ""


def read_surroundings(
    shell: InteractiveShell, environment: Mapping[str, str] = os.environ
) -> Surroundings:
    """Look around. The answer does not change while the kernel lives."""
    namespace: dict[str, Any] = shell.user_ns
    in_vscode = namespace.get("__vsc_ipynb_file__")
    notebook = str(in_vscode or environment.get("JPY_SESSION_NAME", ""))
    kernel_id = _read_kernel_id()
    server = read_server_clues(environment)
    # A server that writes no info file (jupyter-kernel-gateway) still names the session.
    has_server = bool(server.server_file or environment.get("JPY_SESSION_NAME"))
    return Surroundings(
        front_end=_tell_front_end(
            bool(in_vscode), is_voila=bool(server.voila), has_server=bool(kernel_id) and has_server
        ),
        kernel_id=kernel_id,
        notebook=notebook,
        extension=read_extension(),
        server=server,
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
        return parse_kernel_id(get_connection_file()) or ""
    return ""


def _tell_front_end(in_vscode: bool, *, is_voila: bool, has_server: bool) -> FrontEnd:
    if "google.colab" in sys.modules:
        return "colab"
    if in_vscode:
        return "vscode"
    if "ipykernel.kernelapp" in sys.modules:
        if is_voila:
            return "voila"
        return "jupyter" if has_server else "none"
    return "terminal" if sys.stdin is not None and sys.stdin.isatty() else "none"
