"""Each request has a list of pyplot's figures of its own.

pyplot keeps the figures that are open, and which is the current one, for the whole process. A
notebook shows them below the cell that ends next, whoever made them, and closes them; a server
never does. So the table in which pyplot keeps them is put aside by one that knows who asks: in a
request it is the request's own, and goes with it; else it is the cells'.

What stays shared are Matplotlib's settings (``rcParams``, ``plt.style.use``).
"""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import MutableMapping
from contextvars import ContextVar, Token
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

_PYLAB = "matplotlib._pylab_helpers"

# Not in the environ, which may be kept long after the request.
_of_request: ContextVar[OrderedDict[Any, Any] | None] = ContextVar(
    "nbflask_figures_of_the_request", default=None
)


def enter_request() -> Token[Any]:
    """Let what pyplot makes from here on be a request's."""
    return _of_request.set(OrderedDict())


def leave_request(token: Token[Any], *, is_served: bool) -> None:
    """Let what pyplot makes from here on be what it was before the request.

    :param is_served: Whether a server asked. Its thread has nothing to come back to: the response
        may be a stream still to be made, and each request has a context of its own there.
    """
    is_outermost = token.old_value in (Token.MISSING, None)
    if not (is_outermost and is_served):
        _of_request.reset(token)


class Figures(MutableMapping[Any, Any]):
    """pyplot's figures by their number, the current one last: the request's, or the cells'.

    It stands in for ``Gcf.figs``, an ordered dictionary.
    """

    def __init__(self, of_cells: OrderedDict[Any, Any]) -> None:
        self._of_cells = of_cells

    @property
    def _own(self) -> OrderedDict[Any, Any]:
        of_request = _of_request.get()
        return self._of_cells if of_request is None else of_request

    def __getitem__(self, number: Any) -> Any:
        return self._own[number]

    def __setitem__(self, number: Any, manager: Any) -> None:
        self._own[number] = manager
        if self._own is not self._of_cells:
            _forget_to_draw(manager.canvas.figure)

    def __delitem__(self, number: Any) -> None:
        del self._own[number]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._own)

    def __reversed__(self) -> Any:
        return reversed(self._own)

    def __len__(self) -> int:
        return len(self._own)

    def keys(self) -> Any:
        """Give the numbers, which can be reversed."""
        return self._own.keys()

    def values(self) -> Any:
        """Give the managers, which can be reversed."""
        return self._own.values()

    def items(self) -> Any:
        """Give both, which can be reversed."""
        return self._own.items()

    def move_to_end(self, number: Any, last: bool = True) -> None:
        """Make a figure the current one."""
        self._own.move_to_end(number, last)


def _forget_to_draw(figure: Any) -> None:
    """Take a figure off the list of what the notebook draws when a cell ends."""
    inline: Any = sys.modules.get("matplotlib_inline.backend_inline")
    waiting: list[Any] = getattr(getattr(inline, "show", None), "_to_draw", [])
    if figure in waiting:
        waiting.remove(figure)


class _WhenImported:
    """Looks on as Matplotlib is imported, be it by a view, and puts our table into it."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Give the module that others find, with our table put in when it has been executed."""
        if name != _PYLAB:
            return None
        others = (each for each in sys.meta_path if each is not self)
        found = (each.find_spec(name, path, target) for each in others)
        spec = next(filter(None, found), None)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                execute(module)
                _put_into(module)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


_when_imported = _WhenImported()


def separate_figures() -> None:
    """Let each request have figures of its own, from now or from when Matplotlib is imported."""
    helpers = sys.modules.get(_PYLAB)
    if helpers is not None:
        _put_into(helpers)
    elif _when_imported not in sys.meta_path:
        sys.meta_path.insert(0, _when_imported)


def _put_into(helpers: Any) -> None:
    if not isinstance(helpers.Gcf.figs, Figures):
        helpers.Gcf.figs = Figures(helpers.Gcf.figs)
