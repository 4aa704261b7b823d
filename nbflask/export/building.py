"""A notebook becomes a project: each file of it has a module here that writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .collecting import build_program
from .companions import describe_unknown, find_project_requirements, write_companions
from .interpreting import interpret
from .module import write_module
from .project import Note, Project

if TYPE_CHECKING:
    from .collecting import Program
    from .module import Module
    from .notebooks import SourceNotebook


def build_project(notebook: SourceNotebook, app: str | None = None) -> Project:
    """Build the project that a notebook's app leaves it as.

    :param app: The app's variable; by default ``app``, else the last one.
    :raises NotebookError: A cell is not Python or not what its magic takes, or no app is there.
    """
    program = build_program(notebook, interpret(notebook), app)
    module = write_module(program)
    files = {
        "app.py": module.text,
        "wsgi.py": write_wsgi(program, module),
        **{f"{each.folder}/{each.name}": each.content for each in program.files},
    }
    needed = find_project_requirements(program, module)
    files |= write_companions(notebook.name, program, needed, has_tests=False)
    return Project(
        name=notebook.name,
        files={name: _as_file(text) for name, text in files.items()},
        notes=(*_notes(program, module), *describe_unknown(needed)),
    )


def write_wsgi(program: Program, module: Module) -> str:
    """Write the module that WSGI servers load."""
    head = '"""What a WSGI server loads: ``gunicorn wsgi:app``."""\n\n'
    if module.has_factory:
        return f"{head}from app import create_app\n\napp = create_app()\n"
    name = "app" if program.app == "app" else f"{program.app} as app"
    return f'{head}from app import {name}\n\n__all__ = ["app"]\n'


def _notes(program: Program, module: Module) -> list[Note]:
    notes = [
        Note(text=f"`{each.what}` is left out. {each.why}", place=each.place)
        for each in program.left
    ]
    for name, piece in module.missing:
        text = f"The name {name!r} is given a value in no cell. Define it in one."
        notes.append(Note(text=text, place=piece.place))
    return notes


def _as_file(text: str) -> bytes:
    return (text.rstrip("\n") + "\n").encode("utf-8", "surrogatepass")
