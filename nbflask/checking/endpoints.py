"""The endpoints that an app has, as far as its text tells."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbflask.export.declared import keys_of
from nbflask.export.statements import root_name
from nbflask.values.scope import DEFS

from .calls import find_calls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .calls import Call
    from .subject import Subject

# They give an app endpoints of their own, or by names that text does not show.
_OPEN_PACKAGES = frozenset(
    {
        *("flask_restful", "flask_restx", "flask_smorest", "flask_classful", "flask_appbuilder"),
        *("flask_openapi3", "apiflask", "connexion", "dash", "flasgger", "flask_apispec"),
    }
)
# They give an app no endpoint at all.
_QUIET_PACKAGES = frozenset(
    {
        *("flask", "flask_sqlalchemy", "flask_login", "flask_wtf", "flask_caching", "flask_sock"),
        *("flask_migrate", "flask_mail", "flask_cors", "flask_session", "flask_limiter"),
        *("flask_talisman", "flask_bcrypt", "flask_marshmallow", "flask_compress"),
    }
)


@dataclass(frozen=True, kw_only=True)
class Endpoints:
    """The endpoints of an app.

    :param is_open: There may be others.
    :param has_others: There may be others of blueprints that are not in the notebook.
    """

    names: frozenset[str]
    is_open: bool = False
    has_others: bool = False

    def __contains__(self, name: str) -> bool:
        """Whether an endpoint is there, or may be."""
        if self.is_open or name in self.names or name.rpartition(".")[2] == "static":
            return True
        if name.startswith("."):
            return any(each.endswith(name) for each in self.names)
        # A blueprint may be within others.
        if name.count(".") > 1:
            return name.split(".", name.count(".") - 1)[-1] in self.names
        return self.has_others and "." in name


def find_endpoints(subject: Subject) -> Endpoints:
    """Find the endpoints of the app and its blueprints."""
    blueprints = {name: _name_of(subject, name) for name in subject.owners - {subject.app}}
    found = {
        _join(blueprints.get(owner, ""), endpoint)
        for unit in subject.units
        for node in (unit.piece.statement.node, *ast.walk(unit.node))
        if isinstance(node, DEFS)
        for kind, owner, endpoint, *_ in keys_of(node)
        if kind == "endpoint"
    }
    is_open = has_others = False
    for call in find_calls(subject):
        if call.last == "add_url_rule":
            endpoint = _find_added(call)
            is_open |= endpoint is None
            found.add(_join(blueprints.get(root_name(call.node.func), ""), endpoint or ""))
        elif call.last == "register_blueprint":
            registered = call.argument(0)
            is_own = isinstance(registered, ast.Name) and registered.id in blueprints
            has_others |= not is_own or call.argument(9, "name") is not None
    flasks = {each for each in subject.packages if each.startswith("flask_")}
    is_open |= bool(subject.packages & _OPEN_PACKAGES) or "" in blueprints.values()
    return Endpoints(
        names=frozenset(found - {""}),
        is_open=is_open or bool(getattr(subject.program, "modules", ())),
        has_others=has_others or bool(flasks - _QUIET_PACKAGES),
    )


def _name_of(subject: Subject, blueprint: str) -> str:
    """Give the name that a blueprint's variable has as the first part of its endpoints."""
    value = getattr(subject.makers[blueprint].node, "value", None)
    for each in _texts(value):
        return each
    return ""


def _texts(value: ast.expr | None) -> Iterator[str]:
    if isinstance(value, ast.Call):
        for each in (*value.args[:1], *(it.value for it in value.keywords if it.arg == "name")):
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                yield each.value


def _find_added(call: Call) -> str | None:
    """Give the endpoint of a rule that is added; ``None`` if text does not tell."""
    endpoint = call.argument(1, "endpoint")
    if endpoint is not None:
        return call.text(1, "endpoint")
    match call.argument(2, "view_func"):
        case ast.Name(id=name):
            return name
        case ast.Call(func=ast.Attribute(attr="as_view"), args=[ast.Constant(value=str(name)), *_]):
            return name
    return None


def _join(blueprint: str, endpoint: str) -> str:
    return f"{blueprint}.{endpoint}" if blueprint and endpoint else endpoint
