"""The notebook's apps, by the name that the notebook gives them.

Rule 1: the namespace is the truth. An app's name is the first variable that holds it.

Rule 2: the current app is the newest made or chosen.

Rule 3: names that start with an underscore are IPython's or private, and name no app; nor
does a proxy, as ``current_app`` is in a context that was pushed by hand.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar

from nbflask.errors import AppError
from nbflask.values.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask

Kind = TypeVar("Kind")


class Apps:
    """A view of the Flask apps in a namespace.

    :param namespace: The notebook's names; read at each call, never written.
    :param kind: The class whose instances are apps: Flask's original one.
    """

    def __init__(self, namespace: Mapping[str, Any], kind: type[Flask]) -> None:
        """See the apps of a namespace."""
        self._namespace, self._kind = namespace, kind
        self._known: weakref.WeakSet[Flask] = weakref.WeakSet()
        self._chosen: weakref.ref[Flask] | None = None

    def by_name(self) -> dict[str, Flask]:
        """Give all apps by name, each once, in the order of the namespace."""
        found: dict[str, Flask] = {}
        seen: set[int] = set()
        for name, value in list(self._namespace.items()):
            if name.startswith("_") or not is_a(value, self._kind) or id(value) in seen:
                continue
            seen.add(id(value))
            found[name] = value
        self._notice_new(found)
        return found

    def name_of(self, app: Flask) -> str:
        """Give an app's name; ``"app"`` for one that no variable holds."""
        names = (name for name, each in self.by_name().items() if each is app)
        return next(names, "app")

    def current(self) -> tuple[str, Flask]:
        """Give the current app and its name.

        :raises AppError: The notebook has no app.
        """
        found = self.by_name()
        chosen = self._chosen() if self._chosen is not None else None
        for name, app in found.items():
            if app is chosen:
                return name, app
        # The chosen one's variable is gone: the newest variable is the best guess.
        for name, app in reversed(found.items()):
            return name, app
        raise AppError("The notebook has no Flask app. Write `app = Flask(__name__)` in a cell.")

    def find(self, name: str | None) -> tuple[str, Flask]:
        """Give the app of a name, or the current one, with its name.

        :raises AppError: No app has the name.
        """
        if name is None:
            return self.current()
        found = self.by_name()
        if name in found:
            return name, found[name]
        value = self._namespace.get(name)
        if is_a(value, self._kind):
            return self.name_of(value), value
        if name in self._namespace and not name.startswith("_"):
            kind = type(value).__name__
            raise AppError(f"{name!r} is of type {kind}, not a Flask app.{_offer(name, found)}")
        raise AppError(
            f"The notebook has no app {name!r}.{_offer(name, found)}"
            f" Make it with `%flask_app {name}`."
        )

    def choose(self, app: Flask) -> None:
        """Make an app the current one."""
        self._known.add(app)
        self._chosen = weakref.ref(app)

    def _notice_new(self, found: Mapping[str, Flask]) -> None:
        for app in found.values():
            if app not in self._known:
                self.choose(app)


def is_a(value: object, kind: type[Kind]) -> TypeGuard[Kind]:
    """Say whether a value is itself of a kind; a proxy says of itself that it is."""
    return issubclass(type(value), kind)


def _offer(name: str, found: Mapping[str, Flask]) -> str:
    return did_you_mean(name, found)
