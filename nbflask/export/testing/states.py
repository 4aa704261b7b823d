"""What outlasts a request: variables of the notebook, and the session.

Requests that share what one of them changes are told in one test, in order.
"""

from __future__ import annotations

import ast
from functools import cached_property
from typing import TYPE_CHECKING

from ..statements import free_names
from .deciding import prune
from .effects import find_writes
from .session_keys import COOKIES, as_states, find_keys, sets_cookies

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..program import Piece
    from .deciding import Asked
    from .needs import Needs, Parts

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
        kept = as_states(find_keys(needs.texts), self._keys)
        touched = needs.names | kept
        if COOKIES in written or sets_cookies(needs.texts):
            written |= kept
        if "*" in written:
            # A function changes what it is given, and any of these may be given to it.
            # By its name a constant is not changed.
            others = (name for name in needs.names if not name.isupper())
            written |= {name for name in others if not self._is_function(name)}
        return frozenset(written & (self._parts.bound | kept)), touched

    def of_hooks(self, hooks: Iterable[Piece], asked: Asked | None = None) -> frozenset[str]:
        """Give what hooks may change, and so a request does; ``None`` stands for any request."""
        found: set[str] = set()
        kept: frozenset[str] = frozenset()
        for each in hooks:
            if asked is not None and self._is_idle(prune(each.statement.node, asked)):
                continue
            pieces, _ = self._parts.closure(each)
            text = "\n".join(piece.statement.text for piece in pieces)
            own = {
                name
                for piece in pieces
                for name in find_writes(piece.statement.node, is_suspicious=False)
            }
            if COOKIES in own or sets_cookies(text):
                kept |= as_states(find_keys(text), self._keys)
            found |= own
        return frozenset(found & self._parts.bound) | kept

    def _is_idle(self, node: ast.AST) -> bool:
        """Say whether code neither calls a function of the notebook's nor uses the session."""
        used = set(free_names(node))
        return not (used & self._parts.bound) and find_keys(ast.unparse(node)) == frozenset()

    @cached_property
    def all_kept(self) -> frozenset[str]:
        """All that a client's cookies may hold."""
        return as_states(None, self._keys)

    @cached_property
    def _keys(self) -> frozenset[str]:
        """The keys of the session that the app uses anywhere."""
        texts = [each.statement.text for each in self._parts.pieces]
        texts += [each.content for each in self._parts.files]
        return frozenset(key for text in texts for key in find_keys(text) or ())

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
