"""Code of cells as code of tests: fixtures are handed on, and what was shown is asserted."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from ..edits import Edit, apply_edits, replacing
from ..statements import rewrite
from .targets import find_requests
from .trials import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ..statements import Statement

# What an expression gives, by its last attribute, as a pattern of how it is printed.
_PRINTED = {
    "status": r"\d{3} [A-Z][A-Z' -]*",
    "status_code": r"\d{3}",
    "location": r"\S+",
    "mimetype": r"\S+",
    "text": r".+",
    "json": r"[\[{].*[\]}]",
}
_PAIRS: tuple[tuple[type[ast.cmpop], type[ast.cmpop]], ...] = (
    (ast.In, ast.NotIn),
    (ast.Is, ast.IsNot),
    (ast.Eq, ast.NotEq),
    (ast.Lt, ast.GtE),
    (ast.Gt, ast.LtE),
)
_OPPOSITES = {**dict(_PAIRS), **{second: first for first, second in _PAIRS}}
_AS_LITERAL = frozenset({"status_code", "json", "truth"})


def hand_fixtures(text: str, own: Sequence[str], callees: Mapping[str, Sequence[str]]) -> str:
    """Give code that takes fixtures as parameters, and hands them to the functions that it calls.

    :param own: The fixtures that a definition takes; they become its first parameters.
    :param callees: The fixtures that each function takes, by its name.
    """
    tree = ast.parse(text)
    edits = list(_call_edits(tree, callees))
    node = tree.body[0]
    if own and isinstance(node, FUNCTIONS):
        edits.append(_parameter_edit(text, node, own))
    elif own and isinstance(node, ast.ClassDef):
        methods = [each for each in node.body if isinstance(each, ast.FunctionDef)]
        edits += [
            _parameter_edit(text, each, taken)
            for each in methods
            if (taken := _taken(each, own, callees))
        ]
    return apply_edits(text, edits) if edits else text


def rename(text: str, name: str, new: str) -> str:
    """Give code in which a variable has another name."""
    if name == new:
        return text
    found = (each for each in ast.walk(ast.parse(text)) if isinstance(each, ast.Name))
    return apply_edits(text, [replacing(each, new) for each in found if each.id == name])


def is_only_called(name: str, tree: ast.AST) -> bool:
    """Say whether code does nothing with a function but call it."""
    called = {id(each.func) for each in ast.walk(tree) if isinstance(each, ast.Call)}
    return all(
        id(each) in called
        for each in ast.walk(tree)
        if isinstance(each, ast.Name) and each.id == name
    )


def _taken(
    method: ast.FunctionDef, own: Sequence[str], callees: Mapping[str, Sequence[str]]
) -> list[str]:
    """Give the fixtures that one method of a class needs."""
    used = {each.id for each in ast.walk(method) if isinstance(each, ast.Name)}
    used |= {fixture for name in used & set(callees) for fixture in callees[name]}
    given = {each.arg for each in method.args.args}
    return [each for each in own if each in used - given]


def _parameter_edit(
    text: str, node: ast.FunctionDef | ast.AsyncFunctionDef, own: Sequence[str]
) -> Edit:
    words = ", ".join(own)
    given = [*node.args.posonlyargs, *node.args.args]
    if given and given[0].arg in ("self", "cls"):
        place = (given[0].end_lineno or 0, given[0].end_col_offset or 0)
        return Edit(start=place, end=place, text=f", {words}")
    has_more = bool(given or node.args.vararg or node.args.kwonlyargs or node.args.kwarg)
    lines = text.split("\n")
    line = lines[node.lineno - 1].encode()
    found = re.compile(rb"def\s+\w+\s*(?:\[[^\]]*\]\s*)?\(").search(line, node.col_offset)
    at = (node.lineno, found.end() if found else 0)
    return Edit(start=at, end=at, text=f"{words}, " if has_more else words)


def _call_edits(tree: ast.AST, callees: Mapping[str, Sequence[str]]) -> Iterator[Edit]:
    for each in ast.walk(tree):
        match each:
            case ast.Call(func=ast.Name(id=name) as function) if callees.get(name):
                words = ", ".join(callees[name])
                has_more = bool(each.args or each.keywords)
                # Behind the bracket that opens the arguments.
                place = (function.end_lineno or 0, (function.end_col_offset or 0) + 1)
                yield Edit(start=place, end=place, text=f"{words}, " if has_more else words)


def assert_shown(text: str, shown: str) -> str:
    """Give asserts in place of an expression whose value is stored; ``""`` if it cannot be told."""
    expression = ast.parse(text).body[0]
    if not isinstance(expression, ast.Expr):
        return ""
    value = _read_literal(shown)
    if value is None:
        return ""
    node = expression.value
    comments = text[: _offset(text, node)]
    if isinstance(node, ast.Tuple) and isinstance(value, ast.Tuple):
        if len(node.elts) != len(value.elts):
            return ""
        pairs = list(zip(node.elts, value.elts, strict=True))
    else:
        pairs = [(node, value)]
    return comments + "\n".join(_write_assert(text, each, ast.unparse(of)) for each, of in pairs)


def assert_printed(text: str, lines: list[str]) -> str | None:
    """Give asserts in place of calls of ``print()``, and take the lines that they printed.

    :returns: ``None`` if something is printed that cannot be told.
    """
    edits: list[Edit] = []
    for each in _prints(ast.parse(text)):
        written = _assert_line(text, each, lines.pop(0)) if lines else None
        if written is None:
            return None
        edits.append(replacing(each, f"\n{' ' * each.col_offset}".join(written)))
    return apply_edits(text, edits)


def without_prints(text: str) -> str:
    """Give code that prints nothing, and still sends the requests that were printed."""
    edits: list[Edit] = []
    for each in _prints(ast.parse(text)):
        calls = [ast.get_source_segment(text, call) or "" for call in find_requests(each)]
        edits.append(replacing(each, f"\n{' ' * each.col_offset}".join(calls) or "pass"))
    return apply_edits(text, edits)


def without_displays(statement: Statement) -> Statement | None:
    """Give a statement that displays nothing, and still sends the requests that were displayed.

    :returns: ``None`` if it does nothing else.
    """
    node = ast.parse(statement.text).body[0]
    if not any(map(_is_display, ast.walk(node))):
        return statement
    written = _WithoutDisplays().visit(node)
    return rewrite(statement, ast.unparse(written)) if written else None


class _WithoutDisplays(ast.NodeTransformer):
    """Leaves requests of what is displayed, and each block with a statement."""

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        if not _is_display(node):
            return node
        asked = find_requests(node)
        # Of several what each gives is looked at by nobody.
        value = ast.Tuple(elts=list(asked), ctx=ast.Load()) if len(asked) > 1 else None
        return ast.Expr(value=value or asked[0]) if asked else None

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        if getattr(node, "body", None) == []:
            node.body = [ast.Pass()]  # type: ignore[attr-defined]
        return node


def _is_display(node: ast.AST) -> bool:
    match node:
        case ast.Expr(value=ast.Call(func=ast.Name(id="display"))):
            return True
    return False


def has_prints(node: ast.AST) -> bool:
    """Say whether code prints."""
    return any(_is_print(each) for each in ast.walk(node))


def _prints(tree: ast.AST) -> list[ast.Call]:
    found = [each for each in ast.walk(tree) if isinstance(each, ast.Call) and _is_print(each)]
    return sorted(found, key=lambda each: (each.lineno, each.col_offset))


def _is_print(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="print" | "pprint" | "display")):
            return True
    return False


def _assert_line(text: str, call: ast.Call, line: str) -> list[str] | None:
    """Give the asserts that say what a call has printed."""
    kinds = [_kind(each) for each in call.args]
    if call.keywords or not kinds or None in kinds:
        return None
    known = [each for each in kinds if each is not None]
    patterns = (_PRINTED.get(each, r"True|False") for each in known)
    found = re.fullmatch(" ".join(f"({each})" for each in patterns), line)
    if found is None:
        return None
    written = []
    for node, kind, shown in zip(call.args, known, found.groups(), strict=True):
        if kind not in _AS_LITERAL:
            written.append(_write_assert(text, node, repr(shown)))
        elif (value := _read_literal(shown)) is not None:
            written.append(_write_assert(text, node, ast.unparse(value)))
        else:
            return None
    return written


def _kind(node: ast.expr) -> str | None:
    match node:
        case ast.Attribute(attr=attr) if attr in _PRINTED:
            return attr
        case ast.Call(func=ast.Name(id="url_for")):
            return "location"
        case ast.Compare():
            return "truth"
    return None


def _write_assert(text: str, node: ast.expr, value: str) -> str:
    code = ast.get_source_segment(text, node) or ast.unparse(node)
    if isinstance(node, ast.Attribute) and node.attr == "status":
        # As whoever compares it would write it.
        return f"assert {code}_code == {ast.literal_eval(value)[:3]}"
    if value == "True":
        return f"assert {code}"
    match node:
        case ast.Compare(ops=[operation]) if value == "False":
            turned = ast.Compare(
                left=node.left, ops=[_opposite(operation)], comparators=node.comparators
            )
            return f"assert {ast.unparse(turned)}"
        case ast.Compare() | ast.BoolOp() | ast.IfExp() | ast.Lambda() | ast.NamedExpr():
            code = f"({code})"
    if value == "False":
        return f"assert not {code}"
    return f"assert {code} {'is' if value == 'None' else '=='} {value}"


def _opposite(operation: ast.cmpop) -> ast.cmpop:
    return _OPPOSITES[type(operation)]()


def _read_literal(text: str) -> ast.expr | None:
    """Read what IPython has shown of a value, if it says all of it."""
    try:
        node = ast.parse(text.strip(), mode="eval").body
        ast.literal_eval(node)
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        return None
    is_cut = any(isinstance(each, ast.Constant) and each.value is ... for each in ast.walk(node))
    return None if is_cut else node


def _offset(text: str, node: ast.expr) -> int:
    above = text.split("\n")[: node.lineno - 1]
    return sum(len(line) + 1 for line in above)
