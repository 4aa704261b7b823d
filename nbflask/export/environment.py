"""What a project reads from its environment: its secrets, and the key that signs sessions."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from nbflask.values.variables import find_required

from .secrecy.local_paths import find_local_paths
from .secrecy.secrets import find_vault, hide_secrets
from .statements import parse_statements
from .steps import Code, Leave

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .collecting import Program
    from .program import Piece
    from .secrecy.secrets import Vault
    from .steps import Step

SECRET_KEY = "SECRET_KEY"  # noqa: S105 - the name of it
#: Flask's own names that need the key, and packages that do.
_SIGNING_NAMES = frozenset({"session", "flash", "get_flashed_messages"})
_SIGNING_PACKAGES = frozenset(
    {"flask_login", "flask_wtf", "flask_session", "flask_security", "flask_dance", "authlib"}
    | {"flask_oauthlib", "flask_admin", "flask_debugtoolbar", "flask_jwt_extended"}
)
_SIGNING_TEMPLATES = ("session", "get_flashed_messages", "csrf_token", "hidden_tag")


def read_from_environment(program: Program, steps: Iterable[Step] = ()) -> tuple[Program, Vault]:
    """Give a program that holds no secret, and the secrets that are not to be written.

    :param steps: The notebook's: what is left out may say what is a secret in the rest.
    """
    others = [node for each in program.modules for node in each.nodes]
    others += [each.statement.node for each in steps if isinstance(each, Code)]
    others += [each.statement.node for each in steps if isinstance(each, Leave) and each.statement]
    paths = find_local_paths([*(each.statement.node for each in program.pieces), *others])
    vault = find_vault(program.pieces, others, paths)
    pieces = hide_secrets(program.pieces, vault)
    own = tuple(
        replace(each, nodes=tuple(ast.parse(vault.hide_module(each.text)).body))
        for each in program.modules
    )
    # An app that a module of its own makes gets its key there, or by the configuration of its host.
    if not own and _needs_key(program, pieces) and not _has_key(pieces):
        pieces = tuple(_with_key(pieces, program.app))
    nodes = [each.statement.node for each in pieces]
    nodes += (node for each in own for node in each.nodes)
    names = dict.fromkeys(find_required(ast.Module(body=nodes, type_ignores=[]), is_bare=False))
    first = [SECRET_KEY] if SECRET_KEY in names else []
    rest = (each for each in names if each != SECRET_KEY)
    return replace(program, pieces=pieces, environment=(*first, *rest)), vault


def _needs_key(program: Program, pieces: Sequence[Piece]) -> bool:
    """Say whether anything signs a session."""
    own = {name for each in pieces if not each.is_import for name in each.statement.binds}
    used = {name for each in pieces for name in each.statement.uses}
    if (used - own) & _SIGNING_NAMES:
        return True
    for node in (inner for each in pieces for inner in ast.walk(each.statement.node)):
        match node:
            case ast.ImportFrom(module=str(module)) if module.split(".")[0] in _SIGNING_PACKAGES:
                return True
            case ast.Attribute(value=ast.Name(id="flask"), attr=name) if name in _SIGNING_NAMES:
                return True
    templates = (each.content for each in program.files if each.folder == "templates")
    return any(word in text for text in templates for word in _SIGNING_TEMPLATES)


def _has_key(pieces: Iterable[Piece]) -> bool:
    for node in (inner for each in pieces for inner in ast.walk(each.statement.node)):
        match node:
            case ast.Attribute(attr="secret_key", ctx=ast.Store()):
                return True
            case ast.Subscript(slice=ast.Constant(value="SECRET_KEY"), ctx=ast.Store()) if (
                "environ" not in ast.unparse(node)
            ):
                return True
            case ast.keyword(arg="SECRET_KEY") | ast.Name(id="SECRET_KEY", ctx=ast.Store()):
                return True
            case ast.Dict(keys=keys) if any(_is_key(each) for each in keys):
                return True
    return False


def _is_key(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value == SECRET_KEY


def _with_key(pieces: Iterable[Piece], app: str) -> Iterator[Piece]:
    """Put the key right behind the statement that makes the app."""
    text = f'{app}.config["{SECRET_KEY}"] = os.environ["{SECRET_KEY}"]'
    (statement,) = parse_statements(text)
    is_there = False
    for piece in pieces:
        yield piece
        if not is_there and app in piece.statement.binds:
            is_there = True
            yield replace(piece, statement=statement, keys=frozenset())
