"""What cells say to the notebook alone, and an app would miss."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from nbflask.export.declared import keys_of
from nbflask.export.python import SHELL
from nbflask.export.steps import Leave, Refuse
from nbflask.values.code_names import cover_secret
from nbflask.values.scope import DEFS

from .finding import Finding
from .subject import read_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .subject import Subject

    Function = ast.FunctionDef | ast.AsyncFunctionDef

_RUN_OPTIONS = {
    "host": "Tell the server: `gunicorn --bind 0.0.0.0:8000 wsgi:app`.",
    "port": "Tell the server: `gunicorn --bind 0.0.0.0:8000 wsgi:app`.",
    "debug": "Develop the project by `flask run --debug`; a server for visitors has no debug.",
    "ssl_context": "Give the certificate to the server, or to the proxy before it.",
    "threaded": "Tell the server: `gunicorn --threads 8 wsgi:app`.",
    "processes": "Tell the server: `gunicorn --workers 4 wsgi:app`.",
}


# Commands that make what an app may look for, and lines that write into a file.
_MAKING = re.compile(
    r"^\s*(?:mkdir|cp|mv|ln|touch|wget|unzip|tar|sqlite3|psql|mysql)\b|\bcurl\b.*\s(?:-[oO]|--output)"
    r"|(?<![0-9&])>{1,2}\s*(?!/dev/)[\w./~]"
)


def look_at_magics(subject: Subject) -> Iterator[Finding]:
    """Give the magics and shell lines that mean something and have no place in a module."""
    for step in subject.steps:
        if isinstance(step, Leave):
            yield from _look_at_shell(step)
        elif isinstance(step, Refuse):
            yield _describe_refused(step)


def _describe_refused(step: Refuse) -> Finding:
    function, line = _find_in_function(step)
    what = step.what if line is None else step.place.cell.source.splitlines()[line - 1].strip()
    is_view = function is not None and any(key[0] == "rule" for key in keys_of(function))
    lost = ", and is left out."
    if function is not None:
        lost = f": `{function.name}()` is left out with it{', and its rule' * is_view}."
    return Finding(
        kind="magic-not-exported",
        level="error" if is_view else "warning",
        text=f"`{cover_secret(what)}` works in a notebook only{lost}",
        remedy=step.why,
        cell=step.place.cell,
        line=line or step.place.line,
    )


def _find_in_function(step: Refuse) -> tuple[Function | None, int | None]:
    """Give the function that is refused, and the line in it that is to blame."""
    for statement in read_plain(step.place.cell):
        node = statement.node
        if statement.line != step.place.line or not isinstance(node, DEFS):
            continue
        for each in ast.walk(node):
            if isinstance(each, ast.Name) and each.id == SHELL:
                return node, each.lineno
    return None, None


def _look_at_shell(step: Leave) -> Iterator[Finding]:
    """Give the first command of a shell line or cell that makes something."""
    place = step.place
    if step.what.startswith("!"):
        lines = {place.line: step.what.removeprefix("!")}
    elif step.what.startswith(("%%bash", "%%sh", "%%script", "%%!")):
        lines = dict(enumerate(place.cell.source.split("\n"), start=1))
    else:
        return
    for line, command in lines.items():
        if line >= place.line and _MAKING.search(command):
            yield Finding(
                kind="magic-not-exported",
                level="warning",
                text=f"The shell's `{cover_secret(command.strip())}` is left out: what it makes is "
                "not there.",
                remedy="Do it in Python, or where the project is set up.",
                cell=place.cell,
                line=line,
            )
            return


def look_at_running(subject: Subject) -> Iterator[Finding]:
    """Give what `app.run()` is told and a server of its own is not."""
    for cell in subject.notebook.cells:
        for statement in read_plain(cell):
            for node in ast.walk(statement.node):
                match node:
                    case ast.Call(
                        func=ast.Attribute(value=ast.Name(id=name), attr="run"), keywords=keywords
                    ) if name == subject.app:
                        pass
                    case _:
                        continue
                for each in keywords:
                    if each.arg in _RUN_OPTIONS:
                        yield Finding(
                            kind="run-option-lost",
                            level="info",
                            text=f"`{ast.unparse(each)}` of `{name}.run()` is not in the project, "
                            "where a server runs the app.",
                            remedy=_RUN_OPTIONS[each.arg],
                            cell=cell,
                            line=node.lineno,
                        )
