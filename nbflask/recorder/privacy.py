"""Views of which only metadata are recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    View = TypeVar("View", bound=Callable[..., Any])

_MARK = "__nbflask_private__"


def private(view: View) -> View:
    """Have nothing recorded of a view's exchanges but method, path, route, status, sizes and times.

    ::

        @app.post("/login")
        @nbflask.private
        def login(): ...
    """
    setattr(view, _MARK, True)
    return view


def is_private(view: object) -> bool:
    """Whether a view was marked; decorators that use :func:`functools.wraps` keep the mark."""
    return bool(getattr(view, _MARK, False))
