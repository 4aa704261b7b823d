"""What has a say in an answer besides its view: hooks, handlers, settings, the app as a whole."""

from __future__ import annotations

import ast
import re
from functools import cached_property
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug import exceptions

from .effects import find_writes
from .needs import ROUTES, decorators_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..program import Piece
    from .answers import Answer
    from .needs import Needs

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
_TEARDOWNS = frozenset({"teardown_request", "teardown_appcontext", "teardown_app_request"})
_OF_NO_ANSWER = frozenset({"cli", "command", "shell_context_processor"})
# Settings of Flask's own on which no answer depends.
_SILENT_SETTINGS = frozenset({"SECRET_KEY", "DEBUG", "TESTING", "PERMANENT_SESSION_LIFETIME"})
# A response that is changed after its view.
_CHANGES_RESPONSE = re.compile(r"set_data|\.data\b|status|mimetype|content_type|make_response")


class Influences:
    """Finds what may change answers of views that know nothing of it."""

    def __init__(self, pieces: Sequence[Piece], app: str) -> None:
        self._pieces = pieces
        self._app = app

    @cached_property
    def handlers(self) -> tuple[Piece, ...]:
        """The error handlers."""
        return self._with(_HANDLERS)

    @cached_property
    def around_requests(self) -> tuple[Piece, ...]:
        """Whatever runs before or after a view."""
        return self._with(_HOOKS | _TEARDOWNS)

    def hooks_of(self, owner: str) -> tuple[Piece, ...]:
        """Give the hooks that run for a request to a view.

        :param owner: The variable of the app or blueprint that the view is declared on.
        """
        return tuple(
            each
            for each in self._with(_HOOKS)
            if each.statement.uses_at_once & {self._app, owner}
            or "_app_" in " ".join(decorators_of(each.statement.node))
        )

    def handlers_of(self, needs: Needs, answer: Answer | None) -> list[Piece]:
        """Give the error handlers that an answer may come from."""
        return [each for each in self.handlers if _may_handle(each, needs, answer)]

    def template_parts_of(self, needs: Needs) -> list[Piece]:
        """Give the filters and context processors that templates name."""
        return [each for each in self._with(_FOR_TEMPLATES) if _is_named(each, needs.texts)]

    @cached_property
    def on_app(self) -> tuple[Piece, ...]:
        """What is done to the app as a whole: extensions, middleware, its own attributes."""
        return tuple(each for each in self._pieces if self._is_done_to_app(each))

    def settings_of(self, needs: Needs) -> list[Piece]:
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

    def _with(self, names: frozenset[str]) -> tuple[Piece, ...]:
        return tuple(each for each in self._pieces if decorators_of(each.statement.node) & names)

    def _is_done_to_app(self, piece: Piece) -> bool:
        node = piece.statement.node
        if self._app not in piece.statement.uses_at_once or isinstance(node, ast.With):
            return False
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            known = ROUTES | _HOOKS | _FOR_TEMPLATES | _HANDLERS | _TEARDOWNS | _OF_NO_ANSWER
            return not decorators_of(node) & known
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


def has_say(hook: Piece, needs: Needs) -> bool:
    """Say whether a hook may change an answer that was given without it."""
    node = hook.statement.node
    writes = find_writes(node, is_suspicious=False)
    names = needs.names | {each.id for each in _names(needs.pieces)}
    if decorators_of(node) & {"after_request", "after_app_request"}:
        return bool(_CHANGES_RESPONSE.search(hook.statement.text) or (writes & names))
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


def _has_meaning(key: str) -> bool:
    """Say whether Flask itself acts on a setting, so that any answer may be another one."""
    is_own = key in Flask.default_config and key not in _SILENT_SETTINGS
    return is_own and not key.startswith("SESSION_")


def _may_handle(handler: Piece, needs: Needs, answer: Answer | None) -> bool:
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


def _names(pieces: Iterable[Piece]) -> Iterable[ast.Name]:
    return (
        each
        for piece in pieces
        for each in ast.walk(piece.statement.node)
        if isinstance(each, ast.Name)
    )
