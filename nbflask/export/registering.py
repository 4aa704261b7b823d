"""What a decorator leaves of a function that a later cell defines again under its name.

Rule 1: one that only wraps leaves nothing, and the later definition takes the place.

Rule 2: one that keeps functions by a key, as ``handlers[kind] = function`` does, leaves nothing
where the later function is decorated by the same text.

Rule 3: one that adds to a list, as Flask's hooks do, keeps both. The earlier one, which nothing can
call by its name any more, gets another name.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from nbflask.values.cells import HOOKS

from .calling import Calls
from .program import PURE_DECORATORS
from .reaching import Reach
from .statements import rewrite

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .declared import Key
    from .program import Piece

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINITIONS = (*_FUNCTIONS, ast.ClassDef)
_ADDING = frozenset({"append", "add", "insert", "extend", "appendleft", "put", "setdefault"})
# A signal holds a function weakly: it is gone with its name.
_WEAK = frozenset({"connect", "connect_via"})
#: Of Flask's decorators those for which a function's name means nothing.
_HOOKS = frozenset(
    {
        *HOOKS,
        *("before_app_request", "after_app_request", "teardown_app_request", "teardown_appcontext"),
        *("app_errorhandler", "app_context_processor", "url_value_preprocessor", "url_defaults"),
    }
)
_READS_NAME = re.compile(r"\b__(qual)?name__\b")

_Left = Literal["nothing", "by key", "all"]


@dataclass(frozen=True, kw_only=True)
class Registers:
    """Says what decorators keep.

    :param definitions: The notebook's functions and classes, by name.
    """

    definitions: Mapping[str, ast.stmt | ast.Lambda]
    reach: Reach

    @classmethod
    def of(cls, pieces: Sequence[Piece]) -> Registers:
        """Read what statements define."""
        reach = Reach.of(each.statement.node for each in pieces)
        return cls(definitions=reach.definitions, reach=reach)

    def key_of(self, node: ast.stmt) -> Key | str | None:
        """Give what a later definition has in common with this one if it takes its place.

        It is the name, or a key of the decorators too; ``None`` where both stay.
        """
        if not isinstance(node, _DEFINITIONS):
            return None
        left = {self._left_by(each) for each in node.decorator_list}
        if "all" in left:
            return None
        if "by key" in left:
            return ("kept", node.name, *map(ast.unparse, node.decorator_list))
        return node.name

    def is_name_free(self, node: ast.stmt) -> bool:
        """Say whether nobody reads the name that a decorated function has in its text."""
        decorators = [_callee(each) for each in getattr(node, "decorator_list", [])]
        return all(self._ignores_name(each) for each in decorators)

    def _left_by(self, decorator: ast.expr) -> _Left:
        target = _callee(decorator)
        name = ast.unparse(target).rpartition(".")[2]
        if name in PURE_DECORATORS - {"overload"} or name in _WEAK:
            return "nothing"
        if isinstance(target, ast.Attribute) or name == "overload":
            return "all"
        node = self.definitions.get(name)
        if not isinstance(node, _FUNCTIONS):
            return "by key"
        if _adds(node, is_called=isinstance(decorator, ast.Call)):
            return "all"
        return "by key" if self.reach.changed_by({name}) else "nothing"

    def _ignores_name(self, target: ast.expr) -> bool:
        if isinstance(target, ast.Attribute):
            return target.attr in _HOOKS
        node = self.definitions.get(ast.unparse(target))
        return node is not None and not _READS_NAME.search(ast.unparse(node))


def with_redefined_apart(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Give functions of one name, which decorators keep, names of their own.

    Where a decorator reads the name, or something that runs in between calls it by way of another
    function, both keep it, and linters are told that they may.
    """
    registers = Registers.of(pieces)
    calls = Calls.of(each.statement.node for each in pieces)
    taken = {name for each in pieces for name in (*each.statement.binds, *each.statement.uses)}
    written = list(pieces)
    for first, second in _find_hidden(pieces):
        name = _name_of(pieces[first])
        between = (calls.read_at_once(each.statement) for each in pieces[first + 1 : second])
        is_called = any(name in each for each in between)
        if registers.is_name_free(pieces[first].statement.node) and not is_called:
            candidates = (f"{name}_{number}" for number in range(1, len(taken) + 2))
            own = next(each for each in candidates if each not in taken)
            taken.add(own)
            written[first] = _edit(written[first], rf"\b{name}\b", own)
        else:
            written[second] = _edit(written[second], "$", "  # noqa: F811")
    return tuple(written)


def _find_hidden(pieces: Sequence[Piece]) -> Iterator[tuple[int, int]]:
    """Give definitions that a later one hides before anything has used them, with the later."""
    last: dict[str, int] = {}
    for at, piece in enumerate(pieces):
        for used in piece.statement.uses_at_once:
            last.pop(used, None)
        if name := _name_of(piece):
            if name in last:
                yield last[name], at
            last[name] = at


def _name_of(piece: Piece) -> str:
    """Give the name of a function or class that linters miss; ``""`` for anything else."""
    node = piece.statement.node
    if not isinstance(node, _DEFINITIONS) or node.name.startswith("_"):
        return ""
    is_overload = any(ast.unparse(each).endswith("overload") for each in node.decorator_list)
    return "" if is_overload else node.name


def _edit(piece: Piece, pattern: str, text: str) -> Piece:
    """Replace the first match of a pattern in the line that names a definition."""
    statement = piece.statement
    lines = statement.text.split("\n")
    at = next(n for n, each in enumerate(lines) if re.match(r"(async\s+def|def|class)\b", each))
    lines[at] = re.sub(pattern, text, lines[at], count=1)
    return replace(piece, statement=rewrite(statement, "\n".join(lines)))


def _callee(decorator: ast.expr) -> ast.expr:
    return decorator.func if isinstance(decorator, ast.Call) else decorator


def _adds(node: ast.FunctionDef | ast.AsyncFunctionDef, *, is_called: bool) -> bool:
    """Say whether a decorator adds the function that it is given to what it has already.

    :param is_called: What is given the function is one that the decorator defines.
    """
    takers = [each for each in node.body if isinstance(each, _FUNCTIONS)] if is_called else [node]
    given = {each.arg for taker in takers for each in taker.args.args}
    return any(
        isinstance(each, ast.Call)
        and isinstance(each.func, ast.Attribute)
        and each.func.attr in _ADDING
        and any(isinstance(part, ast.Name) and part.id in given for part in _parts(each.args))
        for taker in takers
        for each in ast.walk(taker)
    )


def _parts(arguments: Sequence[ast.expr]) -> Iterator[ast.expr]:
    """Give arguments, and the items of tuples and lists among them."""
    for each in arguments:
        yield each
        if isinstance(each, (ast.Tuple, ast.List)):
            yield from each.elts
