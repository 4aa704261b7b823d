"""Requests that belong together: each flow is a test, whose requests are sent in order."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..steps import Leave
from .answers import read_answers
from .judging import COOKIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from nbflask.values.request_spec import RequestSpec

    from ..notebooks import SourceCell, SourceNotebook
    from ..steps import Ask, Step
    from .answers import Answer
    from .judging import Judge, Judged

_SENDING = frozenset({"get", "post", "put", "patch", "delete", "open"})


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A request of the notebook.

    :param answer: What is stored of its response; ``None`` for nothing that can be read.
    :param name: The variable that the response is kept in, or ``""``.
    """

    spec: RequestSpec
    answer: Answer | None
    judged: Judged
    cell: SourceCell
    name: str = ""


def find_flows(
    notebook: SourceNotebook, asks: Sequence[Ask], steps: Sequence[Step], judge: Judge
) -> tuple[tuple[Sent, ...], ...]:
    """Give the requests whose answers are known, those together that share what they change."""
    sent = list(_read_all(asks, judge))
    known = list(_without_unknown(sent, steps, judge, is_in_order=is_run_in_order(notebook)))
    return tuple(_group(known))


def is_run_in_order(notebook: SourceNotebook) -> bool:
    """Say whether the cells ran from the first to the last, once, as far as the file tells.

    Otherwise a request may have been sent twice, or after one that stands below it.
    """
    counts = [
        each.execution_count
        for each in notebook.cells
        if each.kind == "code" and each.source.strip()
    ]
    given = [each for each in counts if each is not None]
    return given == list(range(1, len(given) + 1))


def _read_all(asks: Sequence[Ask], judge: Judge) -> Iterator[Sent]:
    for ask in asks:
        answers = read_answers(ask.place.cell, ask.requests) if not ask.name else (None,)
        for spec, answer in zip(ask.requests, answers, strict=True):
            cell = ask.place.cell
            judged = judge.judge(spec.method, spec.target, cell, answer)
            yield Sent(spec=spec, answer=answer, judged=judged, cell=cell, name=ask.name)


def _without_unknown(
    sent: Iterable[Sent], steps: Sequence[Step], judge: Judge, *, is_in_order: bool
) -> Iterator[Sent]:
    """Leave out what cannot be known, and what depends on what was left out before."""
    changed_by_others = list(_find_other_changes(steps, judge))
    all_written = frozenset(name for each in sent for name in each.judged.writes)
    lost: set[str] = set()
    for each in sent:
        lost |= {
            name
            for cell, names in changed_by_others
            if cell.number <= each.cell.number
            for name in names
        }
        shared = each.judged.touches | each.judged.writes
        is_doubtful = bool(shared & lost) or (not is_in_order and bool(shared & all_written))
        if each.judged.trust == "none" or is_doubtful:
            lost |= each.judged.writes
        else:
            yield each


def _find_other_changes(
    steps: Sequence[Step], judge: Judge
) -> Iterator[tuple[SourceCell, frozenset[str]]]:
    """Give what Python in cells may have changed by requests of its own, with the cell.

    Its clients have cookies of their own, but the notebook's own client can be changed, too.
    """
    senders: dict[str, ast.AST] = {}
    # What came from the package may be the session of the notebook's own client.
    ours = {"nbflask"}
    for step in steps:
        statement = getattr(step, "statement", None)
        if statement is None:
            continue
        node = statement.node
        if isinstance(step, Leave) and statement.uses & ours:
            ours |= statement.binds
            yield step.place.cell, frozenset({COOKIES})
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            if _sends(node, senders):
                senders[node.name] = node
        elif _sends(node, senders):
            used = [senders[name] for name in statement.uses if name in senders]
            paths = [path for each in (node, *used) for path in _paths(each)]
            yield step.place.cell, judge.may_write(paths) - {COOKIES}


def _sends(node: ast.AST, senders: dict[str, ast.AST]) -> bool:
    for each in ast.walk(node):
        match each:
            case ast.Call(func=ast.Attribute(value=value, attr=method)) if (
                method in _SENDING and not isinstance(value, ast.Constant)
            ):
                text = ast.unparse(value)
                if "client" in text or (each.args and _is_path(each.args[0])):
                    return True
            case ast.Name(id=name) if name in senders:
                return True
            case ast.Attribute(attr="test_client"):
                return True
    return False


def _is_path(node: ast.AST) -> bool:
    return any(
        isinstance(each, ast.Constant)
        and isinstance(each.value, str)
        and each.value.startswith("/")
        for each in ast.walk(node)
    )


def _paths(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        match each:
            case ast.JoinedStr(values=[ast.Constant(value=str(start)), *_]) if start[:1] == "/":
                yield start + "x"
            case ast.Constant(value=str(text)) if text.startswith("/"):
                yield text


def _group(sent: Sequence[Sent]) -> Iterator[tuple[Sent, ...]]:
    """Put together those of one cell, and those that share what one of them changes."""
    groups: list[list[Sent]] = []
    for each in sent:
        near = [
            group
            for group in groups
            if any(other.cell is each.cell or _share(other, each) for other in group)
        ]
        groups = [group for group in groups if not any(group is other for other in near)]
        groups.append([*(other for group in near for other in group), each])
    order = {id(each): at for at, each in enumerate(sent)}
    for group in sorted(groups, key=lambda group: min(order[id(each)] for each in group)):
        yield tuple(sorted(group, key=lambda each: order[id(each)]))


def _share(one: Sent, other: Sent) -> bool:
    first, second = one.judged, other.judged
    return bool(
        first.writes & (second.touches | second.writes)
        or second.writes & (first.touches | first.writes)
    )
