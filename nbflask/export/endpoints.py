"""Endpoints that are their functions' names, where nobody calls them by another.

A view without a name of its own is called after its rule. Where the notebook has a variable of that
name, the function gets another one, and the endpoint stays for ``url_for()``.

Rule: it goes where no cell, template or file of the notebook can mean it: each ``url_for()`` is
given another name as a literal, and nothing asks for endpoints in another way.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from .edits import apply_edits, removing
from .program import with_keys
from .statements import rewrite

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from .collecting import Program
    from .notebooks import SourceNotebook
    from .program import Piece

# What has to do with endpoints: Flask's own words, and those of extensions that are given views.
_ASKING = re.compile(
    r"(?<!--)\bendpoints?\b|\bview_functions\b|\burl_map\b|\burl_rule\b|_views?\b|\bexempt\b"
    r"|\burl_defaults\b|\burl_value_preprocessor\b|\bbuild\b|\bbuild_error_handlers\b"
)
_CALLING = re.compile(r"\burl_for\b(?P<given>\s*\(\s*(?P<quote>['\"])(?P<name>[\w.]+)(?P=quote))?")
_IMPORT = re.compile(r"^\s*from\s.*\simport\s.*$", re.MULTILINE)
_CHOSEN = re.compile(r"%%route\b.*\s--endpoint\b")


def without_idle_endpoints(program: Program, notebook: SourceNotebook) -> Program:
    """Give a program whose views have no endpoint that nobody names."""
    called = _find_called(_texts(notebook))
    if called is None:
        return program
    names = Counter(name for each in program.pieces for name in each.statement.binds)
    taken = {key[1:] for each in program.pieces for key in each.keys if key[0] == "endpoint"}
    pieces = [
        _without_endpoint(each, called, taken) if names[_name(each)] == 1 else each
        for each in program.pieces
    ]
    return replace(program, pieces=tuple(pieces))


def _texts(notebook: SourceNotebook) -> list[str]:
    cells = [each.source for each in notebook.cells if each.kind == "code"]
    return [*cells, *(each.decode("utf-8", "replace") for each in notebook.files.values())]


def _find_called(texts: Sequence[str]) -> frozenset[str] | None:
    """Give the last parts of the names that ``url_for()`` is given; ``None`` if not all show."""
    found: set[str] = set()
    for text in texts:
        if _ASKING.search(text):
            return None
        for call in _CALLING.finditer(_IMPORT.sub("", text)):
            if not call["given"]:
                return None
            found.add(call["name"].rpartition(".")[2])
    return frozenset(found)


def _name(piece: Piece) -> str:
    return str(getattr(piece.statement.node, "name", ""))


def _without_endpoint(
    piece: Piece, called: Collection[str], taken: Collection[tuple[str, ...]]
) -> Piece:
    """Take the endpoint out of the only decorator of a view that a cell magic declares."""
    text = piece.statement.text
    owners = {key[1] for key in piece.keys}
    if not piece.is_declared or _CHOSEN.match(piece.place.cell.source):
        return piece
    match ast.parse(text).body[0]:
        case (
            ast.FunctionDef(decorator_list=[ast.Call() as call])
            | ast.AsyncFunctionDef(decorator_list=[ast.Call() as call])
        ):
            words = [each for each in call.keywords if each.arg == "endpoint"]
            is_taken = any((owner, _name(piece)) in taken for owner in owners)
            if len(words) != 1 or is_taken or _is_called(words[0].value, called):
                return piece
            edit = removing(words[0], [*call.args, *call.keywords])
            statement = rewrite(piece.statement, apply_edits(text, [edit]))
            return with_keys(replace(piece, statement=statement))
    return piece


def _is_called(value: ast.expr, called: Collection[str]) -> bool:
    return not isinstance(value, ast.Constant) or value.value in called
