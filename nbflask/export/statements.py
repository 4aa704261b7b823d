"""Python's text as statements that keep their comments, and what each does with names."""

from __future__ import annotations

import ast
import io
import tokenize
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import zip_longest
from typing import TYPE_CHECKING

from nbflask.values.scope import DEFS, Scope, own_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement of a cell.

    :param text: Its lines, with the comments above it; without a line end.
    :param line: The number of its first line in the cell, from 1.
    """

    text: str
    node: ast.stmt
    line: int

    @cached_property
    def binds(self) -> frozenset[str]:
        """Names that it gives a value in its own scope."""
        scope = Scope.of(self.node)
        return frozenset(scope.bound | scope.augmented)

    @cached_property
    def uses(self) -> frozenset[str]:
        """Names that it or anything in it reads and does not make itself, as far as text tells."""
        return frozenset(free_names(self.node))

    @cached_property
    def uses_at_once(self) -> frozenset[str]:
        """Those names that are read while the statement runs, not in a call of what it defines."""
        found = own_nodes(self.node)
        names = {
            each.id
            for each in found
            if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Store)
        }
        if isinstance(self.node, ast.ClassDef):
            names |= {name for part in self.node.body for name in free_names(part)}
        return frozenset(names)

    @cached_property
    def changes(self) -> frozenset[str]:
        """Names whose objects it changes, as far as text tells: what is stored into, called on."""
        found: set[str] = set()
        for each in own_nodes(self.node):
            if isinstance(each, (ast.Attribute, ast.Subscript)):
                if not isinstance(each.ctx, ast.Load):
                    found.add(root_name(each))
            elif isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute):
                found.add(root_name(each.func))
        return frozenset(found - {""})


def parse_statements(text: str, first_line: int = 1) -> tuple[Statement, ...]:
    """Divide a text into its statements.

    What shares a line with another statement is one with it in text only: each such
    statement is written anew from its tree.

    :raises SyntaxError: Of Python's own, with the cell's line.
    """
    tree = ast.parse("\n" * (first_line - 1) + text)
    # Python's own lines: in a text a form feed or U+2028 ends none.
    lines = ["" for _ in range(first_line - 1)] + text.split("\n")
    found: list[Statement] = []
    taken = first_line - 1
    for node, following in zip_longest(tree.body, tree.body[1:]):
        begin, end = _first_line(node), node.end_lineno or node.lineno
        shares = begin <= taken or (following is not None and _first_line(following) <= end)
        if shares:
            piece = ast.unparse(node)
        else:
            piece = "\n".join([*_comments(lines[taken : begin - 1]), *lines[begin - 1 : end]])
        found.append(Statement(text=piece, node=node, line=begin))
        taken = max(taken, end)
    return tuple(found)


def rewrite(statement: Statement, text: str) -> Statement:
    """Give a statement with another text, in the same place of its cell."""
    (written,) = parse_statements(text)
    ast.increment_lineno(written.node, statement.line - written.line)
    return replace(written, line=statement.line)


def free_names(node: ast.AST) -> Iterator[str]:
    """Give the names that code reads from around itself: neither its own nor its parameters."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            yield from _free_in_function(node)
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            targets = {
                each.id
                for generator in node.generators
                for each in ast.walk(generator.target)
                if isinstance(each, ast.Name)
            }
            yield from (name for name in _free_in_children(node) if name not in targets)
        case ast.ClassDef():
            # A method does not see the names of its class.
            bound = set().union(*(Scope.of(part).bound for part in node.body))
            outer = [*node.decorator_list, *node.bases, *(each.value for each in node.keywords)]
            yield from (name for part in outer for name in free_names(part))
            for part in node.body:
                hidden = set() if isinstance(part, DEFS) else bound
                yield from (name for name in free_names(part) if name not in hidden)
        case ast.Name(id=name, ctx=context):
            if not isinstance(context, ast.Store):
                yield name
        case ast.AugAssign(target=ast.Name(id=name)):
            yield name
            yield from _free_in_children(node)
        case _:
            yield from _free_in_children(node)


def indent(text: str, depth: int = 1) -> str:
    """Indent code by four spaces a depth; lines within a string stay as they are."""
    if not depth:
        return text
    fixed = _lines_in_strings(text)
    lines = text.split("\n")
    return "\n".join(
        line if number in fixed or not line.strip() else f"{'    ' * depth}{line}"
        for number, line in enumerate(lines, start=1)
    )


def _free_in_children(node: ast.AST) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        yield from free_names(child)


def _free_in_function(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Iterator[str]:
    arguments = node.args
    parameters = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    parameters += [each for each in (arguments.vararg, arguments.kwarg) if each is not None]
    outer: list[ast.AST] = [*arguments.defaults, *(each for each in arguments.kw_defaults if each)]
    outer += [each.annotation for each in parameters if each.annotation]
    body: Sequence[ast.AST]
    if isinstance(node, ast.Lambda):
        body, bound = [node.body], set[str]()
    else:
        outer += [*node.decorator_list, *([node.returns] if node.returns else [])]
        body = node.body
        scope = Scope.of(ast.Module(body=node.body, type_ignores=[]))
        bound = (scope.bound | scope.augmented) - scope.declared
        yield from scope.declared
    own = bound | {each.arg for each in parameters}
    yield from (name for part in outer for name in free_names(part))
    yield from (name for part in body for name in free_names(part) if name not in own)


def root_name(node: ast.expr) -> str:
    """Give the name that a chain of attributes, items and calls begins with."""
    while True:
        match node:
            case ast.Attribute(value=inner) | ast.Subscript(value=inner) | ast.Call(func=inner):
                node = inner
            case ast.Name(id=name):
                return name
            case _:
                return ""


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(each.lineno for each in decorators)])


def _comments(lines: Sequence[str]) -> list[str]:
    """Give the comments that stand right above a statement, without empty lines around them."""
    kept: list[str] = []
    for line in reversed(lines):
        if not line.strip().startswith("#"):
            break
        kept.insert(0, line)
    return kept


def _lines_in_strings(text: str) -> set[int]:
    """Give the numbers of the lines that begin within a string."""
    found: set[int] = set()
    starts: list[int] = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        name = tokenize.tok_name[token.type]
        if name == "STRING":
            found.update(range(token.start[0] + 1, token.end[0] + 1))
        elif name in ("FSTRING_START", "TSTRING_START"):  # Since Python 3.12.
            starts.append(token.start[0])
        elif name in ("FSTRING_END", "TSTRING_END"):
            found.update(range(starts.pop() + 1, token.end[0] + 1))
    return found
