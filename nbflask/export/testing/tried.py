"""Cells that try the app by Python, judged as requests are."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from ..statements import free_names, parse_statements
from ..steps import Place
from .carrying import NotCarriedError, carry, write_lines
from .isolating import isolate
from .resolving import Kit
from .session_keys import COOKIES
from .states import variable
from .targets import find_targets, sends_requests
from .trials import made_client, outer_names, tries

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from ..notebooks import SourceCell
    from .judging import Judge, Judged
    from .resolving import Names
    from .targets import Target
    from .trials import Bench, Trial

_Deed = TypeVar("_Deed")


@dataclass(frozen=True, kw_only=True)
class Trying:
    """What a notebook tries its app with, and where tests find the names of it.

    :param has_factory: Each test has an app of its own.
    """

    bench: Bench
    names: Names
    has_factory: bool


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A cell that tries the app.

    :param line: The first of its lines, where a magic of the cell sends requests too.
    :param lines: Its statements as a test has them.
    :param has_asserts: The cell itself asserts something.
    :param shows_answers: It sends requests, and what it shows or prints is stored.
    """

    cell: SourceCell
    judged: Judged
    lines: tuple[str, ...] = ()
    kit: Kit
    targets: tuple[Target, ...] = ()
    has_asserts: bool = False
    shows_answers: bool = False
    line: int = 0


def read_tried(trying: Trying, judge: Judge) -> Iterator[Tried]:
    """Judge each cell that tries the app, and write what a test can hold of it."""
    bench = trying.bench
    telling = {each.cell.number for each in bench.trials if each.above or tries(each, bench)}
    silent = {each.cell.number for each in bench.trials} - telling
    for trial in bench.trials:
        if trial.cell.number not in silent:
            yield _read(trial, trying, judge, silent)


def _read(trial: Trial, trying: Trying, judge: Judge, silent: Container[int]) -> Tried:
    """Read a trial.

    :param silent: The numbers of cells that are no trials, so that no test has their variables.
    """
    bench = trying.bench
    nodes = [each.node for each in trial.statements]
    helpers = list(called_helpers(nodes, trial.cell, bench))
    sends = any(sends_requests(each) for each in (*nodes, *helpers))
    # A test function is told by itself.
    others = [each for each in helpers if not getattr(each, "name", "").startswith("test")]
    targets = find_targets(nodes, helpers) if sends else ()
    uses = _read_from_above(trial)
    place = Place(cell=trial.cell, line=_first_line(trial))
    judged = judge.judge_code([*nodes, *helpers], uses, targets, place)
    judged = _with_variables(_of_clients(judged, trial, bench), trial, bench)
    asserts = any(isinstance(each, ast.Assert) for node in nodes for each in ast.walk(node))
    nothing = Tried(
        cell=trial.cell,
        judged=judged,
        kit=Kit(),
        targets=targets,
        has_asserts=asserts,
        line=trial.statements[0].line,
        shows_answers=bool(trial.shown or trial.printed)
        and any(sends_requests(each) for each in (*nodes, *others)),
    )
    if judged.trust == "none":
        return nothing
    try:
        carried = carry(trial, bench, trying.names, silent)
        lines = write_lines(
            carried,
            trial,
            bench,
            is_shown_known=judged.trust == "full" and (sends or _has_context(trial)),
            callees=fixtures_of(carried.kit, trying.names),
        )
        lines, needs_patch = isolate(lines, has_factory=trying.has_factory)
    except NotCarriedError as fault:
        return replace(nothing, judged=replace(judged, trust="none", why=str(fault)))
    kit = Kit()
    kit.add(carried.kit)
    kit.fixtures |= {"monkeypatch"} if needs_patch else set()
    return replace(nothing, lines=tuple(lines), kit=kit)


def with_clients(flow: Sequence[_Deed]) -> tuple[_Deed, ...]:
    """Give what is one test, with the clients that cells outside of it have made."""
    found: list[_Deed] = []
    made: dict[str, int] = {}
    for each in flow:
        if isinstance(each, Tried):
            clients = each.kit.clients
            missing = [name for name in sorted(clients) if made.get(name) != clients[name]]
            lines = (*(f"{name} = app.test_client()" for name in missing), *each.lines)
            own = (
                made_client(one.node, "app")
                for text in each.lines
                for one in parse_statements(text)
            )
            made |= clients | {name: each.cell.number for name in own if name}
            found.append(replace(each, lines=lines))
        else:
            found.append(each)
    return tuple(found)


def called_helpers(nodes: Sequence[ast.AST], cell: SourceCell, bench: Bench) -> Iterator[ast.stmt]:
    """Give the functions of the notebook that code may call, each once."""
    waiting = [name for node in nodes for name in free_names(node)]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        definition = bench.find(name, cell)
        if definition is not None:
            yield definition.statement.node
            waiting += definition.statement.uses


def fixtures_of(kit: Kit, names: Names) -> Mapping[str, Sequence[str]]:
    """Give the fixtures that each function takes as a parameter, by its name."""
    return {
        name: sorted(names.resolve_definition(each).fixtures)
        for name, each in kit.helpers.items()
        if not each.is_fixture
    }


def _of_clients(judged: Judged, trial: Trial, bench: Bench) -> Judged:
    """Give the judgement with the cookies of the clients that the cell uses, each for itself."""
    shared = judged.touches | judged.writes
    kept = {each for each in shared if each.startswith(COOKIES)}
    if not kept and "cookie" not in _text(trial):
        return judged
    used = {name for each in trial.statements for name in (*each.uses, *each.binds)}
    clients = sorted(used & set(bench.clients))
    made = ((name, bench.last_client(name, trial.cell)) for name in clients)
    own = {f"{COOKIES} of {variable(name, number)}" for name, number in made if number}
    return replace(judged, touches=judged.touches - kept | own, writes=judged.writes - kept | own)


def _with_variables(judged: Judged, trial: Trial, bench: Bench) -> Judged:
    """Give the judgement with the variables that the cell shares with others."""
    number = trial.cell.number
    bound = {name for each in trial.statements for name in each.binds}
    above = {
        name: at
        for name in sorted(_read_from_above(trial))
        if not bench.find(name, trial.cell) and not bench.last_client(name, trial.cell)
        if (at := number if name in trial.above else bench.last_value(name, trial.cell))
    }
    given = {variable(name, number) for name in bound - set(bench.clients)}
    touched = {variable(*each) for each in above.items()}
    return replace(judged, touches=judged.touches | touched, writes=judged.writes | given)


def _first_line(trial: Trial) -> int:
    """Give the line from which on the cell tries the app."""
    asking = (each for each in trial.statements if sends_requests(each.node))
    return next(asking, trial.statements[-1]).line


def _has_context(trial: Trial) -> bool:
    return "test_request_context(" in _text(trial)


def _read_from_above(trial: Trial) -> frozenset[str]:
    """Give the names that a cell has from the cells above it, or from the app."""
    bound: set[str] = set()
    read: set[str] = set()
    for each in trial.statements:
        read |= outer_names(each) - bound
        bound |= each.binds
    return frozenset(read)


def _text(trial: Trial) -> str:
    return "\n".join(each.text for each in trial.statements)
