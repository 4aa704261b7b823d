"""Where a template prints without escaping, and what it prints there.

Autoescape may be off for the template (its name does not end as HTML's does) or for a part of
it, and ``|safe`` lifts it for one expression. Names that a template sets from other names are
followed back, so that ``{% set x = request.args.q %}{{ x|safe }}`` is known for what it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jinja2 import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# What Flask itself gives to templates of what the visitor sent.
_REQUEST = "request"


@dataclass(frozen=True, kw_only=True)
class Unescaped:
    """An expression that is printed as it stands.

    :param names: The variables in it that the context gives, sorted.
    :param by_filter: Whether ``|safe`` is the reason; else autoescape is off there.
    """

    line: int
    names: tuple[str, ...]
    by_filter: bool


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Something that may let a visitor's text become markup.

    :param line: ``None`` for the whole template.
    """

    line: int | None
    sentence: str


def find_assigned(tree: nodes.Template) -> frozenset[str]:
    """Give all names that the template sets itself, in whatever scope."""
    named = {each.name for each in tree.find_all(nodes.Macro)}
    for each in tree.find_all((nodes.Import, nodes.FromImport)):
        named |= _imported(each)
    return frozenset(named.union(*(_targets(target) for target, _ in _assignments(tree))))


def find_exported(tree: nodes.Template) -> frozenset[str]:
    """Give the names that the template sets outside its blocks: its blocks see them, too."""
    found: set[str] = set()
    waiting: list[nodes.Node] = list(tree.body)
    while waiting:
        node = waiting.pop()
        match node:
            case nodes.Import() | nodes.FromImport():
                found |= _imported(node)
            case nodes.Macro(name=name):
                found.add(name)
            case nodes.Assign(target=target) | nodes.AssignBlock(target=target):
                found |= _targets(target)
            case nodes.If():
                waiting += [*node.body, *node.elif_, *node.else_]
    return frozenset(found)


def _imported(node: nodes.Node) -> set[str]:
    if isinstance(node, nodes.Import):
        return {node.target}
    names = node.names if isinstance(node, nodes.FromImport) else []
    return {each if isinstance(each, str) else each[1] for each in names}


def find_unescaped(tree: nodes.Template, *, is_escaping: bool) -> Iterator[Unescaped]:
    """Give each expression with a variable in it that is printed without escaping.

    :param is_escaping: Whether autoescape is on where the template begins.
    """
    yield from _walk(tree, _aliases(tree), is_escaping)


def build_marks(
    name: str, unescaped: tuple[Unescaped, ...], *, is_escaping: bool, origins: Mapping[str, str]
) -> tuple[Mark, ...]:
    """Say what is to be looked at.

    :param origins: Variables whose last value came with the request, and what brought it:
        ``{"name": "the query parameter 'name' of exchange 3"}``.
    """
    marks = [] if is_escaping else [Mark(line=None, sentence=_say_off(name))]
    origins = {_REQUEST: "", **origins}
    for each in unescaped:
        for variable in each.names:
            if variable in origins:
                sentence = _say(variable, origins[variable], by_filter=each.by_filter)
                marks.append(Mark(line=each.line, sentence=sentence))
    return tuple(dict.fromkeys(marks))


def _say_off(name: str) -> str:
    return (
        f"Autoescape is off in {name!r}: Flask turns it on for names that end in .html, .htm, "
        ".xml, .xhtml or .svg. What a visitor sends stands here as it came."
    )


def _say(variable: str, origin: str, *, by_filter: bool) -> str:
    came = (
        "What is printed here comes from the request"
        if variable == _REQUEST
        else f"{variable!r} came from {origin}"
    )
    how = "`|safe` prints it unescaped" if by_filter else "Without autoescape it is unescaped"
    cure = "Leave `|safe` out." if by_filter else "Write `|e` behind it."
    return f"{came}. {how}: a visitor can put markup into the page. {cure}"


def _walk(
    node: nodes.Node, aliases: Mapping[str, frozenset[str]], is_escaping: bool
) -> Iterator[Unescaped]:
    match node:
        case nodes.ScopedEvalContextModifier(options=options):
            is_escaping = _switched(options, is_escaping)
        case nodes.Output(nodes=printed) if not is_escaping:
            for each in printed:
                yield from _unescaped(each, aliases, by_filter=False)
            return
        case nodes.Filter(name="safe", node=inner) if inner is not None:
            yield from _unescaped(inner, aliases, by_filter=True)
            return
    for child in node.iter_child_nodes():
        yield from _walk(child, aliases, is_escaping)


def _unescaped(
    node: nodes.Node, aliases: Mapping[str, frozenset[str]], *, by_filter: bool
) -> Iterator[Unescaped]:
    if isinstance(node, nodes.TemplateData) or _is_escaped(node):
        return
    given = _given(node, aliases)
    if given:
        yield Unescaped(line=node.lineno, names=tuple(sorted(given)), by_filter=by_filter)


def _is_escaped(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Filter) and node.name in ("e", "escape", "forceescape", "tojson")


def _given(node: nodes.Node, aliases: Mapping[str, frozenset[str]]) -> set[str]:
    """Give the names that an expression reads, followed back to those that the context gives."""
    waiting = _names_in(node)
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        waiting |= aliases.get(name, frozenset()) - seen
    return {name for name in seen if name not in aliases}


def _names_in(node: nodes.Node) -> set[str]:
    names = {node.name} if isinstance(node, nodes.Name) else set()
    return names | {each.name for each in node.find_all(nodes.Name) if each.ctx == "load"}


def _aliases(tree: nodes.Template) -> dict[str, frozenset[str]]:
    """Give each name that the template sets, with the names that its value was made of."""
    found: dict[str, frozenset[str]] = {}
    for target, value in _assignments(tree):
        for name in _targets(target):
            found[name] = found.get(name, frozenset()) | (_names_in(value) - {name})
    return found


def _assignments(tree: nodes.Template) -> Iterator[tuple[nodes.Node, nodes.Node]]:
    for node in tree.find_all((nodes.Assign, nodes.For, nodes.With, nodes.AssignBlock)):
        match node:
            case nodes.Assign(target=target, node=value):
                yield target, value
            case nodes.For(target=target, iter=value):
                yield target, value
            case nodes.With(targets=targets, values=values):
                yield from zip(targets, values, strict=True)
            case nodes.AssignBlock(target=target, body=body):
                yield from ((target, each) for each in body)


def _targets(target: nodes.Node) -> set[str]:
    if isinstance(target, nodes.Name):
        return {target.name}
    return {each.name for each in target.find_all(nodes.Name)}


def _switched(options: list[nodes.Keyword], is_escaping: bool) -> bool:
    for each in options:
        if each.key == "autoescape":
            return bool(each.value.value) if isinstance(each.value, nodes.Const) else False
    return is_escaping
