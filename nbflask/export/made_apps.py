"""Which variables a statement gives an app, and which functions make one."""

from __future__ import annotations

import ast


def find_made_apps(node: ast.stmt, makers: set[str]) -> list[str]:
    """Give the variables that a statement gives an app; note a function that makes one."""
    if isinstance(node, ast.FunctionDef) and _makes_app(node):
        makers.add(node.name)
        return []
    if not isinstance(node, (ast.Assign, ast.AnnAssign)) or not isinstance(node.value, ast.Call):
        return []
    called = ast.unparse(node.value.func)
    if called.rpartition(".")[2] != "Flask" and called not in makers:
        return []
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [each.id for each in targets if isinstance(each, ast.Name)]


def _makes_app(function: ast.FunctionDef) -> bool:
    made = {
        name
        for each in ast.walk(function)
        if isinstance(each, ast.Assign)
        for name in find_made_apps(each, set())
    }
    returned = {
        each.value.id
        for each in ast.walk(function)
        if isinstance(each, ast.Return) and isinstance(each.value, ast.Name)
    }
    return bool(made & returned)
