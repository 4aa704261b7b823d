"""Apps, blueprints, views and rules that are not what a reader of the notebook takes them for."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from nbflask.errors import RuleError
from nbflask.export.declared import find_place, keys_of
from nbflask.export.steps import Code, Declare, MakeApp
from nbflask.values.rules import parse_rule
from nbflask.values.scope import own_nodes
from nbflask.values.words import did_you_mean

from .finding import Finding, label_of
from .parameters import look_at_parameters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbflask.export.steps import Place, Step

    from .subject import Subject

_CONVERTERS = frozenset({"default", "string", "any", "path", "int", "float", "uuid"})


def look_at_declarations(subject: Subject) -> Iterator[Finding]:
    """Give what is declared twice, for nobody, or by a converter that is not there."""
    apps = dict(_find_apps(subject))
    if len(apps) > 1 and subject.app:
        yield from _describe_apps(subject, apps)
    else:
        yield from _find_replaced(subject)
    yield from _find_unregistered(subject)
    yield from _find_converters(subject)
    for code in (subject, *subject.modules):
        yield from look_at_parameters(code)


def _find_apps(subject: Subject) -> Iterator[tuple[str, Place]]:
    for step in subject.steps:
        match step:
            case MakeApp(is_default=False, name=name):
                yield name, step.place
            case Code(statement=statement):
                match statement.node:
                    case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=function)):
                        if ast.unparse(function).rpartition(".")[2] == "Flask":
                            yield name, step.place


def _describe_apps(subject: Subject, apps: dict[str, Place]) -> Iterator[Finding]:
    for name, place in apps.items():
        # One that this app uses, as a middleware mounts it, is exported with it.
        if name != subject.app and name not in subject.makers:
            yield Finding(
                kind="app-not-exported",
                level="info",
                text=f"The app {name!r} is not the one that is exported, which is {subject.app!r}.",
                remedy=f"Check and export it by `--app {name}`.",
                cell=place.cell,
                line=place.line,
            )


def _find_replaced(subject: Subject) -> Iterator[Finding]:
    """Give views that a later cell declares again."""
    former: dict[tuple[str, ...], Step] = {}
    left: dict[int, set[tuple[str, ...]]] = {}
    for step in subject.steps:
        # A view whose endpoint alone is another's keeps its rules.
        keys = {key for key in _keys_of(step, subject.app) if key[0] != "endpoint"}
        left[id(step)] = keys
        for key in sorted(keys):
            earlier = former.get(key)
            former[key] = step
            if earlier is None or earlier is step:
                continue
            left[id(earlier)] = left[id(earlier)] - {key}
            if left[id(earlier)]:
                continue
            yield Finding(
                kind="view-replaced",
                level="info",
                text=f"{label_of(step.place.cell)}, declares this again, and only the later one is "
                "exported.".replace(", declares", " declares"),
                remedy="Delete the earlier cell, if it is not there to be read.",
                cell=earlier.place.cell,
                line=earlier.place.line,
            )


def _keys_of(step: Step, app: str) -> Iterator[tuple[str, ...]]:
    match step:
        case Declare(kind="route", arguments=given, body=body):
            owner = step.blueprint or step.app or app
            yield "endpoint", owner, str(given.get("endpoint") or body.name)
            place = find_place({name: repr(value) for name, value in given.items()})
            for method in given.get("methods") or ("GET",):
                yield "rule", owner, str(given["rule"]), str(method), *place
        case Code(statement=statement):
            keys = keys_of(statement.node)
            yield from (key for key in sorted(keys) if key[0] in ("endpoint", "rule", "added"))


def _find_unregistered(subject: Subject) -> Iterator[Finding]:
    """Give blueprints that no app has."""
    statements = [each.statement for each in subject.steps if isinstance(each, Code)]
    handed = {
        inner.id
        for statement in statements
        for node in ast.walk(statement.node)
        for inner in _handed(node)
    }
    for step in subject.steps:
        match step:
            case Code(statement=statement):
                pass
            case _:
                continue
        match statement.node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=function)):
                is_blueprint = ast.unparse(function).rpartition(".")[2] == "Blueprint"
                if is_blueprint and name not in handed:
                    yield Finding(
                        kind="blueprint-not-registered",
                        level="warning",
                        text=f"The blueprint {name!r} is registered on no app: its routes answer "
                        "nowhere.",
                        remedy=f"Write `{subject.app or 'app'}.register_blueprint({name})` in a "
                        "cell.",
                        cell=step.place.cell,
                        line=step.place.line,
                    )


def _handed(node: ast.AST) -> Iterator[ast.Name]:
    """Give names that are passed on, as arguments, in lists, or returned."""
    match node:
        case ast.Call(args=args, keywords=keywords):
            parts = [*args, *(each.value for each in keywords)]
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            pass
        case ast.Return(value=ast.expr() as value) | ast.Assign(value=value):
            parts = [value]
        case _:
            return
    yield from (each for each in parts if isinstance(each, ast.Name))


def _find_converters(subject: Subject) -> Iterator[Finding]:
    known = _find_known_converters(subject)
    if known is None:
        return
    for unit in subject.units:
        for rule in _rules_of(unit.piece.statement.node):
            for name in _unknown(rule, known):
                yield Finding(
                    kind="converter-missing",
                    level="error",
                    text=f"The rule {rule!r} has the converter {name!r}, which nobody gives.",
                    remedy=f"Write `app.url_map.converters[{name!r}] = ...` in a cell above."
                    f"{did_you_mean(name, known)}",
                    cell=unit.place.cell,
                    line=unit.place.line,
                )


def _find_known_converters(subject: Subject) -> set[str] | None:
    """Give the names of all converters; ``None`` where text does not tell."""
    if getattr(subject.program, "modules", ()):
        return None
    known = set(_CONVERTERS)
    for node in (each for unit in subject.units for each in ast.walk(unit.node)):
        match node:
            case ast.Subscript(
                value=ast.Attribute(attr="converters"), slice=ast.Constant(value=str(name))
            ):
                known.add(name)
            case ast.Attribute(value=ast.Attribute(attr="converters")):
                return None
    return known


def _rules_of(node: ast.stmt) -> Iterator[str]:
    yield from sorted({key[2] for key in keys_of(node) if key[0] == "rule"})
    for call in own_nodes(node):
        match call:
            case ast.Call(
                func=ast.Attribute(attr="add_url_rule"), args=[ast.Constant(value=str(rule)), *_]
            ):
                yield rule


def _unknown(rule: str, known: set[str]) -> list[str]:
    try:
        converters = parse_rule(rule).converters
    except RuleError:
        return []
    return sorted(set(converters) - known)
