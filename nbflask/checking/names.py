"""Names that no cell gives a value, or one that comes too late, or that hide what others mean."""

from __future__ import annotations

import ast
import builtins
import difflib
import re
from typing import TYPE_CHECKING

from nbflask.export.arranging import arrange
from nbflask.export.names import BUILTINS, flask_names
from nbflask.export.statements import free_names
from nbflask.export.steps import Place
from nbflask.values.scope import DEFS, Scope, own_nodes

from .finding import Finding, label_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .subject import Subject, Unit

_OF_IPYTHON = re.compile(r"_{1,3}|_i{0,3}|_i?\d+|_[iod]h|In|Out|get_ipython|display")
# A magic that is not ours, and so may give a name a value.
_MAGIC = re.compile(r"%%?(?:capture|store|sql|bash|sh|script|timeit|macro|R|pull)\b")
# Python's interactive ones, which no code means to call.
_HIDEABLE = frozenset({"copyright", "credits", "license", "exit", "quit", "help"})


def look_at_names(subject: Subject) -> Iterator[Finding]:
    """Give the names of the app's module that will not be what they are in the notebook."""
    yield from _find_missing(subject)
    yield from _find_early(subject)
    yield from _find_deleted(subject)
    yield from _find_hiding(subject)


def _find_missing(subject: Subject) -> Iterator[Finding]:
    units = {id(each.piece): each for each in subject.units}
    unread = " ".join(each.cell.source for each in subject.faults if each.cell)
    if any(each.name == "*" and each.package != "flask" for each in subject.imports):
        return  # Nobody can tell from text which names those are.
    for name, piece in subject.missing:
        # A cell that cannot be read may be the one that gives it.
        if re.search(rf"\b{re.escape(name)}\b", unread):
            continue
        kind, text, remedy = _describe_missing(subject, name)
        unit = units[id(piece)]
        yield Finding(
            kind=kind,
            level="error",
            text=text,
            remedy=remedy,
            cell=unit.place.cell,
            line=_line_of_name(unit, name),
        )


def _describe_missing(subject: Subject, name: str) -> tuple[str, str, str]:
    if _OF_IPYTHON.fullmatch(name):
        text = f"The name {name!r} is IPython's, and nowhere else."
        return "name-of-ipython", text, "Give the value a name of its own, in a cell."
    places = [*subject.written.get(name, ()), *_in_magics(subject, name)]
    if places:
        text = f"The name {name!r} gets its value only from {_why_left(places[-1])}."
        return "name-of-notebook", text, "Give it a value by Python that needs no notebook."
    text = f"The name {name!r} is given a value in no cell: one that did was deleted or changed."
    close = difflib.get_close_matches(name, subject.makers, n=1, cutoff=0.75)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return "name-not-defined", text, f"Define it in a cell above.{hint}"


def _in_magics(subject: Subject, name: str) -> Iterator[Place]:
    """Give the lines of magics that name it, as ``%%capture out`` and ``%store -r data`` do."""
    for cell in subject.notebook.cells:
        for at, line in enumerate(cell.source.split("\n") if cell.kind == "code" else (), start=1):
            if _MAGIC.match(line) and re.search(rf"\b{re.escape(name)}\b", line):
                yield Place(cell=cell, line=at)


def _why_left(place: Place) -> str:
    if place.cell.has_failed:
        return f"{label_of(place.cell)}, which fails"
    return f"{label_of(place.cell)}, which stays in the notebook"


def _line_of_name(unit: Unit, name: str) -> int:
    lines = (
        unit.line_of(each)
        for each in ast.walk(unit.node)
        if isinstance(each, ast.Name) and each.id == name
    )
    return min(lines, default=unit.place.line)


def look_at_names_of_module(subject: Subject) -> Iterator[Finding]:
    """Give the names that a module of the notebook's own uses and that nothing in it gives."""
    if any(each.name == "*" for each in subject.imports):
        return
    known = (
        BUILTINS
        | {each.bound for each in subject.imports}
        | {"__path__", "__package__", "__class__"}
    )
    known |= {name for unit in subject.units for name in unit.binds | _globals_of(unit.node)}
    for unit in subject.units:
        for name in sorted(unit.piece.statement.uses - known):
            known |= {name}
            yield Finding(
                kind="name-not-defined",
                level="error",
                text=f"The module uses the name {name!r}, and gives it no value.",
                remedy="Define it in a cell of the module, or import it there.",
                cell=unit.place.cell,
                line=_line_of_name(unit, name),
            )


def _globals_of(node: ast.stmt) -> frozenset[str]:
    found = (each for each in ast.walk(node) if isinstance(each, ast.Global))
    return frozenset(name for each in found for name in each.names)


def _find_early(subject: Subject) -> Iterator[Finding]:
    """Give names that are read, while the module is loaded, above the cell that gives them."""
    later = subject.makers
    functions = {
        name: unit.node for name, unit in subject.makers.items() if isinstance(unit.node, DEFS)
    }
    known = BUILTINS | {each.bound for each in subject.imports}
    for unit in _in_order(subject):
        early = _needed_now(unit.node, functions) - known - _own_names(unit.node)
        for name in sorted(early & set(later)):
            made = later[name].place
            yield Finding(
                kind="name-defined-later",
                level="error",
                text=f"The name {name!r} is needed here at once, and gets its value only in "
                f"{label_of(made.cell)}, line {made.line}.",
                remedy="Move that cell above this one.",
                cell=unit.place.cell,
                line=_line_of_name(unit, name),
            )
        known |= unit.binds | early


def _in_order(subject: Subject) -> Iterator[Unit]:
    """Give the units in the order in which the module runs them."""
    units = {id(each.piece): each for each in subject.units}
    arranged = arrange([each.piece for each in subject.units], subject.app)
    for piece in (*arranged.outside, *arranged.inside):
        if not piece.is_import:
            yield units[id(piece)]


def _own_names(node: ast.stmt) -> frozenset[str]:
    """Give the names that a statement gives a value before it reads them, as a loop does."""
    if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)):
        walked = (each.target for each in ast.walk(node) if isinstance(each, ast.NamedExpr))
        return frozenset(each.id for each in walked)
    return frozenset(Scope.of(node).bound)


def _needed_now(node: ast.stmt, functions: Mapping[str, ast.stmt]) -> set[str]:
    """Give the names that are read while a statement runs, in the functions that it calls too."""
    names = set(_read_now(node))
    pending, seen = _called_now(node), set[str]()
    while pending:
        name = pending.pop()
        if name in seen or name not in functions:
            continue
        seen.add(name)
        function = functions[name]
        declared = {each for it in ast.walk(function) for each in getattr(it, "names", ())}
        names |= set(free_names(function)) - {each for each in declared if isinstance(each, str)}
        for part in getattr(function, "body", ()):
            pending |= _called_now(part)
    return names


def _called_now(node: ast.AST) -> set[str]:
    calls = (each for each in own_nodes(node) if isinstance(each, ast.Call))
    return {each.func.id for each in calls if isinstance(each.func, ast.Name)}


def _read_now(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name):
            if isinstance(node.ctx, ast.Load):
                yield name
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            yield from free_names(node)
        case ast.ClassDef():
            bound = set().union(*(Scope.of(part).bound for part in node.body))
            yield from (name for part in node.body for name in _read_now(part) if name not in bound)
            yield from _read_in([*node.decorator_list, *node.bases, *node.keywords])
        case ast.AugAssign(target=ast.Name(id=name)):
            yield name
            yield from _read_now(node.value)
        case _:
            yield from _read_in(_parts_run_now(node))


def _read_in(nodes: Iterable[ast.AST]) -> Iterator[str]:
    return (name for node in nodes for name in _read_now(node))


def _parts_run_now(node: ast.AST) -> Iterable[ast.AST]:
    """Give the parts of a node that run with it: neither bodies of functions nor types."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            defaults = [*node.args.defaults, *(each for each in node.args.kw_defaults if each)]
            return [*getattr(node, "decorator_list", ()), *defaults]
        case ast.AnnAssign():
            return [node.target, *([node.value] if node.value else [])]
    return ast.iter_child_nodes(node)


def _find_deleted(subject: Subject) -> Iterator[Finding]:
    """Give names that a cell deletes for good, and that functions read."""
    for at, unit in enumerate(subject.units):
        if not _deletes(unit):
            continue
        above, below = subject.units[:at], subject.units[at + 1 :]
        again = {name for each in below if not _deletes(each) for name in each.binds}
        readers = [*(each for each in above if isinstance(each.node, DEFS)), *below]
        read = {name for each in readers for name in each.piece.statement.uses}
        for name in sorted((unit.binds & read) - again):
            yield Finding(
                kind="name-not-defined",
                level="error",
                text=f"The name {name!r} is deleted here, and the app reads it.",
                remedy="Take the `del` out, or give the name another value below it.",
                cell=unit.place.cell,
                line=unit.place.line,
            )


def _deletes(unit: Unit) -> bool:
    return isinstance(unit.node, ast.Delete)


def _find_hiding(subject: Subject) -> Iterator[Finding]:
    public = frozenset(vars(builtins)) - _HIDEABLE
    flask = frozenset(name for name in flask_names() if name.islower())
    for unit in subject.units:
        if unit.piece.is_import or unit.piece.is_declared:
            continue
        for name in sorted(unit.binds & (public | flask)):
            if name.startswith("_"):
                continue
            owner = "Python" if name in public else "Flask"
            yield Finding(
                kind="name-hides",
                level="info",
                text=f"The name {name!r} is {owner}'s own, and means this value in the whole app.",
                remedy=f"Give it another name, such as '{name}_'.",
                cell=unit.place.cell,
                line=unit.place.line,
            )
