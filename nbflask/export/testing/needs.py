"""What an answer is made of: the statements, names and templates that a view needs."""

from __future__ import annotations

import ast
import copy
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ..program import Piece
from ..reaching import Reach
from ..statements import free_names
from ..steps import Code

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..steps import Keep, Step
    from .matching import Match

#: Decorators that make a view of a function.
ROUTES = frozenset({"route", "get", "post", "put", "patch", "delete"})
_TEMPLATE = re.compile(
    r"render_template\b|stream_template\b|get_template|\.html['\"]|{%-?\s*(?:extends|include|import|from)"
)
_NAMES_TEMPLATE = re.compile(
    r"{%-?\s*(?:extends|include|import|from)\s+['\"]([^'\"]+)['\"]|['\"]([\w./-]+\.\w+)['\"]"
)


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What a view, or code that tries views, is made of.

    :param names: Those of the notebook, with what they need.
    :param texts: Code and templates.
    :param is_known: Whether all of it is there.
    """

    pieces: tuple[Piece, ...] = ()
    names: frozenset[str] = frozenset()
    files: tuple[Keep, ...] = ()
    texts: str = ""
    is_known: bool = True


class Parts:
    """Finds what answers are made of."""

    def __init__(self, pieces: Sequence[Piece], files: Sequence[Keep], app: str) -> None:
        self.pieces = pieces
        self.files = files
        self._files = {(each.folder, each.name): each for each in files}
        self._reach = Reach.of(each.statement.node for each in pieces if not each.is_declared)
        self._owners = frozenset(
            {app}
            | {
                name
                for each in pieces
                if "Blueprint(" in each.statement.text
                for name in each.statement.binds
            }
        )

    def of(self, match: Match) -> Needs:
        """Give what the answer of a view or a static file is made of."""
        if match.kind == "static":
            file = self._files.get(("static", match.file))
            return Needs(files=(file,) if file else (), is_known=bool(file))
        if match.piece is None:
            return Needs()
        return self._complete(*self.closure(match.piece))

    def of_code(self, uses: Iterable[str], text: str) -> Needs:
        """Give what code outside of the app is made of.

        :param uses: The names that it reads from around itself.
        """
        found: dict[int, Piece] = {}
        names = self._follow(set(uses), found)
        needs = self._complete(tuple(found.values()), names)
        files, is_known = self._find_templates(text)
        return Needs(
            pieces=needs.pieces,
            names=needs.names,
            files=(*needs.files, *files),
            texts="\n".join([needs.texts, *(each.content for each in files)]),
            is_known=needs.is_known and is_known,
        )

    def closure(self, piece: Piece) -> tuple[tuple[Piece, ...], frozenset[str]]:
        """Give the pieces that a piece needs, itself too, and the names that lead to them."""
        found: dict[int, Piece] = {id(piece): piece}
        names = self._follow(set(piece.statement.uses), found)
        return tuple(found.values()), names

    @cached_property
    def bound(self) -> frozenset[str]:
        """The names of what the app's statements make, without the app itself and blueprints."""
        return (
            frozenset(
                name
                for each in self.pieces
                if not each.is_declared and not each.is_import
                for name in each.statement.binds
            )
            - self._owners
        )

    def _follow(self, uses: set[str], found: dict[int, Piece]) -> frozenset[str]:
        """Add the pieces that names lead to, and give all names on the way."""
        names: set[str] = set()
        waiting = uses - self._owners
        while waiting:
            name = waiting.pop()
            names.add(name)
            for each in self.pieces:
                if each.is_declared or id(each) in found or each.is_import:
                    continue
                if _gives(each, name):
                    found[id(each)] = each
                    waiting |= set(each.statement.uses) - self._owners - names
                elif name in self._changed_by_calls(each):
                    # What it calls runs while the module is loaded, and not for a request.
                    found[id(each)] = each
                    waiting |= _uses_of_body(each.statement.node) - self._owners - names
        return frozenset(names & self.bound)

    def _changed_by_calls(self, piece: Piece) -> frozenset[str]:
        """Give the names whose objects a piece changes by what it calls while it runs.

        So a decorator of the notebook's changes where it keeps its functions.
        """
        if decorators_of(piece.statement.node) & ROUTES:
            return frozenset()
        return self._reach.changed_by(piece.statement.uses_at_once) & self.bound

    def _complete(self, pieces: tuple[Piece, ...], names: frozenset[str]) -> Needs:
        code = "\n".join(each.statement.text for each in pieces)
        files, is_known = self._find_templates(code)
        texts = "\n".join([code, *(each.content for each in files)])
        return Needs(pieces=pieces, names=names, files=files, texts=texts, is_known=is_known)

    def _find_templates(self, code: str) -> tuple[tuple[Keep, ...], bool]:
        """Give the templates that code names, and whether all of them are there."""
        if not _TEMPLATE.search(code):
            return (), True
        templates = {
            name: each for (folder, name), each in self._files.items() if folder == "templates"
        }
        named = {name for pair in _NAMES_TEMPLATE.findall(code) for name in pair if name}
        is_known = all(name in templates for name in named if name.endswith((".html", ".j2")))
        if not named & set(templates):
            # Whichever it is: all of them.
            return tuple(templates.values()), is_known
        found: dict[str, Keep] = {}
        waiting = named & set(templates)
        while waiting:
            name = waiting.pop()
            found[name] = templates[name]
            text = templates[name].content
            inner = {each for pair in _NAMES_TEMPLATE.findall(text) for each in pair if each}
            waiting |= (inner & set(templates)) - set(found)
        return tuple(found.values()), is_known


def with_folded(pieces: Sequence[Piece], steps: Iterable[Step]) -> tuple[Piece, ...]:
    """Give the pieces, and the statements that are written into one of them.

    What sets an item of a dictionary may stand in the literal by now, as if it had always been so.
    """
    own = {(each.place.cell.number, each.statement.line) for each in pieces}
    bound = {name for each in pieces for name in each.statement.binds}
    folded = [
        Piece(statement=each.statement, place=each.place)
        for each in steps
        if isinstance(each, Code) and (each.place.cell.number, each.statement.line) not in own
        if _sets_item(each.statement.node) & bound
    ]
    return (*pieces, *folded)


def _gives(piece: Piece, name: str) -> bool:
    """Say whether a piece gives a name its value, or changes it by its own text."""
    statement = piece.statement
    is_view = bool(decorators_of(statement.node) & ROUTES)
    return name in statement.binds or (name in statement.changes and not is_view)


def _uses_of_body(node: ast.stmt) -> set[str]:
    """Give the names that a function or a class needs when it is used; of other code none."""
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return set()
    bare = copy.copy(node)
    bare.decorator_list = []
    return set(free_names(bare))


def _sets_item(node: ast.stmt) -> frozenset[str]:
    match node:
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name))]):
            return frozenset({name})
    return frozenset()


def decorators_of(node: ast.AST) -> frozenset[str]:
    """Give the names of a function's decorators, without what they are attributes of."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    called = (each.func if isinstance(each, ast.Call) else each for each in decorators)
    return frozenset(ast.unparse(each).rpartition(".")[2] for each in called)
