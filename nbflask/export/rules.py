"""The rules of an app as its statements tell: what Flask would list, and the cell of each.

Nothing is imported or run, so a rule that is computed is shown as the code that computes it, and
what an extension adds by itself is not seen.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from .collecting import build_program
from .interpreting import interpret
from .module_names import find_lines, read_parts, without_owners

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .collecting import Program
    from .module_names import Line, PartOfModule
    from .notebooks import SourceNotebook

_METHODS = ("get", "post", "put", "delete", "patch")
_VIEW_METHODS = frozenset({*_METHODS, "head", "options", "trace"})
# Blueprints within blueprints, so deep at most: one that is in itself has no end.
_MAX_DEPTH = 10


@dataclass(frozen=True, kw_only=True)
class DeclaredRule:
    """A rule of an app.

    :param methods: In alphabetical order, without those that Flask adds by itself.
    :param cell: The number of the cell that declares it; ``None`` for Flask's own.
    :param purpose: The first line of the view's docstring, or ``""``.
    """

    rule: str
    endpoint: str
    methods: tuple[str, ...]
    cell: int | None
    purpose: str = ""


def list_declared_rules(
    notebook: SourceNotebook, app: str | None = None
) -> tuple[DeclaredRule, ...]:
    """List the rules of an app of a notebook.

    :param app: The app's variable; by default ``app``, else the last one.
    :raises NotebookError: A cell is not Python or not what its magic takes, or no app is there.
    """
    steps = interpret(notebook)
    reading = _read(build_program(notebook, steps, app), read_parts(steps))
    return tuple(dict.fromkeys([*reading.rules(), *reading.static_rules()]))


def list_views(program: Program) -> tuple[DeclaredRule, ...]:
    """List the rules that lead to the app's views; those of own modules follow, without a cell."""
    parts = [(each.path, node, None) for each in program.modules for node in each.nodes]
    return tuple(dict.fromkeys(_read(program, parts).rules()))


def _read(program: Program, parts: Sequence[PartOfModule]) -> _Reading:
    reading = _Reading(app=program.app)
    lines = list(find_lines(program, parts))
    for line in lines:
        reading.read_makings(line)
    for line in lines:
        reading.read_rules(line)
    return reading


@dataclass(frozen=True, kw_only=True)
class _Rule:
    """A rule as an app or a blueprint is given it."""

    owner: str
    rule: str
    endpoint: str
    methods: tuple[str, ...]
    cell: int | None
    purpose: str = ""


@dataclass(frozen=True, kw_only=True)
class _Mount:
    """Where something is in the app.

    :param name: What its endpoints begin with; empty, or ends in a dot.
    """

    prefix: str = ""
    name: str = ""


@dataclass
class _Reading:
    """What the statements say.

    :param apps: The variables of the app, inside of functions too.
    :param extensions: The variables of what is made with the app.
    :param makings: The call that makes an app or a blueprint, by the variable.
    :param views: Calls of ``as_view``, by the variable.
    :param registrations: The blueprint's variable and the call, by the owner's.
    """

    app: str
    apps: set[str] = field(default_factory=set)
    extensions: set[str] = field(default_factory=set)
    makings: dict[str, tuple[ast.Call, int | None]] = field(default_factory=dict)
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    views: dict[str, ast.Call] = field(default_factory=dict)
    registrations: dict[str, list[tuple[str, ast.Call]]] = field(default_factory=dict)
    found: list[_Rule] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.apps.add(self.app)

    def read_makings(self, line: Line) -> None:
        """Note what is made and registered."""
        for node in ast.walk(line.node):
            match node:
                case ast.ClassDef(name=name):
                    self.classes[name] = node
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call):
                    self._note_making(name, call, line)
                case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=attr)):
                    blueprint = _argument(node, 0, "blueprint")
                    if attr == "register_blueprint" and isinstance(blueprint, ast.Name):
                        self.registrations.setdefault(owner, []).append((blueprint.id, node))

    def _note_making(self, name: str, call: ast.Call, line: Line) -> None:
        called = ast.unparse(call.func).rpartition(".")[2]
        # A variable of the module's own is another app, which this one mounts.
        if called == "Flask" and name not in line.binds:
            self.apps.add(name)
        if called in ("Flask", "Blueprint"):
            self.makings[name] = (call, line.cell)
        elif called == "as_view":
            self.views[name] = call
        elif any(isinstance(each, ast.Name) and each.id in self.apps for each in call.args):
            # An extension may have rules of its own, as Sock(app) has.
            self.extensions.add(name)

    def read_rules(self, line: Line) -> None:
        """Note the rules that a statement declares, in the order of its lines."""
        found = ast.walk(line.node)
        nodes = [each for each in found if isinstance(each, ast.stmt | ast.expr)]
        for node in sorted(nodes, key=lambda each: (each.lineno, each.col_offset)):
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    # Flask is given the lowest decorator's first.
                    for each in reversed(node.decorator_list):
                        if isinstance(each, ast.Call):
                            self._note_route(each, node, line)
                case ast.Call(func=ast.Attribute(attr="add_url_rule")):
                    self._note_url_rule(node, line)

    def _note_route(
        self, call: ast.Call, view: ast.FunctionDef | ast.AsyncFunctionDef, line: Line
    ) -> None:
        match call.func:
            case ast.Attribute(value=ast.Name(id=owner), attr=method):
                if method != "route" and method not in _METHODS:
                    return
            case _:
                return
        default = ("GET",) if method == "route" else (method.upper(),)
        endpoint = _text(_argument(call, 9, "endpoint")) or view.name
        self._note(call, owner, endpoint, default, line)
        purpose = (ast.get_docstring(view) or "").partition("\n")[0]
        self.found[-1] = replace(self.found[-1], purpose=purpose)

    def _note_url_rule(self, call: ast.Call, line: Line) -> None:
        owner = ast.unparse(call.func).rpartition(".")[0]
        view = _argument(call, 2, "view_func")
        making = self.views.get(view.id) if isinstance(view, ast.Name) else view
        name = without_owners(ast.unparse(view)) if view else ""
        methods: tuple[str, ...] = ("GET",)
        if isinstance(making, ast.Call) and isinstance(making.func, ast.Attribute):
            name = _text(_argument(making, 0, "name"))
            methods = self._methods_of(without_owners(ast.unparse(making.func.value)))
        endpoint = _text(_argument(call, 1, "endpoint")) or name
        self._note(call, owner, endpoint, methods, line)

    def _note(
        self, call: ast.Call, owner: str, endpoint: str, methods: Sequence[str], line: Line
    ) -> None:
        rule = _argument(call, 0, "rule")
        named = _argument(call, 9, "methods")
        if isinstance(named, ast.List | ast.Tuple | ast.Set):
            methods = [_text(each).upper() for each in named.elts]
        self.found.append(
            _Rule(
                owner=owner,
                rule=_text(rule),
                endpoint=endpoint,
                methods=tuple(sorted(methods)),
                cell=line.cell,
            )
        )

    def _methods_of(self, view_class: str) -> tuple[str, ...]:
        body = self.classes[view_class].body if view_class in self.classes else []
        own = {each.name for each in body if isinstance(each, ast.FunctionDef)}
        return tuple(each.upper() for each in own & _VIEW_METHODS) or ("GET",)

    def rules(self) -> Iterator[DeclaredRule]:
        """Give each rule once for each place where it is registered."""
        for each in self.found:
            for mount in self._mounts(each.owner):
                yield _place(each, mount)

    def static_rules(self) -> Iterator[DeclaredRule]:
        """Give the rules of folders of static files."""
        for name, (call, cell) in sorted(self.makings.items(), key=lambda each: each[1][1] or 0):
            if name in self.apps and name != self.app:
                continue
            folder = _argument(call, 9, "static_folder")
            named = _text(folder) if folder else ("static" if name in self.apps else "")
            if not named or named == "None":
                continue
            path = _text(_argument(call, 9, "static_url_path")) or f"/{PurePosixPath(named).name}"
            rule = _Rule(
                owner=name,
                rule=f"{path.rstrip('/')}/<path:filename>",
                endpoint="static",
                methods=("GET",),
                cell=cell,
            )
            for mount in self._mounts(name):
                yield _place(rule, mount, is_flasks_own=True)
        if self.app not in self.makings:
            rule_text = "/static/<path:filename>"
            yield DeclaredRule(rule=rule_text, endpoint="static", methods=("GET",), cell=None)

    def _mounts(self, owner: str, depth: int = 0) -> Iterator[_Mount]:
        """Give each place that an app or a blueprint is at; none where it is not registered."""
        if owner in self.apps | self.extensions or self._is_handed(owner):
            yield _Mount()
            return
        if owner not in self.makings or depth > _MAX_DEPTH:
            return
        making = self.makings[owner][0]
        for parent, registered in self.registrations.items():
            for blueprint, call in registered:
                if blueprint != owner:
                    continue
                own = _argument(call, 9, "url_prefix") or _argument(making, 9, "url_prefix")
                name = _text(_argument(call, 9, "name") or _argument(making, 0, "name"))
                for outer in self._mounts(parent, depth + 1):
                    yield _Mount(
                        prefix=_join(outer.prefix, _text(own)), name=f"{outer.name}{name}."
                    )

    def _is_handed(self, owner: str) -> bool:
        """Say whether a module's name is that of an app which its functions are given."""
        plain = without_owners(owner)
        apps = map(without_owners, self.apps)
        return plain != owner and owner not in self.makings and plain in apps


def _place(rule: _Rule, mount: _Mount, *, is_flasks_own: bool = False) -> DeclaredRule:
    return DeclaredRule(
        rule=_join(mount.prefix, rule.rule) if mount.prefix else rule.rule,
        endpoint=f"{mount.name}{rule.endpoint}",
        methods=rule.methods,
        cell=None if is_flasks_own and not mount.name else rule.cell,
        purpose=rule.purpose,
    )


def _join(prefix: str, rule: str) -> str:
    """Join as blueprints do: one slash between, and none for an empty rule."""
    if not rule:
        return prefix
    return f"{prefix.rstrip('/')}/{rule.lstrip('/')}" if prefix else rule


def _argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    named = {each.arg: each.value for each in call.keywords}
    if name in named:
        return named[name]
    return call.args[position] if position < len(call.args) else None


def _text(node: ast.expr | None) -> str:
    """Give a literal's text; code as it is written."""
    match node:
        case None | ast.Constant(value=None):
            return ""
        case ast.Constant(value=value):
            return str(value)
    return without_owners(ast.unparse(node))
