"""Looks at everything, in the order in which it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflask.notebook.doctor.apps import look_at_apps
from nbflask.notebook.doctor.environments import read_environment_of, read_kernel_environment
from nbflask.notebook.doctor.front_end import look_at_front_end
from nbflask.notebook.doctor.names import look_at_names
from nbflask.notebook.doctor.settings import look_at_settings
from nbflask.notebook.doctor.versions import look_at_versions
from nbflask.notebook.doctor.views import look_at_templates
from nbflask.notebook.doctor.widgets import look_at_widgets

if TYPE_CHECKING:
    from nbflask.notebook.doctor.environments import Environment
    from nbflask.notebook.doctor.finding import Finding
    from nbflask.notebook.owner import Notebook


def examine(notebook: Notebook) -> tuple[Finding, ...]:
    """Look at versions, the front end, the way to each app, and common mistakes.

    Where the Jupyter server runs in another environment, its Python is asked what is there.
    """
    kernel = read_kernel_environment()
    server = _read_server(notebook)
    return (
        *look_at_apps(notebook, kernel, server),
        *look_at_settings(notebook),
        *look_at_templates(notebook),
        *look_at_names(notebook),
        *look_at_front_end(notebook.surroundings, kernel, server),
        *look_at_widgets(notebook, server),
        *look_at_versions(kernel, server),
    )


def _read_server(notebook: Notebook) -> Environment | None:
    around = notebook.surroundings
    pid = around.server.parent_pid
    has_pages = around.front_end in ("jupyter", "voila")
    return read_environment_of(pid) if has_pages and pid is not None else None
