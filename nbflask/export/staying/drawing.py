"""Statements that draw: for whom they do, be it a figure that the app uses or the notebook alone.

``ax.plot(df.a)`` changes the figure of ``ax`` and not ``df``; ``df.plot()`` changes neither.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbflask.values.scope import own_nodes

from ..imports import read_imports
from ..origins import Origins
from ..statements import root_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..imports import Imported

#: Stands for the figure that pyplot has at hand.
CURRENT = "<current figure>"
#: What asks pyplot for that one.
_ASKING = frozenset({"savefig", "gcf", "gca", "get_fignums"})
#: Functions of pyplot that are settings, or leave something behind.
_LASTING = _ASKING | {
    *("style", "rcParams", "rc", "rcdefaults", "switch_backend", "ion", "ioff"),
    *("set_cmap", "xkcd", "set_theme", "set", "set_style", "set_palette", "set_context"),
}
_DRAWING = frozenset({"plot", "hist", "boxplot"})
_PACKAGES = ("matplotlib.pyplot", "pylab", "seaborn")


@dataclass(frozen=True, kw_only=True)
class Drawings:
    """Tells what draws.

    :param pyplots: The names of pyplot and of what draws by it.
    :param figures: What the notebook's figures, and parts of them, were made of.
    """

    pyplots: frozenset[str]
    figures: Origins

    @classmethod
    def of(cls, nodes: Sequence[ast.stmt]) -> Drawings:
        """Find figures."""
        modules = {each.bound: _module_of(each) for each in read_imports(nodes)}
        pyplots = frozenset(name for name, module in modules.items() if module in _PACKAGES)
        inner = [each for node in nodes for each in own_nodes(node)]
        made = Origins.of(inner, lambda value: _made_with(value, pyplots))
        beside = dict(made.made_of)
        for names in filter(None, map(_bound_together, inner)):
            # plt.subplots() gives a figure and its axes.
            beside |= {name: beside.get(name, frozenset()) | names for name in names}
        return cls(pyplots=pyplots, figures=Origins(made_of=beside))

    def asks(self, node: ast.stmt) -> bool:
        """Say whether a statement asks for the figure that pyplot has at hand."""
        calls = [each for each in own_nodes(node) if isinstance(each, ast.Call)]
        return any(
            root_name(each) in self.pyplots and _methods(each)[0] in _ASKING for each in calls
        )

    def drawn_on(self, node: ast.stmt) -> frozenset[str] | None:
        """Give the figures that a statement draws on; ``None`` if it does anything else."""
        match node:
            case ast.Expr(value=ast.Call() as call):
                return self._drawn_by(call)
            case ast.For(body=body, orelse=other) | ast.If(body=body, orelse=other):
                inner = [self.drawn_on(each) for each in (*body, *other)]
            case ast.With(body=body):
                inner = [self.drawn_on(each) for each in body]
            case _:
                return None
        found = [each for each in inner if each is not None]
        return frozenset().union(*found) if len(found) == len(inner) else None

    def _drawn_by(self, call: ast.Call) -> frozenset[str] | None:
        root, methods = root_name(call), _methods(call)
        if root in self.pyplots:
            if not methods or methods[0] in _LASTING:
                return None
            return frozenset({CURRENT, *filter(self._is_figure, self.figures.made_of)})
        if self._is_figure(root):
            return frozenset(filter(self._is_figure, self.figures.trace({root})))
        if _DRAWING & set(methods):
            given = (each.value for each in call.keywords if each.arg == "ax")
            return self.figures.trace({CURRENT, *map(root_name, given)})
        return None

    def _is_figure(self, name: str) -> bool:
        return not self.figures.trace({name}).isdisjoint({CURRENT, *self.pyplots})


def _module_of(imported: Imported) -> str:
    if imported.name:
        return f"{imported.module}.{imported.name}"
    return imported.module if imported.alias else imported.bound


def _made_with(value: ast.expr, pyplots: frozenset[str]) -> Iterator[str]:
    root, methods = root_name(value), _methods(value)
    if root in pyplots or _DRAWING & set(methods):
        yield CURRENT
    elif isinstance(value, ast.Call) and root in ("zip", "enumerate", "iter"):
        yield from map(root_name, value.args)
    elif root:
        yield root


def _methods(node: ast.expr) -> list[str]:
    """Give the attributes of a chain, from its root on."""
    found: list[str] = []
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        found += [node.attr] if isinstance(node, ast.Attribute) else []
        node = node.func if isinstance(node, ast.Call) else node.value
    return found[::-1]


def _bound_together(node: ast.AST) -> frozenset[str]:
    match node:
        case ast.Assign(targets=[ast.Tuple() as target], value=ast.Call()):
            names = (each.id for each in ast.walk(target) if isinstance(each, ast.Name))
            return frozenset(names)
    return frozenset()
