"""What keeps a project's tests off the data that its app has.

Rule 1: where a setting names the place and each test builds an app, that app is given another.

Rule 2: a path from the working directory leads elsewhere by a change of it, one below the instance
folder by another such folder; what is opened while the module is imported, before that.

Rule 3: there are no tests where neither helps.
"""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from .places import Finder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from .places import Place

_DATABASES = frozenset({"sqlite3", "sqlite", "duckdb", "apsw", "aiosqlite", "dataset"})
_OPENING = frozenset({"create_engine", "create_async_engine", "TinyDB", "SqliteDatabase"})
_OPENING |= {"SqliteDict", "SqliteExtDatabase", "shelve.open", "dbm.open"}
# What is reached by an address, and there is no other one of.
_SERVERS = frozenset({"psycopg", "psycopg2", "pymysql", "MySQLdb", "asyncpg", "mysql", "pyodbc"})
_SERVER_CLIENTS = frozenset({"MongoClient", "PyMongo", "Redis", "StrictRedis"})
_WRITING = frozenset({"write_text", "write_bytes", "touch", "unlink"})
_WRITING_TO = frozenset({"save", "savefig", "to_csv", "to_json", "to_excel", "to_parquet"})
_WRITING_TO |= {"FileHandler", "RotatingFileHandler", "TimedRotatingFileHandler", "rmtree"}
_MAKING = frozenset({"mkdir", "makedirs"})
_FOLDERS = ("CACHE_DIR", "SESSION_FILE_DIR")


@dataclass(frozen=True, kw_only=True)
class Apart:
    """How tests are kept off the app's data.

    :param settings: What the app of a test is given in place of its own, as code, by the key.
    :param moves: Another working directory.
    :param has_instance: Another instance folder.
    :param is_early: Either has to be there before the app's module is imported.
    :param copies: The project's files that the app looks for in the working directory.
    :param variables: Those of the environment that name a database; whether by its address.
    :param beyond: What names a place that nothing leads away from; ``""`` for none.
    """

    settings: Mapping[str, str] = field(default_factory=dict)
    moves: bool = False
    has_instance: bool = False
    is_early: bool = False
    copies: tuple[str, ...] = ()
    variables: Mapping[str, bool] = field(default_factory=dict)
    beyond: str = ""

    @property
    def changes_folders(self) -> bool:
        """Whether tests run with other folders."""
        return self.moves or self.has_instance


@dataclass(frozen=True, kw_only=True)
class _Opening:
    """A call that opens or writes what outlasts it.

    :param is_database: Else it is a file.
    :param is_making: It makes a folder, where there may be one.
    """

    place: Place
    is_early: bool
    is_database: bool
    is_making: bool = False


def keep_apart(
    texts: Sequence[str], *, has_factory: bool, files: Collection[str], tests: str
) -> Apart:
    """Find what keeps tests off the data of an app.

    :param texts: The modules'; the app's first.
    :param has_factory: Each test builds an app.
    :param files: Those beside the code that may be its data.
    :param tests: The text of the tests.
    """
    finder = Finder(texts)
    late = _late_settings(finder) | _shared_settings(finder)
    settings: dict[str, str] = {}
    rest: list[_Opening] = []
    for each in _find_openings(finder):
        place = each.place
        if has_factory and place.key and place.key not in late and _is_movable(each):
            settings.setdefault(place.key, _write_setting(place))
        elif _need_of(each):
            rest.append(each)
    needs = {_need_of(each) for each in rest if each.place.key not in settings}
    found = Apart(
        settings=settings,
        moves="relative" in needs,
        has_instance="instance" in needs,
        variables={
            each.place.name: each.place.is_uri for each in rest if _need_of(each) == "variable"
        },
        beyond=next((each.place.name for each in rest if _need_of(each) == "fixed"), ""),
    )
    if not found.changes_folders and not found.variables:
        return found
    text = "\n".join(texts)
    used = tuple(each for each in files if found.moves and _is_named(each, text))
    is_early = not has_factory or any(each.is_early for each in rest)
    is_late = is_early and ("\nfrom app import" in tests or "\nfrom wsgi import" in tests)
    beyond = next((each for each in used if "/" in each), "") or (is_late and rest[0].place.name)
    return replace(found, is_early=is_early, copies=used, beyond=found.beyond or beyond or "")


def _is_movable(opening: _Opening) -> bool:
    """Say whether a test names another place by the setting."""
    place = opening.place
    if place.kind == "safe" or (place.kind == "fixed" and "://" in place.name):
        return False
    if place.kind == "unknown" and not opening.is_database:
        return False
    return place.kind != "instance" or place.is_uri


def _need_of(opening: _Opening) -> str:
    """Say what leads away from a place: the kind of it; ``""`` for nothing."""
    place = opening.place
    if place.kind == "safe" or (opening.is_making and place.kind not in ("relative", "instance")):
        return ""
    if place.kind == "relative" and place.key.startswith("SQLALCHEMY_"):
        # Flask-SQLAlchemy's paths are those below the instance folder.
        return "instance"
    if place.kind in ("unknown", "variable") and not opening.is_database:
        return ""
    return "relative" if place.kind == "unknown" else place.kind


def _is_named(file: str, text: str) -> bool:
    name = file.rpartition("/")[2]
    return bool(name) and (f'{name}"' in text or f"{name}'" in text)


def _write_setting(place: Place) -> str:
    if place.is_folder:
        return "tmp_path" if place.is_path else "str(tmp_path)"
    name = place.name if place.kind in ("relative", "instance") and place.name else "test.db"
    if place.is_uri:
        # One quote in the other: an f-string of Python 3.11.
        return f"""f"sqlite:///{{tmp_path / {name!r}}}\""""
    path = f"tmp_path / {name!r}"
    return path if place.is_path else f"str({path})"


def _late_settings(finder: Finder) -> frozenset[str]:
    """Give the settings that the factory sets when it has taken those of a test."""
    taken = [
        each.lineno
        for each, _ in finder.calls
        if ast.unparse(each).endswith(".config.update(config)")
    ]
    if not taken:
        return frozenset(finder.settings)
    return frozenset(
        key
        for key, values in finder.settings.items()
        if any(value.lineno > taken[0] for value, _ in values)
    )


def _shared_settings(finder: Finder) -> frozenset[str]:
    """Give the settings whose places other code has by another name."""
    read = Counter(
        each.id
        for tree in finder.trees
        for each in ast.walk(tree)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)
    )
    return frozenset(
        key
        for key, values in finder.settings.items()
        for value, scope in values
        for each in ast.walk(value)
        if isinstance(each, ast.Name) and read[each.id] > 1
        if any(one.kind != "unknown" for one in finder.resolve(each, scope, frozenset()))
    )


def _find_openings(finder: Finder) -> Iterator[_Opening]:
    early = _called_at_import(finder)
    for call, scope in finder.calls:
        opened = _read_opening(call)
        if opened is None:
            continue
        node, is_database = opened
        called = ast.unparse(call.func).rpartition(".")[2]
        for place in finder.resolve(node, scope, frozenset()):
            yield _Opening(
                place=replace(place, is_uri=place.is_uri or called.startswith("create_")),
                is_early=id(scope.node) in early,
                is_database=is_database,
                is_making=called in _MAKING,
            )
    for key in finder.settings:
        if key in ("SQLALCHEMY_DATABASE_URI", "SQLALCHEMY_BINDS", *_FOLDERS):
            for place in finder.of_setting(key):
                yield _Opening(place=place, is_early=False, is_database=key not in _FOLDERS)


def _read_opening(call: ast.Call) -> tuple[ast.expr, bool] | None:
    """Give what names what a call opens, and whether that is a database."""
    called = ast.unparse(call.func)
    owner, _, method = called.rpartition(".")
    root = owner.partition(".")[0]
    given = [*call.args, *(each.value for each in call.keywords if each.arg in _NAMING)]
    if (root in _SERVERS and method == "connect") or method in _SERVER_CLIENTS:
        return ast.Constant(value=f"{root or method}://"), True
    if (root in _DATABASES and method == "connect") or called in _OPENING or method in _OPENING:
        return (given[0], True) if given else None
    if called == "open" and _writes(call.args[1:], call.keywords):
        return given[0], False
    if (
        method == "open"
        and root not in ("Image", "os", "gzip")
        and _writes(call.args, call.keywords)
    ):
        return getattr(call.func, "value", None) or given[0], False
    if method in _WRITING or (method == "mkdir" and owner != "os"):
        return getattr(call.func, "value", None) or given[0], False
    if (method in _WRITING_TO or (owner == "os" and method in (*_MAKING, "remove"))) and given:
        return given[0], False
    return None


_NAMING = frozenset({"database", "url", "file", "filename", "path", "dst", "path_or_buf", "fname"})


def _writes(arguments: Sequence[ast.expr], keywords: Iterable[ast.keyword]) -> bool:
    modes = [*arguments[:1], *(each.value for each in keywords if each.arg == "mode")]
    texts = [each.value for each in modes if isinstance(each, ast.Constant)]
    return any(
        isinstance(each, str) and len(each) < 4 and set(each) & set("wax+") for each in texts
    )


def _called_at_import(finder: Finder) -> frozenset[int]:
    """Give the modules, and the functions that they call while they are imported, by their id."""
    functions = {
        each.name: each
        for tree in finder.trees
        for each in tree.body
        if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    found: set[int] = {id(each) for each in finder.trees}
    waiting: list[ast.AST] = [
        each
        for tree in finder.trees
        for each in tree.body
        if not isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    while waiting:
        for each in ast.walk(waiting.pop()):
            if isinstance(each, ast.Call) and isinstance(each.func, ast.Name):
                function = functions.get(each.func.id)
                if function is not None and id(function) not in found:
                    found.add(id(function))
                    waiting.append(function)
    return frozenset(found)
