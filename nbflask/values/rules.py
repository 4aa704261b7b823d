"""What a URL rule says by itself: its variables, and a name for its view.

The grammar is Werkzeug's (``werkzeug.routing.rules``): slashes, static text and
``<converter(arguments):variable>``. Whether a converter exists only the app knows.
"""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbflask.errors import RuleError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Werkzeug's own pattern, which it keeps private; a test holds the two together.
_PART = re.compile(
    r"""
    (?P<static>[^<]+)
    | <
      (?: (?P<converter>[a-zA-Z_][a-zA-Z0-9_]*) (?: \( .*? \) )? : )?
      (?P<variable>[a-zA-Z_][a-zA-Z0-9_]*)
      >
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, kw_only=True)
class RuleText:
    """A URL rule as it was written, and the variables that it hands to its view.

    :param variables: Names in the order of the rule, each once.
    :param converters: The converter of each variable, in the same order; ``"default"`` if the rule
        names none.
    """

    text: str
    variables: tuple[str, ...]
    converters: tuple[str, ...] = ()


def parse_rule(text: str) -> RuleText:
    """Read a rule as Werkzeug does, without asking for its converters.

    :raises RuleError: Werkzeug would refuse the rule, or a variable cannot be a
        parameter of a Python function.
    """
    if not text.startswith("/"):
        raise RuleError(f"The rule {text!r} does not start with '/'. Write {f'/{text}'!r}.")
    variables: dict[str, str] = {}
    for _, converter, variable in _parts(text):
        if not variable:
            continue
        if variable in variables:
            raise RuleError(
                f"The rule {text!r} has the variable {variable!r} twice. Give each its own name."
            )
        if keyword.iskeyword(variable):
            raise RuleError(
                f"The variable {variable!r} in the rule {text!r} is a word of Python's own. "
                f"Write '{variable}_'."
            )
        variables[variable] = converter or "default"
    return RuleText(text=text, variables=tuple(variables), converters=tuple(variables.values()))


def build_view_name(rule: str, methods: Sequence[str] = ()) -> str:
    """Name a view after its rule: ``/users/<int:id>/edit`` gives ``users_id_edit``.

    The variables are part of the name, and so are methods without GET
    (``post_users``): the views of one resource get one endpoint each, whatever
    the order in which their cells run.

    :param methods: HTTP methods; empty means GET.
    :return: An identifier that is no keyword, the same for the same rule.
    """
    words: list[str] = []
    has_static = False
    for static, _, variable in _parts(rule):
        found = [variable] if variable else re.findall(r"\w+", static)
        has_static = has_static or bool(static and found)
        words += found
    if not has_static:
        words.insert(0, "index")
    upper = [method.upper() for method in methods]
    if upper and "GET" not in upper:
        words[:0] = [method.lower() for method in sorted(upper)]
    return _as_identifier("_".join(words))


def _as_identifier(name: str) -> str:
    name = re.sub(r"\W", "_", name)
    if not name.isidentifier():
        name = f"view_{name}"
    return f"{name}_" if keyword.iskeyword(name) else name


def _parts(rule: str) -> Iterator[tuple[str, str, str]]:
    """Give ``(static, "", "")`` or ``("", converter, variable)`` for each part of the rule."""
    at = 0
    while at < len(rule):
        match = _PART.match(rule, at)
        if match is None:
            raise RuleError(
                f"The rule {rule!r} is not well formed at {rule[at:]!r}. "
                "A variable is written <name> or <converter:name>."
            )
        yield match["static"] or "", match["converter"] or "", match["variable"] or ""
        at = match.end()
