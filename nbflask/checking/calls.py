"""The calls in the app's code, with where they stand."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbflask.values.scope import DEFS, own_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .subject import Subject, Unit


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call in the app's code.

    :param name: What is called as it is written, such as ``"pd.read_csv"``.
    :param is_at_once: It is made while the module is loaded.
    """

    name: str
    node: ast.Call
    unit: Unit
    is_at_once: bool

    @property
    def last(self) -> str:
        """The last part of the name: the function's or the method's."""
        return self.name.rpartition(".")[2]

    @property
    def line(self) -> int:
        """The line in the cell."""
        return self.unit.line_of(self.node)

    def text(self, position: int = 0, keyword: str = "") -> str | None:
        """Give an argument that is a literal text; ``None`` for any other, or for none."""
        value = self.argument(position, keyword)
        is_text = isinstance(value, ast.Constant) and isinstance(value.value, str)
        return value.value if is_text else None  # type: ignore[union-attr]

    def argument(self, position: int, keyword: str = "") -> ast.expr | None:
        """Give an argument by its place, or by its name."""
        if position < len(self.node.args):
            return self.node.args[position]
        named = (each.value for each in self.node.keywords if keyword and each.arg == keyword)
        return next(named, None)


def find_calls(subject: Subject) -> Iterator[Call]:
    """Give each call in the app's code."""
    for unit in subject.units:
        is_definition = isinstance(unit.node, (*DEFS, ast.ClassDef))
        at_once = set() if is_definition else {id(each) for each in own_nodes(unit.node)}
        for node in ast.walk(unit.node):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                yield Call(name=name, node=node, unit=unit, is_at_once=id(node) in at_once)
