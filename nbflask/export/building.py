"""A notebook becomes a project: each file of it has a module here that writes it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .around.companions import describe_unknown, find_project_requirements, write_companions
from .around.container import write_ignored
from .around.server_settings import write_server_settings
from .collecting import build_program
from .data_folder import keep_data
from .endpoints import without_idle_endpoints
from .environment import read_from_environment
from .interpreting import interpret
from .module import write_module
from .own_names import with_names_apart
from .program import under
from .project import Note, Project
from .rich import with_rich_returns, write_rich_module
from .secrecy.hiding import describe_covered, hide_in_file, hide_in_files_beside
from .secrecy.local_paths import describe_paths, note_local_paths
from .secrecy.outputs import without_secret_outputs
from .secrecy.placeholders import describe_signing_words
from .soundness import refuse_broken, refuse_unplaceable, without_warnings
from .static_files import note_other_folder, read_from_folder
from .staying.debug_flags import without_debug_flags
from .staying.failed import note_failed
from .staying.tools import without_tools
from .testing import build_tests
from .wording import write_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from .collecting import Program
    from .module import Module
    from .notebooks import SourceNotebook
    from .secrecy.secrets import Vault
    from .steps import Keep, Step

#: The tag of a cell whose file ends without one.
NO_FINAL_NEWLINE = "no-final-newline"
_WSGI_HEAD = '"""What a WSGI server loads: ``gunicorn wsgi:app``."""\n\n'


@without_warnings()
def build_project(notebook: SourceNotebook, app: str | None = None, *, workers: int = 2) -> Project:
    """Build the project that a notebook's app leaves it as.

    :param app: The app's variable; by default ``app``, else the last one.
    :param workers: How many processes serve it, as its README and its Dockerfile say.
    :raises NotebookError: A cell is not Python or not what its magic takes, or no app is there.
    """
    notebook = without_secret_outputs(notebook)
    steps = interpret(notebook)
    found = without_idle_endpoints(build_program(notebook, steps, app), notebook)
    found, shown = without_tools(with_rich_returns(found), steps)
    program, vault, left = _fit_for_hosts(found, steps)
    module = write_module(program)
    code = _write_code(program, module)
    tests = build_tests(notebook, steps, program, module, vault.names)
    needed = find_project_requirements(found, module)
    files = {**write_server_settings(program), **tests.files, **code}
    has_tests = _has_tests(files)
    files |= write_companions(notebook.name, program, needed, has_tests=has_tests, workers=workers)
    files |= write_ignored(notebook.files)
    refuse_unplaceable([*notebook.files, *files], _keeping(program))
    hidden = {name: hide_in_file(name, text, vault) for name, text in files.items()}
    beside = hide_in_files_beside(notebook.files, vault)
    covered = [name for name in _kept_files(program) if hidden[name] != files[name]]
    covered += [name for name in beside if beside[name] != notebook.files[name]]
    refuse_broken(hidden, program.pieces)
    notes = (
        *_describe_others(program),
        *note_failed(steps),
        *_notes(program, module),
        *shown,
        *left,
        *note_other_folder(program),
        *_describe_surroundings(program, vault),
        *map(describe_covered, covered),
        *_describe_replaced(code, beside),
        *describe_unknown(needed),
        *tests.notes,
    )
    return Project(
        name=notebook.name,
        files=_put_together(_as_files(hidden, _keeping(program)), beside, code),
        notes=tuple(_cover_note(each, vault) for each in notes),
    )


def _fit_for_hosts(
    found: Program, steps: Sequence[Step]
) -> tuple[Program, Vault, tuple[Note, ...]]:
    """Give a program that takes from its host what a notebook has of its own, and what to know."""
    program, left_on = without_debug_flags(found)
    program, unkept = keep_data(read_from_folder(program))
    program, vault = read_from_environment(program, steps)
    return with_names_apart(program), vault, (*left_on, *unkept)


def _write_code(program: Program, module: Module) -> dict[str, str]:
    return {
        **write_entry(program, module),
        **write_rich_module(program),
        **{str(each.path): each.text for each in program.modules},
        **_kept_files(program),
    }


def _put_together(
    written: Mapping[str, bytes], beside: Mapping[str, bytes], code: Collection[str]
) -> dict[str, bytes]:
    """Give all files: what cells hold as the cells have it, else what lies beside as it is."""
    return {**written, **beside, **{name: written[name] for name in code}}


def _describe_replaced(code: Collection[str], beside: Mapping[str, bytes]) -> Iterator[Note]:
    for name in sorted(set(code) & set(beside)):
        yield Note(
            text=f"The file {name!r} beside the notebook is left out: the project's is made of "
            "cells. Take it off the list `nbflask.files` in the notebook's metadata."
        )


def _describe_others(program: Program) -> list[Note]:
    return [
        Note(text=f"The app {name!r} is not exported. `--app {name}` exports it, without this one.")
        for name in program.others
    ]


def _describe_surroundings(program: Program, vault: Vault) -> Iterator[Note]:
    """Say what the machine has to have: paths, and variables of the environment."""
    yield from note_local_paths(program.pieces)
    if program.environment:
        names = ", ".join(program.environment)
        yield Note(text=f"The project reads {names} from the environment. Set it before the start.")
    yield from describe_signing_words(program)
    yield from describe_paths(vault.names[each] for each in sorted(vault.paths))


def _cover_note(note: Note, vault: Vault) -> Note:
    label = vault.cover(note.place.cell.label) if note.place else ""
    return replace(note, text=vault.cover(note.text), label=label)


def _kept_files(program: Program) -> dict[str, str]:
    return {name: each.content for name, each in _keeping(program).items()}


def _keeping(program: Program) -> dict[str, Keep]:
    """Give the step that keeps each template and static file, by its path."""
    above = f"{program.root}/" if program.root else ""
    return {f"{above}{each.folder}/{each.name}": each for each in program.files}


def _has_tests(files: Mapping[str, str]) -> bool:
    return any(name.startswith("tests/") for name in files)


def write_entry(program: Program, module: Module) -> dict[str, str]:
    """Write the module of the app, and the one that WSGI servers load.

    They are one where the app is that of a module which the notebook holds in cells of its own.
    """
    own = {each.path.parts[0] for each in program.modules}
    rest = [each.statement for each in program.pieces if not each.is_import]
    if own and ("app" in own or not rest or (len(rest) == 1 and program.app in rest[0].binds)):
        pieces = tuple(under(each, "") for each in program.pieces)
        text = write_module(replace(program, pieces=pieces)).text.partition("\n")[2].strip()
        text = f"{_WSGI_HEAD}{text}"
        lines = [] if program.app == "app" else [f"app = {program.app}"]
        lines += [] if rest else ['__all__ = ["app"]']
        return {"wsgi.py": "\n\n".join([text, *lines])}
    return {"app.py": module.text, "wsgi.py": write_wsgi(program, module)}


def write_wsgi(program: Program, module: Module) -> str:
    """Write the module that WSGI servers load."""
    head = _WSGI_HEAD
    if module.has_factory:
        return f"{head}from app import create_app\n\napp = create_app()\n"
    name = "app" if program.app == "app" else f"{program.app} as app"
    return f'{head}from app import {name}\n\n__all__ = ["app"]\n'


def _notes(program: Program, module: Module) -> list[Note]:
    notes = [
        Note(text=f"`{write_line(each.what)}` is left out. {each.why}", place=each.place)
        for each in program.left
    ]
    for name, piece in module.missing:
        text = f"The name {name!r} is given a value in no cell. Define it in one."
        notes.append(Note(text=text, place=piece.place))
    for piece in module.hindering:
        (name,) = piece.statement.binds
        text = (
            f"`{name}()` uses `{program.app}`, so there is no `create_app()`. Write `current_app`."
        )
        notes.append(Note(text=text, place=piece.place))
    return notes


def _as_files(texts: Mapping[str, str], kept: Mapping[str, Keep]) -> dict[str, bytes]:
    """Give what files hold: lines that end, unless nothing is in it or its cell is tagged so."""
    tagged = {name for name, each in kept.items() if NO_FINAL_NEWLINE in each.place.cell.tags}
    bare = {name: text.rstrip("\n") for name, text in texts.items()}
    return {
        name: (text if name in tagged or not text else f"{text}\n").encode("utf-8", "replace")
        for name, text in bare.items()
    }
