"""What is on for whoever writes an app, and off for whoever serves it: it stays in the notebook.

Rule 1: a flag is left out with the statement that sets it alone, else from among the others.

Rule 2: what debugs by itself, such as a toolbar, is left out with all that acts on it.

Rule 3: what silences the app's log, so that a notebook shows no tracebacks, is left out.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..edits import Edit, apply_edits, replacing
from ..project import Note
from ..secrecy.named_values import find_named
from ..statements import rewrite
from .debug_values import find_flags, finds_flag, is_name_of_flag
from .silence import without_silence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..collecting import Program
    from ..own_modules import OwnModule
    from ..program import Piece

#: Classes that show what happens within to whoever looks, or let them run code.
_DEBUGGERS = frozenset({"DebugToolbarExtension", "DebuggedApplication"})


@dataclass(frozen=True, kw_only=True)
class _Left:
    """A program without some of its statements."""

    pieces: list[Piece]
    notes: list[Note]


def without_debug_flags(program: Program) -> tuple[Program, tuple[Note, ...]]:
    """Give a program that leaves debugging, testing and its log to whoever runs it."""
    loud, told = without_silence(program.pieces, program.app)
    left = _without_debuggers(replace(program, pieces=loud))
    given = _find_given(left.pieces)
    kept: list[Piece] = []
    notes = left.notes
    for piece in left.pieces:
        tree = ast.parse(piece.statement.text)
        flags = list(find_flags(tree, program.app, given))
        notes += [_describe(each.text, piece) for each in flags]
        notes += _tell_unprotected(tree, piece)
        whole = tree.body[0]
        if any(each.node in (whole, _value_of(whole)) for each in flags):
            continue
        kept.append(_without(piece, [each.edit for each in flags]))
    notes += told
    pieces, named = _without_names(kept)
    found = [_without_in_module(each) for each in program.modules]
    notes += [*named, *(note for _, own in found for note in own)]
    return replace(program, pieces=pieces, modules=tuple(own for own, _ in found)), tuple(notes)


def _describe(text: str, piece: Piece) -> Note:
    return Note(
        text=f"`{text}` is left out. `flask --app wsgi run --debug` debugs, and tests set TESTING.",
        place=piece.place,
    )


def _tell_unprotected(tree: ast.Module, piece: Piece) -> Iterator[Note]:
    """Tell of forms that other sites may send, which the app's own tests may want."""
    for each in find_named(tree):
        is_off = isinstance(each.value, ast.Constant) and each.value.value is False
        if each.name == "WTF_CSRF_ENABLED" and is_off:
            text = "`WTF_CSRF_ENABLED` is off: other sites can send forms in a visitor's name."
            yield Note(text=f"{text} Leave it on where the app is served.", place=piece.place)


def _without(piece: Piece, edits: Sequence[Edit]) -> Piece:
    if not edits:
        return piece
    text = apply_edits(piece.statement.text, edits)
    return replace(piece, statement=rewrite(piece.statement, text))


def _without_debuggers(program: Program) -> _Left:
    """Leave out what makes a debugger of the app, and what acts on that."""
    names: set[str] = set()
    left = _Left(pieces=[], notes=[])
    for piece in program.pieces:
        node = piece.statement.node
        called = {
            ast.unparse(each.func).rpartition(".")[2]
            for each in ast.walk(node)
            if isinstance(each, ast.Call)
        }
        is_plain = isinstance(node, (ast.Assign, ast.AnnAssign, ast.Expr))
        if is_plain and (called & _DEBUGGERS or piece.statement.uses_at_once & names):
            names |= piece.statement.binds - {program.app}
            left.notes.append(_describe(ast.unparse(node), piece))
        else:
            left.pieces.append(piece)
    return left


def _find_given(pieces: Sequence[Piece]) -> frozenset[str]:
    """Give the variables that are handed to the configuration as a whole."""
    found: set[str] = set()
    for node in (inner for each in pieces for inner in ast.walk(each.statement.node)):
        match node:
            case ast.Call(func=ast.Attribute(attr="update" | "from_mapping"), args=args):
                if "config" in ast.unparse(node.func):
                    given = [*args, *(each.value for each in node.keywords if each.arg is None)]
                    found |= {each.id for each in given if isinstance(each, ast.Name)}
    return frozenset(found)


def _without_names(pieces: Sequence[Piece]) -> tuple[tuple[Piece, ...], list[Note]]:
    """Leave out variables such as ``DEBUG = True``, or turn them off where others read them."""
    kept: list[Piece] = []
    notes: list[Note] = []
    for piece in pieces:
        match ast.parse(piece.statement.text).body[0]:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if is_name_of_flag(
                name, value
            ):
                notes.append(_describe(ast.unparse(piece.statement.node), piece))
                if any(name in each.statement.uses for each in pieces):
                    kept.append(_without(piece, [replacing(value, "False")]))
            case _:
                kept.append(piece)
    return tuple(kept), notes


def _without_in_module(module: OwnModule) -> tuple[OwnModule, list[Note]]:
    """Take flags out of a module that the notebook holds in cells of its own."""
    if not finds_flag(module.text):
        return module, []
    tree = ast.parse(module.text)
    flags = list(find_flags(tree, "", frozenset()))
    edits = [_of_line(each.node, tree) or each.edit for each in flags]
    text = apply_edits(module.text, edits)
    notes = [
        Note(text=f"`{each.text}` is left out of {module.path}. It is for whoever writes the app.")
        for each in flags
    ]
    return replace(module, text=text, nodes=tuple(ast.parse(text).body)), notes


def _of_line(node: ast.AST, tree: ast.Module) -> Edit | None:
    """Give the edit that takes out a statement of the module's own."""
    whole = next((each for each in tree.body if node in (each, _value_of(each))), None)
    return replacing(whole, "") if whole is not None else None


def _value_of(node: ast.stmt) -> ast.expr | None:
    """Give the expression that a statement is."""
    return node.value if isinstance(node, ast.Expr) else None
