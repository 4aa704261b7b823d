"""The servers of a notebook, by the names of their apps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflask.errors import AppError
from nbflask.notebook.serving import Serving, Wish
from nbflask.server.life import NotRunning, Reused, Started, Stopped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flask import Flask
    from IPython.core.interactiveshell import InteractiveShell

    from nbflask.notebook.surroundings import Surroundings


class Servings:
    """Starts and stops servers; one for each name."""

    def __init__(self, surroundings: Surroundings, shell: InteractiveShell) -> None:
        """Begin with none."""
        self._surroundings, self._shell = surroundings, shell
        self._by_name: dict[str, Serving] = {}

    def __contains__(self, name: object) -> bool:
        """Say whether the app of a name is served."""
        return name in self._by_name

    def __iter__(self) -> Iterator[str]:
        """Give the names of the apps that are served."""
        return iter(list(self._by_name))

    def __getitem__(self, name: str) -> Serving:
        """Give what serves the app of a name.

        :raises AppError: The app is not served.
        """
        serving = self._by_name.get(name)
        if serving is None:
            raise AppError(f"The app {name!r} is not running. Start it with `%flask_run {name}`.")
        return serving

    def apps(self) -> dict[str, Flask]:
        """Give the apps that are served, by name."""
        return {name: serving.application for name, serving in self._by_name.items()}

    def start(self, name: str, app: Flask, wish: Wish) -> Started | Reused:
        """Serve an app; harmless for one that is served.

        :raises ServerError: The address cannot be had. A server that ran still runs.
        """
        serving = self._by_name.get(name)
        serving = serving or Serving(name, app, self._surroundings, self._shell)
        serving.application = app
        outcome = serving.start(wish)
        self._by_name[name] = serving
        return outcome

    def stop(self, name: str) -> Stopped | NotRunning:
        """Stop serving an app. May be called twice."""
        serving = self._by_name.pop(name, None)
        return NotRunning() if serving is None else serving.stop()

    def follow(self, found: Mapping[str, Flask]) -> list[str]:
        """Serve the apps that now have the names; give the names that another app has got."""
        changed = []
        for name, serving in self._by_name.items():
            app = found.get(name)
            if app is not None and app is not serving.application:
                serving.application = app
                changed.append(name)
        return changed
