"""What loading the app does each time that a worker starts: to its data, and to whoever waits."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from nbflask.values.scope import DEFS

from .finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .subject import Subject, Unit

_EXECUTING = frozenset({"execute", "executescript", "executemany", "exec_driver_sql"})
_ASKING = frozenset({"input", "getpass", "getpass.getpass"})
_READING = frozenset({"open", "open_resource", "Path"})
_EMPTYING = re.compile(
    r"\bdrop\s+table\b|\btruncate\s+(?:table\s+)?\w|\bdelete\s+from\s+[^\s;]+\s*(?:;|$)",
    re.IGNORECASE,
)
#: What they are in has not to run: who wrote a condition has thought of the next start.
_NOT_AT_ONCE = (*DEFS, ast.Lambda, ast.ClassDef, ast.If, ast.IfExp)


def look_at_starts(subject: Subject) -> Iterator[Finding]:
    """Give what empties tables, or asks for something, while the app is loaded."""
    files = _read_files(subject)
    for unit, call in _find_run(subject):
        name = ast.unparse(call.func)
        if name in _ASKING and not _is_own(name, subject):
            yield Finding(
                kind="asks-at-start",
                level="error",
                text=f"`{name}()` waits for somebody to type while the app is loaded: a server has "
                "nobody, and does not start.",
                remedy="Read it from the environment: `os.environ[...]`.",
                cell=unit.place.cell,
                line=unit.line_of(call),
            )
        method = name.rpartition(".")[2]
        text = ""
        if method in _EXECUTING:
            text = " ".join(_text_of(each, subject) for each in call.args[:1])
        elif method in _READING and call.args:
            text = files.get(_text_of(call.args[0], subject), "")
        if _EMPTYING.search(text) or method == "drop_all" or name.endswith(".query.delete"):
            yield Finding(
                kind="data-lost-at-start",
                level="warning",
                text="Tables are emptied or dropped while the app is loaded: each worker does so "
                "when it starts, and what visitors have stored is lost.",
                remedy="Make tables where there are none, `CREATE TABLE IF NOT EXISTS`, and empty "
                'them by a command of the app\'s: `@app.cli.command("init-db")`.',
                cell=unit.place.cell,
                line=unit.line_of(call),
            )


def _find_run(subject: Subject) -> Iterator[tuple[Unit, ast.Call]]:
    """Give the calls that are made whenever the module is loaded, by its functions too."""
    pending = [(unit, [unit.node]) for unit in subject.units if not isinstance(unit.node, DEFS)]
    seen: set[str] = set()
    while pending:
        unit, nodes = pending.pop(0)
        for call in (each for node in nodes for each in _calls_at_once(node)):
            yield unit, call
            name = ast.unparse(call.func)
            if name in subject.functions and name not in seen:
                seen.add(name)
                pending.append((subject.makers[name], list(subject.functions[name].body)))


def _is_own(name: str, subject: Subject) -> bool:
    """Say whether the notebook itself defines what a call names."""
    made = subject.makers.get(name.partition(".")[0])
    return made is not None and not isinstance(made.node, (ast.Import, ast.ImportFrom))


def _calls_at_once(node: ast.AST) -> Iterator[ast.Call]:
    if isinstance(node, _NOT_AT_ONCE):
        return
    if isinstance(node, ast.Call):
        yield node
    # `os.environ.get("NAME") or input()` asks where there is no other way.
    children = node.values[:1] if isinstance(node, ast.BoolOp) else ast.iter_child_nodes(node)
    for child in children:
        yield from _calls_at_once(child)


def _text_of(value: ast.expr, subject: Subject) -> str:
    """Give the texts in an expression, in their order; a variable's is that of its value."""
    found = [each for each in ast.walk(value) if isinstance(each, (ast.Constant, ast.Name))]
    found.sort(key=lambda each: (each.lineno, each.col_offset))
    return "".join(_text_of_part(each, subject) for each in found)


def _text_of_part(part: ast.Constant | ast.Name, subject: Subject) -> str:
    if isinstance(part, ast.Name):
        node = subject.makers[part.id].node if part.id in subject.makers else None
        part = node.value if isinstance(node, ast.Assign) else part  # type: ignore[assignment]
    return str(part.value) if isinstance(part, ast.Constant) else ""


def _read_files(subject: Subject) -> dict[str, str]:
    """Give what the app's files hold, by their paths."""
    return {
        name: content.decode("utf-8", "replace")
        for name, content in subject.notebook.files.items()
        if name.endswith(".sql")
    }
