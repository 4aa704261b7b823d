"""The occasion of a rendering: a request like the last real one, with what it had.

Hooks do not run again, so what they left in ``g`` is put there; it is taken out before the
context ends, as a teardown function would otherwise close a connection for the second time.
"""

from __future__ import annotations

import inspect
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import g
from flask.globals import app_ctx
from flask.testing import EnvironBuilder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from flask import Flask

#: What Flask gives to each template; it comes with the request, and is never kept from an old one.
FLASKS_OWN = ("g", "request", "session")


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """A request to render in.

    :param exchange_id: Of the one that it is like; ``None`` for ``GET /``.
    :param environ: Its WSGI environ.
    :param held: What its ``g`` held.
    """

    exchange_id: int | None = None
    environ: Mapping[str, Any] | None = field(default=None, repr=False)
    held: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @contextmanager
    def relive(self, app: Flask) -> Iterator[Callable[[dict[str, Any]], None]]:
        """Push the request's context, and give what adds Flask's and the processors' names.

        Names that are there already stay, as they do for a view.
        """
        environ = self.environ if self.environ is not None else EnvironBuilder(app).get_environ()
        # The exchange's own mark would let the recorder take this for a part of it.
        plain = {name: each for name, each in environ.items() if not name.startswith("nbflask.")}
        with app.request_context(plain):
            for name, value in self.held.items():
                setattr(g, name, value)
            try:
                yield lambda values: _add_context(app, values)
            finally:
                for name, value in self.held.items():
                    if g.get(name) is value:
                        g.pop(name)


def split_context(context: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Divide what a template was given into what the view gave, and what context processors did.

    Flask adds to the view's names, its own processor first; so the order tells them apart.
    """
    own: dict[str, Any] = {}
    given: dict[str, Any] = {}
    target = own
    for name, value in context.items():
        if name in FLASKS_OWN:
            target = given
        else:
            target[name] = value
    return own, given


def held_by(context: Mapping[str, Any]) -> dict[str, Any]:
    """Give what ``g`` held when a template was given this."""
    return dict(getattr(context.get("g"), "__dict__", {}))


def _add_context(app: Flask, values: dict[str, Any]) -> None:
    update: Any = app.update_template_context
    if "ctx" in inspect.signature(update).parameters:
        # Flask 3.2 hands the context along.
        context: Any = app_ctx
        update(context._get_current_object(), values)
    else:
        update(values)
