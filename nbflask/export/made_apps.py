"""Which variables a statement gives an app, and which functions and classes make one."""

from __future__ import annotations

import ast


def find_made_apps(node: ast.stmt, makers: set[str]) -> list[str]:
    """Give the variables that a statement gives an app; note a function or class that makes one."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        if _is_app(node, makers) if isinstance(node, ast.ClassDef) else _makes_app(node):
            makers.add(node.name)
        return []
    if not isinstance(node, (ast.Assign, ast.AnnAssign)) or not isinstance(node.value, ast.Call):
        return []
    if not _names_app(node.value.func, makers):
        return []
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [each.id for each in targets if isinstance(each, ast.Name)]


def _names_app(node: ast.expr | None, makers: set[str]) -> bool:
    name = ast.unparse(node) if node else ""
    return name.rpartition(".")[2] == "Flask" or name in makers


def _is_app(node: ast.ClassDef, makers: set[str]) -> bool:
    return any(_names_app(each, makers) for each in node.bases)


def _makes_app(function: ast.FunctionDef) -> bool:
    if _names_app(function.returns, set()):
        return True
    values = [each.value for each in ast.walk(function) if isinstance(each, ast.Return)]
    if any(isinstance(each, ast.Call) and _names_app(each.func, set()) for each in values):
        return True
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
