"""What code does in its own scope, as far as its text tells."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DEFS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a block of code does, without what a function or class inside it does.

    :param bound: Names given a value otherwise than in place.
    :param declared: Names declared ``global`` or ``nonlocal``.
    :param augmented: Names assigned in place.
    """

    has_await: bool
    has_yield: bool
    has_return: bool
    has_valued_return: bool
    bound: set[str]
    declared: set[str]
    augmented: set[str]

    @classmethod
    def of(cls, tree: ast.AST) -> Scope:
        nodes = list(own_nodes(tree))
        returns = [node for node in nodes if isinstance(node, ast.Return)]
        targets = [node.target for node in nodes if isinstance(node, ast.AugAssign)]
        in_place = {id(target): target for target in targets if isinstance(target, ast.Name)}
        # A comprehension has a scope of its own.
        inner = {id(each) for node in nodes for each in _walk_targets(node)}
        return cls(
            has_await=any(_is_await(node) for node in nodes),
            has_yield=any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in nodes),
            has_return=bool(returns),
            has_valued_return=any(node.value is not None for node in returns),
            bound={
                name
                for node in nodes
                if id(node) not in in_place and id(node) not in inner
                for name in _binds(node)
            },
            declared={name for node in nodes for name in _declares(node)},
            augmented={target.id for target in in_place.values()},
        )

    @property
    def is_function_scope(self) -> bool:
        """Whether the statements could not stand in a module."""
        return self.has_await or self.has_yield or self.has_return

    def changed_in_place(self, parameters: Sequence[str]) -> tuple[str, ...]:
        """Give the names that are only ever assigned in place, as in ``count += 1``, sorted."""
        return tuple(sorted(self.augmented - self.bound - self.declared - set(parameters)))


def own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Walk what is evaluated in the node's own scope.

    Of a function inside it that is decorators, defaults and annotations, not the body.
    """
    yield node
    for field, value in ast.iter_fields(node):
        if field == "body" and isinstance(node, (*DEFS, ast.Lambda, ast.ClassDef)):
            continue
        children = value if isinstance(value, list) else [value]
        for child in children:
            if isinstance(child, ast.AST):
                yield from own_nodes(child)


def _walk_targets(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.comprehension):
        yield from ast.walk(node.target)


def _is_await(node: ast.AST) -> bool:
    return isinstance(node, (ast.Await, ast.AsyncFor, ast.AsyncWith)) or (
        isinstance(node, ast.comprehension) and bool(node.is_async)
    )


def _declares(node: ast.AST) -> list[str]:
    return node.names if isinstance(node, (ast.Global, ast.Nonlocal)) else []


def _binds(node: ast.AST) -> list[str]:
    """Give the names that a node, by itself, binds in its scope."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return [name]
        case ast.alias(name=name, asname=asname):
            return [asname or name.partition(".")[0]]
        case (
            ast.FunctionDef(name=name)
            | ast.AsyncFunctionDef(name=name)
            | ast.ClassDef(name=name)
            | ast.ExceptHandler(name=str(name))
            | ast.MatchAs(name=str(name))
            | ast.MatchStar(name=str(name))
            | ast.MatchMapping(rest=str(name))
        ):
            return [name]
        case _:
            return []
