"""Paths of the machine that a notebook was written on, which another machine has not.

Rule 1: a path below a person's folder, or on a drive, leaves the code as secrets do: a variable of
the environment stands for it. In prose it begins at ``~``.

Rule 2: any other absolute path, and one from ``~``, may be there in production, too. It stays, and
the owner is told.
"""

from __future__ import annotations

import ast
import re
import tokenize
from typing import TYPE_CHECKING

from ..declared import keys_of
from ..edits import rewrite_tokens
from ..project import Note
from .named_values import find_named

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..program import Piece

_FOLDER = r"[^\s/\\'\"<>{}]+"
# /home/app is the container's own.
_PERSON = rf"(?<![\w.])(?:/(?:home|Users)/(?!app/){_FOLDER}|/root(?=/)|[A-Z]:\\Users\\{_FOLDER})"
_DRIVE = r"(?<!\w)[A-Z]:[\\/](?=\w)"
_WHOLE = re.compile(rf"(?:{_PERSON}|{_DRIVE})[^\n]*")
_WITHIN = re.compile(rf"(?:{_PERSON}|{_DRIVE})[^\s'\"<>?;,]*")
_HOME_IN_PROSE = re.compile(_PERSON)
_DRIVE_IN_PROSE = re.compile(rf"{_DRIVE}[^\s'\"<>?;,]*[\\/]")
# What it is given is no file.
_TAKES_URL = frozenset(
    {"redirect", "route", "get", "post", "put", "patch", "delete", "head", "options", "Rule"}
    | {"add_url_rule", "websocket", "test_request_context", "url_for"}
)
_NAME_OF_PATH = re.compile(r"(?i)(?:^|_)(?:path|dir|directory|folder|file|filename|database|db)$")
_FILE = re.compile(r"[\w .-]*\w\.\w{1,8}")
# Two parts at least: "/tmp" alone may be a rule. What every machine of a kind has is no one's own.
_ABSOLUTE = re.compile(
    r"(?:/(?:home|Users|root|mnt|media|Volumes|data|srv|opt|tmp|var|work|workspace|content)/[^\s/]"
    r"|[A-Za-z]:[\\/][^\s/]|~/|\\\\\w)[^\n]*"
)
_BEFORE_DOCSTRING = frozenset(
    {tokenize.ENCODING, tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT}
    | {tokenize.COMMENT}
)


def find_local_paths(trees: Iterable[ast.AST]) -> dict[str, str]:
    """Find the paths that only the machine of a notebook has, and name each as a variable."""
    found: dict[str, str] = {}
    known = list(trees)
    rules = _find_rules(known)
    for tree in known:
        named = {id(part): each.name for each in find_named(tree) for part in ast.walk(each.value)}
        for node, text in _find_texts(tree):
            path = _read_path(text)
            if path and not _is_below(path, rules):
                found.setdefault(path, _choose_name(named.get(id(node), ""), path))
    return found


def note_local_paths(pieces: Iterable[Piece]) -> Iterator[Note]:
    """Say which literals are paths that may lead nowhere on another machine."""
    known = list(pieces)
    rules = _find_rules(each.statement.node for each in known)
    for piece in known:
        for _, text in _find_texts(piece.statement.node):
            if _ABSOLUTE.fullmatch(text) and text not in rules and not _is_below(text, rules):
                yield Note(
                    text=f"{text!r} is a path of this machine. Write it from the module's, "
                    "`Path(__file__).parent`, or read it from the configuration.",
                    place=piece.place,
                )


def describe_paths(names: Iterable[str]) -> Iterator[Note]:
    """Say which variables stand for paths of this machine."""
    for name in names:
        yield Note(text=f"{name} stands for a path of this machine: set it to what is there.")


def shorten_paths(text: str) -> str:
    """Give prose in which no path names a person or a drive."""
    return _DRIVE_IN_PROSE.sub("", _HOME_IN_PROSE.sub("~", text))


def shorten_in_comments(text: str) -> str:
    """Give a module whose comments and docstrings have such paths no more."""
    if shorten_paths(text) == text:
        return text
    before = [tokenize.ENCODING]

    def shorten(token: tokenize.TokenInfo) -> str:
        is_docstring = token.type == tokenize.STRING and before[0] in _BEFORE_DOCSTRING
        before[0] = token.type
        is_prose = is_docstring or token.type == tokenize.COMMENT
        return shorten_paths(token.string) if is_prose else token.string

    return rewrite_tokens(text, shorten)


def _read_path(text: str) -> str:
    """Give the path that a text is, or holds; ``""`` for none."""
    if re.match(r"(?:https?|wss?)://", text):
        return ""
    found = _WHOLE.fullmatch(text) or _WITHIN.search(text)
    return found[0].rstrip("/\\") if found else ""


def _is_below(path: str, rules: set[str]) -> bool:
    """Say whether the app itself answers below the same first part."""
    first = re.match(r"/\w+/", path)
    return first is not None and any(rule.startswith(first[0]) for rule in rules)


def _find_rules(trees: Iterable[ast.AST]) -> set[str]:
    statements = [tree for tree in trees if isinstance(tree, ast.stmt)]
    return {key[2] for each in statements for key in keys_of(each) if key[0] == "rule"}


def _find_texts(tree: ast.AST) -> Iterator[tuple[ast.Constant, str]]:
    """Give the texts in code that may be paths: all but URLs."""
    urls = set(_find_urls(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in urls:
            yield node, node.value


def _find_urls(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in _TAKES_URL:
                yield from (id(part) for each in node.args for part in ast.walk(each))
            case ast.Compare() if "request." in ast.unparse(node):
                yield from (id(part) for part in ast.walk(node))


def _choose_name(named: str, path: str) -> str:
    if _NAME_OF_PATH.search(named):
        return re.sub(r"\W+", "_", named).upper()
    last = re.split(r"[\\/]", path)[-1]
    if _FILE.fullmatch(last) and last[0].isalpha() and last.isascii():
        return re.sub(r"\W+", "_", last).upper()
    return "DATA_PATH"
