"""A session's values as text, and back, with their types."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from markupsafe import Markup

from nbflask.errors import SessionError
from nbflask.inspector.sessions.values import KINDS, read_value, write_value

NUMBER = UUID("12345678-1234-5678-1234-567812345678")
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("a\n<b>", "JSON", '"a\\n<b>"'),
        (3, "JSON", "3"),
        (True, "JSON", "true"),
        (None, "JSON", "null"),
        ([1, {"a": "é"}], "JSON", '[1, {"a": "é"}]'),
        ((1, (2, 3)), "tuple", '[1, {" t": [2, 3]}]'),
        (["x" * 60], "JSON", f'[\n  "{"x" * 60}"\n]'),
        (b"hello", "bytes", "aGVsbG8="),
        (Markup("<b>"), "Markup", "<b>"),
        (NUMBER, "UUID", "12345678-1234-5678-1234-567812345678"),
        (NOON, "datetime", "2026-01-31T12:00:00+00:00"),
        ({" t": [1]}, "JSON", '{" di": {" t__": [1]}}'),
        ({"at": [NOON, b"x", NUMBER, Markup("m")]}, "JSON", None),
    ],
)
def test_a_value_comes_back_from_its_text_with_its_type(
    value: Any, kind: str, text: str | None
) -> None:
    written = write_value(value)
    assert written.kind == kind
    assert text is None or written.text == text
    back = read_value(written.kind, written.text)
    assert (type(back), back) == (type(value), value)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ([("message", "Hi <b>")], '[("message", "Hi <b>")]'),
        ((), "()"),
        ((1,), "(1,)"),
        ({" t": [True, None]}, '{" t": [true, null]}'),
        (Markup("<b>"), "<b>"),
        ([Markup("<b>"), b"\xff", 1.5], "[Markup(\"<b>\"), b'\\xff', 1.5]"),
        (
            {"at": NOON, "id": NUMBER},
            f'{{\n  "at": 2026-01-31 12:00:00+00:00,\n  "id": {NUMBER}\n}}',
        ),
        (["x" * 60, {"a": ()}], f'[\n  "{"x" * 60}",\n  {{"a": ()}}\n]'),
    ],
)
def test_a_value_is_shown_without_flasks_tags(value: Any, shown: str) -> None:
    assert write_value(value).shown == shown


@pytest.mark.parametrize("value", [{1: 2}, {1, 2}, object(), [object()], range(3)])
def test_what_no_cookie_can_hold_is_named_and_not_edited(value: Any) -> None:
    written = write_value(value)
    assert not written.is_editable
    assert written.text == f"<{type(value).__name__}>"


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        (
            "JSON",
            "{name: 1}",
            "'{name: 1}' is not JSON: Expecting property name enclosed in double quotes at line 1, "
            'column 2. Write keys and texts in double quotes, such as {"items": 3}.',
        ),
        (
            "JSON",
            "hello",
            "'hello' is not JSON: Expecting value at line 1, column 1. "
            'Write a text in double quotes, such as "hello".',
        ),
        ("tuple", "{}", "'{}' is not a tuple: it is not a JSON list. Write one such as [1, 2]."),
        (
            "UUID",
            "12",
            "'12' is not a UUID: badly formed hexadecimal UUID string. "
            "Write one such as 12345678-1234-5678-1234-567812345678.",
        ),
        (
            "datetime",
            "noon",
            "'noon' is not a datetime: Invalid isoformat string: 'noon'. "
            "Write one such as 2026-01-31T12:00:00+00:00.",
        ),
        ("pickle", "x", f"'pickle' is no kind of value. Choose one of: {', '.join(KINDS)}."),
    ],
)
def test_a_text_of_another_kind_is_refused_with_an_example(
    kind: str, text: str, message: str
) -> None:
    with pytest.raises(SessionError) as caught:
        read_value(kind, text)
    assert str(caught.value) == message


@pytest.mark.parametrize("text", ['{" t": 5}', '{" u": "x"}', '{" b": 1}'])
def test_a_tag_with_a_value_that_does_not_fit_is_refused(text: str) -> None:
    with pytest.raises(SessionError):
        read_value("JSON", text)


def test_a_moment_without_a_zone_is_in_utc() -> None:
    assert read_value("datetime", "2026-01-31T12:00:00") == NOON
