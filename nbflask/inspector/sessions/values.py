"""A session's values as text that can be edited, and back, with their types kept.

Text is JSON. What JSON has no word for, and Flask's sessions can hold (:mod:`flask.json.tag`), is a
kind of its own: its text is short, and inside of lists and dicts it stands in Flask's own
notation, as ``{" t": [1, 2]}`` for a tuple.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask.sessions import session_json_serializer
from markupsafe import Markup

from nbflask.errors import SessionError
from nbflask.inspector.sessions.texts import show_text
from nbflask.recorder.snapshots import Opaque

if TYPE_CHECKING:
    from collections.abc import Callable

# What is read at a glance stays on one line.
_MAX_LINE_CHARS = 60
_SCALARS = (str, int, float, bool, type(None), bytes, Markup, UUID, datetime)


@dataclass(frozen=True, kw_only=True)
class Written:
    """A value as text.

    :param kind: ``"JSON"``, or one of :data:`KINDS` for what JSON has no word for.
    :param type: The value's class, for people.
    :param shown: What people read who do not edit it.
    :param is_editable: Whether the text is the whole value, so that it can be read back.
    """

    kind: str
    type: str
    text: str = field(repr=False)
    shown: str = field(repr=False)
    is_editable: bool = True


def write_value(value: Any) -> Written:
    """Write a value as text; of one that no cookie can hold, its class alone."""
    name = type(value).__name__
    if isinstance(value, Opaque):
        # A recorder has not copied it; the session itself may have it whole.
        return Written(kind="JSON", type="object", text=str(value), shown=str(value))
    if not is_storable(value):
        text = f"<{_full_name(value)}>"
        return Written(kind="JSON", type=name, text=text, shown=text, is_editable=False)
    for kind, (owner, write, _) in _KINDS.items():
        if type(value) is owner:
            return Written(kind=kind, type=name, text=write(value), shown=_show(value))
    return Written(kind="JSON", type=name, text=_write_json(value), shown=_show(value))


def _show(value: Any) -> str:
    # Beside its type, the text alone says what it is.
    return str(value) if type(value) is Markup else show_text(value)


def read_value(kind: str, text: str) -> Any:
    """Read a value from its text.

    :param kind: ``"JSON"``, or one of :data:`KINDS`.
    :raises SessionError: The text is not of that kind.
    """
    if kind == "JSON":
        return _read_json(text)
    if kind not in _KINDS:
        raise SessionError(f"{kind!r} is no kind of value. Choose one of: {', '.join(KINDS)}.")
    try:
        return _KINDS[kind][2](text)
    except (ValueError, binascii.Error) as error:
        raise SessionError(
            f"{_cut(text)} is not a {kind}: {error}. Write one such as {_EXAMPLES[kind]}."
        ) from None


def is_storable(value: Any) -> bool:
    """Whether a session's cookie can hold the value as it is."""
    if type(value) in _SCALARS:
        return True
    if type(value) in (list, tuple):
        return all(is_storable(each) for each in value)
    if type(value) is dict:
        return all(type(key) is str and is_storable(each) for key, each in value.items())
    return False


def _write_json(value: Any) -> str:
    tagged = session_json_serializer.tag(value)
    line = json.dumps(tagged, ensure_ascii=False)
    if len(line) <= _MAX_LINE_CHARS:
        return line
    return json.dumps(tagged, ensure_ascii=False, indent=2)


def _read_json(text: str) -> Any:
    try:
        value = session_json_serializer.loads(text)
    except json.JSONDecodeError as error:
        raise SessionError(
            f"{_cut(text)} is not JSON: {error.msg} at line {error.lineno}, "
            f"column {error.colno}. {_advise_json(text)}"
        ) from None
    except (ValueError, TypeError, KeyError, AttributeError, binascii.Error) as error:
        raise SessionError(
            f"{_cut(text)} holds a tag of Flask's whose value does not fit it: {error}."
        ) from None
    return value


def _read_tuple(text: str) -> tuple[Any, ...]:
    value = _read_json(text)
    if not isinstance(value, list):
        raise ValueError("it is not a JSON list")
    return tuple(value)


def _read_datetime(text: str) -> datetime:
    value = datetime.fromisoformat(text.strip())
    # Flask keeps moments in UTC, and takes one without a zone for that.
    return value if value.tzinfo is not None else value.replace(tzinfo=UTC)


def _read_bytes(text: str) -> bytes:
    return base64.b64decode(text.strip(), validate=True)


_KINDS: dict[str, tuple[type, Callable[[Any], str], Callable[[str], Any]]] = {
    "tuple": (tuple, lambda value: _write_json(list(value)), _read_tuple),
    "bytes": (bytes, lambda value: base64.b64encode(value).decode(), _read_bytes),
    "Markup": (Markup, str, Markup),
    "UUID": (UUID, str, lambda text: UUID(text.strip())),
    "datetime": (datetime, lambda value: value.isoformat(), _read_datetime),
}
_EXAMPLES = {
    "tuple": "[1, 2]",
    "bytes": "aGVsbG8= (base64)",
    "Markup": "<b>text</b>",
    "UUID": "12345678-1234-5678-1234-567812345678",
    "datetime": "2026-01-31T12:00:00+00:00",
}

#: What a value can be said to be.
KINDS = ("JSON", *_KINDS)


def _full_name(value: Any) -> str:
    kind = type(value)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def _cut(text: str) -> str:
    # An error is read in one line, and the text stands in the editor anyway.
    return repr(text if len(text) <= 40 else f"{text[:39]}…")


def _advise_json(text: str) -> str:
    if text.lstrip()[:1] in ("{", "["):
        return 'Write keys and texts in double quotes, such as {"items": 3}.'
    word = next((part for part in text.replace('"', " ").split() if part.isalnum()), "text")
    return f'Write a text in double quotes, such as "{word[:20]}".'
