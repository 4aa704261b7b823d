"""Extensions as a factory needs them: made without an app, and given one by ``init_app()``.

Models, user loaders and decorators name the extension's object, and stand in the module. So the
object stands there, too; only what gives it the app stands in the factory.

Rule 1: only extensions that are known to allow it are divided.

Rule 2: what calls an extension while the module is loaded needs the app, which it has by then only
in the factory.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .edits import apply_edits, replacing
from .imports import read_imports
from .program import BINDINGS
from .statements import parse_statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .program import Piece

#: Those that remember what they were told when they were made.
_REMEMBERING = frozenset(
    {
        *("flask_sqlalchemy.SQLAlchemy", "flask_caching.Cache", "flask_limiter.Limiter"),
        *("flask_marshmallow.Marshmallow", "flask_wtf.CSRFProtect", "flask_wtf.csrf.CSRFProtect"),
        *("flask_bcrypt.Bcrypt", "flask_mail.Mail", "flask_cors.CORS"),
    }
)
#: Those that are told all of it along with the app.
_TOLD = frozenset(
    {
        *("flask_login.LoginManager", "flask_migrate.Migrate", "flask_babel.Babel"),
        *("flask_session.Session",),
    }
)
#: What asks the database, as only an app can.
_ASKING = frozenset({"session", "engine", "engines", "paginate", "get_or_404", "first_or_404"})


@dataclass(frozen=True, kw_only=True)
class Divided:
    """Statements of which some were divided.

    :param names: The variables of the extensions that get their app later.
    """

    pieces: tuple[Piece, ...]
    names: frozenset[str] = frozenset()


def divide_extensions(pieces: Sequence[Piece], app: str) -> Divided:
    """Make extensions without the app, and give it to them right below."""
    makers = _find_makers(pieces)
    found: list[Piece] = []
    names: set[str] = set()
    for piece in pieces:
        parts = _divide(piece, app, makers)
        names |= piece.statement.binds if len(parts) > 1 else frozenset()
        found += parts
    if any(_asks(each, names) for each in pieces):
        return Divided(pieces=tuple(pieces))
    return Divided(pieces=tuple(found), names=frozenset(names))


def needs_app(piece: Piece, extensions: frozenset[str]) -> bool:
    """Whether a piece calls an extension at once, and so has to wait for the app."""
    statement = piece.statement
    return not isinstance(statement.node, BINDINGS) and bool(extensions & statement.uses_at_once)


def _find_makers(pieces: Iterable[Piece]) -> dict[str, str]:
    """Give the known classes that are imported, by the names that they have in the module."""
    known = _REMEMBERING | _TOLD
    imports = read_imports(each.statement.node for each in pieces if each.is_import)
    return {each.bound: path for each in imports if (path := f"{each.module}.{each.name}") in known}


def _divide(piece: Piece, app: str, makers: Mapping[str, str]) -> tuple[Piece, ...]:
    text = piece.statement.text
    match ast.parse(text).body:
        case [ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call)]:
            maker = makers.get(ast.unparse(call.func), "")
        case _:
            return (piece,)
    rest = _without_app(call, app) if maker else None
    if rest is None or (maker in _REMEMBERING and rest.args != call.args[: len(rest.args)]):
        return (piece,)
    nothing = ast.Call(func=call.func, args=[], keywords=[])
    kept, told = (rest, nothing) if maker in _REMEMBERING else (nothing, rest)
    words = ", ".join([app, *map(ast.unparse, [*told.args, *told.keywords])])
    making = apply_edits(text, [replacing(call, ast.unparse(kept))])
    return _with(piece, making), _with(piece, f"{name}.init_app({words})")


def _without_app(call: ast.Call, app: str) -> ast.Call | None:
    """Give a call without the app among its arguments; ``None`` if it is not among them."""
    args = [each for each in call.args if not _is_name(each, app)]
    keywords = [
        each for each in call.keywords if each.arg != "app" or not _is_name(each.value, app)
    ]
    if len(args) + len(keywords) != len(call.args) + len(call.keywords) - 1:
        return None
    return ast.Call(func=call.func, args=args, keywords=keywords)


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _with(piece: Piece, text: str) -> Piece:
    above = text.count("\n#") + text.startswith("#")
    (statement,) = parse_statements(text, max(piece.statement.line - above, 1))
    return replace(piece, statement=statement)


def _asks(piece: Piece, names: set[str]) -> bool:
    """Whether a variable of the module is given what only an app with a database can answer."""
    node = piece.statement.node
    if not isinstance(node, (ast.Assign, ast.AnnAssign)):
        return False
    return any(
        isinstance(each, ast.Attribute)
        and each.attr in _ASKING
        and isinstance(each.value, ast.Name)
        and each.value.id in names
        for each in ast.walk(node)
    )
