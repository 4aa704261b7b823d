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

from flask import Flask
from werkzeug import exceptions

from .effects import UNSTEADY, find_writes
from .matching import Match, Matcher

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..notebooks import SourceCell
    from ..program import Piece
    from ..steps import Keep
    from .answers import Answer

Trust = Literal["full", "shape", "none"]

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_HOOKS = frozenset(
    {
        *("before_request", "after_request", "before_app_request", "after_app_request"),
        *("url_value_preprocessor", "url_defaults", "app_url_value_preprocessor"),
    }
)
_FOR_TEMPLATES = frozenset(
    {
        *("context_processor", "app_context_processor", "template_filter", "template_global"),
        *("template_test", "app_template_filter", "app_template_global", "app_template_test"),
    }
)
_HANDLERS = frozenset({"errorhandler", "app_errorhandler"})
_ROUTES = frozenset({"route", "get", "post", "put", "patch", "delete"})
_TEARDOWNS = frozenset({"teardown_request", "teardown_appcontext", "teardown_app_request"})
_COOKIES = re.compile(
    r"\b(session|flash|get_flashed_messages|login_user|logout_user|current_user|login_required|"
    r"cookies|set_cookie|delete_cookie|csrf_token|validate_on_submit)\b"
)
_SETS_COOKIES = re.compile(r"\b(flash|login_user|logout_user|set_cookie|delete_cookie)\b")
_TEMPLATE = re.compile(r"render_template|stream_template|get_template|\.html['\"]")
_NAMES_TEMPLATE = re.compile(
    r"{%-?\s*(?:extends|include|import|from)\s+['\"]([^'\"]+)['\"]|['\"]([\w./-]+\.\w+)['\"]"
)
# What a request has of its own, and nobody else shares.
_OWN = frozenset({"request", "g", "current_app", "jsonify", "abort", "redirect", "url_for"})
COOKIES = "session"


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What is known of a request.

    :param touches: Names of what outlasts a request, which this one reads.
    :param writes: Those that it may change.
    """

    trust: Trust
    match: Match
    touches: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    are_headers_steady: bool = True


@dataclass(frozen=True, kw_only=True)
class _Needs:
    """What a view is made of.

    :param names: Those of the notebook, with what they need.
    :param texts: Code and templates.
    """

    pieces: tuple[Piece, ...]
    names: frozenset[str]
    files: tuple[Keep, ...]
    texts: str
    is_known: bool


class Judge:
    """Says which answers hold."""

    def __init__(
        self, pieces: Sequence[Piece], files: Sequence[Keep], app: str, *, has_more: bool = False
    ) -> None:
        """Read a program.

        :param has_more: Modules of their own belong to it, which are not read here.
        """
        self._pieces = pieces
        self._files = {(each.folder, each.name): each for each in files}
        self._app = app
        self._matcher = Matcher(pieces, app, has_more=has_more)
        self._owners = frozenset(
            {app}
            | {
                name
                for each in pieces
                if "Blueprint(" in each.statement.text
                for name in each.statement.binds
            }
        )

    def may_write(self, paths: Sequence[str]) -> frozenset[str]:
        """Give what requests of any method to these paths may change; without paths, to all."""
        found: set[str] = set()
        for path in paths:
            for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
                match = self._matcher.match(method, path)
                if match.kind == "unknown":
                    return self._all_writes
                found |= self._find_state(self._find_needs(match), is_safe=method == "GET")[0]
        return frozenset(found) if paths else self._all_writes

    @cached_property
    def _all_writes(self) -> frozenset[str]:
        found: set[str] = set()
        for each in self._pieces:
            if _decorators(each.statement.node) & _ROUTES:
                needs = self._find_needs(Match(kind="view", piece=each))
                found |= self._find_state(needs, is_safe=False)[0]
        return frozenset(found)

    def judge(self, method: str, target: str, cell: SourceCell, answer: Answer | None) -> Judged:
        """Judge the answer to one request; ``None`` stands for one that nobody has stored."""
        match = self._matcher.match(method, target)
        needs = self._find_needs(match)
        hooks = self._hooks_of(match)
        writes, touches = self._find_state(needs, is_safe=method in _SAFE)
        trust = self._trust(match, needs, hooks, cell, answer)
        texts = needs.texts
        if answer is None or answer.status >= 400:
            handlers = self._with_decorator(_HANDLERS)
            texts = "\n".join([texts, *(each.statement.text for each in handlers)])
        unsteady = bool(UNSTEADY.search(texts))
        # What a hook counts reaches the answer by its name, or by way of g.
        counted = self._hook_writes - {COOKIES}
        is_counted = bool(counted and (touches & counted or re.search(r"\bg\b", texts)))
        if trust == "full" and (unsteady or is_counted):
            trust = "shape"
        hook_code = "\n".join(each.statement.text for each in hooks)
        return Judged(
            trust=trust,
            match=match,
            touches=touches,
            writes=writes,
            are_headers_steady=not (unsteady or self._hook_writes or UNSTEADY.search(hook_code)),
        )

    def _trust(
        self,
        match: Match,
        needs: _Needs,
        hooks: Sequence[Piece],
        cell: SourceCell,
        answer: Answer | None,
    ) -> Trust:
        if not _fits(match, answer) or not needs.is_known:
            return "none"
        made_of: list[Piece] = [*needs.pieces, *self._say_in_all, *self._settings_of(needs)]
        if answer is None or answer.status >= 400:
            handlers = self._with_decorator(_HANDLERS)
            made_of += [each for each in handlers if _may_handle(each, needs, answer)]
        if needs.files:
            found = self._with_decorator(_FOR_TEMPLATES)
            made_of += [each for each in found if _is_named(each, needs.texts)]
        places = [each.place for each in made_of] + [each.place for each in needs.files]
        if any(_is_later(each.cell, cell) for each in places):
            return "none"
        for hook in hooks:
            if _is_later(hook.place.cell, cell) and self._has_say(hook, needs):
                return "none"
        return "full"

    def _find_needs(self, match: Match) -> _Needs:
        if match.kind == "static":
            file = self._files.get(("static", match.file))
            found = (file,) if file else ()
            return _Needs(pieces=(), names=frozenset(), files=found, texts="", is_known=bool(found))
        if match.piece is None:
            return _Needs(pieces=(), names=frozenset(), files=(), texts="", is_known=True)
        pieces, names = self._closure(match.piece)
        code = "\n".join(each.statement.text for each in pieces)
        files, is_known = self._find_templates(code)
        texts = "\n".join([code, *(each.content for each in files)])
        return _Needs(pieces=pieces, names=names, files=files, texts=texts, is_known=is_known)

    def _closure(self, piece: Piece) -> tuple[tuple[Piece, ...], frozenset[str]]:
        """Give the pieces that a piece needs, itself too, and the names that lead to them."""
        found: dict[int, Piece] = {id(piece): piece}
        names: set[str] = set()
        waiting = set(piece.statement.uses) - self._owners
        while waiting:
            name = waiting.pop()
            names.add(name)
            for each in self._pieces:
                if each.is_declared or id(each) in found or each.is_import:
                    continue
                statement = each.statement
                is_registered = bool(_decorators(statement.node) & _ROUTES)
                if name in statement.binds or (name in statement.changes and not is_registered):
                    found[id(each)] = each
                    waiting |= set(statement.uses) - self._owners - names
        return tuple(found.values()), frozenset(names & self._bound)

    @cached_property
    def _bound(self) -> frozenset[str]:
        return (
            frozenset(
                name
                for each in self._pieces
                if not each.is_declared and not each.is_import
                for name in each.statement.binds
            )
            - self._owners
        )

    def _find_templates(self, code: str) -> tuple[tuple[Keep, ...], bool]:
        """Give the templates that code names, and whether all of them are there."""
        if not _TEMPLATE.search(code):
            return (), True
        templates = {
            name: each for (folder, name), each in self._files.items() if folder == "templates"
        }
        found: dict[str, Keep] = {}
        named = {name for pair in _NAMES_TEMPLATE.findall(code) for name in pair if name}
        is_known = all(name in templates for name in named if name.endswith((".html", ".j2")))
        if not named & set(templates):
            # Whichever it is: all of them.
            return tuple(templates.values()), is_known
        waiting = named & set(templates)
        while waiting:
            name = waiting.pop()
            found[name] = templates[name]
            text = templates[name].content
            inner = {each for pair in _NAMES_TEMPLATE.findall(text) for each in pair if each}
            waiting |= (inner & set(templates)) - set(found)
        return tuple(found.values()), is_known

    def _find_state(self, needs: _Needs, *, is_safe: bool) -> tuple[frozenset[str], frozenset[str]]:
        """Give what the view may change of what outlasts a request, and what it reads of it."""
        written: set[str] = set()
        for each in needs.pieces:
            node = each.statement.node
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                found = find_writes(node, is_suspicious=not is_safe)
                written |= found - {"*"} if each.keys or each.is_declared else found
                if isinstance(node, ast.ClassDef) and node.name in found:
                    written |= self._made_with(node.name)
        touched = set(needs.names)
        if _COOKIES.search(needs.texts):
            touched.add(COOKIES)
        if _SETS_COOKIES.search(needs.texts):
            written.add(COOKIES)
        if "*" in written:
            # A function changes what it is given, and any of these may be given to it.
            written |= {name for name in needs.names if not self._is_function(name)}
        return frozenset(written & (self._bound | {COOKIES})), frozenset(touched)

    def _made_with(self, name: str) -> frozenset[str]:
        """Give the variables that hold what a class or a function has made."""
        return frozenset(
            bound
            for each in self._pieces
            if not isinstance(each.statement.node, (ast.FunctionDef, ast.AsyncFunctionDef))
            and name in each.statement.uses_at_once
            for bound in each.statement.binds
        )

    def _is_function(self, name: str) -> bool:
        return any(
            name in each.statement.binds
            and isinstance(each.statement.node, (ast.FunctionDef, ast.AsyncFunctionDef))
            for each in self._pieces
        )

    def _with_decorator(self, names: frozenset[str]) -> list[Piece]:
        return [each for each in self._pieces if _decorators(each.statement.node) & names]

    def _hooks_of(self, match: Match) -> list[Piece]:
        """Give the hooks that run for a request."""
        return [
            each
            for each in self._with_decorator(_HOOKS)
            if each.statement.uses_at_once & {self._app, match.owner}
            or "_app_" in " ".join(_decorators(each.statement.node))
        ]

    @cached_property
    def _hook_writes(self) -> frozenset[str]:
        found: set[str] = set()
        for each in self._with_decorator(_HOOKS | _TEARDOWNS):
            pieces, _ = self._closure(each)
            for piece in pieces:
                found |= find_writes(piece.statement.node, is_suspicious=False)
        return frozenset(found & (self._bound | {COOKIES}))

    def _has_say(self, hook: Piece, needs: _Needs) -> bool:
        """Say whether a hook may change an answer that was given without it."""
        node = hook.statement.node
        writes = find_writes(node, is_suspicious=False)
        names = needs.names | {each.id for each in _names(needs.pieces)}
        if _decorators(node) & {"after_request", "after_app_request"}:
            code = hook.statement.text
            return bool(
                re.search(r"set_data|\.data\b|status|mimetype|content_type|make_response", code)
                or (writes & names)
            )
        answers = any(
            (isinstance(each, ast.Return) and each.value is not None) or isinstance(each, ast.Raise)
            for each in ast.walk(node)
        )
        calls = {
            each.func.id if isinstance(each.func, ast.Name) else ""
            for each in ast.walk(node)
            if isinstance(each, ast.Call)
        }
        return answers or bool(calls & {"abort", "redirect"}) or bool(writes & names)

    @cached_property
    def _say_in_all(self) -> tuple[Piece, ...]:
        """Give what is done to the app as a whole: extensions, middleware, its own attributes."""
        return tuple(each for each in self._pieces if self._is_done_to_app(each))

    def _is_done_to_app(self, piece: Piece) -> bool:
        node = piece.statement.node
        if self._app not in piece.statement.uses_at_once or isinstance(node, ast.With):
            return False
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            known = _ROUTES | _HOOKS | _FOR_TEMPLATES | _HANDLERS | _TEARDOWNS
            own = known | {"cli", "command", "shell_context_processor", "route"}
            return not _decorators(node) & own
        text = ast.unparse(node)
        # Who listens to a signal has no say in the answer.
        return ".connect(" not in text and not text.startswith(
            (
                f"{self._app}.url_map.converters",
                f"{self._app}.config",
                f"{self._app}.secret_key",
                f"{self._app}.register_blueprint",
                f"{self._app}.add_url_rule",
                f"{self._app}.logger",
            )
        )

    def _settings_of(self, needs: _Needs) -> list[Piece]:
        """Give the settings that may have a say in an answer."""
        reads = bool(re.search(r"\bconfig\b|current_app", needs.texts))
        found: list[Piece] = []
        for each in self._pieces:
            text = ast.unparse(each.statement.node)
            if not text.startswith(f"{self._app}.config"):
                continue
            key = re.match(rf"{self._app}\.config\['(\w+)'\]", text)
            if reads or key is None or _has_meaning(key[1]):
                found.append(each)
        return found


def _has_meaning(key: str) -> bool:
    """Say whether Flask itself acts on a setting, so that any answer may be another one."""
    without = {"SECRET_KEY", "DEBUG", "TESTING", "PERMANENT_SESSION_LIFETIME"}
    return key in Flask.default_config and key not in without and not key.startswith("SESSION_")


def _fits(match: Match, answer: Answer | None) -> bool:
    """Say whether an answer may be that of what the path leads to now."""
    if answer is None:
        return match.kind in ("view", "static")
    match match.kind:
        case "unknown":
            return False
        case "nothing":
            return answer.status == 404
        case "other method":
            return answer.status == 405 or "allow" in answer.headers
        case "redirect":
            return answer.status in (301, 308)
    return True


def _is_later(piece: SourceCell, cell: SourceCell) -> bool:
    """Say whether a cell stands below another, or was last run after it."""
    if piece.number > cell.number:
        return True
    first, second = piece.execution_count, cell.execution_count
    return first is not None and second is not None and first > second


def _may_handle(handler: Piece, needs: _Needs, answer: Answer | None) -> bool:
    """Say whether an error handler may be the one that an answer would come from."""
    if answer is None:
        return True
    for key in handler.keys:
        error = key[-1]
        if error.isdecimal():
            return int(error) == answer.status or (error == "500" and bool(answer.raised))
        known = getattr(exceptions, error, None)
        if isinstance(known, type) and issubclass(known, exceptions.HTTPException):
            return known.code is None or known.code == answer.status
        return bool(answer.raised) or answer.status == 400 or error in needs.texts
    return True


def _is_named(piece: Piece, text: str) -> bool:
    """Say whether a template names a filter, or a variable that a context processor gives."""
    node = piece.statement.node
    words = {getattr(node, "name", "")}
    words |= {
        each.value
        for each in ast.walk(node)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    }
    words |= {each.arg for each in ast.walk(node) if isinstance(each, ast.keyword) and each.arg}
    return any(re.search(rf"\b{re.escape(each)}\b", text) for each in words if each)


def _decorators(node: ast.AST) -> frozenset[str]:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    called = (each.func if isinstance(each, ast.Call) else each for each in decorators)
    return frozenset(ast.unparse(each).rpartition(".")[2] for each in called)


def _names(pieces: Iterable[Piece]) -> Iterable[ast.Name]:
    return (
        each
        for piece in pieces
        for each in ast.walk(piece.statement.node)
        if isinstance(each, ast.Name)
    )
