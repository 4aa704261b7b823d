"""Values that several tests use: they stand above the tests, once."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from .effects import find_writes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .writing import Written


def without_shared(test: Written, helpers: Iterable[Written]) -> Written:
    """Leave out of a test what gives a variable the value that it has above the tests.

    A value that the test changes stays its own.
    """
    shared = {ast.dump(node) for each in helpers for node in ast.parse(each.text).body}
    tree = ast.parse(test.text)
    function = tree.body[0]
    if not shared or not isinstance(function, ast.FunctionDef):
        return test
    lines: list[str | None] = [*test.text.split("\n")]
    for at, node in enumerate(function.body[:-1]):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]) if ast.dump(node) in shared:
                if not _changes(function, name):
                    end = function.body[at + 1].lineno - 1
                    lines[node.lineno - 1 : end] = [None] * (end - node.lineno + 1)
    return replace(test, text="\n".join(each for each in lines if each is not None))


def _changes(function: ast.FunctionDef, name: str) -> bool:
    """Say whether a function gives a variable another value, or changes the one that it has."""
    stored = [
        each
        for each in ast.walk(function)
        if isinstance(each, ast.Name) and each.id == name and not isinstance(each.ctx, ast.Load)
    ]
    rest = [each for each in function.body if stored[0] not in ast.walk(each)]
    changed = (find_writes(each, is_suspicious=False) for each in rest)
    return len(stored) > 1 or any(name in each for each in changed)
