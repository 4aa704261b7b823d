"""What the methods of a notebook's classes change of their objects, and of the classes themselves.

Rule 1: an attribute is state if the class gives it a container of Python's own; what a library
gives it may be kept in a database.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nbflask.values.scope import DEFS

from .changes import changes_container, find_changes
from .makings import CONTAINER_BASES, Making, making_of, values_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .changes import Change
    from .subject import Unit

    Method = ast.FunctionDef | ast.AsyncFunctionDef

#: What a field of a data class may be made by, for each object anew.
_FACTORIES = CONTAINER_BASES
_OF_CLASS = "__class__"


@dataclass(frozen=True, kw_only=True)
class OwnClass:
    """A class of the notebook, with those of its bases that are the notebook's, too.

    :param nodes: Itself first.
    """

    nodes: tuple[ast.ClassDef, ...]
    makers: Mapping[str, Unit]

    @classmethod
    def find(cls, name: str, makers: Mapping[str, Unit]) -> OwnClass | None:
        """Find a class by its name; ``None`` if the notebook has none of that name."""
        nodes: list[ast.ClassDef] = []
        pending = [name]
        while pending:
            unit = makers.get(pending.pop(0))
            if unit is not None and isinstance(unit.node, ast.ClassDef) and unit.node not in nodes:
                nodes.append(unit.node)
                pending += map(ast.unparse, unit.node.bases)
        return cls(nodes=tuple(nodes), makers=makers) if nodes else None

    def keeps(self, change: Change) -> bool:
        """Whether a change of an object of the class is one of its state."""
        if change.how == "attribute":
            return True
        if change.attribute:
            return self._is_changed(change)
        if change.how == "stored":
            return self._is_container or self.changes_itself("__setitem__")
        return self.changes_itself(change.method or "__call__") or (
            self._is_container and changes_container(change)
        )

    def keeps_in_class(self, change: Change) -> bool:
        """Whether a change of the class is one of its state: what is called may be a class method.

        An attribute of its own may be a library's, as a query is.
        """
        if change.how == "attribute":
            return not change.attribute and not change.is_item
        if change.attribute:
            return self._is_changed(change)
        method = self._methods.get(change.method)
        return method is not None and _is_class_method(method) and self.changes_itself(method.name)

    def changes_itself(self, name: str) -> bool:
        """Whether a method, or one that it calls on its object, changes the object."""
        return any(True for method in self._reached(name) for _ in self._changes(method))

    def changes_of_class(self) -> Iterator[Change]:
        """Give what its methods change of the class where they seem to change an object.

        A list that stands in the class, and that no method gives the object anew, is the class's.
        """
        for method in self._methods.values():
            for change in self._changes(method):
                in_class = any(_is_shared(each, change.attribute) for each in self.nodes)
                is_own = any(True for _ in self._given_to_objects(change.attribute))
                if change.attribute == _OF_CLASS or (in_class and not is_own):
                    yield replace(change, name=self.nodes[0].name)

    @property
    def _is_container(self) -> bool:
        bases = (ast.unparse(base) for node in self.nodes for base in node.bases)
        return any(each.rpartition(".")[2].partition("[")[0] in CONTAINER_BASES for each in bases)

    @property
    def _methods(self) -> dict[str, Method]:
        return {
            each.name: each
            for node in reversed(self.nodes)
            for each in node.body
            if isinstance(each, DEFS)
        }

    def _reached(self, name: str) -> list[Method]:
        """Give a method and the others that it calls on its object."""
        found: dict[str, Method] = {}
        pending = [name]
        while pending:
            method = self._methods.get(pending.pop())
            if method is not None and method.name not in found:
                found[method.name] = method
                owned = (each for each in ast.walk(method) if isinstance(each, ast.Attribute))
                pending += (each.attr for each in owned if _is_name(each.value, _own_name(method)))
        return list(found.values())

    def _changes(self, method: Method) -> Iterator[Change]:
        # Read without its parameters, a method changes a name from around it.
        body = ast.Module(body=method.body, type_ignores=[])
        own = _own_name(method)
        for change in find_changes(body):
            if own and change.name == own and self._is_changed(change):
                yield change

    def _is_changed(self, change: Change) -> bool:
        if change.attribute in ("", _OF_CLASS):
            is_set = change.how == "attribute"
            return is_set or (self._is_container and changes_container(change))
        is_change = change.how == "next" or changes_container(change)
        return is_change and self._holds(change.attribute)

    def _holds(self, attribute: str) -> bool:
        """Whether an attribute is given a container or an iterator."""
        values = [value for node in self.nodes for value in _given_in_class(node, attribute)]
        values += self._given_to_objects(attribute)
        kinds = (Making.CONTAINER, Making.ITERATOR)
        return any(_is_field(each) or making_of(each, self.makers) in kinds for each in values)

    def _given_to_objects(self, attribute: str) -> Iterator[ast.expr]:
        for method in self._methods.values():
            for each in ast.walk(method):
                match each:
                    case (
                        ast.Assign(targets=[ast.Attribute(attr=name)], value=ast.expr() as value)
                        | ast.AnnAssign(target=ast.Attribute(attr=name), value=ast.expr() as value)
                    ) if name == attribute:
                        yield value


def _given_in_class(node: ast.ClassDef, attribute: str) -> Iterator[ast.expr]:
    for each in node.body:
        if isinstance(each, (ast.Assign, ast.AnnAssign)):
            yield from values_of(attribute, each)


def _is_shared(node: ast.ClassDef, attribute: str) -> bool:
    values = _given_in_class(node, attribute)
    return any(isinstance(each, (ast.List, ast.Dict, ast.Set)) or _is_made(each) for each in values)


def _is_made(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and ast.unparse(value.func) in _FACTORIES


def _is_field(value: ast.expr) -> bool:
    """Say whether a value is a data class's field that is a container."""
    if not isinstance(value, ast.Call):
        return False
    factories = (each.value for each in value.keywords if each.arg == "default_factory")
    return any(ast.unparse(each) in _FACTORIES for each in factories)


def _own_name(method: Method) -> str:
    """Give the parameter that stands for the object, or for the class; ``""`` for none."""
    first = [*method.args.posonlyargs, *method.args.args][:1]
    is_static = any(ast.unparse(each) == "staticmethod" for each in method.decorator_list)
    return first[0].arg if first and not is_static else ""


def _is_class_method(method: Method) -> bool:
    return any(ast.unparse(each) == "classmethod" for each in method.decorator_list)


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
