"""The variables of the environment that code cannot do without."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def find_required(tree: ast.AST, *, is_bare: bool) -> Iterator[str]:
    """Give the names that are looked up by ``os.environ[...]``, which fails where they are not.

    :param is_bare: Whether a bare ``environ`` is that of ``os``: in a view it is a request's.
    """
    names = ("os.environ", "environ") if is_bare else ("os.environ",)
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(
                value=value, slice=ast.Constant(value=str(name)), ctx=ast.Load()
            ) if ast.unparse(value) in names:
                yield name
