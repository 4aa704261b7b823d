"""Which of the app's views a path leads to, found by Werkzeug's own map, with nothing run."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote, urlsplit

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, RequestRedirect, Rule, UnicodeConverter

from ..declared import keys_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..program import Piece
    from .targets import Target

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# What declares routes that no text of the notebook shows.
_HIDDEN_ROUTES = re.compile(
    r"add_url_rule|as_view|\bApi\(|\bAdmin\(|\bSock\(|\.sock\b|DebugToolbar"
)
_OTHER_MATCHING = re.compile(r"\bstatic_url_path|subdomain_matching|host_matching")


@dataclass(frozen=True, kw_only=True)
class Match:
    """What a path leads to.

    :param piece: The view's statement, where there is one.
    :param owner: The variable of the app or blueprint that it is declared on.
    :param file: The static file's path.
    """

    kind: Literal["view", "static", "nothing", "other method", "redirect", "unknown"]
    piece: Piece | None = None
    owner: str = ""
    file: str = ""


class Matcher:
    """Finds views by path and method."""

    def __init__(self, pieces: Sequence[Piece], app: str, *, has_more: bool = False) -> None:
        """Read what statements declare.

        :param has_more: There are routes elsewhere, so that a path without one may have one.
        """
        self._views: list[tuple[Piece, str, str]] = []
        self._app = app
        nodes = [(piece, each) for piece in pieces for each in ast.walk(piece.statement.node)]
        self._prefixes = _find_prefixes([each for _, each in nodes], app)
        code = "\n".join(each.statement.text for each in pieces)
        self._is_doubtful = has_more or bool(_HIDDEN_ROUTES.search(code))
        self._is_closed = bool(_OTHER_MATCHING.search(code))
        self._has_own_folder = bool(re.search(r"\bstatic_folder\b", code))
        converters = dict.fromkeys(_find_converters(code), UnicodeConverter)
        self._map = Map(converters=converters, strict_slashes="strict_slashes = False" not in code)
        self._map.add(Rule("/static/<path:filename>", methods=["GET"], endpoint=-1))
        for piece in pieces:
            self._add(piece)

    def match(self, method: str, target: str) -> Match:
        """Find what answers a request."""
        if self._is_closed:
            return Match(kind="unknown")
        path = unquote(urlsplit(target).path) or "/"
        try:
            found, values = self._map.bind("localhost").match(path, method)
        except RequestRedirect:
            return Match(kind="redirect")
        except MethodNotAllowed:
            return Match(kind="unknown" if self._is_doubtful else "other method")
        except NotFound:
            return Match(kind="unknown" if self._is_doubtful else "nothing")
        if found == -1 and self._has_own_folder:
            return Match(kind="unknown")
        if found == -1:
            return Match(kind="static", file=str(values["filename"]))
        piece, owner, _ = self._views[int(found)]
        return Match(kind="view", piece=piece, owner=owner)

    def match_all(self, target: Target) -> tuple[Match, ...]:
        """Find all that may answer a request that is not wholly known."""
        if target.is_prefix:
            if self._is_closed or self._is_doubtful:
                return (Match(kind="unknown"),)
            path = urlsplit(target.path).path
            return tuple(
                Match(kind="view", piece=piece, owner=owner)
                for piece, owner, rule in self._views
                if _may_begin(rule, path)
            )
        methods = (target.method,) if target.method else _METHODS
        found = [self.match(each, target.path) for each in methods]
        # Where one method fits, the others are not meant.
        return tuple(each for each in found if each.kind == "view") or tuple(found[:1])

    def _add(self, piece: Piece) -> None:
        for node in ast.walk(piece.statement.node):
            if not isinstance(node, ast.stmt):
                continue
            rules: dict[tuple[str, str], list[str]] = {}
            for key in keys_of(node):
                if key[0] == "rule":
                    rules.setdefault((key[1], key[2]), []).append(key[3])
                    # Which of several hosts is asked, a path does not tell.
                    self._is_doubtful |= bool(key[4:])
            options = _rule_options(node)
            for (owner, rule), methods in sorted(rules.items()):
                for prefix in self._prefixes.get(owner, ()):
                    self._add_rule(f"{prefix}{rule}", methods, piece, owner, options)

    def _add_rule(
        self, rule: str, methods: list[str], piece: Piece, owner: str, options: dict[str, object]
    ) -> None:
        whole = rule if rule.startswith("/") else f"/{rule}"
        self._views.append((piece, owner, whole))
        try:
            self._map.add(
                Rule(whole, methods=methods, endpoint=len(self._views) - 1, **options)  # type: ignore[arg-type]
            )
        except (ValueError, LookupError, TypeError):
            self._is_doubtful = True


def _may_begin(rule: str, path: str) -> bool:
    """Say whether paths of a rule may begin with a path."""
    fixed = rule.partition("<")[0]
    return fixed.startswith(path) or ("<" in rule and path.startswith(fixed))


def _rule_options(node: ast.stmt) -> dict[str, object]:
    found: dict[str, object] = {}
    for decorator in getattr(node, "decorator_list", []):
        for word in getattr(decorator, "keywords", []):
            if word.arg in ("defaults", "strict_slashes"):
                try:
                    found[word.arg] = ast.literal_eval(word.value)
                except ValueError:
                    continue
    return found


def _find_converters(code: str) -> Iterator[str]:
    yield from re.findall(r"converters\[['\"](\w+)['\"]\]", code)


def _find_prefixes(nodes: Sequence[ast.AST], app: str) -> dict[str, tuple[str, ...]]:
    """Give the prefixes that each app or blueprint is registered under, by its variable."""
    own = {
        node.targets[0].id: _prefix(node.value)
        for node in nodes
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Call)
        and ast.unparse(node.value.func).endswith("Blueprint")
    }
    inside: dict[str, list[tuple[str, str | None]]] = {}
    for node in nodes:
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=owner), attr="register_blueprint"),
                args=[ast.Name(id=name), *_],
            ):
                inside.setdefault(name, []).append((owner, _prefix(node)))

    def prefixes(name: str, depth: int = 0) -> tuple[str, ...]:
        if name == app:
            return ("",)
        if depth > len(inside):
            return ()
        return tuple(
            f"{above}{given if given is not None else own.get(name) or ''}"
            for owner, given in inside.get(name, ())
            for above in prefixes(owner, depth + 1)
        )

    return {name: prefixes(name) for name in {app, *inside}}


def _prefix(call: ast.Call) -> str | None:
    for word in call.keywords:
        if word.arg == "url_prefix" and isinstance(word.value, ast.Constant):
            return str(word.value.value or "").rstrip("/")
    return None
