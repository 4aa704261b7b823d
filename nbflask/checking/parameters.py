"""Views whose parameters are not what their rules give them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from nbflask.errors import RuleError
from nbflask.values.rules import parse_rule
from nbflask.values.scope import DEFS

from .finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .subject import Subject

    Function = ast.FunctionDef | ast.AsyncFunctionDef

_ROUTES = frozenset({"route", "get", "post", "put", "delete", "patch"})
#: They take variables of a rule away, or give some.
_CHANGING = ("url_value_preprocessor", "url_defaults")


def look_at_parameters(subject: Subject) -> Iterator[Finding]:
    """Give views that no request can call."""
    if any(each in ast.unparse(unit.node) for unit in subject.units for each in _CHANGING):
        return
    owners = {subject.app, *_find_owners(subject)}
    for unit in subject.units:
        for view in (each for each in ast.walk(unit.node) if isinstance(each, DEFS)):
            # Another decorator may call the view as it likes.
            if not all(_is_route(each, owners) for each in view.decorator_list):
                continue
            for rule, given in _find_rules(view):
                if text := _describe(view, rule, given):
                    yield Finding(
                        kind="view-parameters",
                        level="error",
                        text=f"{text}: each request to it fails.",
                        remedy="Call a parameter as the rule calls its variable.",
                        cell=unit.place.cell,
                        line=unit.line_of(view),
                    )


def _find_owners(subject: Subject) -> Iterator[str]:
    """Give the variables of apps and blueprints: an extension gives its views more."""
    for node in (inner for each in subject.units for inner in ast.walk(each.node)):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=made)):
                if ast.unparse(made).rpartition(".")[2] in ("Flask", "Blueprint"):
                    yield name


def _is_route(decorator: ast.expr, owners: set[str]) -> bool:
    match decorator:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id=owner), attr=method),
            args=[ast.Constant(value=str(rule)), *_],
        ):
            return owner in owners and method in _ROUTES and rule.startswith("/")
    return False


def _find_rules(view: Function) -> Iterator[tuple[str, set[str]]]:
    """Give each rule with the names of what it gives, where its text tells."""
    for call in view.decorator_list:
        rule = str(call.args[0].value)  # type: ignore[attr-defined]
        given = {each.arg: each.value for each in call.keywords}  # type: ignore[attr-defined]
        defaults = given.get("defaults", ast.Dict(keys=[], values=[]))
        if None in given or not isinstance(defaults, ast.Dict):
            continue
        names = {str(each.value) for each in defaults.keys if isinstance(each, ast.Constant)}
        try:
            yield rule, names | set(parse_rule(rule).variables)
        except RuleError:
            continue


def _describe(view: Function, rule: str, given: set[str]) -> str:
    own = view.args
    plain = [each.arg for each in (*own.posonlyargs, *own.args)]
    single = dict(zip((each.arg for each in own.kwonlyargs), own.kw_defaults, strict=True))
    needed = {*plain[: len(plain) - len(own.defaults)]}
    needed |= {name for name, default in single.items() if default is None}
    missing = sorted(needed - given)
    if missing:
        return f"`{view.name}()` needs {missing[0]!r}, which the rule {rule!r} has not"
    extra = sorted(given - {*plain, *single}) if own.kwarg is None else []
    return f"`{view.name}()` takes no {extra[0]!r}, which the rule {rule!r} gives" if extra else ""
