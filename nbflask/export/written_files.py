"""Which files code writes, told by the names that their paths are made of.

``seed = folder / "teas.txt"`` and ``seed.write_text("Assam")`` write into ``folder``: whoever reads
from there needs both, though neither is named again.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Methods of a path, an open file or a database that write.
_WRITING = frozenset(
    {"write", "writelines", "write_text", "write_bytes", "mkdir", "touch", "writerow", "writerows"}
    | {"symlink_to", "hardlink_to", "extractall", "writestr", "executemany", "executescript"}
)
#: Functions and methods that are given the path, and at which place.
_GIVEN_PATH = {
    **dict.fromkeys(("makedirs", "mkdir", "save", "savez", "savetxt", "savefig", "to_csv"), 0),
    **dict.fromkeys(("to_json", "to_parquet", "to_excel", "to_pickle", "to_feather"), 0),
    **dict.fromkeys(("copy", "copy2", "copyfile", "copytree", "move", "dump", "to_sql"), 1),
    "urlretrieve": 1,
}
_OPENING = frozenset({"open", "ZipFile"})
#: What gives a path of paths, or a way into the file that one names.
_LEADING = frozenset(
    {"Path", "PurePath", "str", "fspath", "join", "joinpath", "resolve", "absolute", "abspath"}
    | {"expanduser", "with_suffix", "with_name", "with_stem", "open", "ZipFile", "connect"}
    | {"cursor", "writer", "DictWriter"}
)
_READING_SQL = re.compile(r"\s*(?:select|pragma|explain|values)\b", re.IGNORECASE)


def written_names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Give the names in the paths of the files that code writes."""
    for node in nodes:
        if isinstance(node, ast.Call):
            for path in _written_paths(node):
                yield from path_names(path)


def _written_paths(call: ast.Call) -> Iterator[ast.expr]:
    name = _called(call)
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    if owner is not None and (name in _WRITING or (name == "execute" and changes_data(call))):
        yield owner
    if name in _OPENING and _mode_writes(call):
        yield from call.args[:1]
        yield from [owner] if owner is not None else []
    elif name in _GIVEN_PATH:
        yield from call.args[_GIVEN_PATH[name] :][:1]


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _mode_writes(call: ast.Call) -> bool:
    given = [*call.args, *(each.value for each in call.keywords if each.arg == "mode")]
    # That of a path's own open() is the first.
    return any(
        isinstance(each, ast.Constant)
        and bool(re.fullmatch(r"[rb+t]*[wax+][b+t]*", str(each.value)))
        for each in given[:3]
    )


def changes_data(call: ast.Call) -> bool:
    """Say whether a call of ``execute()`` does more than to read."""
    match call.args:
        case [ast.Constant(value=str(text)), *_]:
            return not _READING_SQL.match(text)
    return True


def path_names(value: ast.expr) -> Iterator[str]:
    """Give the names in an expression that may be a path, or lead into its file."""
    parts: list[ast.expr] = []
    match value:
        case ast.Name(id=name):
            yield name
        case ast.Attribute(value=inner) | ast.FormattedValue(value=inner):
            parts = [inner]
        case ast.BinOp(left=left, op=ast.Div() | ast.Add(), right=right):
            parts = [left, right]
        case ast.JoinedStr(values=parts) | ast.List(elts=parts) | ast.Tuple(elts=parts):
            pass
        case ast.Call() if _called(value) in _LEADING:
            parts = (
                [value.func, *value.args] if isinstance(value.func, ast.Attribute) else value.args
            )
    for part in parts:
        yield from path_names(part)
