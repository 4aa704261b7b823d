"""What speaks against a stored answer: whatever has a say in it, and was not there yet.

How much is left of the answer depends on what came later. A template changes what a page says, and
not that there is one; an error handler changes the answer, and not what the request has done.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from .agreeing import agrees
from .asserting import is_error_page
from .deciding import prune
from .influences import has_say, is_after
from .needs import ROUTES, decorators_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..notebooks import SourceCell
    from ..program import Piece
    from ..steps import Keep, Place
    from .answers import Answer
    from .deciding import Asked
    from .influences import Influences
    from .needs import Needs

#: Of an answer all is known, its status and kind, that the request can be sent, or nothing.
Trust = Literal["full", "shape", "sent", "none"]
TRUST: tuple[Trust, ...] = ("none", "sent", "shape", "full")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What speaks against an answer.

    :param left: As much as can be trusted nevertheless.
    :param why: In words that follow "because".
    """

    left: Trust
    why: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """A request, for whoever says what has a say in its answer.

    :param owner: The variable of the app or blueprint that its view is declared on.
    :param answer: What is stored; ``None`` where any may have been given.
    :param content_bytes: How much it sends; ``None`` where nobody can tell.
    """

    needs: Needs
    place: Place
    asked: Asked
    owner: str = ""
    answer: Answer | None = None
    content_bytes: int | None = None


def find_fault(question: Question, influences: Influences) -> Fault | None:
    """Find what speaks most against an answer; ``None`` where it holds."""
    faults = [*_find_faults(question, influences)]
    return min(faults, key=lambda each: TRUST.index(each.left), default=None)


def find_fault_of_code(needs: Needs, place: Place) -> Fault | None:
    """Find what speaks against what code of a cell has seen without a request."""
    if not needs.is_known:
        return _NOT_THERE
    places = [each.place for each in needs.pieces] + [each.place for each in needs.files]
    later = [each for each in places if is_later(each, place)]
    return _changed("none", later[0].cell) if later else None


def _find_faults(question: Question, influences: Influences) -> Iterator[Fault]:
    needs, answer = question.needs, question.answer
    if not needs.is_known:
        yield _NOT_THERE
    all_hooks = influences.hooks_of(question.owner)
    if strange := influences.find_strange(needs, all_hooks):
        yield Fault(left="none", why=f"`{strange}` is another in the project")
    running = [prune(each.statement.node, question.asked) for each in all_hooks]
    views = [each.statement.node for each in needs.pieces[:1]]
    if answer is not None and is_bug(answer, [*views, *running]):
        yield Fault(left="sent", why=f"the app fails with {answer.raised}")
    settings = influences.settings_of(needs, running, question.content_bytes)
    yield from _later("none", [*needs.pieces, *influences.on_app, *settings], question)
    hooks = [
        each
        for each in all_hooks
        if is_later(each.place, question.place) and has_say(each, needs, question.asked)
    ]
    yield from _later("none", [each for each in hooks if not is_after(each)], question)
    yield from _later("sent", [each for each in hooks if is_after(each)], question)
    if answer is None or answer.status >= 400:
        yield from _later("sent", influences.handlers_of(needs, answer), question)
    if answer is not None and not _agrees(question, influences, [*all_hooks, *influences.on_app]):
        yield Fault(left="shape", why="a cell that it is made of was edited and not run since")
    if _is_rendered(answer) and needs.files:
        yield from _later("shape", influences.template_parts_of(needs), question)
        yield from _later("shape", needs.files, question)


def _agrees(question: Question, influences: Influences, others: Sequence[Piece]) -> bool:
    """Say whether an answer may be made of what is there.

    :param others: What may answer in place of the view, or change what it gives.
    """
    needs, answer = question.needs, question.answer
    if answer is None or not needs.pieces:
        return True
    if answer.passed and urlsplit(answer.passed[-1]).path != question.asked.path:
        # That of another request.
        return True
    pieces = [*needs.pieces, *others]
    if answer.status >= 400:
        pieces += influences.handlers_of(needs, answer)
    view = needs.pieces[0].statement.node
    is_alone = not others and not decorators_of(view) - ROUTES
    nodes = [each.statement.node for each in pieces]
    return agrees(answer, needs.texts, view if is_alone else None, nodes)


def is_bug(answer: Answer, nodes: Iterable[ast.AST]) -> bool:
    """Say whether nobody has meant an exception: no handler has a page for it, and no code says it.

    :param nodes: Those of the view and of the hooks around it.
    """
    if not answer.raised or not is_error_page(answer):
        return False
    raised = (each.exc for node in nodes for each in ast.walk(node) if isinstance(each, ast.Raise))
    called = (each.func if isinstance(each, ast.Call) else each for each in raised if each)
    return all(ast.unparse(each).rpartition(".")[2] != answer.raised for each in called)


def _is_rendered(answer: Answer | None) -> bool:
    """Say whether an answer may have come from a template."""
    return answer is None or not (answer.is_json or "location" in answer.headers)


def _later(left: Trust, pieces: Iterable[Piece | Keep], question: Question) -> Iterator[Fault]:
    for each in pieces:
        if is_later(each.place, question.place):
            yield _changed(left, each.place.cell)


def _changed(left: Trust, cell: SourceCell) -> Fault:
    return Fault(left=left, why=f"cell {cell.number} changes the answer since")


_NOT_THERE = Fault(left="none", why="a template or a file of it is not in the project")


def is_later(piece: Place, place: Place) -> bool:
    """Say whether a statement stands below another, or was last run after it."""
    if (piece.cell.number, piece.line) > (place.cell.number, place.line):
        return True
    first, second = piece.cell.execution_count, place.cell.execution_count
    return first is not None and second is not None and first > second
