"""While the extension is loaded, plain Flask code in cells makes live apps.

``flask.Flask`` and ``flask.Blueprint`` name our classes, ``app.run()`` starts the
background server, and a new app has the notebook's secret key. The last two hold for
what the notebook's own code calls: a library that runs an app means Flask's own way.
All of it is undone by :meth:`Substitution.stop`.

Only the package's names are exchanged: ``flask.app.Flask`` stays Flask's own class, and
our code reaches it there, since ``flask.Flask`` would lead back to ours for ever.
"""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Any

import flask
from flask.app import Flask as PlainFlask
from flask.blueprints import Blueprint as PlainBlueprint

from nbflask.app import Blueprint, Flask

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

_PAIRS: tuple[tuple[str, type, type], ...] = (
    ("Flask", PlainFlask, Flask),
    ("Blueprint", PlainBlueprint, Blueprint),
)


class Substitution:
    """Exchanges Flask's classes for ours, and back.

    :param namespace: The notebook's names: what holds a plain class there is exchanged too.
    :param run: Stands in for ``app.run``.
    :param secret_key: What a new app's ``SECRET_KEY`` is.
    """

    def __init__(
        self, namespace: MutableMapping[str, Any], run: Callable[..., None], secret_key: str
    ) -> None:
        """Prepare; nothing is exchanged yet."""
        self._namespace, self._run, self._secret_key = namespace, run, secret_key
        self._plain_run: Any = None

    def start(self) -> None:
        """Exchange. A second call changes nothing."""
        if self._plain_run is not None:
            return
        for name, plain, live in _PAIRS:
            setattr(flask, name, live)
            self._exchange_names(plain, live)
        self._plain_run = PlainFlask.run
        PlainFlask.run = _for_the_notebook(self._run, self._plain_run)  # type: ignore[method-assign]
        Flask.notebook_config = {"SECRET_KEY": self._secret_key}

    def stop(self) -> None:
        """Put everything back. May be called twice."""
        if self._plain_run is None:
            return
        for name, plain, live in _PAIRS:
            setattr(flask, name, plain)
            self._exchange_names(live, plain)
        PlainFlask.run = self._plain_run  # type: ignore[method-assign]
        Flask.notebook_config = {}
        self._plain_run = None

    def _exchange_names(self, old: type, new: type) -> None:
        for name, value in list(self._namespace.items()):
            if value is old:
                self._namespace[name] = new


def _for_the_notebook(run: Callable[..., None], plain_run: Callable[..., None]) -> Any:
    """Make a ``run`` that is ours in the notebook's own code and Flask's elsewhere."""

    @functools.wraps(plain_run)
    def choose(app: Any, *args: Any, **kwargs: Any) -> None:
        in_notebook = sys._getframe(1).f_globals.get("__name__") == "__main__"
        (run if in_notebook else plain_run)(app, *args, **kwargs)

    return choose
