"""Whether widgets are drawn: what draws them is installed where the pages come from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_core.paths import jupyter_path

from nbflask.notebook.doctor.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbflask.notebook.doctor.environments import Environment
    from nbflask.notebook.owner import Notebook
    from nbflask.notebook.shown import Display
    from nbflask.notebook.surroundings import Surroundings

#: A page that has not answered while the kernel could have heard it for so long shows no widget.
#: Through a slow line a module of 200 KiB takes some seconds.
PATIENCE_S = 15.0

# The distribution that brings each extension of JupyterLab.
_BRINGERS = {
    "@jupyter-widgets/jupyterlab-manager": "jupyterlab-widgets",
    "anywidget": "anywidget",
}
_HOW_TO_SEE = "none shown yet; run `%flask_preview`, then this again"
_RELOAD = "Reload the page, and run the cell with the widget again. Then look here again."


def look_at_widgets(notebook: Notebook, server: Environment | None) -> Iterator[Finding]:
    """Say whether a page draws our widgets, and if not what is missing."""
    around = notebook.surroundings
    if around.front_end in ("terminal", "none"):
        yield _finding("no page is there to show any")
        return
    displays = notebook.shown.displays()
    if any(each.is_heard for each in displays):
        yield _finding(f"shown: the page has answered ({_count(displays)})")
        return
    missing = list(_missing(around, server))
    yield from missing
    if not displays:
        yield _finding(_HOW_TO_SEE)
        return
    is_silent = max(each.idle_s for each in displays) >= PATIENCE_S
    if around.front_end == "voila" and not is_silent:
        yield _finding("not to be known: Voila runs the cells before their page is there")
    elif not is_silent:
        yield _finding("a page has not answered yet; run this again in a moment")
    else:
        remedy = "" if missing else _RELOAD
        yield _finding(f"no page has answered ({_count(displays)}), so none is drawn", remedy)


def _missing(around: Surroundings, server: Environment | None) -> Iterator[Finding]:
    """Name what the pages lack to draw widgets."""
    if around.front_end == "vscode":
        # VS Code takes it from the kernel's environment before it asks the network.
        folders = [Path(each, "anywidget") for each in jupyter_path("nbextensions")]
        if not any(each.is_dir() for each in folders):
            yield _finding(
                "VS Code finds no anywidget in the kernel's environment",
                "Run `%pip install --force-reinstall --no-deps anywidget`, and reload the window.",
            )
        return
    if server is None:
        return
    restart = "and restart the Jupyter server."
    for name, distribution in _BRINGERS.items():
        if name not in server.lab_extensions:
            yield _finding(
                f"the Jupyter server's environment ({server.prefix}) has no {name}",
                f"Run `{server.pip} install {distribution}`, {restart}",
            )
        elif name in server.disabled:
            command = f"{server.command('jupyter')} labextension enable {name}"
            yield _finding(
                f"{name} is disabled in the Jupyter server's configuration",
                f"Run `{command}`, {restart}",
            )


def _count(displays: list[Display]) -> str:
    kinds = dict.fromkeys(each.kind for each in displays)
    return ", ".join(kinds)


def _finding(found: str, remedy: str = "") -> Finding:
    return Finding(about="front end", subject="widgets", found=found, remedy=remedy)
