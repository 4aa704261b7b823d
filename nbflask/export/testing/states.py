"""What outlasts a request: variables of the notebook, and the session.

Requests that share what one of them changes are told in one test, in order.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from .effects import find_writes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..program import Piece
    from .needs import Needs, Parts

#: Stands for what a client's cookies hold.
COOKIES = "session"
_READS_COOKIES = re.compile(
    r"\b(session|flash|get_flashed_messages|login_user|logout_user|current_user|login_required|"
    r"cookies|set_cookie|delete_cookie|csrf_token|validate_on_submit)\b"
)
_SETS_COOKIES = re.compile(r"\b(flash|login_user|logout_user|set_cookie|delete_cookie)\b")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def variable(name: str, cell: int) -> str:
    """Name the value that a cell gives a variable, among what outlasts a request."""
    return f"{name} of cell {cell}"


class States:
    """Finds what of the notebook's state answers depend on, and what may change it."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def of(self, needs: Needs, *, is_safe: bool) -> tuple[frozenset[str], frozenset[str]]:
        """Give what a view may change of what outlasts a request, and what it reads of it."""
        written: set[str] = set()
        for each in needs.pieces:
            node = each.statement.node
            if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
                found = find_writes(node, is_suspicious=not is_safe)
                written |= found - {"*"} if each.keys or each.is_declared else found
                if isinstance(node, ast.ClassDef) and node.name in found:
                    written |= self._made_with(node.name)
        touched = set(needs.names)
        if _READS_COOKIES.search(needs.texts):
            touched.add(COOKIES)
        if _SETS_COOKIES.search(needs.texts):
            written.add(COOKIES)
        if "*" in written:
            # A function changes what it is given, and any of these may be given to it.
            written |= {name for name in needs.names if not self._is_function(name)}
        return frozenset(written & (self._parts.bound | {COOKIES})), frozenset(touched)

    def of_hooks(self, hooks: Iterable[Piece]) -> frozenset[str]:
        """Give what hooks may change, and so any request does."""
        found: set[str] = set()
        for each in hooks:
            pieces, _ = self._parts.closure(each)
            for piece in pieces:
                found |= find_writes(piece.statement.node, is_suspicious=False)
        return frozenset(found & (self._parts.bound | {COOKIES}))

    def _made_with(self, name: str) -> frozenset[str]:
        """Give the variables that hold what a class or a function has made."""
        return frozenset(
            bound
            for each in self._parts.pieces
            if not isinstance(each.statement.node, FUNCTIONS)
            and name in each.statement.uses_at_once
            for bound in each.statement.binds
        )

    def _is_function(self, name: str) -> bool:
        return any(
            name in each.statement.binds and isinstance(each.statement.node, FUNCTIONS)
            for each in self._parts.pieces
        )
