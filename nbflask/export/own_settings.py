"""``app.config.from_object(__name__)`` reads a notebook's variables in capitals.

The call does not name them, and in a project the module may hold fewer, or hold them further down.
So each is handed over by its name.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from .edits import apply_edits, replacing
from .statements import rewrite

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .statements import Statement


def name_own_settings(statement: Statement, names: Iterable[str]) -> Statement:
    """Give a statement that hands over the notebook's settings by their names.

    :param names: The variables that the notebook has when it runs.
    """
    given = ", ".join(f"{name}={name}" for name in names if is_setting(name))
    tree = ast.parse(statement.text)
    edits = [
        replacing(call, f"{ast.unparse(config)}.from_mapping({given})")
        for call, config in _find_calls(tree)
    ]
    if not given or not edits:
        return statement
    return rewrite(statement, apply_edits(statement.text, edits))


def is_setting(name: str) -> bool:
    """Say whether Flask takes a variable of an object as a setting."""
    return name.isupper()


def _find_calls(tree: ast.AST) -> Iterator[tuple[ast.Call, ast.expr]]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=config, attr="from_object"),
                args=[ast.Name(id="__name__") | ast.Constant(value="__main__")],
                keywords=[],
            ) if _is_config(config):
                yield node, config


def _is_config(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "config"
