"""The recorders of a notebook: each of its apps has one, from when it is found until it is gone.

An app that no variable holds is recorded when somebody asks for its recorder, and for as long as
somebody has the app.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakSet

from nbflask.recorder import Recorder, recorder_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask


class Recorders:
    """Records the apps of a notebook."""

    def __init__(self) -> None:
        """Begin with none."""
        self._named: dict[str, Recorder] = {}
        self._all: WeakSet[Recorder] = WeakSet()
        self._off: WeakSet[Recorder] = WeakSet()

    def follow(self, apps: Mapping[str, Flask]) -> list[Recorder]:
        """Record these apps under these names; give the recorders of those that are gone."""
        named = {name: self.of(app, name) for name, app in apps.items()}
        gone = [each for each in self._named.values() if each not in named.values()]
        self._named = named
        for each in gone:
            each.detach()
        return gone

    def of(self, app: Flask, name: str) -> Recorder:
        """Give an app's recorder, which records unless it was told to stop."""
        recorder = next((each for each in self._all if each.app is app), None)
        if recorder is None:
            # A cell may have attached one of its own.
            recorder = recorder_of(app) or Recorder(app, name=name)
            self._all.add(recorder)
        recorder.name = name
        if recorder not in self._off:
            recorder.attach()
        return recorder

    def start(self, app: Flask, name: str) -> Recorder:
        """Record an app, also one that :meth:`stop` was called for."""
        self._off.discard(self.of(app, name))
        return self.of(app, name)

    def stop(self, app: Flask, name: str) -> Recorder:
        """Record an app no more until :meth:`start`. What was recorded stays."""
        recorder = self.of(app, name)
        self._off.add(recorder)
        recorder.detach()
        return recorder

    def close(self) -> None:
        """Leave all apps as they were before. May be called twice."""
        for each in self._all:
            each.detach()
        self._named.clear()
        self._all.clear()
