"""A notebook that sets variables of the environment says what they are where nobody sets them.

Where the app is served, whoever starts it has the say.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from .edits import apply_edits, replacing
from .statements import rewrite

if TYPE_CHECKING:
    from .statements import Statement


def default_variables(statement: Statement) -> Statement:
    """Give a statement that sets a variable of the environment only where there is none."""
    node = ast.parse(statement.text).body[0]
    match node:
        case ast.Assign(targets=[ast.Subscript(value=environ, slice=name)], value=value) if (
            ast.unparse(environ) in ("os.environ", "environ")
        ):
            call = f"{ast.unparse(environ)}.setdefault({ast.unparse(name)}, {ast.unparse(value)})"
            return rewrite(statement, apply_edits(statement.text, [replacing(node, call)]))
    return statement
