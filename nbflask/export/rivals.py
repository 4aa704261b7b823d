"""Views that claim the same, as the notebook's app serves them: the later one goes first.

Rule 1: a rule that a later cell declares again is the later view's. What is left of the earlier
one, such as another method or another rule, stays.

Rule 2: an endpoint is the later view's. The earlier one keeps its rules under another endpoint:
Flask has one view for each.

Rule 3: views of one name, which are on several apps or blueprints, have several names in a module;
their endpoints stay.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from .declared import keys_of_decorator
from .edits import Edit, apply_edits, replacing
from .program import with_keys
from .statements import rewrite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from .declared import Key
    from .program import Piece

    _Function = ast.FunctionDef | ast.AsyncFunctionDef


def settle_rivals(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Give each view the rules, the endpoint and the name that no other one has."""
    served = _with_own_rules(pieces)
    return _with_own_names(_with_own_endpoints(served))


def are_rivals(piece: Piece, later: Piece) -> bool:
    """Say whether a later piece is served first: of two in a cell, the first one is."""
    return piece.place.cell is not later.place.cell


def _with_own_rules(pieces: Sequence[Piece]) -> list[Piece]:
    """Take from each view the rules that a later cell declares again."""
    last: dict[Key, Piece] = {}
    written = {id(each): each for each in pieces}
    for piece in sorted(pieces, key=_place, reverse=True):
        rules = {key for key in piece.keys if key[0] == "rule"}
        lost = {key for key in rules if key in last and are_rivals(piece, last[key])}
        if lost and lost != rules:
            written[id(piece)] = _without_rules(piece, lost)
        last |= dict.fromkeys(rules - last.keys(), piece)
    return [written[id(each)] for each in pieces]


def _place(piece: Piece) -> tuple[int, int]:
    return piece.place.cell.number, piece.place.line


def _with_own_endpoints(pieces: Sequence[Piece]) -> list[Piece]:
    """Give an earlier view of an endpoint another one."""
    taken = {key[2] for each in pieces for key in each.keys if key[0] == "endpoint"}
    names = _count_names(pieces)
    owners: set[Key] = set()
    written = {id(each): each for each in pieces}
    for piece in sorted(pieces, key=_place, reverse=True):
        endpoints = {key for key in piece.keys if key[0] == "endpoint"}
        for key in sorted(endpoints & owners):
            own = _find_free(key[2], {*taken, *names})
            taken.add(own)
            view = written[id(piece)]
            if _name_of(piece) == key[2] and not names[f"{key[2]}()"]:
                view = _with_name(view, key[2], own)
            # One that is not named after its function stays as it was.
            written[id(piece)] = _with_endpoint(view, key[2], own) if key in view.keys else view
        owners |= endpoints
    return [written[id(each)] for each in pieces]


def _with_own_names(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Give a view that is called like one above it a name of its own."""
    names = _count_names(pieces)
    seen: dict[str, str] = {}
    written: list[Piece] = []
    for piece in pieces:
        view, name = piece, _name_of(piece)
        owners = sorted({key[1] for key in piece.keys if key[0] == "endpoint"})
        if name in seen and len(owners) == 1 and not names[f"{name}()"] and _is_view(piece):
            stem = name if seen[name] == owners[0] else f"{owners[0]}_{name}"
            own = _find_free(stem, names) if stem in names else stem
            names[own] += 1
            for endpoint in sorted(key[2] for key in piece.keys if key[0] == "endpoint"):
                view = _with_endpoint(view, endpoint, endpoint)
            view = _with_name(view, name, own)
        elif name:
            seen[name] = owners[0] if owners else ""
        written.append(view)
    return tuple(written)


def _count_names(pieces: Iterable[Piece]) -> Counter[str]:
    """Count the names that pieces have; ``"name()"`` counts who reads it."""
    found: Counter[str] = Counter()
    for each in pieces:
        found.update(each.statement.binds)
        found.update(f"{name}()" for name in each.statement.uses)
    return found


def _find_free(name: str, taken: Iterable[str]) -> str:
    known = set(taken)
    return next(own for n in range(1, len(known) + 2) if (own := f"{name}_{n}") not in known)


def _name_of(piece: Piece) -> str:
    """Give the name of a view; ``""`` for what is none."""
    node = piece.statement.node
    is_function = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    return node.name if is_function else ""  # type: ignore[attr-defined]


def _is_view(piece: Piece) -> bool:
    """Whether all decorators of a piece declare routes."""
    node = piece.statement.node
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return bool(decorators) and all(_kinds(node, each) >= {"rule"} for each in decorators)


def _kinds(node: ast.stmt, decorator: ast.expr) -> set[str]:
    return {key[0] for key in keys_of_decorator(getattr(node, "name", ""), decorator)}


def _with_name(piece: Piece, former: str, name: str) -> Piece:
    text = piece.statement.text
    node = ast.parse(text).body[0]
    lines = text.split("\n")
    line = lines[node.lineno - 1]
    lines[node.lineno - 1] = re.sub(rf"def\s+{former}\b", f"def {name}", line, count=1)
    return _rewritten(piece, "\n".join(lines))


def _with_endpoint(piece: Piece, former: str, endpoint: str) -> Piece:
    """Name the endpoint of the routes that have a former one."""

    def edit(node: _Function, call: ast.Call) -> Edit | None:
        own = {key[2] for key in keys_of_decorator(node.name, call) if key[0] == "endpoint"}
        if own != {former}:
            return None
        return _with_word(call, "endpoint", ast.Constant(value=endpoint))

    return _with_decorators(piece, edit)


def _without_rules(piece: Piece, lost: set[Key]) -> Piece:
    """Take rules, or methods of them, from what decorators declare."""

    def edit(node: _Function, call: ast.Call) -> Edit | None:
        rules = {key for key in keys_of_decorator(node.name, call) if key[0] == "rule"}
        if not rules & lost:
            return None
        if rules <= lost:
            # The whole line: there is one more below it, which defines the function.
            return Edit(start=(call.lineno, 0), end=((call.end_lineno or call.lineno) + 1, 0))
        methods = sorted(key[3] for key in rules - lost)
        return _with_word(call, "methods", ast.parse(repr(methods), mode="eval").body)

    return _with_decorators(piece, edit)


def _with_word(call: ast.Call, name: str, value: ast.expr) -> Edit:
    words = [each for each in call.keywords if each.arg != name]
    words.append(ast.keyword(arg=name, value=value))
    return replacing(call, ast.unparse(ast.Call(func=call.func, args=call.args, keywords=words)))


def _with_decorators(piece: Piece, edit: Callable[[_Function, ast.Call], Edit | None]) -> Piece:
    text = piece.statement.text
    node = ast.parse(text).body[0]
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return piece
    calls = (each for each in node.decorator_list if isinstance(each, ast.Call))
    edits = [found for each in calls if (found := edit(node, each))]
    return _rewritten(piece, apply_edits(text, edits))


def _rewritten(piece: Piece, text: str) -> Piece:
    return with_keys(replace(piece, statement=rewrite(piece.statement, text)))
