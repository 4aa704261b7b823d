"""What cells say to the notebook alone, and an app would miss."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from nbflask.export.steps import Refuse

from .finding import Finding
from .subject import read_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .subject import Subject

_RUN_OPTIONS = {
    "host": "Tell the server: `gunicorn --bind 0.0.0.0:8000 wsgi:app`.",
    "port": "Tell the server: `gunicorn --bind 0.0.0.0:8000 wsgi:app`.",
    "debug": "Develop the project by `flask run --debug`; a server for visitors has no debug.",
    "ssl_context": "Give the certificate to the server, or to the proxy before it.",
    "threaded": "Tell the server: `gunicorn --threads 8 wsgi:app`.",
    "processes": "Tell the server: `gunicorn --workers 4 wsgi:app`.",
}


def look_at_magics(subject: Subject) -> Iterator[Finding]:
    """Give the magics and shell lines that mean something and have no place in a module."""
    for step in subject.steps:
        if isinstance(step, Refuse):
            yield Finding(
                kind="magic-not-exported",
                level="warning",
                text=f"`{step.what}` works in a notebook only, and is left out.",
                remedy=step.why,
                cell=step.place.cell,
                line=step.place.line,
            )


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
