"""What has a say in an answer besides its view: hooks, handlers, settings, the app as a whole."""

from __future__ import annotations

import ast
import re
from functools import cached_property
from typing import TYPE_CHECKING

from flask import Flask

from .deciding import prune
from .effects import find_writes
from .handlers import find_handlers
from .needs import ROUTES, decorators_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..program import Piece
    from ..steps import Place
    from .answers import Answer
    from .deciding import Asked
    from .needs import Needs

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
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
# They refuse what is larger.
_LIMITS = frozenset({"MAX_CONTENT_LENGTH", "MAX_FORM_MEMORY_SIZE", "MAX_FORM_PARTS"})
# Settings of Flask's own on which no answer depends.
_SILENT_SETTINGS = frozenset(
    {
        *("SECRET_KEY", "DEBUG", "TESTING", "PERMANENT_SESSION_LIFETIME", "SECRET_KEY_FALLBACKS"),
        *("TEMPLATES_AUTO_RELOAD", "EXPLAIN_TEMPLATE_LOADING"),
    }
)
# Extensions that have no say in the answers of views that know nothing of them.
_SILENT_EXTENSIONS = re.compile(
    r"\b(SQLAlchemy|Migrate|Sock|Mail|Bcrypt|Cache|Marshmallow|LoginManager)\(\w+\)$"
)
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
        return find_handlers(self.handlers, needs, answer)

    def template_parts_of(self, needs: Needs) -> list[Piece]:
        """Give the filters and context processors that templates name."""
        return [each for each in self._with(_FOR_TEMPLATES) if _is_named(each, needs.texts)]

    @cached_property
    def on_app(self) -> tuple[Piece, ...]:
        """What is done to the app as a whole: extensions, middleware, its own attributes."""
        return tuple(each for each in self._pieces if self._is_done_to_app(each))

    def settings_of(
        self, needs: Needs, hooks: Sequence[ast.AST], content_bytes: int | None
    ) -> list[Piece]:
        """Give the settings that may have a say in an answer.

        :param hooks: What runs of them for the request.
        :param content_bytes: How much the request sends; ``None`` where nobody can tell.
        """
        reads = bool(re.search(r"\bconfig\b|current_app", needs.texts))
        found: list[Piece] = []
        for each in self._pieces:
            text = ast.unparse(each.statement.node)
            if not text.startswith(f"{self._app}.config"):
                continue
            key = re.match(rf"{self._app}\.config\['(\w+)'\]", text)
            if key and any(key[1] in ast.unparse(hook) for hook in hooks):
                found.append(each)
                continue
            is_limit = key is not None and key[1] in _LIMITS
            if is_limit and content_bytes is not None and not reads:
                if not _is_within(each, content_bytes):
                    found.append(each)
            elif reads or key is None or _has_meaning(key[1]):
                found.append(each)
        return found

    def find_strange(self, needs: Needs, hooks: Iterable[Piece]) -> str:
        """Give an attribute of the app that is another in a project; ``""`` for none."""
        hooks = tuple(hooks)
        if self._has_own_folder and any("static_folder" in each.statement.text for each in hooks):
            # What %%static keeps is not in it.
            return f"{self._app}.static_folder"
        for each in (*needs.pieces, *hooks):
            for node in ast.walk(each.statement.node):
                match node:
                    case ast.Attribute(value=ast.Name(id=name), attr=attr, ctx=ast.Load()) if (
                        name in (self._app, "current_app") and attr not in self._attributes
                    ):
                        return f"{name}.{attr}"
        return ""

    @cached_property
    def _has_own_folder(self) -> bool:
        target = f"{self._app}.static_folder = "
        return any(ast.unparse(each.statement.node).startswith(target) for each in self._pieces)

    @cached_property
    def _attributes(self) -> frozenset[str]:
        """The attributes of the app: Flask's, those of its blueprint's decorators, its own."""
        stored = {
            each.attr
            for piece in self._pieces
            for each in ast.walk(piece.statement.node)
            if isinstance(each, ast.Attribute) and isinstance(each.ctx, ast.Store)
        }
        return frozenset({*dir(Flask(__name__)), "_get_current_object", *stored})

    def changes_below(self, place: Place) -> bool:
        """Say whether a cell changes the app below a line of its own."""
        return any(
            each.place.cell is place.cell
            and each.statement.line > place.line
            and not isinstance(each.statement.node, _DEFINITIONS)
            and self._app in each.statement.uses_at_once
            for each in self._pieces
        )

    def _with(self, names: frozenset[str]) -> tuple[Piece, ...]:
        return tuple(each for each in self._pieces if decorators_of(each.statement.node) & names)

    def _is_done_to_app(self, piece: Piece) -> bool:
        node = piece.statement.node
        if self._app not in piece.statement.uses_at_once or isinstance(node, ast.With):
            return False
        if isinstance(node, _DEFINITIONS):
            known = ROUTES | _HOOKS | _FOR_TEMPLATES | _HANDLERS | _TEARDOWNS | _OF_NO_ANSWER
            return not decorators_of(node) & known
        if _only_asks_for_folders(node, self._app):
            return False
        text = ast.unparse(node)
        if _SILENT_EXTENSIONS.search(text):
            return False
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


def _only_asks_for_folders(node: ast.AST, app: str) -> bool:
    """Say whether code takes nothing from the app but the paths of its folders."""
    names = [each for each in ast.walk(node) if isinstance(each, ast.Name) and each.id == app]
    folders = [
        each
        for each in ast.walk(node)
        if isinstance(each, ast.Attribute)
        and each.attr in ("instance_path", "root_path")
        and ast.unparse(each.value) == app
    ]
    return len(names) == len(folders)


def is_after(hook: Piece) -> bool:
    """Say whether a hook runs after the view."""
    return bool(decorators_of(hook.statement.node) & {"after_request", "after_app_request"})


def has_say(hook: Piece, needs: Needs, asked: Asked) -> bool:
    """Say whether a hook may change the answer to a request that was given without it."""
    node = prune(hook.statement.node, asked)
    writes = find_writes(node, is_suspicious=False)
    if not any(re.search(rf"\b{each}\b", needs.texts) for each in kept_in_g(node)):
        writes -= {"g"}
    names = needs.names | {each.id for each in _names(needs.pieces)}
    if is_after(hook):
        return bool(_CHANGES_RESPONSE.search(ast.unparse(node)) or (writes & names))
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


def kept_in_g(node: ast.AST) -> frozenset[str]:
    """Give the names under which code keeps something in ``g``."""
    return frozenset(
        each.attr
        for each in ast.walk(node)
        if isinstance(each, ast.Attribute)
        and isinstance(each.ctx, ast.Store)
        and isinstance(each.value, ast.Name)
        and each.value.id == "g"
    )


def _is_within(piece: Piece, content_bytes: int) -> bool:
    """Say whether a request is smaller than the limit that a setting is."""
    value = getattr(piece.statement.node, "value", None)
    is_known = isinstance(value, ast.Constant) and isinstance(value.value, int)
    return is_known and content_bytes <= value.value  # type: ignore[union-attr]


def _has_meaning(key: str) -> bool:
    """Say whether Flask itself acts on a setting, so that any answer may be another one."""
    is_own = key in Flask.default_config and key not in _SILENT_SETTINGS
    return is_own and not key.startswith("SESSION_")


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
