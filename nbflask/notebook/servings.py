"""The servers of a notebook, by the names of their apps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbflask.errors import AppError
from nbflask.notebook.serving import Serving, Wish
from nbflask.server.life import NotRunning, Reused, Started, Stopped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flask import Flask
    from IPython.core.interactiveshell import InteractiveShell

    from nbflask.inspector.replaying.sending import Way
    from nbflask.notebook.surroundings import Surroundings


@dataclass(frozen=True, kw_only=True)
class AppStatus:
    """One app of the notebook.

    :param address: The URL of a port that was asked for; ``""`` for an app without one.
    """

    name: str
    is_current: bool
    is_running: bool
    address: str = ""


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

    def way_to(self, app: Flask) -> Way | None:
        """Give how an app's recorded requests get to its server again; ``None`` without one."""
        ways = (each.way for each in self._by_name.values() if each.application is app)
        return next(ways, None)

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

    def status(self, name: str, *, is_current: bool) -> AppStatus:
        """Tell of one app, served or not."""
        serving = self._by_name.get(name)
        if serving is None:
            return AppStatus(name=name, is_current=is_current, is_running=False)
        return AppStatus(
            name=name,
            is_current=is_current,
            is_running=serving.is_running,
            address=serving.address_asked_for,
        )
