"""While the extension is loaded, plain Flask code in cells makes live apps.

``flask.Flask`` and ``flask.Blueprint`` name our classes, ``app.run()`` starts the
background server, and a new app has the notebook's secret key. All of it is undone
by :meth:`Substitution.stop`.

Only the package's names are exchanged: ``flask.app.Flask`` stays Flask's own class, and
our code reaches it there, since ``flask.Flask`` would lead back to ours for ever.
"""

from __future__ import annotations

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
        self._plain_config: Any = None

    def start(self) -> None:
        """Exchange. A second call changes nothing."""
        if self._plain_run is not None:
            return
        for name, plain, live in _PAIRS:
            setattr(flask, name, live)
            self._exchange_names(plain, live)
        self._plain_run = PlainFlask.run
        PlainFlask.run = self._run  # type: ignore[method-assign]
        self._plain_config = Flask.default_config
        config = {**self._plain_config, "SECRET_KEY": self._secret_key}
        Flask.default_config = type(self._plain_config)(config)

    def stop(self) -> None:
        """Put everything back. May be called twice."""
        if self._plain_run is None:
            return
        for name, plain, live in _PAIRS:
            setattr(flask, name, plain)
            self._exchange_names(live, plain)
        PlainFlask.run = self._plain_run  # type: ignore[method-assign]
        # The class had none of its own before; its base's counts again.
        del Flask.default_config
        self._plain_run = self._plain_config = None

    def _exchange_names(self, old: type, new: type) -> None:
        for name, value in list(self._namespace.items()):
            if value is old:
                self._namespace[name] = new
