"""What is installed in an environment. It runs in whatever Python it is given to.

The kernel imports it to look at its own environment, and hands its text to the
Jupyter server's Python to look at another. So it needs the standard library
alone, and a Python of 3.8.
"""

from __future__ import annotations

import json
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

PACKAGES = (
    "nbflask",
    "flask",
    "werkzeug",
    "ipython",
    "ipykernel",
    "ipywidgets",
    "anywidget",
    "jupyter-server",
    "jupyter-server-proxy",
    "jupyterlab",
    "jupyterlab-widgets",
    "notebook",
    "voila",
    "flask-sock",
    "simple-websocket",
)
#: By the names of JupyterLab's extensions: what draws widgets in a page, and ours among them.
LAB_EXTENSIONS = ("@jupyter-widgets/jupyterlab-manager", "anywidget")


def look() -> dict[str, Any]:
    """Give the environment's prefix, its versions, and what its pages draw widgets with."""
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return {
        "python": sys.executable,
        "prefix": sys.prefix,
        "version": sys.version.partition(" ")[0],
        "versions": versions,
        "lab_extensions": [each for each in LAB_EXTENSIONS if _has_lab_extension(each)],
        "disabled": _read_disabled(),
    }


def _has_lab_extension(name: str) -> bool:
    return any(Path(each, name, "package.json").is_file() for each in _paths("labextensions"))


def _paths(folder: str) -> list[str]:
    try:
        from jupyter_core.paths import jupyter_path
    except ImportError:
        return [str(Path(sys.prefix, "share", "jupyter", folder))]
    found: list[str] = jupyter_path(folder)
    return found


def _read_disabled() -> list[str]:
    """Give the extensions that the environment's pages are told to leave out."""
    try:
        from jupyter_core.paths import jupyter_config_path
    except ImportError:
        return []
    found: dict[str, Any] = {}
    # The first directory has the last word.
    for each in reversed(jupyter_config_path()):
        try:
            text = Path(each, "labconfig", "page_config.json").read_text(encoding="utf-8")
            said = json.loads(text).get("disabledExtensions", {})
        except (OSError, ValueError, AttributeError):
            continue
        found.update(said if isinstance(said, dict) else dict.fromkeys(said, True))
    return [name for name in LAB_EXTENSIONS if found.get(name)]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(look()))
