"""Build, run, look into and ship Flask apps from a Jupyter notebook.

Three processes import this package: the kernel (Flask, IPython), the Jupyter
server (Tornado) and the shell. ``import nbflask`` alone pulls in none of their
libraries; each name below is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__version__ = "0.1.0"

# Where each public name is at home.
_HOMES = {
    "Blueprint": "nbflask.app",
    "Bounds": "nbflask.recorder",
    "Flask": "nbflask.app",
    "Notebook": "nbflask.notebook",
    "Recorder": "nbflask.recorder",
    "doctor": "nbflask.magics.looking",
    "get_notebook": "nbflask.notebook",
    "inspect": "nbflask.magics.inspecting",
    "parity": "nbflask.alike",
    "private": "nbflask.recorder",
    "read_har": "nbflask.inspector.replaying.archives",
    "record": "nbflask.magics.inspecting",
    "requests": "nbflask.magics.inspecting",
    "run": "nbflask.magics.running",
    "session": "nbflask.magics.sessions",
    "stop": "nbflask.magics.running",
    "templates": "nbflask.magics.templates",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    """List the public names, also those that are not imported yet."""
    return sorted({*globals(), *_HOMES})


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Do what ``%load_ext nbflask`` says.

    :raises ShadowError: A file beside the notebook is imported in Flask's place.
    """
    try:
        from nbflask.extension import load
    except (ImportError, AttributeError) as fault:
        from nbflask.runtime.shadows import explain_shadows

        raise explain_shadows() or fault from fault

    load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Do what ``%unload_ext nbflask`` says."""
    from nbflask.extension import unload

    unload(shell)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Tell the Jupyter server which module its extension is."""
    return [{"module": "nbflask.proxy"}]
