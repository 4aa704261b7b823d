"""A notebook's temporary folder that holds the app's data, as a folder that stays.

What ends with the kernel is right for a notebook. In a project each worker would have a folder of
its own, and a restart would empty it: so it becomes the instance folder, or the one that
``DATA_FOLDER`` names in the environment.

Rule 1: a folder holds data if a database lies in it, a view writes into it, or the configuration
names it. What cells alone write into stays temporary.

Rule 2: what is done at the start is done again at the next one. Folders and tables are made where
there are none; where rows are inserted, the folder stays as it is.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .edits import apply_edits, replacing
from .program import IMPORTS
from .project import Note
from .statements import parse_statements, rewrite

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .collecting import Program
    from .program import Piece

#: The variable of the environment that names the folder.
VARIABLE = "DATA_FOLDER"
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_WRITING = frozenset(
    {
        *("save", "write", "write_text", "write_bytes", "unlink", "rename", "replace", "touch"),
        *("mkdir", "makedirs", "dump", "to_csv", "savefig", "execute", "copyfile"),
    }
)
_DATABASE = re.compile(r"""sqlite|\.(?:db|sqlite3?|duckdb)\b""", re.IGNORECASE)
_CREATED = re.compile(r"\b(create\s+(?:table|(?:unique\s+)?index))\s+(?!if\b)", re.IGNORECASE)
_INSERTED = re.compile(r"\binsert\s+into\b", re.IGNORECASE)
_ADDING = frozenset({"add", "add_all", "bulk_save_objects", "bulk_insert_mappings"})


@dataclass(frozen=True, kw_only=True)
class _Temporary:
    """A temporary folder of the module's.

    :param name: The variable that is a path in the project.
    :param piece: The statement that makes the folder.
    :param owner: The variable of ``TemporaryDirectory``, whose ``name`` is the path; or ``""``.
    :param alias: ``name = Path(owner.name)``, where nothing else uses the owner.
    :param is_text: The path is a text.
    """

    name: str
    piece: Piece
    owner: str = ""
    alias: Piece | None = None
    is_text: bool = False


def keep_data(program: Program) -> tuple[Program, tuple[Note, ...]]:
    """Give a program whose data stay."""
    found = [each for each in _find_temporary(program) if _holds_data(program, each)]
    notes = tuple(_describe(each) for each in found if not _can_begin_again(program))
    if not found or notes:
        return program, notes
    pieces: list[Piece] = list(program.pieces)
    for each in found:
        part = each.name if len(found) > 1 else ""
        pieces = _without_temporary(pieces, each, program.app, part)
    pieces = [_begin_again(each) for each in pieces]
    imports = (*program.imports, "import os", "from pathlib import Path")
    return replace(program, pieces=tuple(pieces), imports=imports), ()


def keeps_data(text: str) -> bool:
    """Say whether a module's text names the folder of its data."""
    return f'"{VARIABLE}"' in text or f"'{VARIABLE}'" in text


def is_kept(program: Program, node: ast.AST) -> bool:
    """Say whether a statement makes a temporary folder that an export turns into one that stays."""
    if not _can_begin_again(program):
        return False
    found = (each for each in _find_temporary(program) if _holds_data(program, each))
    wanted = ast.unparse(node)
    return any(wanted in ast.unparse(each.piece.statement.node) for each in found)


def _describe(temporary: _Temporary) -> Note:
    return Note(
        text=f"`{temporary.name}` is a temporary folder: each worker has its own, and a restart "
        "empties it. Name one that stays, such as `app.instance_path`, and insert only rows that "
        "are not there yet.",
        place=temporary.piece.place,
    )


def _find_temporary(program: Program) -> Iterator[_Temporary]:
    """Give the temporary folders that are made once the app is there."""
    is_there = False
    for piece in program.pieces:
        match piece.statement.node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if is_there:
                if found := _read_making(program, piece, name, ast.unparse(value)):
                    yield found
        is_there = is_there or program.app in piece.statement.binds


def _read_making(program: Program, piece: Piece, name: str, value: str) -> _Temporary | None:
    if re.fullmatch(r"(?:tempfile\.)?mkdtemp\(.*\)", value):
        return _Temporary(name=name, piece=piece, is_text=True)
    if re.fullmatch(r"(?:pathlib\.)?Path\((?:tempfile\.)?mkdtemp\(.*\)\)", value):
        return _Temporary(name=name, piece=piece)
    if not re.fullmatch(r"(?:tempfile\.)?TemporaryDirectory\(.*\)", value):
        return None
    users = [each for each in program.pieces if name in each.statement.uses]
    if not users or not all(_uses_path_only(each.statement.node, name) for each in users):
        return None
    if len(users) == 1:
        match users[0].statement.node:
            case ast.Assign(targets=[ast.Name(id=path)], value=given) if ast.unparse(given) in (
                f"Path({name}.name)",
                f"pathlib.Path({name}.name)",
            ):
                return _Temporary(name=path, piece=piece, owner=name, alias=users[0])
    return _Temporary(name=name, piece=piece, owner=name)


def _uses_path_only(node: ast.AST, name: str) -> bool:
    named = [each for each in ast.walk(node) if isinstance(each, ast.Name) and each.id == name]
    paths = [each for each in ast.walk(node) if _is_path_of(each, name)]
    return len(named) == len(paths)


def _is_path_of(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id=owner), attr="name"):
            return owner == name
    return False


def _holds_data(program: Program, temporary: _Temporary) -> bool:
    return names_data(program, {temporary.name, temporary.owner} - {""})


def names_data(program: Program, names: set[str]) -> bool:
    """Say whether the folder that names lead to is one of data."""
    names = derived_names(program.pieces, names)
    users = [each.statement for each in program.pieces if each.statement.uses & names]
    return any(
        _DATABASE.search(each.text)
        or (isinstance(each.node, _DEFINITIONS) and _writes(each.node))
        or _configures(each.node, names)
        for each in users
    )


def derived_names(pieces: Sequence[Piece], names: set[str]) -> set[str]:
    """Give the variables that are paths below the folder, too."""
    for piece in pieces:
        if isinstance(piece.statement.node, ast.Assign) and piece.statement.uses & names:
            names |= piece.statement.binds
    return names


def _writes(node: ast.AST) -> bool:
    for each in ast.walk(node):
        match each:
            case ast.Call(func=ast.Attribute(attr="open") | ast.Name(id="open"), args=arguments):
                modes = [it.value for it in arguments if isinstance(it, ast.Constant)]
                if any(isinstance(it, str) and set(it) & set("wax+") for it in modes[:2]):
                    return True
            case ast.Call(func=ast.Attribute(attr=method)) if method in _WRITING:
                return True
    return False


def _configures(node: ast.AST, names: set[str]) -> bool:
    """Say whether a setting is given a path that the names lead to."""
    match node:
        case ast.Assign(targets=[ast.Subscript(value=ast.Attribute(attr="config"))], value=value):
            return bool(_names_in(value) & names)
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(
                    value=ast.Attribute(attr="config"), attr="update" | "from_mapping"
                )
            ) as call
        ):
            return bool(_names_in(call) & names)
    return False


def _names_in(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _can_begin_again(program: Program) -> bool:
    """Say whether what is done at the start can be done when the data of the last one are there."""
    at_start = [each.statement for each in program.pieces if _is_run(each)]
    called = {name for each in at_start for name in each.uses_at_once}
    defined = (each.statement for each in program.pieces if not _is_run(each))
    at_start += [each for each in defined if each.binds & called]
    return not any(_adds_rows(each.node) for each in at_start)


def _is_run(piece: Piece) -> bool:
    """Say whether a statement does something, rather than define what is called later."""
    return not isinstance(piece.statement.node, (*_DEFINITIONS, *IMPORTS))


def _adds_rows(node: ast.AST) -> bool:
    """Say whether rows are added without a look at what is there."""
    match node:
        case ast.If():
            return False
        case ast.Constant(value=str(text)) if _INSERTED.search(text):
            return True
        case ast.Call(func=ast.Attribute(value=owner, attr=method)) if method in _ADDING:
            if "session" in ast.unparse(owner):
                return True
    return any(map(_adds_rows, ast.iter_child_nodes(node)))


def _without_temporary(
    pieces: list[Piece], temporary: _Temporary, app: str, part: str
) -> list[Piece]:
    made = temporary.alias or temporary.piece
    found: list[Piece] = []
    for piece in pieces:
        if piece is made:
            found += _make_folder(piece, temporary, app, part)
        elif piece is not temporary.piece:
            found.append(_with_path(piece, temporary.owner) if temporary.owner else piece)
    return found


def _make_folder(piece: Piece, temporary: _Temporary, app: str, part: str) -> Iterator[Piece]:
    """Write the statements that name the folder and make it where there is none."""
    name = temporary.name
    place = f'os.environ.get("{VARIABLE}", {app}.instance_path)'
    if temporary.is_text:
        given = f'os.path.join({place}, "{part}")' if part else place
        lines = [f"{name} = {given}", f"os.makedirs({name}, exist_ok=True)"]
    else:
        lines = [f"{name} = Path({place}{f', {part!r}' if part else ''})"]
        lines += [f"{name}.mkdir(parents=True, exist_ok=True)"]
    for statement in parse_statements("\n".join(lines), piece.statement.line):
        yield replace(piece, statement=statement, keys=frozenset())


def _with_path(piece: Piece, owner: str) -> Piece:
    """Write the variable where its ``name`` was the path."""
    path = re.escape(f"{owner}.name")
    text = piece.statement.text
    if not re.search(rf"\b{path}\b", text):
        return piece
    # In an f-string, and for whoever takes paths; else it is to be a text.
    text = re.sub(rf"(?<=\{{){path}(?=\}})", owner, text)
    text = re.sub(rf"((?:Path|join|open)\(){path}(?=[,)])", rf"\1{owner}", text)
    text = re.sub(rf"\b{path}\b", f"str({owner})", text)
    return _rewritten(piece, text)


def _begin_again(piece: Piece) -> Piece:
    """Let folders and tables be made where there are none."""
    text = piece.statement.text
    calls = (each for each in ast.walk(ast.parse(text)) if isinstance(each, ast.Call))
    made = ((each, _make_where_none(each)) for each in calls if _is_run(piece))
    edits = [replacing(each, written) for each, written in made if written]
    written = _CREATED.sub(r"\1 IF NOT EXISTS ", apply_edits(text, edits))
    return piece if written == text else _rewritten(piece, written)


def _make_where_none(call: ast.Call) -> str:
    if any(each.arg == "exist_ok" for each in call.keywords):
        return ""
    called = ast.unparse(call.func)
    if called in ("os.mkdir", "os.makedirs") or called.endswith(".mkdir"):
        words = ", ".join([*map(ast.unparse, [*call.args, *call.keywords]), "exist_ok=True"])
        return f"{'os.makedirs' if called == 'os.mkdir' else called}({words})"
    return ""


def _rewritten(piece: Piece, text: str) -> Piece:
    return replace(piece, statement=rewrite(piece.statement, text))
