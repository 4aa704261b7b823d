"""Which line of a tag over several lines is to blame.

The compiled code knows one line for the whole tag. The name that an error speaks of, or the filter
that raised it, stands in one of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jinja2 import TemplateSyntaxError, UndefinedError, nodes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

    from jinja2 import Environment

_VARIABLE = re.compile(r"^'(?P<name>\w+)' is undefined")
_ATTRIBUTE = re.compile(r"has no (?:attribute|element) '?(?P<name>\w+)'?")


def find_line(
    error: BaseException, environment: Environment, source: str, lines: range
) -> int | None:
    """Give the line that an error is in, among those of a tag; ``None`` if nothing says which."""
    try:
        tree = environment.parse(source)
    except TemplateSyntaxError:
        return None
    within = (node for node in tree.find_all(nodes.Expr) if node.lineno in lines)
    blamed = [node.lineno for node in within if _is_to_blame(node, error, environment)]
    return min(blamed, default=None)


def _is_to_blame(node: nodes.Expr, error: BaseException, environment: Environment) -> bool:
    match node:
        case nodes.Name(name=name):
            return name in _unknown(_VARIABLE, error)
        case nodes.Getattr(attr=name):
            return name in _unknown(_ATTRIBUTE, error)
        case nodes.Getitem(arg=nodes.Const(value=name)):
            return str(name) in _unknown(_ATTRIBUTE, error)
        case nodes.Filter(name=name):
            return _code(environment.filters.get(name)) in set(_codes(error))
        case nodes.Test(name=name):
            return _code(environment.tests.get(name)) in set(_codes(error))
        case _:
            return False


def _unknown(pattern: re.Pattern[str], error: BaseException) -> tuple[str, ...]:
    is_unknown = isinstance(error, UndefinedError | AttributeError | KeyError)
    found = pattern.search(str(error)) if is_unknown else None
    return (found["name"],) if found else ()


def _codes(error: BaseException) -> Iterator[CodeType]:
    traceback = error.__traceback__
    while traceback is not None:
        yield traceback.tb_frame.f_code
        traceback = traceback.tb_next


def _code(function: object) -> CodeType | None:
    return getattr(function, "__code__", None)
