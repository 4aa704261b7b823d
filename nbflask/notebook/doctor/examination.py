"""Looks at everything, in the order in which it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflask.notebook.doctor.apps import look_at_apps
from nbflask.notebook.doctor.environments import read_environment_of, read_kernel_environment
from nbflask.notebook.doctor.finding import Finding
from nbflask.notebook.doctor.front_end import look_at_front_end
from nbflask.notebook.doctor.names import look_at_names
from nbflask.notebook.doctor.settings import look_at_settings
from nbflask.notebook.doctor.versions import look_at_versions
from nbflask.notebook.doctor.views import look_at_templates
from nbflask.notebook.doctor.widgets import look_at_widgets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from nbflask.notebook.doctor.environments import Environment
    from nbflask.notebook.owner import Notebook


def examine(notebook: Notebook) -> tuple[Finding, ...]:
    """Look at versions, the front end, the way to each app, and common mistakes.

    Where the Jupyter server runs in another environment, its Python is asked what is there.
    """
    kernel = read_kernel_environment()
    server = _read_server(notebook)
    looks: dict[str, Callable[[], Iterable[Finding]]] = {
        "apps": lambda: look_at_apps(notebook, kernel, server),
        "settings": lambda: look_at_settings(notebook),
        "templates": lambda: look_at_templates(notebook),
        "names": lambda: look_at_names(notebook),
        "front end": lambda: look_at_front_end(notebook.surroundings, kernel, server),
        "widgets": lambda: look_at_widgets(notebook, server),
        "versions": lambda: look_at_versions(kernel, server),
    }
    return tuple(found for subject, look in looks.items() for found in _guarded(subject, look))


def _guarded(subject: str, look: Callable[[], Iterable[Finding]]) -> tuple[Finding, ...]:
    """Look at one thing; a fault in that, as of an object that fails when it is asked, is told."""
    try:
        return tuple(look())
    except Exception as fault:  # noqa: BLE001 - the other findings are worth having.
        found = f"could not be looked at: {type(fault).__name__}: {fault}"
        remedy = "Restart the kernel and run `%flask_doctor` again; if it stays, report it."
        return (Finding(about="apps", subject=subject, found=found, remedy=remedy),)


def _read_server(notebook: Notebook) -> Environment | None:
    around = notebook.surroundings
    pid = around.server.parent_pid
    has_pages = around.front_end in ("jupyter", "voila")
    return read_environment_of(pid) if has_pages and pid is not None else None
