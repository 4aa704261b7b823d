"""Secrets leave the code: a literal becomes ``os.environ["NAME"]``, and is written nowhere else.

Rule 1: a value is secret by its name or its look; where its name gives it away once, it is one
wherever it stands.

Rule 2: what cannot read the environment, such as a template or a comment, says ``REDACTED``.
"""

from __future__ import annotations

import ast
import tokenize
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from nbflask.exchanges.redaction.literals import Literals
from nbflask.exchanges.redaction.secrets import is_literal_under
from nbflask.exchanges.redaction.texts import Kind

from ..edits import apply_edits, replacing, rewrite_tokens
from ..statements import parse_statements
from .looks import cover_looks, has_secret_look, is_odd
from .secret_values import find_secret_values, text_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from ..edits import Edit
    from ..program import Piece
    from ..statements import Statement
    from .secret_values import FoundSecret

_TEXT_TOKENS = frozenset({"COMMENT", "STRING", "FSTRING_MIDDLE", "TSTRING_MIDDLE"})


@dataclass(frozen=True, kw_only=True)
class Vault:
    """What a notebook's code holds and a project reads from the environment: secrets and paths.

    :param variables: The names of the variables that now hold secrets, in order.
    :param names: Such a name by the literal.
    :param paths: Those of the literals that are paths of the notebook's machine.
    """

    variables: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict, repr=False)
    paths: frozenset[str] = frozenset()

    @property
    def literals(self) -> tuple[str, ...]:
        """What is written nowhere: all but common words."""
        return tuple(
            text
            for text, name in self.names.items()
            if text in self.paths or is_literal_under(name, text)
        )

    def cover(self, text: str, kind: Kind = Kind.PROSE) -> str:
        """Give a text of any kind with ``REDACTED`` for each secret."""
        covered = self._finder.cover(text, lambda _: None) if self.literals else text
        return cover_looks(covered, kind)

    @cached_property
    def _finder(self) -> Literals:
        return Literals(self.literals)

    def hide(self, statement: Statement) -> Statement:
        """Give a statement that reads its secrets from the environment."""
        found = self._find(ast.parse(statement.text))
        text = self.cover_code(self._hide(statement.text, found))
        if text == statement.text:
            return statement
        (changed,) = parse_statements(text)
        return replace(changed, line=statement.line)

    def hide_known(self, text: str) -> str:
        """Give a module, such as one of tests, that reads known secrets from the environment."""
        return self._hide_module(text)

    def hide_module(self, text: str) -> str:
        """Give a module that reads its own secrets from the environment, too.

        A word such as ``"dev"`` is none: the configuration of the app's host comes in its place.
        """
        return self._hide_module(text, self._find(ast.parse(text), is_module=True))

    def _hide_module(self, text: str, edits: Iterable[Edit] = ()) -> str:
        hidden = self._hide(text, edits)
        if hidden != text and "\nimport os\n" not in f"\n{hidden}":
            first = next(each for each in ast.parse(hidden).body if not isinstance(each, ast.Expr))
            lines = hidden.split("\n")
            # Behind "from __future__", which nothing may stand before.
            at = first.lineno - (0 if ast.unparse(first).startswith("from __future__") else 1)
            hidden = "\n".join([*lines[:at], "import os", *lines[at:]])
        return self.cover_code(hidden)

    def cover_code(self, text: str) -> str:
        """Cover what is left in comments and texts of Python, such as docstrings."""
        if self.cover(text) == text:
            return text

        def cover(token: tokenize.TokenInfo) -> str:
            covered = self.cover(token.string)
            if tokenize.tok_name[token.type] not in _TEXT_TOKENS or covered == token.string:
                return token.string
            # A key in PEM that nothing ends goes as far as the text, with its quotes.
            is_whole = token.type != tokenize.STRING or covered[-1] == token.string[-1]
            return covered if is_whole else '"REDACTED"'

        return rewrite_tokens(text, cover)

    def _find(self, tree: ast.Module, *, is_module: bool = False) -> Iterator[Edit]:
        fixed = _fixed_nodes(tree)
        for found in find_secret_values(tree):
            if found.is_part or found.node in fixed:
                continue
            if is_module and not any(is_literal_under(found.name, each) for each in found.texts):
                continue
            name = next((self.names[each] for each in found.texts if each in self.names), "")
            yield replacing(found.node, _read(name or found.name, is_bytes=found.is_bytes))

    def _hide(self, text: str, edits: Iterable[Edit] = ()) -> str:
        return apply_edits(text, [*edits, *self._find_known(ast.parse(text))])

    def _find_known(self, tree: ast.Module) -> Iterator[Edit]:
        texts = set(self.literals)
        for node in _replaceable(tree) if texts else ():
            if isinstance(node, ast.Constant) and text_of(node) in texts:
                yield replacing(node, _read(self.names[text_of(node)], is_bytes=_is_bytes(node)))
            elif any(each in text_of(node) for each in texts) and not _is_bytes(node):
                yield replacing(node, ast.unparse(self._divide(node)))

    def _divide(self, node: ast.expr) -> ast.JoinedStr:
        """Give the f-string that reads the secrets within a text."""
        parts = node.values if isinstance(node, ast.JoinedStr) else [node]
        for secret in sorted(self.literals, key=len, reverse=True):
            parts = [new for part in parts for new in self._split(part, secret)]
        return ast.JoinedStr(values=parts)

    def _split(self, part: ast.expr, secret: str) -> Iterator[ast.expr]:
        if not isinstance(part, ast.Constant) or secret not in str(part.value):
            yield part
            return
        first, *rest = str(part.value).split(secret)
        yield ast.Constant(value=first)
        for text in rest:
            reading = ast.parse(_read(self.names[secret]), mode="eval").body
            yield ast.FormattedValue(value=reading, conversion=-1)
            yield ast.Constant(value=text)


def find_vault(
    pieces: Iterable[Piece],
    others: Iterable[ast.AST] = (),
    paths: Mapping[str, str] = MappingProxyType({}),
) -> Vault:
    """Find the secrets in the code of a notebook, and name each.

    :param others: Further code, such as what is left out: what is a secret there is one in all
        that is written, unless it is a word.
    :param paths: Paths of the notebook's machine, and what each may be called.
    """
    names: dict[str, str] = {}
    variables: dict[str, None] = {}
    for piece in pieces:
        for found in find_secret_values(ast.parse(piece.statement.text)):
            name = _choose_name(found, names)
            variables[name] = None
            for text in found.texts:
                names.setdefault(text, name)
    for found in (each for tree in others for each in find_secret_values(tree)):
        for text in found.texts:
            if is_odd(text) or has_secret_look(text):
                names.setdefault(text, _choose_name(found, names))
    for path, name in paths.items():
        names.setdefault(path, _number(name, set(names.values())))
    return Vault(variables=tuple(variables), names=names, paths=frozenset(paths))


def hide_secrets(pieces: Iterable[Piece], vault: Vault) -> tuple[Piece, ...]:
    """Give pieces that read their secrets from the environment."""
    hidden = (replace(each, statement=vault.hide(each.statement)) for each in pieces)
    return tuple(each for each in hidden if not _sets_itself(each.statement))


def _choose_name(found: FoundSecret, names: Mapping[str, str]) -> str:
    """Give a secret the name that its value has already, or else one that no other value has."""
    known = next((names[each] for each in found.texts if each in names), "")
    if known:
        return known
    taken = set(names.values())
    if not found.texts:
        return found.name
    return _number(found.name, taken)


def _number(name: str, taken: Collection[str]) -> str:
    """Give a name that is not taken, by a number behind it if need be."""
    numbered = (f"{name}_{number}" for number in range(2, len(taken) + 3))
    return next(each for each in (name, *numbered) if each not in taken)


def _read(name: str, *, is_bytes: bool = False) -> str:
    return f'os.environ["{name}"]{".encode()" if is_bytes else ""}'


def _replaceable(tree: ast.Module) -> Iterator[ast.expr]:
    """Give the literals in whose place an expression may stand."""
    fixed = _fixed_nodes(tree)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Constant, ast.JoinedStr)) and node not in fixed:
            yield node


def _fixed_nodes(tree: ast.Module) -> set[ast.AST]:
    fixed: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            fixed.add(node.value)  # A docstring.
        elif isinstance(node, ast.MatchValue):
            fixed.update(ast.walk(node))
        elif isinstance(node, ast.JoinedStr):
            fixed.update(each for each in ast.walk(node) if each is not node)
    return fixed


def _is_bytes(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, bytes)


def _sets_itself(statement: Statement) -> bool:
    """Say whether a statement only puts a variable of the environment where it is."""
    match statement.node:
        case ast.Assign(targets=[target], value=value):
            return ast.unparse(target) == ast.unparse(value).removesuffix(".encode()")
        case ast.Expr(value=ast.Call(func=function, args=[ast.Constant(value=name), value])):
            is_default = ast.unparse(function) == "os.environ.setdefault"
            return is_default and ast.unparse(value) == f"os.environ[{name!r}]"
    return False
