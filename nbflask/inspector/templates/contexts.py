"""What a template was given, as it may be shown: plain values whole, others by what they are.

Nothing of the user's runs: no ``repr``, no property, no query. Secrets are covered by their names
and wherever the app's own stand; such a value can be replaced, and is not offered for editing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING, Any

from nbflask.exchanges.redaction import REDACTED, is_secret_name, redact_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nbflask.exchanges.redaction import Secrets

# What stands in one line of the table, and what a box to edit in can hold.
MAX_TEXT_CHARS = 200
MAX_JSON_CHARS = 20_000
# Values in values; a context is not a database.
MAX_VALUES = 2_000
MAX_DEPTH = 8


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A variable of a context.

    :param type: Its class, with the module where that is not ``builtins``.
    :param json: The whole value to be edited; ``None`` for what is not plain, or holds a secret.
    :param giver: ``"view"`` or ``"processor"``.
    """

    name: str
    type: str
    text: str = field(repr=False)
    json: str | None = field(default=None, repr=False)
    giver: str = "view"


class _NotPlainError(Exception):
    """A value that JSON does not have, or too much of it."""


def build_entries(
    own: Mapping[str, Any], given: Mapping[str, Any], secrets: Secrets
) -> tuple[Entry, ...]:
    """Write a context down, sorted: what the view gave, then what context processors did."""
    return (
        *(build_entry(name, own[name], "view", secrets) for name in sorted(own)),
        *(build_entry(name, given[name], "processor", secrets) for name in sorted(given)),
    )


def build_entry(name: str, value: Any, giver: str, secrets: Secrets) -> Entry:
    """Write a variable down."""
    kind = type_name(value)
    if is_secret(name, secrets):
        return Entry(name=name, type=kind, text=REDACTED, giver=giver)
    try:
        covered, is_covered = _cover(_plain(value), secrets)
    except _NotPlainError:
        return Entry(name=name, type=kind, text=_describe(value, secrets), giver=giver)
    text = json.dumps(covered, ensure_ascii=False)
    whole = json.dumps(covered, ensure_ascii=False, indent=2)
    is_editable = not is_covered and len(whole) <= MAX_JSON_CHARS
    return Entry(
        name=name, type=kind, text=_cut(text), json=whole if is_editable else None, giver=giver
    )


def is_secret(name: str, secrets: Secrets) -> bool:
    """Say whether a variable's name says that its value is a secret."""
    return name.lower() in secrets.names or is_secret_name(name)


def type_name(value: Any) -> str:
    """Name a value's class."""
    kind = type(value)
    module = "" if kind.__module__ in ("builtins", "__main__") else f"{kind.__module__}."
    return f"{module}{kind.__qualname__}"


def texts_in(value: Any) -> tuple[str, ...]:
    """Give the texts that a value holds, as deep as plain lists and dicts go."""
    return tuple(_texts(value, MAX_DEPTH))


def _texts(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif depth and type(value) in (list, tuple, set, frozenset):
        for each in value:
            yield from _texts(each, depth - 1)
    elif depth and type(value) is dict:
        for each in value.values():
            yield from _texts(each, depth - 1)


def _plain(value: Any) -> Any:
    left = MAX_VALUES

    def copy(value: Any, depth: int) -> Any:
        nonlocal left
        left -= 1
        if left < 0 or depth < 0:
            raise _NotPlainError
        if value is None or type(value) in (bool, int, str):
            return value
        if type(value) is float and isfinite(value):
            return value
        if type(value) is list:
            return [copy(each, depth - 1) for each in list(value)]
        if type(value) is dict and all(type(name) is str for name in list(value)):
            return {name: copy(each, depth - 1) for name, each in list(value.items())}
        raise _NotPlainError

    return copy(value, MAX_DEPTH)


def _cover(value: Any, secrets: Secrets) -> tuple[Any, bool]:
    """Cover what is secret in a plain value, and say whether anything was."""
    match value:
        case str():
            covered = redact_text(value, secrets)
            return covered, covered != value
        case list():
            parts = [_cover(each, secrets) for each in value]
            return [part for part, _ in parts], any(is_covered for _, is_covered in parts)
        case dict():
            found = {
                name: (REDACTED, True) if is_secret(name, secrets) else _cover(each, secrets)
                for name, each in value.items()
            }
            return {name: part for name, (part, _) in found.items()}, any(
                is_covered for _, is_covered in found.values()
            )
        case _:
            return value, False


def _describe(value: Any, secrets: Secrets) -> str:
    """Say what a value is that is not plain."""
    if isinstance(value, str):
        # Markup, which is a text that is not escaped.
        return _cut(redact_text(str.__str__(value), secrets))
    if type(value) in (list, tuple, dict, set, frozenset):
        return f"{type(value).__name__} of {len(value)}"
    if type(value) in (bytes, bytearray):
        return f"{len(value)} bytes"
    if type(value) in (float, complex, range):
        return repr(value)
    return f"<{type_name(value)}>"


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TEXT_CHARS else f"{text[: MAX_TEXT_CHARS - 1]}…"
