"""Classes that nobody keeps a list of: their bases are plain ones of the notebook's own."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def find_plain_classes(nodes: Iterable[ast.stmt]) -> frozenset[str]:
    """Give the classes of a notebook that are known to nobody but those who name them.

    What a decorator, a metaclass or ``__init_subclass__`` does with a class cannot be told, nor
    what a base from elsewhere does. Any class can give those that are made of it.
    """
    nodes = tuple(nodes)
    if any(
        isinstance(each, ast.Attribute) and each.attr == "__subclasses__"
        for node in nodes
        for each in ast.walk(node)
    ):
        return frozenset()
    classes = {each.name: each for each in nodes if isinstance(each, ast.ClassDef)}
    return frozenset(name for name in classes if _is_plain(name, classes, frozenset()))


def _is_plain(name: str, classes: Mapping[str, ast.ClassDef], seen: frozenset[str]) -> bool:
    node = classes.get(name)
    if node is None or name in seen:
        return False
    if node.keywords or node.decorator_list:
        return False
    if any(getattr(each, "name", "") == "__init_subclass__" for each in node.body):
        return False
    bases = [each.id if isinstance(each, ast.Name) else "" for each in node.bases]
    return all(each == "object" or _is_plain(each, classes, seen | {name}) for each in bases)
