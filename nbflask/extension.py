"""``%load_ext nbflask`` and ``%unload_ext nbflask``.

Loading changes the notebook in six places: the events of cells, Flask's classes, the
magics, their completers, Flask's names and an ``app`` in the namespace. Each is undone
by unloading, in the opposite order; names that the user has given another meaning stay.

``%reload_ext nbflask``, which IPython advises on a second ``%load_ext``, unloads and loads.
What the notebook has stays: routes, servers and previews would be lost for nothing.
"""

from __future__ import annotations

import sys
from types import FrameType, ModuleType
from typing import TYPE_CHECKING, Any

import flask
from IPython.core.extensions import ExtensionManager

from nbflask.app import Flask
from nbflask.magics import completion, install, uninstall
from nbflask.magics.running import run_in_background
from nbflask.notebook import attach, detach
from nbflask.notebook.cell_events import CellEvents
from nbflask.notebook.secret import read_secret_key
from nbflask.notebook.substitution import Substitution

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_ATTRIBUTE = "_nbflask_extension"


class Extension:
    """What loading changed in a shell, so that unloading can undo it."""

    def __init__(self, shell: InteractiveShell) -> None:
        """Prepare; nothing is changed yet."""
        self._shell = shell
        self.notebook = attach(shell)
        self._events = CellEvents(self.notebook, _write_line)
        self._substitution = Substitution(
            shell.user_ns,
            run_in_background,
            self.notebook.record,
            read_secret_key(self.notebook.surroundings.notebook),
        )
        self._names: dict[str, Any] = {}
        self._app: dict[str, Any] = {}

    def load(self) -> None:
        """Change the notebook."""
        self._substitution.start()
        self._put_names()
        self._events.start()
        install(self._shell)
        completion.install(self._shell, self.notebook)

    def refresh(self) -> None:
        """Put back what the user took from the names and the magics."""
        self._put_names()
        install(self._shell)

    def unload(self) -> None:
        """Put everything back."""
        completion.uninstall(self._shell)
        uninstall(self._shell)
        self._events.stop()
        self._shell.drop_by_id({**self._names, **self._app})
        self._substitution.stop()
        detach(self._shell)

    def _put_names(self) -> None:
        namespace = self._shell.user_ns
        missing = {name: value for name, value in flask_names().items() if name not in namespace}
        # Names that are not the user's don't belong in %who.
        self._shell.push(missing, interactive=False)
        self._names |= missing
        if not self.notebook.apps.by_name() and "app" not in namespace:
            app = Flask("__main__")
            app.take_notebook_config()
            self._app = {"app": app}
            self._shell.push(self._app)


def load(shell: InteractiveShell) -> None:
    """Load the extension; a second call only puts back what is missing."""
    loaded = getattr(shell, _ATTRIBUTE, None)
    if isinstance(loaded, Extension):
        loaded.refresh()
    else:
        extension = Extension(shell)
        setattr(shell, _ATTRIBUTE, extension)
        try:
            extension.load()
        except BaseException:
            unload(shell)
            raise


def unload(shell: InteractiveShell) -> None:
    """Unload the extension. May be called twice; within ``%reload_ext`` it is kept."""
    extension = getattr(shell, _ATTRIBUTE, None)
    if isinstance(extension, Extension) and not _is_reloading():
        delattr(shell, _ATTRIBUTE)
        extension.unload()


def flask_names() -> dict[str, Any]:
    """Give Flask's public names: all that ``flask`` names, without modules."""
    return {
        name: value
        for name, value in vars(flask).items()
        if not name.startswith("_") and not isinstance(value, ModuleType) and name != "annotations"
    }


def _is_reloading() -> bool:
    """Say whether IPython unloads only to load again; it tells its extensions no other way."""
    frame: FrameType | None = sys._getframe()
    while frame is not None and frame.f_code is not ExtensionManager.reload_extension.__code__:
        frame = frame.f_back
    return frame is not None


def _write_line(line: str) -> None:
    sys.stdout.write(f"{line}\n")
