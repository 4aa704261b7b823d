"""What goes wrong with a second worker, or needs another kind of server."""

from __future__ import annotations

import ast
from importlib.util import find_spec
from typing import TYPE_CHECKING

from nbflask.export.data_folder import is_kept
from nbflask.export.statements import free_names

from .calls import find_calls
from .finding import Finding
from .folders import is_only_read
from .serving import find_served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .calls import Call
    from .finding import Level
    from .serving import Served
    from .subject import Subject

_RUNNERS = ("Thread(", "Timer(", "Process(", "Scheduler(", "Observer(")
_TEMPORARY = frozenset(
    {"mkdtemp", "mkstemp", "TemporaryDirectory", "NamedTemporaryFile", "gettempdir"}
)
_RANDOM = frozenset(
    {
        *("token_hex", "token_bytes", "token_urlsafe", "urandom", "uuid1", "uuid4"),
        *("getrandbits", "randint", "random", "choice", "choices", "randrange", "sample"),
    }
)
_RANDOM_MODULES = frozenset({"secrets", "os", "uuid", "random", ""})


def look_at_workers(subject: Subject) -> Iterator[Finding]:
    """Give what each worker would do for itself, and what not every server can do."""
    for call in find_calls(subject):
        if call.is_at_once:
            yield from _look_at_start(subject, call)
    yield from _find_memory(subject)
    yield from _find_random(subject)
    yield from _find_servers(subject)


def _look_at_start(subject: Subject, call: Call) -> Iterator[Finding]:
    if _starts_thread(subject, call):
        yield _finding(
            call,
            "thread-at-start",
            "A thread is started while the app is loaded: each worker starts one of its own, and a "
            "server that forks after loading has none in its workers.",
            "Let a process of its own do the work, started beside the server, or a queue of tasks.",
        )
    program = subject.program
    if call.last not in _TEMPORARY or (program and is_kept(program, call.node)):
        return
    if program and is_only_read(program, call.node):
        yield _finding(
            call,
            "temporary-folder",
            "A temporary folder or file is made while the app is loaded: each worker makes one of "
            "its own, which requests only read.",
            "Keep what is in it beside the app if making it takes long.",
            level="info",
        )
    else:
        yield _finding(
            call,
            "temporary-folder",
            "A temporary folder or file is made while the app is loaded: each worker has its own, "
            "and it is empty after each restart.",
            "Name a folder that stays, from the environment or `app.instance_path`.",
        )


def _starts_thread(subject: Subject, call: Call) -> bool:
    """Say whether a call starts a thread, by itself or in a function or class of the notebook."""
    if call.last == "start" and isinstance(call.node.func, ast.Attribute):
        owner = call.node.func.value
        name = ast.unparse(owner)
        if any(word in f"{name}(" for word in _RUNNERS):
            return True
        made = subject.makers.get(name.partition("(")[0])
        return made is not None and _mentions_runner(subject, made.node)
    made = subject.makers.get(call.name)
    return (
        made is not None
        and isinstance(made.node, ast.FunctionDef)
        and _mentions_runner(subject, made.node)
        and ".start()" in ast.unparse(made.node)
    )


def _mentions_runner(subject: Subject, node: ast.stmt) -> bool:
    if _has_runner(node):
        return True
    classes = (subject.makers.get(name) for name in free_names(node))
    return isinstance(node, ast.Assign) and any(
        each is not None and isinstance(each.node, ast.ClassDef) and _has_runner(each.node)
        for each in classes
    )


def _has_runner(node: ast.stmt) -> bool:
    """Say whether code makes what runs beside it, or is a class of such objects."""
    bases = node.bases if isinstance(node, ast.ClassDef) else []
    code = [ast.unparse(node), *(f"{ast.unparse(each)}(" for each in bases)]
    return any(word in each for word in _RUNNERS for each in code)


def _find_memory(subject: Subject) -> Iterator[Finding]:
    for unit in subject.units:
        for node in ast.walk(unit.node):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            if node.value in ("sqlite://", "sqlite:///:memory:", ":memory:"):
                yield Finding(
                    kind="database-in-memory",
                    level="warning",
                    text="The database is in memory: each worker has its own, and a restart "
                    "empties it.",
                    remedy="Name a database that stays, by a URL from the environment.",
                    cell=unit.place.cell,
                    line=unit.line_of(node),
                )


def _find_random(subject: Subject) -> Iterator[Finding]:
    served = find_served(subject)
    used = {name for each in served for name in free_names(each.node)}
    is_seeded = any(call.name in ("random.seed", "seed") for call in find_calls(subject))
    for call in find_calls(subject):
        module = call.name.rpartition(".")[0]
        if call.last not in _RANDOM or module not in _RANDOM_MODULES or not call.is_at_once:
            continue
        names = sorted(call.unit.binds & used)
        if names and not is_seeded and isinstance(call.unit.node, (ast.Assign, ast.AnnAssign)):
            yield _finding(
                call,
                "chance-at-start",
                f"{names[0]!r} is made by chance while the app is loaded: each worker has another.",
                "Write it down, or read it from the environment, if all workers must agree.",
                level="info",
            )


def _find_servers(subject: Subject) -> Iterator[Finding]:
    views = [each for each in find_served(subject) if isinstance(each.node, ast.AsyncFunctionDef)]
    if views:
        yield _describe_async(views)
    for call in find_calls(subject):
        if call.last == "Sock":
            text = "A websocket keeps a thread of its worker for as long as it is open."
            remedy = "Start the server with as many threads: `gunicorn --threads 100 wsgi:app`."
            yield _finding(call, "websocket-server", text, remedy, level="info")
        elif call.last == "SocketIO":
            text = "Socket.IO needs a server of its own, and a message queue between workers."
            remedy = "Follow Flask-SocketIO's page on deployment: one worker, or a queue."
            yield _finding(call, "websocket-server", text, remedy)


def _describe_async(views: list[Served]) -> Finding:
    first = views[0]
    who = f"`{first.name}()`" if len(views) == 1 else f"`{first.name}()` and {len(views) - 1} more"
    verb = "is" if len(views) == 1 else "are"
    is_there = find_spec("asgiref") is not None
    return Finding(
        kind="async-view" if is_there else "package-not-installed",
        level="info" if is_there else "error",
        text=f"{who} {verb} async: Flask runs such code by asgiref, and each request keeps its "
        "worker's thread until it ends.",
        remedy="Give the server threads: `gunicorn --threads 8 wsgi:app`."
        if is_there
        else "Install `flask[async]`.",
        cell=first.unit.place.cell,
        line=first.unit.line_of(first.node),
    )


def _finding(call: Call, kind: str, text: str, remedy: str, *, level: Level = "warning") -> Finding:
    return Finding(
        kind=kind,
        level=level,
        text=text,
        remedy=remedy,
        cell=call.unit.place.cell,
        line=call.line,
    )
