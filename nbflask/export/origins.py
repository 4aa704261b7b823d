"""What names are made of, as far as the code that gives them their values tells."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping


@dataclass(frozen=True, kw_only=True)
class Origins:
    """What the objects in variables were made of.

    :param made_of: The names in the expressions that each name is given.
    """

    made_of: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, nodes: Iterable[ast.AST], names_in: Callable[[ast.expr], Iterable[str]]) -> Origins:
        """Find what names are given, in code of one scope.

        :param names_in: Gives the names that the value of an expression is made of.
        """
        found: dict[str, frozenset[str]] = {}
        for node in nodes:
            for name, value in _find_given(node):
                found[name] = found.get(name, frozenset()) | frozenset(names_in(value))
        return cls(made_of=found)

    def trace(self, names: Iterable[str]) -> frozenset[str]:
        """Give names with all that they were made of."""
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self.made_of.get(name, ())
        return frozenset(found)


def _find_given(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    match node:
        case ast.Assign(targets=targets, value=value):
            yield from (pair for target in targets for pair in _pair(target, value))
        case (
            ast.AnnAssign(target=target, value=ast.expr() as value)
            | ast.NamedExpr(target=target, value=value)
            | ast.withitem(context_expr=value, optional_vars=ast.expr() as target)
            | ast.For(target=target, iter=value)
            | ast.comprehension(target=target, iter=value)
        ):
            yield from _pair(target, value)


def _pair(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    match target, value:
        case ast.Name(id=name), _:
            yield name, value
        case (ast.Tuple(elts=names), ast.Tuple(elts=values)) if len(names) == len(values):
            for name, each in zip(names, values, strict=True):
                yield from _pair(name, each)
        case ((ast.Tuple(elts=names) | ast.List(elts=names)), _):
            for name in names:
                yield from _pair(name, value)
        case ast.Starred(value=name), _:
            yield from _pair(name, value)
