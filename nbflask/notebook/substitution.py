"""While the extension is loaded, plain Flask code in cells makes live apps.

``flask.Flask`` and ``flask.Blueprint`` name our classes, ``app.run()`` starts the
background server, ``app.test_client()`` has the app recorded that the same cell has made, and a
new app has the notebook's secret key. The last three hold for what the notebook's own code
calls: a library that runs an app means Flask's own way.
All of it is undone by :meth:`Substitution.stop`.

Only the package's names are exchanged: ``flask.app.Flask`` stays Flask's own class, and
our code reaches it there, since ``flask.Flask`` would lead back to ours for ever.
"""

from __future__ import annotations

import functools
import sys
import threading
from typing import TYPE_CHECKING, Any

import flask
from flask.app import Flask as PlainFlask
from flask.blueprints import Blueprint as PlainBlueprint

from nbflask.app import Blueprint, Flask

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping
    from types import FrameType

_PAIRS: tuple[tuple[str, type, type], ...] = (
    ("Flask", PlainFlask, Flask),
    ("Blueprint", PlainBlueprint, Blueprint),
)


class Substitution:
    """Exchanges Flask's classes for ours, and back.

    :param namespace: The notebook's names: what holds a plain class there is exchanged too.
    :param run: Stands in for ``app.run``.
    :param record: Called before the notebook's code is given a test client.
    :param secret_key: What a new app's ``SECRET_KEY`` is.
    """

    def __init__(
        self,
        namespace: MutableMapping[str, Any],
        run: Callable[..., None],
        record: Callable[[], None],
        secret_key: str,
    ) -> None:
        """Prepare; nothing is exchanged yet."""
        self._namespace, self._run, self._record = namespace, run, record
        self._secret_key = secret_key
        self._plain_run: Any = None
        self._plain_test_client: Any = None

    def start(self) -> None:
        """Exchange. A second call changes nothing."""
        if self._plain_run is not None:
            return
        for name, plain, live in _PAIRS:
            setattr(flask, name, live)
            self._exchange_names(plain, live)
        self._plain_run = PlainFlask.run
        PlainFlask.run = _for_the_notebook(self._run, self._plain_run)  # type: ignore[method-assign]
        self._plain_test_client = PlainFlask.test_client
        PlainFlask.test_client = _recorded(  # type: ignore[method-assign]
            self._record, self._plain_test_client
        )
        Flask.notebook_config = {"SECRET_KEY": self._secret_key}

    def stop(self) -> None:
        """Put everything back. May be called twice."""
        if self._plain_run is None:
            return
        for name, plain, live in _PAIRS:
            setattr(flask, name, plain)
            self._exchange_names(live, plain)
        PlainFlask.run = self._plain_run  # type: ignore[method-assign]
        PlainFlask.test_client = self._plain_test_client  # type: ignore[method-assign]
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
        (run if _is_notebooks(sys._getframe(1)) else plain_run)(app, *args, **kwargs)

    return choose


def _recorded(record: Callable[[], None], plain_test_client: Callable[..., Any]) -> Any:
    """Make a ``test_client`` whose app is recorded, though its cell has not ended yet."""

    @functools.wraps(plain_test_client)
    def test_client(app: Any, *args: Any, **kwargs: Any) -> Any:
        # The kernel's main thread is the one that runs cells, and looks for their apps.
        is_cells = threading.current_thread() is threading.main_thread()
        if is_cells and _is_notebooks(sys._getframe(1)):
            record()
        return plain_test_client(app, *args, **kwargs)

    return test_client


def _is_notebooks(frame: FrameType) -> bool:
    return frame.f_globals.get("__name__") == "__main__"
