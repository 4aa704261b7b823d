"""Which stored answers hold in the project: it is the notebook's last state, and they are older.

Rule 1: an answer holds if all that it was made of stood there when it was given: the view, the
names and templates that it needs, the hooks that may have a say, the settings.

Rule 2: requests that share what one of them changes are told in one test, in order. Where one of
them is missing, what came after it is not known.

Rule 3: in doubt less is asserted, and a request that cannot be answered for is left out.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from .effects import UNSTEADY, find_writes
from .influences import Influences, has_say
from .matching import Match, Matcher
from .needs import ROUTES, Parts, decorators_of
from .states import COOKIES, States

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..notebooks import SourceCell
    from ..program import Piece
    from ..steps import Keep
    from .answers import Answer
    from .needs import Needs
    from .targets import Target

Trust = Literal["full", "shape", "none"]

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What is known of a request, or of code that sends requests.

    :param trust: ``"shape"`` says that the status and the kind of the content are known.
    :param touches: Names of what outlasts a request, which this one reads.
    :param writes: Those that it may change.
    :param why: What speaks against it, where there is no trust; in words that follow "because".
    """

    trust: Trust
    touches: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    are_headers_steady: bool = True
    why: str = ""

    def joined(self, other: Judged) -> Judged:
        """Give what is known of two requests that are sent as one."""
        order: list[Trust] = ["none", "shape", "full"]
        return Judged(
            trust=min(self.trust, other.trust, key=order.index),
            touches=self.touches | other.touches,
            writes=self.writes | other.writes,
            are_headers_steady=self.are_headers_steady and other.are_headers_steady,
            why=self.why or other.why,
        )


class Judge:
    """Says which answers hold."""

    def __init__(
        self, pieces: Sequence[Piece], files: Sequence[Keep], app: str, *, has_more: bool = False
    ) -> None:
        """Read a program.

        :param has_more: Modules of their own belong to it, which are not read here.
        """
        self._matcher = Matcher(pieces, app, has_more=has_more)
        self._parts = Parts(pieces, files, app)
        self._states = States(self._parts)
        self._influences = Influences(pieces, app)

    def may_write(self, paths: Sequence[str]) -> frozenset[str]:
        """Give what requests of any method to these paths may change; without paths, to all."""
        found: set[str] = set()
        for path in paths:
            for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
                match = self._matcher.match(method, path)
                if match.kind == "unknown":
                    return self._all_writes
                found |= self._states.of(self._parts.of(match), is_safe=method == "GET")[0]
        return frozenset(found) if paths else self._all_writes

    def judge(self, method: str, target: str, cell: SourceCell, answer: Answer | None) -> Judged:
        """Judge the answer to one request; ``None`` stands for one that nobody has stored."""
        match = self._matcher.match(method, target)
        needs = self._parts.of(match)
        hooks = self._influences.hooks_of(match.owner)
        writes, touches = self._states.of(needs, is_safe=method in _SAFE)
        why = _misfit(match, answer) or self._find_fault(needs, hooks, cell, answer)
        texts = needs.texts
        if answer is None or answer.status >= 400:
            texts = _join(texts, self._influences.handlers)
        unsteady = bool(UNSTEADY.search(texts))
        is_doubtful = unsteady or self._is_counted(touches, texts)
        steady = not (unsteady or self._hook_writes or UNSTEADY.search(_join("", hooks)))
        return Judged(
            trust="none" if why else "shape" if is_doubtful else "full",
            touches=touches,
            writes=writes,
            are_headers_steady=steady,
            why=why,
        )

    def judge_code(
        self,
        nodes: Sequence[ast.AST],
        uses: frozenset[str],
        targets: Sequence[Target],
        cell: SourceCell,
    ) -> Judged:
        """Judge Python of a cell that tries the app.

        :param uses: The names that it reads from around itself.
        :param targets: What it may ask for.
        """
        found = [self._judge_target(each, cell) for each in targets]
        code = "\n".join(map(ast.unparse, nodes))
        needs = self._parts.of_code(uses, code)
        own_writes, own_touches = self._states.of(needs, is_safe=True)
        changed = frozenset(
            name for node in nodes for name in find_writes(node, is_suspicious=False)
        )
        hooks = self._influences.hooks_of("")
        why = self._find_fault(needs, hooks, cell, None, is_asked=bool(found))
        why = next((each.why for each in found if each.why), why)
        touches = own_touches.union(*(each.touches for each in found))
        if self._is_counted(touches, needs.texts):
            why = why or "what it sees depends on how many requests were sent before"
        is_steady = all(each.trust == "full" for each in found) and not UNSTEADY.search(code)
        return Judged(
            trust="none" if why else "full" if is_steady else "shape",
            touches=touches,
            writes=own_writes.union(changed & self._parts.bound, *(each.writes for each in found)),
            why=why,
        )

    def _judge_target(self, target: Target, cell: SourceCell) -> Judged:
        """Judge whatever one of a code's requests may lead to."""
        matches = self._matcher.match_all(target)
        if any(each.kind == "unknown" for each in matches):
            return Judged(
                trust="none",
                writes=self._all_writes,
                touches=self._all_writes,
                why="an extension or another module may answer it",
            )
        writes: set[str] = set()
        touches: set[str] = set()
        why, is_steady = "", True
        for match in matches:
            needs = self._parts.of(match)
            own = self._states.of(needs, is_safe=target.method in _SAFE)
            writes |= own[0]
            touches |= own[1]
            hooks = self._influences.hooks_of(match.owner)
            why = why or self._find_fault(needs, hooks, cell, None)
            is_counted = self._is_counted(frozenset(touches), needs.texts)
            if is_counted:
                why = why or "its answer depends on how many requests were sent before"
            is_steady = is_steady and not UNSTEADY.search(needs.texts)
        return Judged(
            trust="none" if why else "full" if is_steady else "shape",
            touches=frozenset(touches),
            writes=frozenset(writes),
            why=why,
        )

    def _find_fault(
        self,
        needs: Needs,
        hooks: Sequence[Piece],
        cell: SourceCell,
        answer: Answer | None,
        *,
        is_asked: bool = True,
    ) -> str:
        """Give what of an answer was not there yet, or is no more; ``""`` if it holds.

        :param is_asked: A request is sent, so that all have a say who answer requests.
        """
        if not needs.is_known:
            return "a template or a file of it is not in the project"
        made_of: list[Piece] = [*needs.pieces]
        if is_asked:
            made_of += [*self._influences.on_app, *self._influences.settings_of(needs)]
            if answer is None or answer.status >= 400:
                made_of += self._influences.handlers_of(needs, answer)
        if needs.files:
            made_of += self._influences.template_parts_of(needs)
        places = [each.place for each in made_of] + [each.place for each in needs.files]
        later = [each for each in places if _is_later(each.cell, cell)]
        if is_asked:
            later += [
                hook.place
                for hook in hooks
                if _is_later(hook.place.cell, cell) and has_say(hook, needs)
            ]
        return f"cell {later[0].cell.number} changes the answer since" if later else ""

    def _is_counted(self, touches: frozenset[str], texts: str) -> bool:
        """Say whether what hooks count reaches an answer, by its name or by way of ``g``."""
        counted = self._hook_writes - {COOKIES}
        return bool(counted and (touches & counted or re.search(r"\bg\b", texts)))

    @cached_property
    def _hook_writes(self) -> frozenset[str]:
        return self._states.of_hooks(self._influences.around_requests)

    @cached_property
    def _all_writes(self) -> frozenset[str]:
        found: set[str] = set()
        for each in self._parts.pieces:
            if decorators_of(each.statement.node) & ROUTES:
                needs = self._parts.of(Match(kind="view", piece=each))
                found |= self._states.of(needs, is_safe=False)[0]
        return frozenset(found)


def _misfit(match: Match, answer: Answer | None) -> str:
    """Say why an answer cannot be that of what the path leads to now; ``""`` if it may be."""
    if match.kind == "unknown":
        return "an extension or another module may answer it"
    if answer is None:
        is_there = match.kind in ("view", "static")
        return "" if is_there else "no view answers it"
    match match.kind:
        case "nothing":
            fits = answer.status == 404
        case "other method":
            fits = answer.status == 405 or "allow" in answer.headers
        case "redirect":
            fits = answer.status in (301, 308)
        case _:
            fits = True
    return "" if fits else f"no view answers it by {answer.status}"


def _is_later(piece: SourceCell, cell: SourceCell) -> bool:
    """Say whether a cell stands below another, or was last run after it."""
    if piece.number > cell.number:
        return True
    first, second = piece.execution_count, cell.execution_count
    return first is not None and second is not None and first > second


def _join(text: str, pieces: Iterable[Piece]) -> str:
    return "\n".join([text, *(each.statement.text for each in pieces)])
