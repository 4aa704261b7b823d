"""Statements of a cell that tries the app, as the lines of a test.

Rule 1: what asserts is kept as it is; what is shown or printed becomes an assert where its value is
known; what only looks is left out.

Rule 2: a statement that needs what a project has not, such as the inspector, is left out. Where it
sends a request or gives another one a value, the cell is no test.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..statements import parse_statements, root_name
from .resolving import Kit, UnknownNameError
from .rewriting import (
    assert_printed,
    assert_shown,
    hand_fixtures,
    has_prints,
    is_only_called,
    rename,
    without_displays,
    without_prints,
)
from .targets import find_requests, sends_requests
from .trials import DEFINITIONS, made_client, outer_names

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from ..notebooks import SourceCell
    from ..statements import Statement
    from .resolving import Names
    from .trials import Bench, Trial

_LOOPS = (ast.For, ast.AsyncFor, ast.While, ast.Try, ast.If, ast.FunctionDef, ast.ClassDef)


class NotCarriedError(Exception):
    """A cell cannot be a test; says why, in words that follow "because"."""


@dataclass(frozen=True, kw_only=True)
class Carried:
    """Code of a cell that a test can hold.

    :param statements: What is kept of the cell.
    :param binds: The variables that it gives a value.
    :param own_clients: It makes clients of its own, besides the fixture.
    """

    statements: tuple[Statement, ...]
    kit: Kit
    binds: frozenset[str] = frozenset()
    makes_client: bool = False


@dataclass
class _Selection:
    kept: list[Statement] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    unknown: str = ""
    bound: set[str] = field(default_factory=set)


def carry(trial: Trial, bench: Bench, names: Names, silent: Container[int]) -> Carried:
    """Select what of a cell a test can hold, and find the names that it needs.

    :param silent: The numbers of cells that are no trials, so that no test has their variables.
    :raises NotCarriedError: The cell asks for something that the project has not.
    """
    kit, chosen = Kit(), _Selection()
    is_about_app = False
    written = map(without_displays, trial.statements)
    for at, statement in ((at, each) for at, each in enumerate(written) if each):
        if made_client(statement.node, bench.app) == "client" and _is_first(trial, at, bench):
            kit.fixtures.add("client")
            chosen.bound.add("client")
            is_about_app = True
            continue
        try:
            if gone := outer_names(statement) & chosen.lost:
                raise UnknownNameError(min(gone))
            found = _resolve(outer_names(statement) - chosen.bound, trial, bench, names)
            if strange := [name for name, at in found.variables.items() if at in silent]:
                raise UnknownNameError(strange[0])
            is_about_app = is_about_app or _is_about_app(found, names)
            kit.add(found)
        except UnknownNameError as fault:
            if not _is_about(fault.name, statement.node):
                raise NotCarriedError(f"it uses {fault.name!r}") from None
            chosen.lost |= statement.binds
            chosen.unknown = chosen.unknown or fault.name
            continue
        chosen.bound |= statement.binds
        chosen.kept.append(statement)
    sends = any(sends_requests(each.node) or _calls_sender(each, kit) for each in chosen.kept)
    # A function that only the notebook has is none of the project's.
    own = (isinstance(each.statement.node, DEFINITIONS) for each in kit.helpers.values())
    if not is_about_app or (any(own) and not sends):
        is_lost = chosen.unknown and not chosen.kept
        raise NotCarriedError(
            f"it uses {chosen.unknown!r}" if is_lost else "it asks nothing of the app"
        )
    binds = frozenset(name for each in chosen.kept for name in each.binds)
    makes = any(made_client(each.node, bench.app) for each in chosen.kept)
    return Carried(statements=tuple(chosen.kept), kit=kit, binds=binds, makes_client=makes)


def _resolve(used: frozenset[str], trial: Trial, bench: Bench, names: Names) -> Kit:
    """Find names that a statement reads; what its cell has given a value before it, is known."""
    cell = trial.cell
    is_made = (bench.last_client, bench.find)
    above = {name for name in used & trial.above if not any(get(name, cell) for get in is_made)}
    kit = Kit(variables=dict.fromkeys(above, cell.number))
    kit.add(names.resolve(used - above, cell))
    return kit


def _is_about_app(kit: Kit, names: Names) -> bool:
    """Say whether code uses the app, a name of its module, or what an earlier cell made of it."""
    helpers = (names.resolve_definition(each) for each in kit.helpers.values())
    return bool(
        kit.fixtures
        or kit.variables
        or any(each.fixtures for each in helpers)
        or any(each.module == "app" for each in kit.imports if not kit.helpers)
    )


def _is_about(name: str, node: ast.stmt) -> bool:
    """Say whether all requests that a statement sends are sent to what nobody has."""
    return all(root_name(each.func) == name for each in find_requests(node))


def _is_first(trial: Trial, at: int, bench: Bench) -> bool:
    """Say whether no other client was in the cell before, so that the fixture will do."""
    above = trial.statements[:at]
    return not trial.above and not any(
        made_client(each.node, bench.app) or sends_requests(each.node) for each in above
    )


def write_lines(
    carried: Carried,
    trial: Trial,
    bench: Bench,
    *,
    is_shown_known: bool,
    callees: Mapping[str, Sequence[str]],
) -> list[str]:
    """Write what is kept of a cell as statements, each a text.

    :param is_shown_known: What the cell has shown is what the project gives.
    :param callees: The fixtures that each function of the notebook takes.
    """
    printed = trial.printed.splitlines() if _prints_in_order(carried.statements) else []
    is_printed_known = is_shown_known and bool(printed)
    last = trial.statements[-1]
    lines: list[str] = []
    former: Statement | None = None
    for each in carried.statements:
        text = each.text
        if has_prints(each.node):
            found = assert_printed(text, printed) if is_printed_known else None
            # Where one line cannot be told, it is taken nevertheless.
            text = without_prints(text) if found is None else found
        elif isinstance(each.node, ast.Expr):
            is_shown = each is last and bool(trial.shown)
            asserts = assert_shown(text, trial.shown) if is_shown and is_shown_known else ""
            asserts = _without_said(asserts, lines)
            sends = sends_requests(each.node) or _calls_sender(each, carried.kit)
            is_kept = sends or (_acts(each.node) and not is_shown)
            text = asserts or (_only_requests(text) if is_kept else "")
        if text and _tells(text):
            check_callees(text, callees)
            lines += [""] if former and not _stood_together(former, each, trial.cell) else []
            lines.append(hand_fixtures(rename(text, bench.app, "app"), (), callees))
            former = each
    return lines


def _calls_sender(statement: Statement, kit: Kit) -> bool:
    """Say whether a statement calls a function of the notebook that sends requests."""
    called = (kit.helpers[name] for name in statement.uses if name in kit.helpers)
    return any(sends_requests(each.statement.node) for each in called)


def _without_said(asserts: str, lines: Sequence[str]) -> str:
    """Leave out what was asserted already, since the variables were given their values."""
    kept = []
    for each in parse_statements(asserts):
        said: set[str] = set()
        for line in filter(None, lines):
            bound = {name for one in parse_statements(line) for name in one.binds}
            said = set() if bound & each.uses else said | {line}
        if each.text not in said:
            kept.append(each.text)
    return "\n".join(kept)


def _only_requests(text: str) -> str:
    """Leave out of an expression what only looks at what its requests give."""
    value = getattr(ast.parse(text).body[0], "value", None)
    calls = find_requests(value) if value is not None else []
    if not calls or isinstance(value, ast.Call):
        return text
    return "\n".join(ast.get_source_segment(text, each) or "" for each in calls)


def _stood_together(former: Statement, statement: Statement, cell: SourceCell) -> bool:
    """Say whether no empty line was between two statements of a cell."""
    between = cell.source.splitlines()[former.node.end_lineno or 0 : statement.line - 1]
    return all(line.strip() for line in between)


def _prints_in_order(statements: Iterable[Statement]) -> bool:
    """Say whether each call that prints runs once, in the order of the text."""
    return not any(
        has_prints(inner)
        for each in statements
        for inner in ast.walk(each.node)
        if isinstance(inner, _LOOPS)
    )


def _acts(node: ast.Expr) -> bool:
    """Say whether an expression is there for what it does."""
    return isinstance(node.value, ast.Call)


def _tells(text: str) -> bool:
    """Say whether code does anything at all."""
    tree = ast.parse(text)
    return any(
        not isinstance(each, (ast.Pass, ast.With))
        for each in ast.walk(tree)
        if isinstance(each, ast.stmt)
    )


def check_callees(text: str, callees: Mapping[str, Sequence[str]]) -> None:
    """Check that functions that take fixtures are called, and not handed on.

    :raises NotCarriedError: One is.
    """
    tree = ast.parse(text)
    for name, fixtures in callees.items():
        if fixtures and not is_only_called(name, tree):
            raise NotCarriedError(f"it hands on {name}()")


def without_unused(lines: Sequence[str]) -> list[str]:
    """Leave out assignments to variables that nothing below reads; their requests are sent."""
    kept: list[str] = []
    used: set[str] = set()
    for text in reversed(lines):
        if not text:
            kept.insert(0, text)
            continue
        (statement, *more) = parse_statements(text)
        node = statement.node
        names = statement.binds
        if not more and isinstance(node, ast.Assign) and names and not names & used:
            if not _is_plain_target(node):
                kept.insert(0, text)
            elif isinstance(node.value, ast.Call) and sends_requests(node.value):
                segment = ast.get_source_segment(text, node.value) or ast.unparse(node.value)
                kept.insert(0, segment)
            else:
                continue
        else:
            kept.insert(0, text)
        used |= {name for each in (statement, *more) for name in each.uses}
    return kept


def _is_plain_target(node: ast.Assign) -> bool:
    return all(isinstance(each, ast.Name) for each in node.targets)
