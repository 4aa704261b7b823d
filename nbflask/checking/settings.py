"""Settings that belong to a notebook, and secrets that stand in cells."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from nbflask.export.secrecy.looks import cover_looks, kind_of
from nbflask.export.secrecy.named_values import find_named
from nbflask.export.secrecy.placeholders import find_placeholders
from nbflask.export.secrecy.secret_values import find_secret_values
from nbflask.export.variables import find_made_up

from .calls import find_calls
from .finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .subject import Subject, Unit

_FOR_TRYING = {
    "DEBUG": "Take it out, and develop the project by `flask run --debug`: to visitors, debug "
    "shows code and values.",
    "TESTING": "Take it out: a test gives it to the app, `create_app({'TESTING': True})`.",
    "WTF_CSRF_ENABLED": "Take it out: without it, other sites send forms in a visitor's name.",
    "EXPLAIN_TEMPLATE_LOADING": "Take it out: it logs each look for a template.",
    "SQLALCHEMY_ECHO": "Take it out: it logs each query, with the values of visitors.",
}
_FOR_TESTS = frozenset({"TESTING", "WTF_CSRF_ENABLED"})
_ON = (True, 1, "1", "true", "True")
#: What waits for somebody at the terminal, or lets visitors run code.
_DEBUGGERS = {
    "breakpoint": "waits for somebody at a terminal, which a server has not",
    "set_trace": "waits for somebody at a terminal, which a server has not",
    "DebuggedApplication": "shows code to visitors, and may let them run their own",
}


def look_at_settings(subject: Subject) -> Iterator[Finding]:
    """Give secrets that are written in cells, and settings that only trying needs."""
    for unit in subject.units:
        yield from _find_secrets(unit, is_own_module=subject.path is not None)
        yield from _find_made_up(unit)
        yield from _find_trying(subject, unit)
    yield from _find_debuggers(subject)
    yield from _find_in_files(subject)


def _find_secrets(unit: Unit, *, is_own_module: bool) -> Iterator[Finding]:
    staying = {each.node for each in find_placeholders(unit.node)} if is_own_module else set()
    for each in find_secret_values(unit.node):
        line = unit.line_of(each.node)
        if each.node in staying:
            yield Finding(
                kind="secret-in-cell",
                level="warning",
                text=f"The secret {each.name} is a word in the module, and stays there in the "
                "project, until a configuration gives another: anybody can guess it.",
                remedy="Give it a value where the app runs, in the configuration that the module "
                "reads.",
                cell=unit.place.cell,
                line=line,
            )
        elif each.texts:
            yield Finding(
                kind="secret-in-cell",
                level="warning",
                text=f"The secret {each.name} is written in the cell. The project reads it from "
                "the environment; the notebook keeps it for whoever gets the file.",
                remedy=f'Write `os.environ["{each.name}"]`, and give the secret a new value.',
                cell=unit.place.cell,
                line=line,
            )
        else:
            yield Finding(
                kind="secret-made-at-start",
                level="warning",
                text=f"The secret {each.name} is another one in each worker and after each "
                "restart: nobody's session would last. The project reads it from the environment.",
                remedy=f"Set {each.name} where the app runs, the same for all workers.",
                cell=unit.place.cell,
                line=line,
            )


def _find_made_up(unit: Unit) -> Iterator[Finding]:
    for name, node in find_made_up(unit.node):
        if name != "SECRET_KEY":
            yield Finding(
                kind="secret-made-at-start",
                level="warning",
                text=f"Where {name} is not set, each process makes up another one, which nobody "
                "else knows: whoever signs or asks with a real one is refused.",
                remedy=f'Write `os.environ["{name}"]`, so that an app without it does not start.',
                cell=unit.place.cell,
                line=unit.line_of(node),
            )


def _find_trying(subject: Subject, unit: Unit) -> Iterator[Finding]:
    for each in find_named(unit.node):
        name = each.name.upper()
        if name not in _FOR_TRYING or not _is_setting(unit, each.value):
            continue
        value = _constant(subject, each.value)
        is_off = name == "WTF_CSRF_ENABLED"
        if value is False if is_off else value in _ON:
            yield Finding(
                kind="setting-for-tests" if name in _FOR_TESTS else "debug-left-on",
                level="warning",
                text=f"{name} is {value} in the notebook.",
                remedy=_FOR_TRYING[name],
                cell=unit.place.cell,
                line=unit.line_of(each.value),
            )


def _constant(subject: Subject, value: ast.expr) -> object:
    """Give a literal, or that of a variable of the module; ``None`` for all else."""
    if isinstance(value, ast.Name) and value.id in subject.makers:
        value = getattr(subject.makers[value.id].node, "value", None) or value
    return value.value if isinstance(value, ast.Constant) else None


def _find_debuggers(subject: Subject) -> Iterator[Finding]:
    for call in find_calls(subject):
        made = subject.makers.get(call.name.partition(".")[0])
        if call.last in _DEBUGGERS and (made is None or made.piece.is_import):
            yield Finding(
                kind="debugger-called",
                level="error",
                text=f"`{call.name}()` {_DEBUGGERS[call.last]}.",
                remedy="Take it out.",
                cell=call.unit.place.cell,
                line=call.line,
            )


def _is_setting(unit: Unit, value: ast.expr) -> bool:
    """Say whether a value is one of an app's configuration, and no word in any other call."""
    for node in ast.walk(unit.node):
        match node:
            case ast.Assign(targets=[ast.Attribute(attr=name)], value=given) if given is value:
                return name in ("debug", "testing")
            case ast.Assign(targets=[ast.Subscript(value=owner)], value=given) if given is value:
                return ast.unparse(owner).endswith("config")
            case ast.Call(func=ast.Attribute(value=owner)) if any(
                each is value for each in ast.walk(node)
            ):
                return ast.unparse(owner).endswith("config")
            case ast.ClassDef(name=name) if "config" in name.lower():
                return True
    return False


def _find_in_files(subject: Subject) -> Iterator[Finding]:
    for file in subject.program.files if subject.program else ():
        for number, text in enumerate(file.content.splitlines(), start=1):
            if cover_looks(text, kind_of(file.name)) != text:
                yield Finding(
                    kind="secret-in-file",
                    level="warning",
                    text=f"{file.folder}/{file.name} holds a secret, which the project covers.",
                    remedy="Take it out; a view reads it from the environment and hands it over.",
                    cell=file.place.cell,
                    line=file.place.line + number,
                )
