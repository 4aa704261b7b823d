"""Where the Jupyter server is, as far as a kernel can tell: for links in plain text.

A page knows better: behind a gateway only its own ``baseUrl`` is right. So a
preview is given a relative URL and joins it itself, and this is the fallback.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

#: Set by the user, for what nothing here finds.
EXPLICIT_VARIABLE = "NBFLASK_BASE_URL"
#: Set by our server extension, and inherited by the kernels that its server starts.
EXTENSION_VARIABLE = "NBFLASK_SERVER_BASE_URL"
EXTENSION_PID_VARIABLE = "NBFLASK_SERVER_PID"


class Source(Enum):
    """Who said where the Jupyter server is."""

    EXPLICIT = EXPLICIT_VARIABLE
    EXTENSION = "nbflask in the Jupyter server"
    SERVER_FILE = "the Jupyter server's info file"
    HUB = "JUPYTERHUB_SERVICE_PREFIX"
    VOILA = "VOILA_BASE_URL"


@dataclass(frozen=True, kw_only=True)
class ServerClues:
    """What tells a kernel of its Jupyter server; ``None`` or ``""`` where nothing does.

    :param extension: What our extension wrote into the environment of its server.
    :param extension_pid: The process of that server.
    :param parent_pid: The process that started this kernel.
    :param server_file: ``base_url`` in the info file of the parent.
    """

    explicit: str = ""
    extension: str = ""
    extension_pid: int | None = None
    parent_pid: int | None = None
    server_file: str = ""
    hub: str = ""
    voila: str = ""

    @property
    def has_extension(self) -> bool:
        """Whether the server that started this kernel has our extension.

        A Jupyter server started in a terminal of another one inherits the other's variables.
        """
        return bool(self.extension) and self.extension_pid == self.parent_pid is not None


@dataclass(frozen=True, kw_only=True)
class BaseUrl:
    """Where the Jupyter server is mounted.

    :param value: A path or a full URL; ends in a slash.
    """

    value: str
    source: Source

    def join(self, relative: str) -> str:
        """Give the link to a path below it, as ``nbflask/<kernel_id>/<app>/``."""
        return self.value + relative.lstrip("/")


def choose_base_url(found: ServerClues) -> BaseUrl | None:
    """Give the first of the sources that says anything, the surest first."""
    candidates = (
        (found.explicit, Source.EXPLICIT),
        (found.extension if found.has_extension else "", Source.EXTENSION),
        (found.server_file, Source.SERVER_FILE),
        (found.hub, Source.HUB),
        (found.voila, Source.VOILA),
    )
    for value, source in candidates:
        if value:
            return BaseUrl(value=_close(value), source=source)
    return None


def _close(value: str) -> str:
    """Put the slashes that a base URL begins and ends with."""
    is_full = "://" in value
    return f"{value.rstrip('/')}/" if is_full else f"/{value.strip('/')}/".replace("//", "/")
