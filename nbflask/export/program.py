"""Which of a notebook's statements its app needs.

Rule 1: the app is needed, and so is whatever declares on it, changes it, or gives a value to a name
that something needed uses. What only looks at the data stays in the notebook, and so does what
draws a figure that nothing needed uses.

Rule 2: what a function of the notebook's changes, its caller changes: so a decorator that puts the
function into a dictionary needs the function where the dictionary is needed.

Rule 3: whoever changes a part of an object, be it by another name, changes the object; whoever
writes a file changes what its path was made of.

Rule 4: what acts on nothing but imported modules, such as ``logging.basicConfig()``, is kept:
nobody can tell from its text who needs it. What sets their attributes or items is kept where
something kept uses their package.
"""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from .classes import find_plain_classes
from .declared import keys_of
from .imports import read_imports
from .names import BUILTINS, flask_names
from .python import is_within_request
from .reaching import Reach
from .statements import root_name
from .staying.drawing import CURRENT, Drawings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .declared import Key
    from .statements import Statement
    from .steps import Place

IMPORTS = (ast.Import, ast.ImportFrom)
#: Those that only change what a call does.
PURE_DECORATORS = frozenset(
    {
        *("contextmanager", "asynccontextmanager", "lru_cache", "cache", "cached_property"),
        *("wraps", "dataclass", "total_ordering", "singledispatch", "property", "overload"),
        *("staticmethod", "classmethod", "abstractmethod", "final", "login_required", "define"),
        *("frozen", "njit", "jit", "retry", "deprecated"),
    }
)
STORES = (ast.Assign, ast.AnnAssign, ast.AugAssign)
BINDINGS = (ast.Assign, ast.AnnAssign, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A statement that may become a part of the module.

    :param heading: The heading that it is the first to stand under; ``""`` for none.
    :param is_declared: A cell magic declares it: its name is not the notebook's.
    """

    statement: Statement
    place: Place
    heading: str = ""
    is_declared: bool = False
    keys: frozenset[Key] = field(default=frozenset())

    @property
    def is_import(self) -> bool:
        """Whether it is an import of its own."""
        return isinstance(self.statement.node, IMPORTS)


def needed(pieces: Sequence[Piece], app: str, others: frozenset[str]) -> tuple[Piece, ...]:
    """Keep what the app needs.

    :param app: The variable of the app.
    :param others: The variables of other apps, which are not exported.
    """
    nodes = [each.statement.node for each in pieces]
    packages = dict.fromkeys(flask_names(), "flask") | {
        each.bound: each.package for each in read_imports(nodes)
    }
    search = _Search(
        app=app,
        others=others,
        harmless=frozenset(packages.keys() | BUILTINS),
        packages=packages,
        reach=Reach.of(nodes),
        drawings=Drawings.of(nodes),
    )
    search.plain = find_plain_classes(each.statement.node for each in pieces)
    kept: set[int] = set()
    found = True
    while found:
        found = False
        for at, piece in enumerate(pieces):
            if at not in kept and search.needs(piece):
                kept.add(at)
                search.keep(piece)
                found = True
    return tuple(piece for at, piece in enumerate(pieces) if at in kept)


@dataclass
class _Search:
    """The names that are needed so far.

    :param harmless: Names that are imported or Python's own: to act on them alone is kept.
    :param packages: The package that each imported name is from.
    :param plain: Classes that nobody keeps a list of.
    :param acting: What each piece that was looked at acts on, by the piece's ``id()``.
    """

    app: str
    others: frozenset[str]
    harmless: frozenset[str]
    packages: Mapping[str, str]
    reach: Reach
    drawings: Drawings
    names: set[str] = field(default_factory=set)
    plain: frozenset[str] = frozenset()
    acting: dict[int, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names.add(self.app)

    def keep(self, piece: Piece) -> None:
        """Note what a piece that is kept needs, and that what it makes may be acted on."""
        self.names |= piece.statement.uses
        if self.drawings.asks(piece.statement.node):
            self.names.add(CURRENT)
        if not piece.is_declared:
            self.names |= piece.statement.binds

    def needs(self, piece: Piece) -> bool:
        """Whether something needed needs the piece, or it acts on something needed."""
        statement, node = piece.statement, piece.statement.node
        # A view's own name is nobody's variable.
        if not piece.is_declared and statement.binds & self.names:
            return True
        if piece.is_import:
            return _is_future(node) or _imports_all(node)
        if is_within_request(node):
            return False
        # Another app that this one uses, as a middleware mounts it, is a part of this one.
        others = self.others - self.names
        if statement.uses_at_once & others and self.app not in statement.uses_at_once:
            return False
        if id(piece) not in self.acting:
            self.acting[id(piece)] = self._acts_on(piece)
        if self.acting[id(piece)] & (self.names - self.harmless):
            return True
        return self._acts_on_modules(piece)

    def _acts_on_modules(self, piece: Piece) -> bool:
        """Whether a piece acts on nothing but modules, in a way that the app may need."""
        statement, node = piece.statement, piece.statement.node
        if isinstance(node, STORES) and not statement.binds:
            return self._is_used_setting(node)
        acts = not isinstance(node, BINDINGS) or _is_registered(node)
        is_known = statement.uses_at_once <= self.harmless
        return acts and is_known and self.drawings.drawn_on(node) is None

    def _is_used_setting(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> bool:
        """Say whether a statement sets something of a package that the app uses, or of Python's."""
        used = {self.packages[name] for name in self.names & self.packages.keys()}
        set_of = {self.packages[name] for name in _stored_into(node) & self.packages.keys()}
        return bool(set_of & (used | sys.stdlib_module_names))

    def _acts_on(self, piece: Piece) -> frozenset[str]:
        """Give the names whose objects the piece may change."""
        statement, node = piece.statement, piece.statement.node
        written = self.reach.written_by(node)
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            given = {self.app} if _is_given(self.app, node) else set()
            return self.reach.changed_in(node) | given | written
        if isinstance(node, ast.ClassDef):
            # A base or a decorator may keep a list of its classes, as db.Model does.
            if node.name in self.plain:
                return frozenset()
            return self._with_reach(statement.uses_at_once)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return self._with_reach(statement.uses_at_once) if _is_registered(node) else frozenset()
        drawn = self.drawings.drawn_on(node)
        on = self._with_reach(statement.uses_at_once) if drawn is None else drawn
        return on | self.reach.changed_in(node) | written

    def _with_reach(self, names: frozenset[str]) -> frozenset[str]:
        return names | self.reach.changed_by(names)


def name_pieces(pieces: Sequence[Piece], taken: frozenset[str]) -> frozenset[str]:
    """Give all names that a view's function must not have."""
    own = {name for each in pieces if not each.is_declared for name in each.statement.binds}
    used = {name for each in pieces for name in each.statement.uses}
    return frozenset(own | used | taken)


def under(piece: Piece, heading: str) -> Piece:
    """Give the piece under a heading."""
    return replace(piece, heading=heading)


def with_keys(piece: Piece) -> Piece:
    """Give the piece with the keys of what its statement declares."""
    return replace(piece, keys=keys_of(piece.statement.node))


def _stored_into(node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return {
        root_name(each)
        for target in targets
        for each in ast.walk(target)
        if isinstance(each, (ast.Attribute, ast.Subscript)) and isinstance(each.ctx, ast.Store)
    }


def _is_given(name: str, node: ast.AST) -> bool:
    """Say whether a call is handed the object, as extensions are: ``LoginManager(app)``."""
    calls = (each for each in ast.walk(node) if isinstance(each, ast.Call))
    handed = (
        part for each in calls for part in (*each.args, *(word.value for word in each.keywords))
    )
    return any(isinstance(each, ast.Name) and each.id == name for each in handed)


def _is_registered(node: ast.stmt) -> bool:
    """Say whether a decorator may keep the function for whoever calls it later."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    called = (each.func if isinstance(each, ast.Call) else each for each in decorators)
    return any(ast.unparse(each).rpartition(".")[2] not in PURE_DECORATORS for each in called)


def _imports_all(node: ast.stmt) -> bool:
    """Say whether an import gives names that text does not show; those of Flask are known."""
    if not isinstance(node, ast.ImportFrom) or node.module == "flask":
        return False
    return any(each.name == "*" for each in node.names)


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"
