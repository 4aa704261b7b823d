"""Files that the app reads or writes, and that stay where the notebook is."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from nbflask.export.around.database_files import find_opened
from nbflask.export.secrecy.named_values import find_named

from .calls import find_calls
from .finding import Finding
from .paths import read_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .calls import Call
    from .subject import Subject, Unit

#: Calls whose first argument is a file that has to be there.
_READERS = frozenset(
    {"open", "send_file", "from_file", "from_json", "loadtxt", "genfromtxt", "open_resource"}
)
_READING_NAMES = frozenset({"joblib.load", "np.load", "numpy.load", "np.loadtxt"})
_PATH_CALLS = frozenset(
    {"Path", "PurePath", "send_from_directory", "connect", "expanduser", "join", "FileHandler"}
    | {"RotatingFileHandler", "TimedRotatingFileHandler", "basicConfig", "save"}
)
#: Calls whose path begins in the folder of the app's or the blueprint's module.
_OF_PACKAGE = frozenset({"open_resource", "from_pyfile", "from_file", "from_json", "send_file"})
_READING_METHODS = frozenset({"read_text", "read_bytes", "open", "stat", "iterdir"})
_WRITING_METHODS = frozenset({"write_text", "write_bytes", "touch", "mkdir"})
_FOLDERS = frozenset({"static_folder", "template_folder", "instance_path", "root_path"})
_ABSOLUTE = re.compile(r"/[\w.]|[A-Za-z]:[\\/]|~")
# They are the same on each machine that runs a server.
_OF_SYSTEM = re.compile(r"/(?:dev|proc|sys|etc/ssl)/")
# A database there is a person's, not a server's.
_DATABASE_OF_PERSON = re.compile(
    r"sqlite:////(?:home|Users|root|tmp|var/folders)/|sqlite:///[A-Z]:"
)
_PATH_NAME = re.compile(r"(?i)(?:^|_)(?:path|dir|directory|folder|file|filename|database|db)$")


def look_at_files(subject: Subject) -> Iterator[Finding]:
    """Give paths of this machine, and files beside the notebook that are read."""
    calls = list(find_calls(subject))
    written = {path for each in calls if (path := _written_path(subject, each))}
    at_home = (each for each in calls if each.name.endswith("Path.home"))
    yield from (_describe_absolute(each.unit, each.node, "Path.home()") for each in at_home)
    opened = find_opened((unit.node for unit in subject.units), subject.values)
    databases = {id(node): path for node, path in opened}
    for call in calls:
        path = _used_path(call)
        if path and _ABSOLUTE.match(path) and not _OF_SYSTEM.match(path):
            yield _describe_absolute(call.unit, call.node, path)
        elif id(call.node) in databases:
            yield _describe_database(call, databases[id(call.node)])
        elif (path := _read_path(subject, call)) and path not in written | _given(subject, call):
            yield _describe_beside(call, path)
    yield from _find_settings(subject)


def _used_path(call: Call) -> str | None:
    """Give the path that a call is about, whatever it does with it."""
    if call.last == "join" and "path" not in call.name:
        return None
    if call.last == "connect" and call.name != "sqlite3.connect":
        return None
    is_about = call.last in _PATH_CALLS | _READERS or _reads(call)
    at, keyword = (9, "filename") if call.last == "basicConfig" else (0, "")
    path = _read_begin(call.argument(at, keyword))
    return path if is_about and not _is_url(path) else None


def _read_begin(value: ast.expr | None) -> str | None:
    """Give a literal path, or a text that a path begins with: ``"/srv/" + name``."""
    match value:
        case ast.Constant(value=str(text)):
            return text
        case ast.BinOp(left=left, op=ast.Add() | ast.Mod()):
            return _read_begin(left)
        case ast.JoinedStr(values=[first, *_]):
            return _read_begin(first)
    return None


def _reads(call: Call) -> bool:
    is_frame = call.last.startswith("read_") and call.name.split(".")[0] in ("pd", "pandas", "pl")
    return is_frame or call.name in _READING_NAMES


def _read_path(subject: Subject, call: Call) -> str | None:
    """Give the relative path of a file that a call reads."""
    path = read_path(call.argument(0), subject.makers)
    if call.last == "from_pyfile" or (call.last in ("from_file", "from_json")):
        silent = call.argument(9, "silent")
        is_silent = isinstance(silent, ast.Constant) and silent.value is True
        return None if is_silent else path
    is_reader = call.name in ("open", "send_file") or call.name.endswith("Image.open")
    if is_reader or call.last == "open_resource" or _reads(call):
        is_path = path and not _is_url(path) and not _ABSOLUTE.match(path)
        return path if is_path and not _is_writing(call) else None
    return _path_of_method(subject, call, _READING_METHODS)


def _path_of_method(subject: Subject, call: Call, methods: frozenset[str]) -> str | None:
    """Give the path of ``Path("a.txt").read_text()``."""
    match call.node.func:
        case ast.Attribute(value=inner, attr=method) if method in methods:
            if isinstance(inner, ast.Constant):
                return None
            path = read_path(inner, subject.makers)
            return path if path and not _ABSOLUTE.match(path) else None
    return None


def _is_writing(call: Call) -> bool:
    mode = call.text(1, "mode") if call.name == "open" else None
    return mode is not None and bool(set(mode) & set("wax+"))


def _written_path(subject: Subject, call: Call) -> str | None:
    is_opened = call.name == "open" and _is_writing(call)
    if is_opened or (call.last.startswith("to_") and call.last != "to_dict"):
        return read_path(call.argument(0), subject.makers)
    return _path_of_method(subject, call, _WRITING_METHODS)


def _is_url(path: str | None) -> bool:
    return path is not None and "://" in path


def _given(subject: Subject, call: Call) -> set[str]:
    """Give the files that the project has, from cells or from beside the notebook, for a call."""
    files = subject.program.files if subject.program else ()
    given = {f"{each.folder}/{each.name}" for each in files} | set(subject.notebook.files)
    if call.last in _OF_PACKAGE or not isinstance(call.argument(0), ast.Constant):
        given |= {name for each in given for name in _from_package(subject, each)}
    return given | {f"./{each}" for each in given}


def _from_package(subject: Subject, path: str) -> Iterator[str]:
    """Give a file's path from the folders of the module and of the app, where it lies in them."""
    root = subject.program.root if subject.program else ""
    own = subject.path.folder if subject.path else ""
    for folder in {own, root} - {""}:
        if path.startswith(f"{folder}/"):
            yield path.removeprefix(f"{folder}/")


def _describe_absolute(unit: Unit, node: ast.AST, path: str) -> Finding:
    return Finding(
        kind="file-of-this-machine",
        level="warning",
        text=f"{path!r} is a path of this machine.",
        remedy="Read it from the environment, or write it from the module's folder: "
        "`Path(__file__).parent`.",
        cell=unit.place.cell,
        line=unit.line_of(node),
    )


def _describe_database(call: Call, path: str) -> Finding:
    return Finding(
        kind="database-beside",
        level="warning",
        text=f"The database {path!r} is a file in whatever folder the app is started from; the one "
        "beside the notebook stays there.",
        remedy="Name it by a whole path from the environment, or below `app.instance_path`.",
        cell=call.unit.place.cell,
        line=call.line,
    )


def _describe_beside(call: Call, path: str) -> Finding:
    return Finding(
        kind="file-beside-notebook",
        level="error",
        text=f"The app reads {path!r}, which the export leaves beside the notebook.",
        remedy="Name it in the notebook's metadata, in the list `nbflask.files`, or keep its text "
        "in a cell; a module finds it by `Path(__file__).parent`.",
        cell=call.unit.place.cell,
        line=call.line,
    )


def _find_settings(subject: Subject) -> Iterator[Finding]:
    """Give settings and variables that are named after a path, and hold one of this machine."""
    for unit in subject.units:
        for each in find_named(unit.node):
            value = each.value.value if isinstance(each.value, ast.Constant) else None
            is_path = _PATH_NAME.search(each.name) or each.name in _FOLDERS
            if not isinstance(value, str):
                continue
            is_path = is_path and (each.is_setting or each.name in _FOLDERS)
            is_there = is_path and _ABSOLUTE.match(value) and not _OF_SYSTEM.match(value)
            is_file = is_there and "COOKIE" not in each.name.upper()
            if is_file or _DATABASE_OF_PERSON.match(value):
                yield _describe_absolute(unit, each.value, value)
