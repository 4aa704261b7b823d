"""Calls that change nothing: as statements they show, wait, or try what they give.

A name may be anybody's: what is listed is what libraries mean by it wherever notebooks use it.
"""

from __future__ import annotations

import ast

#: Functions, by the names under which they are called.
_FUNCTIONS = frozenset(
    {
        *("len", "round", "abs", "str", "repr", "int", "float", "bool", "type", "isinstance"),
        *("issubclass", "hasattr", "callable", "id", "hash", "ord", "chr", "hex", "vars"),
        *("time.sleep", "sleep", "time.time", "time.perf_counter", "perf_counter"),
        *("time.monotonic", "time.strftime", "json.dumps", "json.loads", "os.getcwd"),
        *("os.listdir", "os.getenv", "os.getpid", "re.match", "re.search", "re.findall"),
        *("re.fullmatch", "re.sub", "re.split"),
    }
)
_MODULES = ("math.", "statistics.", "os.path.", "platform.")
#: Methods of frames, figures and models.
_METHODS = frozenset(
    {
        *("show", "describe", "head", "tail", "value_counts", "nunique", "corr", "isna"),
        *("memory_usage", "get_params", "predict", "predict_proba", "score"),
    }
)


def is_idle(value: ast.expr) -> bool:
    """Say whether nothing is lost with an expression that is a statement."""
    calls = [each for each in ast.walk(value) if isinstance(each, ast.Call)]
    return bool(calls) and all(map(_is_idle_call, calls)) and not _keeps(value)


def _is_idle_call(call: ast.Call) -> bool:
    name = ast.unparse(call.func)
    if name in _FUNCTIONS or name.startswith(_MODULES):
        return True
    if not isinstance(call.func, ast.Attribute):
        return False
    # A logger's takes a message.
    tells = call.func.attr == "info" and not call.args and not call.keywords
    return tells or call.func.attr in _METHODS


def _keeps(value: ast.expr) -> bool:
    kinds = (ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom)
    return any(isinstance(each, kinds) for each in ast.walk(value))
