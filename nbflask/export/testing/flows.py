"""Requests that belong together: each flow is a test, whose requests are sent in order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .answers import read_answers
from .session_keys import COOKIES
from .states import variable
from .tried import Tried, read_tried, with_clients

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

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
    line: int = 0


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
    notebook: SourceNotebook,
    asks: Sequence[Ask],
    trying: Trying,
    judge: Judge,
    gaps: Sequence[tuple[SourceCell, frozenset[str]]] = (),
) -> Flows:
    """Give the requests whose answers are known, those together that share what they change.

    :param gaps: What cells have changed that no test tells, with the cell.
    """
    deeds: list[Deed] = [*_read_asks(asks, judge), *read_tried(trying, judge)]
    deeds.sort(key=lambda each: (each.cell.number, each.line))
    left: list[tuple[Deed, str]] = []
    is_in_order = is_run_in_order(notebook)
    known = list(_without_unknown(deeds, left, gaps, is_in_order=is_in_order))
    told = [_of_one_client(each, left) for each in _group(known)]
    once = _without_covered(_without_repeated(told), judge)
    asked = {each.spec for flow in once for each in flow if isinstance(each, Sent)}
    # What is asked again, and told, is not missed.
    missed = (
        (each, why) for each, why in left if not (isinstance(each, Sent) and each.spec in asked)
    )
    return Flows(told=tuple(map(with_clients, once)), left=tuple(missed))


def _without_repeated(flows: Sequence[tuple[Deed, ...]]) -> list[tuple[Deed, ...]]:
    """Leave out requests that are sent again below, where no state tells the answers apart."""
    kept: list[tuple[Deed, ...]] = []
    later: set[RequestSpec] = set()
    for flow in reversed(flows):
        match flow:
            case [Sent(name="") as sent] if sent.spec in later:
                continue
            case [Sent(name="") as sent] if sent.judged.trust != "sent":
                later.add(sent.spec)
        kept.insert(0, flow)
    return kept


def _without_covered(flows: Sequence[tuple[Deed, ...]], judge: Judge) -> list[tuple[Deed, ...]]:
    """Leave out requests that only a kind is known of, where another tells more of the view."""
    known = {
        _asked(each, judge)
        for flow in flows
        for each in flow
        if isinstance(each, Sent) and each.judged.trust == "full"
    }
    return [each for each in flows if not _is_covered(each, known, judge)]


def _is_covered(flow: tuple[Deed, ...], known: Collection[object], judge: Judge) -> bool:
    match flow:
        case [Sent(name="") as sent] if sent.judged.trust == "shape":
            return _asked(sent, judge) in known
    return False


def _asked(sent: Sent, judge: Judge) -> object:
    """Give what requests have alike that ask a view for the same kind of answer."""
    answer = sent.answer
    kind = (answer.status, answer.media_type, bool(answer.passed)) if answer else None
    return judge.find_view(sent.spec.method, sent.spec.target), sent.spec.method, kind


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
            is_kept = bool(ask.name)
            judged = judge.judge(
                spec.method,
                spec.target,
                ask.place,
                answer,
                content_bytes=len(spec.content),
                is_kept=is_kept,
            )
            for target in answer.passed if answer else ():
                judged = judged.joined(
                    judge.judge("GET", target, ask.place, answer, content_bytes=0)
                )
            if ask.name:
                judged = replace(judged, writes=judged.writes | {variable(ask.name, cell.number)})
            yield Sent(
                spec=spec,
                answer=answer,
                judged=judged,
                cell=cell,
                name=ask.name,
                line=ask.place.line,
            )


def _without_unknown(
    deeds: Sequence[Deed],
    left: list[tuple[Deed, str]],
    gaps: Sequence[tuple[SourceCell, frozenset[str]]],
    *,
    is_in_order: bool,
) -> Iterator[Deed]:
    """Leave out what cannot be known, and what depends on what was left out before."""
    all_written = frozenset(name for each in deeds for name in each.judged.writes)
    lost: set[str] = set()
    open_gaps = sorted(gaps, key=lambda each: each[0].number)
    for each in deeds:
        while open_gaps and open_gaps[0][0].number <= each.cell.number:
            lost |= open_gaps.pop(0)[1]
        shared = each.judged.touches | each.judged.writes
        why = each.judged.why if each.judged.trust == "none" else ""
        if gone := sorted(shared & lost):
            why = why or f"what changed {gone[0]!r} before it is not known"
        elif not is_in_order and shared & all_written:
            why = why or "the cells were not run in order, and it depends on what others change"
        if why or each.judged.trust == "none":
            lost |= each.judged.writes
            left.append((each, why))
        elif each.judged.trust != "sent" or each.judged.writes:
            yield each
        else:
            left.append((each, each.judged.why))


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
    kept = sorted(each for each in shared if each.startswith(COOKIES))
    # Those of the notebook's own client are told by their keys.
    return kept[0].partition("[")[0] if kept else ""
