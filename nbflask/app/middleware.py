"""WSGI middleware around a live app, each layer known by the cell that put it there.

``app.wsgi_app = Middleware(app.wsgi_app)`` reads the app as it is, and wraps
it. Run again, it would wrap the former wrapping. So a running cell that reads
``app.wsgi_app`` gets a link: a WSGI callable that finds what is below the
cell's own layer when it is called. The layer of a cell that runs again takes
the former one's place, and links of layers above find the new one.
"""

from __future__ import annotations

from typing import Any

from .cells import Run, running
from .tables import Ledger, LiveList


class WsgiLayers(LiveList[Any]):
    """The layers around an app, the innermost first."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger, ("wsgi_app",), name_of=lambda _layer: "layer")

    def _former(self, claim: Any) -> Any:
        # One layer of the earlier run after the other, so that their order is kept.
        run = running()
        if run is None or run not in claim.parties:
            return None
        own = (c for c in self._claims if c.is_former_of(run) and c.is_same_party(claim))
        return next(own, None)


class WsgiLink:
    """What is below the nth layer of a cell's run, whenever it is called."""

    def __init__(self, app: Any, run: Run, rank: int) -> None:
        self._app = app
        self._run = run
        self._rank = rank

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """Answer a request without this cell's layer and those above it."""
        return self._below()(environ, start_response)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._below(), name)

    def _below(self) -> Any:
        claims = self._app._layers.claims_of()
        own = [i for i, claim in enumerate(claims) if self._run in claim.parties]
        place = own[self._rank] if self._rank < len(own) else len(claims)
        return claims[place - 1].value if place else self._app._innermost.__get__(self._app)


class WsgiApp:
    """The attribute ``wsgi_app``: the app's method, or the outermost layer around it.

    :param base: the method that answers when there is no layer.
    """

    def __init__(self, base: Any) -> None:
        self.base = base

    def __set_name__(self, owner: Any, name: str) -> None:
        owner._innermost = staticmethod(self.base)

    def __get__(self, app: Any, owner: type | None = None) -> Any:
        if app is None:
            return self.base
        if app._innermost is not self.base:  # A subclass asks by super().
            return self.base.__get__(app)
        layers = app._layers
        run = running()
        if run is not None:
            return WsgiLink(app, run, sum(run in claim.parties for claim in layers.claims_of()))
        return layers[-1] if len(layers) else self.base.__get__(app)

    def __set__(self, app: Any, value: Any) -> None:
        app._layers.append(value)
