"""What a template says of itself: what it builds on, and what it wants to be given.

Read from Jinja's own syntax tree; nothing is compiled, loaded or rendered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jinja2 import TemplateSyntaxError, meta, nodes

from .marks import Unescaped, find_assigned, find_exported, find_unescaped
from .tags import Tag, read_tags

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import Environment

_KINDS: dict[type[nodes.Node], str] = {
    nodes.Extends: "extends",
    nodes.Include: "include",
    nodes.Import: "import",
    nodes.FromImport: "import",
}
_WORDS = _KINDS | {nodes.FromImport: "from"}


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A template that another one names.

    :param kind: ``"extends"``, ``"include"`` or ``"import"``.
    :param name: ``None`` for a name that is known only when it renders.
    :param text: The expression that gives such a name.
    :param is_optional: It may be missing, or is one of several that are tried.
    """

    kind: str
    name: str | None
    line: int
    text: str = ""
    is_optional: bool = False


@dataclass(frozen=True, kw_only=True)
class Block:
    """A ``{% block %}``.

    :param is_required: Whether a child must fill it.
    """

    name: str
    line: int
    is_required: bool = False


@dataclass(frozen=True, kw_only=True)
class Macro:
    """A ``{% macro %}``.

    :param signature: As it is called, with its defaults.
    """

    name: str
    signature: str
    line: int


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What was read of a template's source.

    :param variables: What it looks up in its context, sorted; not what it sets itself, nor globals.
    :param assigned: What it sets itself; what it includes or extends sees that, too.
    :param error: Why it could not be read; the rest is then empty.
    """

    references: tuple[Reference, ...] = ()
    blocks: tuple[Block, ...] = ()
    macros: tuple[Macro, ...] = ()
    variables: tuple[str, ...] = ()
    assigned: frozenset[str] = frozenset()
    unescaped: tuple[Unescaped, ...] = ()
    tags: tuple[Tag, ...] = ()
    error: TemplateSyntaxError | None = None


def read_template(environment: Environment, name: str, source: str) -> Reading:
    """Read a template's source; a fault in it is part of what is read."""
    tags = read_tags(environment, source)
    try:
        tree = environment.parse(source, name)
        # Jinja takes each block for itself, and does not see there what stands at the top.
        variables = meta.find_undeclared_variables(tree) - find_exported(tree)
    except TemplateSyntaxError as error:
        return Reading(tags=tags, error=error)
    return Reading(
        references=tuple(_references(environment, name, tree, tags)),
        blocks=tuple(
            Block(name=each.name, line=each.lineno, is_required=each.required)
            for each in tree.find_all(nodes.Block)
        ),
        macros=tuple(
            Macro(name=each.name, signature=_signature(each), line=each.lineno)
            for each in tree.find_all(nodes.Macro)
        ),
        variables=tuple(sorted(variables)),
        assigned=find_assigned(tree),
        unescaped=tuple(find_unescaped(tree, is_escaping=escapes(environment, name))),
        tags=tags,
    )


def escapes(environment: Environment, name: str | None) -> bool:
    """Say whether autoescape is on where a template begins."""
    chosen = environment.autoescape
    return chosen if isinstance(chosen, bool) else bool(chosen(name))


def _references(
    environment: Environment, name: str, tree: nodes.Template, tags: tuple[Tag, ...]
) -> Iterator[Reference]:
    # Both are in the order of the source, so the first node of a kind stands in its first tag.
    tags_of = {word: iter([tag for tag in tags if tag.word == word]) for word in _WORDS.values()}
    for each in tree.find_all(tuple(_KINDS)):
        tag = next(tags_of[_WORDS[type(each)]], None)
        expression: nodes.Expr = each.template  # type: ignore[attr-defined]
        may_miss = bool(getattr(each, "ignore_missing", False))
        found = list(_names(expression))
        for target in found:
            yield Reference(
                kind=_KINDS[type(each)],
                name=None if target is None else environment.join_path(target, name),
                line=each.lineno,
                text=_expression_text(tag) if target is None and tag is not None else "",
                is_optional=may_miss or len(found) > 1,
            )


def _names(expression: nodes.Expr) -> Iterator[str | None]:
    """Give the names that an expression can stand for; ``None`` for what only a render knows."""
    match expression:
        case nodes.Const(value=str(name)):
            yield name
        case nodes.List(items=items) | nodes.Tuple(items=items):
            for each in items:
                yield from _names(each)
        case nodes.CondExpr(expr1=first, expr2=second):
            yield from _names(first)
            if second is not None:
                yield from _names(second)
        case _:
            yield None


def _expression_text(tag: Tag) -> str:
    words = tag.inner.strip("-+ \n").split()[1:]
    for last in ("import", "as", "ignore", "with", "without"):
        if last in words:
            words = words[: words.index(last)]
    return " ".join(words)


def _signature(macro: nodes.Macro) -> str:
    first_default = len(macro.args) - len(macro.defaults)
    parts = []
    for at, each in enumerate(macro.args):
        default = macro.defaults[at - first_default] if at >= first_default else None
        parts.append(each.name if default is None else f"{each.name}={_default_text(default)}")
    return f"{macro.name}({', '.join(parts)})"


def _default_text(default: nodes.Expr) -> str:
    return repr(default.value) if isinstance(default, nodes.Const) else "…"
