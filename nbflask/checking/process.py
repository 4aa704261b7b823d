"""What requests change that a whole process has one of, such as its environment."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from .finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .serving import Served

_OWNERS = frozenset({"os.environ", "globals()"})
_METHODS = frozenset({"update", "setdefault", "pop", "clear"})
#: What calls change.
_CALLS = {
    "os.chdir": "the working folder",
    "os.umask": "the mask of new files",
    "os.putenv": "os.environ",
    "os.unsetenv": "os.environ",
    "locale.setlocale": "the locale",
}


def look_at_process(served: Sequence[Served]) -> Iterator[Finding]:
    """Give what other requests of a worker see, and other workers don't."""
    for each in served:
        for node in ast.walk(each.node):
            if what := _describe(node):
                yield Finding(
                    kind="state-changed-by-requests",
                    level="warning",
                    text=f"`{each.name}()` changes {what}, which a whole process has one of: all "
                    "its requests see it, those of other workers don't.",
                    remedy="Hand the value on, and name files by whole paths.",
                    cell=each.unit.place.cell,
                    line=each.unit.line_of(node),
                )


def _describe(node: ast.AST) -> str:
    match node:
        case ast.Subscript(value=owner, ctx=ast.Store() | ast.Del()):
            name = ast.unparse(owner)
            return name if name in _OWNERS else ""
        case ast.Call(func=ast.Attribute(value=owner, attr=method)):
            name = ast.unparse(owner)
            if name in _OWNERS and method in _METHODS:
                return name
            return _CALLS.get(f"{name}.{method}", "")
    return ""
