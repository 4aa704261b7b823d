"""Requests that belong together: each flow is a test, whose requests are sent in order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .answers import read_answers
from .states import COOKIES, variable
from .tried import Tried, read_tried

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from nbflask.values.request_spec import RequestSpec

    from ..notebooks import SourceCell, SourceNotebook
    from ..steps import Ask
    from .answers import Answer
    from .judging import Judge, Judged
    from .tried import Trying


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


Deed = Sent | Tried


@dataclass(frozen=True, kw_only=True)
class Flows:
    """What the tests tell.

    :param told: Those of a test together.
    :param left: What no test tells, with the reason.
    """

    told: tuple[tuple[Deed, ...], ...]
    left: tuple[tuple[Deed, str], ...] = ()


def find_flows(
    notebook: SourceNotebook, asks: Sequence[Ask], trying: Trying, judge: Judge
) -> Flows:
    """Give the requests whose answers are known, those together that share what they change."""
    deeds: list[Deed] = [*_read_asks(asks, judge), *read_tried(trying, judge)]
    deeds.sort(key=lambda each: each.cell.number)
    left: list[tuple[Deed, str]] = []
    known = list(_without_unknown(deeds, left, is_in_order=is_run_in_order(notebook)))
    told = [_of_one_client(each, left) for each in _group(known)]
    return Flows(told=tuple(told), left=tuple(left))


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


def _read_asks(asks: Sequence[Ask], judge: Judge) -> Iterator[Sent]:
    for ask in asks:
        answers = read_answers(ask.place.cell, ask.requests) if not ask.name else (None,)
        for spec, answer in zip(ask.requests, answers, strict=True):
            cell = ask.place.cell
            judged = judge.judge(spec.method, spec.target, cell, answer)
            for target in answer.passed if answer else ():
                judged = judged.joined(judge.judge("GET", target, cell, answer))
            if ask.name:
                judged = replace(judged, writes=judged.writes | {variable(ask.name, cell.number)})
            yield Sent(spec=spec, answer=answer, judged=judged, cell=cell, name=ask.name)


def _without_unknown(
    deeds: Iterable[Deed], left: list[tuple[Deed, str]], *, is_in_order: bool
) -> Iterator[Deed]:
    """Leave out what cannot be known, and what depends on what was left out before."""
    deeds = list(deeds)
    all_written = frozenset(name for each in deeds for name in each.judged.writes)
    lost: set[str] = set()
    for each in deeds:
        shared = each.judged.touches | each.judged.writes
        why = each.judged.why
        if gone := sorted(shared & lost):
            why = why or f"what changed {gone[0]!r} before it is not known"
        elif not is_in_order and shared & all_written:
            why = why or "the cells were not run in order, and it depends on what others change"
        if why or each.judged.trust == "none":
            lost |= each.judged.writes
            left.append((each, why))
        else:
            yield each


def _group(deeds: Sequence[Deed]) -> Iterator[tuple[Deed, ...]]:
    """Put together those of one cell, and those that share what one of them changes."""
    groups: list[list[Deed]] = []
    for each in deeds:
        near = [
            group
            for group in groups
            if any(other.cell is each.cell or _share(other, each) for other in group)
        ]
        groups = [group for group in groups if not any(group is other for other in near)]
        groups.append([*(other for group in near for other in group), each])
    order = {id(each): at for at, each in enumerate(deeds)}
    for group in sorted(groups, key=lambda group: min(order[id(each)] for each in group)):
        yield tuple(sorted(group, key=lambda each: order[id(each)]))


def _share(one: Deed, other: Deed) -> bool:
    first, second = one.judged, other.judged
    return bool(
        first.writes & (second.touches | second.writes)
        or second.writes & (first.touches | first.writes)
    )


def _of_one_client(flow: tuple[Deed, ...], left: list[tuple[Deed, str]]) -> tuple[Deed, ...]:
    """Cut a flow where a second client's cookies would be taken for those of the first."""
    keepers = {_cookies(each) for each in flow} - {""}
    if len(keepers) < 2:
        return flow
    first = next(key for each in flow if (key := _cookies(each)))
    end = next(at for at, each in enumerate(flow) if _cookies(each) not in ("", first))
    left += [(each, "another client shares what it changes") for each in flow[end:]]
    return flow[:end]


def _cookies(deed: Deed) -> str:
    """Give whose cookies a deed depends on; ``""`` for nobody's."""
    shared = deed.judged.touches | deed.judged.writes
    return next((each for each in sorted(shared) if each.startswith(COOKIES)), "")
