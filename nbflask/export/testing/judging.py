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
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from .deciding import UNKNOWN, Asked, read_settings
from .effects import find_writes
from .faults import TRUST, Question, Trust, find_fault, find_fault_of_code
from .influences import Influences, kept_in_g
from .matching import Match, Matcher
from .needs import ROUTES, Parts, decorators_of
from .session_keys import COOKIES
from .states import States
from .steadiness import are_unsteady, is_unsteady

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..program import Piece
    from ..steps import Keep, Place
    from .answers import Answer
    from .targets import Target

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_SENDS_FILE = re.compile(r"\bsend_(file|from_directory|static_file)\b")
# A view that calls another one by its name.
_DISPATCHES = re.compile(r"\bview_functions\b|\b(full_)?dispatch_request\b|\btest_client\(")
_BY_OTHERS = "an extension or another module may answer it"
_COUNTED = "its answer depends on how many requests were sent before"


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What is known of a request, or of code that sends requests.

    :param touches: Names of what outlasts a request, which this one reads.
    :param writes: Those that it may change.
    :param sends_file: The response is read from a file, and has to be closed.
    :param why: What speaks against it, in words that follow "because"; ``""`` for nothing.
    """

    trust: Trust
    touches: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    are_headers_steady: bool = True
    sends_file: bool = False
    why: str = ""

    def joined(self, other: Judged) -> Judged:
        """Give what is known of two requests that are sent as one."""
        return Judged(
            trust=min(self.trust, other.trust, key=TRUST.index),
            touches=self.touches | other.touches,
            writes=self.writes | other.writes,
            are_headers_steady=self.are_headers_steady and other.are_headers_steady,
            sends_file=self.sends_file or other.sends_file,
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
        self._app = app
        self._matcher = Matcher(pieces, app, has_more=has_more)
        self._parts = Parts(pieces, files, app)
        self._states = States(self._parts)
        self._influences = Influences(pieces, app)
        self._settings = read_settings(pieces, app)

    def judge(
        self,
        method: str,
        target: str,
        place: Place,
        answer: Answer | None,
        *,
        content_bytes: int | None = None,
        is_kept: bool = False,
    ) -> Judged:
        """Judge the answer to one request; ``None`` stands for one that nobody has stored.

        :param content_bytes: How much the request sends.
        :param is_kept: The cell keeps the answer, and may say of it what it likes.
        """
        match = self._matcher.match(method, target)
        why = "" if is_kept and match.kind != "unknown" else _misfit(match, answer)
        judged = self._judge_match(match, method, target, place, answer, content_bytes)
        if why:
            return judged.joined(Judged(trust="none", why=why))
        return judged

    def find_view(self, method: str, target: str) -> object:
        """Give what a request leads to, which is equal for those that lead to one view."""
        match = self._matcher.match(method, target)
        return (id(match.piece), match.owner) if match.piece else target

    def judge_code(
        self,
        nodes: Sequence[ast.AST],
        uses: frozenset[str],
        targets: Sequence[Target],
        place: Place,
    ) -> Judged:
        """Judge Python of a cell that tries the app.

        :param uses: The names that it reads from around itself.
        :param targets: What it may ask for.
        """
        code = "\n".join(map(ast.unparse, nodes))
        needs = self._parts.of_code(uses, code)
        fault = find_fault_of_code(needs, place)
        writes, touches = self._states.of(needs, is_safe=True)
        changed = (find_writes(node, is_suspicious=False) for node in nodes)
        judged = Judged(
            trust="none" if fault else "shape" if is_unsteady(code) else "full",
            touches=touches,
            writes=writes | (frozenset().union(*changed) & self._parts.bound),
            why=fault.why if fault else "",
        )
        if targets and self._influences.changes_below(place):
            judged = judged.joined(Judged(trust="none", why="it changes the app in between"))
        for target in targets:
            for match in self._matcher.match_all(target):
                path = "" if target.is_prefix else target.path
                found = self._judge_match(match, target.method, path, place, None, None)
                judged = judged.joined(found)
        is_doubtful = judged.trust in ("sent", "none")
        if is_doubtful or self._is_counted(judged.touches, needs.texts):
            return judged.joined(Judged(trust="none", why=judged.why or _COUNTED))
        return judged

    def _judge_match(
        self,
        match: Match,
        method: str,
        target: str,
        place: Place,
        answer: Answer | None,
        content_bytes: int | None,
    ) -> Judged:
        """Judge what a request that leads somewhere is answered."""
        if match.kind == "unknown":
            writes = self.all_writes
            return Judged(trust="none", touches=writes, writes=writes, why=_BY_OTHERS)
        needs = self._parts.of(match)
        question = Question(
            needs=needs,
            place=place,
            asked=self._describe(match, method, target),
            owner=match.owner,
            answer=answer,
            content_bytes=content_bytes,
        )
        fault = find_fault(question, self._influences)
        writes, touches = self._states.of(needs, is_safe=method in _SAFE)
        # What hooks keep in the session, any view may show.
        running = self._states.of_hooks(self._influences.around_requests, question.asked)
        kept = {each for each in running if each.startswith(COOKIES)}
        writes |= kept & self._read_by_views
        if _DISPATCHES.search(needs.texts):
            writes, touches = writes | self.all_writes, touches | self.all_writes
        texts, made_of = needs.texts, needs.pieces
        if answer is None or answer.status >= 400:
            texts = _join(texts, self._influences.handlers)
            made_of += self._influences.handlers
        if needs.files:
            made_of += tuple(self._influences.template_parts_of(needs))
        unsteady = are_unsteady(made_of)
        is_counted = self._is_counted(touches, texts)
        hooks = self._influences.hooks_of(match.owner)
        trusts: list[Trust] = ["shape" if unsteady or is_counted else "full"]
        trusts += [fault.left] if fault else []
        trusts += ["none"] if is_counted and answer is None else []
        return Judged(
            trust=min(trusts, key=TRUST.index),
            touches=touches,
            writes=writes,
            are_headers_steady=not (unsteady or self._hook_writes or are_unsteady(hooks)),
            sends_file=match.kind == "static" or bool(_SENDS_FILE.search(needs.texts)),
            why=fault.why if fault else _COUNTED if "none" in trusts else "",
        )

    def _describe(self, match: Match, method: str, target: str) -> Asked:
        """Say what hooks will see of a request."""
        settings, has_more = self._settings
        keys = match.piece.keys if match.piece else ()
        endpoints = [key[2] for key in keys if key[0] == "endpoint"]
        is_own = match.owner == self._app and len(endpoints) == 1
        known = {
            "view": (endpoints[0] if is_own else UNKNOWN, None if is_own else UNKNOWN),
            "static": ("static", None),
        }
        endpoint, blueprint = known.get(match.kind, (None, None))
        return Asked(
            method=method or UNKNOWN,
            path=unquote(urlsplit(target).path) if target else UNKNOWN,
            endpoint=endpoint,
            blueprint=blueprint,
            settings=settings,
            has_more_settings=has_more,
        )

    def _is_counted(self, touches: frozenset[str], texts: str) -> bool:
        """Say whether what hooks count reaches an answer, by its name or by way of ``g``."""
        for hook in self._influences.around_requests:
            written = self._states.of_hooks([hook])
            counted = {each for each in written if not each.startswith(COOKIES)}
            kept = kept_in_g(hook.statement.node) if counted else ()
            if touches & counted or any(re.search(rf"\b{each}\b", texts) for each in kept):
                return True
        return False

    @cached_property
    def _hook_writes(self) -> frozenset[str]:
        return self._states.of_hooks(self._influences.around_requests)

    @cached_property
    def _read_by_views(self) -> frozenset[str]:
        """Whatever any view reads."""
        found: set[str] = set()
        for each in self._views:
            found |= self._states.of(self._parts.of(each), is_safe=True)[1]
        return frozenset(found)

    @cached_property
    def all_kept(self) -> frozenset[str]:
        """All that a client's cookies may hold."""
        return self._states.all_kept

    @cached_property
    def _views(self) -> tuple[Match, ...]:
        return tuple(
            Match(kind="view", piece=each)
            for each in self._parts.pieces
            if decorators_of(each.statement.node) & ROUTES
        )

    @cached_property
    def all_writes(self) -> frozenset[str]:
        """Whatever any request may change."""
        found: set[str] = set()
        for each in self._views:
            found |= self._states.of(self._parts.of(each), is_safe=False)[0]
        return frozenset(found)


def _misfit(match: Match, answer: Answer | None) -> str:
    """Say why an answer cannot be that of what the path leads to now; ``""`` if it may be."""
    if match.kind == "unknown":
        return _BY_OTHERS
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


def _join(text: str, pieces: Iterable[Piece]) -> str:
    return "\n".join([text, *(each.statement.text for each in pieces)])
