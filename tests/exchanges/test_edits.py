"""An edit changes what it says, goes nowhere else, and needs no secret to be written down."""

from __future__ import annotations

import re
from typing import Any

import pytest

from nbflask.errors import OptionError, RecordError
from nbflask.exchanges.drafts import Draft
from nbflask.exchanges.edits import Edit, build_edit, edit_draft, restore
from nbflask.exchanges.fields import Fields

DRAFT = Draft(
    method="POST",
    target="/items?token=s1&page=2",
    headers=Fields(
        [
            ("Content-Type", "application/json"),
            ("Authorization", "Bearer s2"),
            ("Accept", "*/*"),
        ]
    ),
    content=b'{"name": "Ada", "password": "s3"}',
)
SHOWN = Draft(
    method="POST",
    target="/items?token=REDACTED&page=2",
    headers=Fields(
        [
            ("Content-Type", "application/json"),
            ("Authorization", "Bearer REDACTED"),
            ("Accept", "*/*"),
        ]
    ),
    content=b'{"name": "Ada", "password": "REDACTED"}',
)


def python(**changes: Any) -> Draft:
    return edit_draft(DRAFT, build_edit(DRAFT, **changes))


def page(**changes: Any) -> Draft:
    return edit_draft(DRAFT, restore(Edit(**changes), DRAFT, SHOWN))


def test_nothing_edited_is_the_draft() -> None:
    assert python() == page() == DRAFT


def test_python_changes_what_it_names() -> None:
    assert python(method="put", json={"a": "é"}, headers={"accept": None, "X-A": "1"}) == Draft(
        method="PUT",
        target=DRAFT.target,
        headers=Fields(
            [
                ("Content-Type", "application/json"),
                ("Authorization", "Bearer s2"),
                ("X-A", "1"),
            ]
        ),
        content='{"a": "é"}'.encode(),
    )


@pytest.mark.parametrize(
    ("changes", "target"),
    [
        ({"path": "/other"}, "/other?token=s1&page=2"),
        ({"path": "/other?a=1"}, "/other?a=1"),
        ({"query": {"a": [1, 2]}}, "/items?a=1&a=2"),
        ({"path": "/é x", "query": {}}, "/%C3%A9%20x"),
        ({"path": "/%C3%A9#part", "query": {}}, "/%C3%A9"),
    ],
)
def test_path_and_query_are_changed_apart(changes: dict[str, Any], target: str) -> None:
    assert python(**changes).target == target


def test_a_form_keeps_its_encoding() -> None:
    plain = python(form={"a": ["1", "2"]})
    assert (plain.media_type, plain.content) == ("application/x-www-form-urlencoded", b"a=1&a=2")
    multipart = Draft(
        method="POST",
        target="/",
        headers=Fields([("Content-Type", "multipart/form-data; boundary=x")]),
    )
    edited = edit_draft(multipart, build_edit(multipart, form={"a": 1}))
    assert edited.media_type == "multipart/form-data"
    assert b'name="a"\r\n\r\n1\r\n' in edited.content


def test_cookies_of_python_are_all_cookies() -> None:
    assert tuple(python(cookies={"a": "1"}).cookies) == (("a", "1"),)


def test_two_contents_are_refused() -> None:
    with pytest.raises(OptionError, match=re.escape("Give one of json, form and content.")):
        python(json=1, content=b"")


@pytest.mark.parametrize(
    "path", ["http://evil.example/x", "evil.example", "https:///x", "", " /x", "\\\\evil"]
)
def test_a_path_that_names_another_place_is_refused(path: str) -> None:
    with pytest.raises(RecordError, match="a replay goes to this app alone"):
        python(path=path)


@pytest.mark.parametrize(
    "headers", [(("X A", "1"),), (("X-A", "1\r\nX-B: 2"),), (("", "1"),), (("X-A\n", "1"),)]
)
def test_a_field_that_would_be_two_is_refused(headers: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(RecordError, match="is not a header field, or its value has a line end"):
        page(headers=Fields(headers))


def test_a_host_with_a_line_end_or_a_method_with_a_blank_is_refused() -> None:
    with pytest.raises(RecordError, match="is not a host"):
        page(headers=Fields([("Host", "a b")]))
    with pytest.raises(RecordError, match="'GET /x' is not a method"):
        page(method="GET /x")


def test_redacted_stands_for_what_was_recorded_at_its_place() -> None:
    assert page(target=SHOWN.target, headers=SHOWN.headers, content=SHOWN.content + b"\n") == DRAFT
    edited = page(
        target="/items?page=3&token=REDACTED",
        headers=Fields([("authorization", "Bearer REDACTED"), ("X-New", "1")]),
        content=b'{"name": "Bob", "password": "REDACTED", "more": [1]}',
    )
    assert edited.target == "/items?page=3&token=s1"
    assert tuple(edited.headers) == (("authorization", "Bearer s2"), ("X-New", "1"))
    assert edited.content == b'{"name": "Bob", "password": "s3", "more": [1]}'


def test_redacted_in_a_form_stands_for_what_was_recorded() -> None:
    headers = Fields([("Content-Type", "application/x-www-form-urlencoded")])
    recorded = Draft(method="POST", target="/", headers=headers, content=b"a=1&pin=s%261")
    shown = Draft(method="POST", target="/", headers=headers, content=b"a=1&pin=REDACTED")
    assert restore(Edit(content=b"a=2&pin=REDACTED"), recorded, shown).content == b"a=2&pin=s%261"


def test_redacted_in_a_list_stands_for_what_was_recorded() -> None:
    recorded = Draft(method="POST", target="/", content=b'[{"pin": "1"}, {"pin": "2"}]')
    shown = Draft(method="POST", target="/", content=b'[{"pin": "REDACTED"}, {"pin": "REDACTED"}]')
    edit = Edit(content=b'[{"pin": "REDACTED"}, {"pin": "3"}, {"pin": "4"}]')
    assert restore(edit, recorded, shown).content == b'[{"pin": "1"}, {"pin": "3"}, {"pin": "4"}]'


def test_redacted_where_it_stands_for_nothing_known_is_refused() -> None:
    recorded = Draft(method="POST", target="/", content=b"my pin is s1")
    shown = Draft(method="POST", target="/", content=b"my pin is REDACTED")
    with pytest.raises(RecordError, match="it is not told what REDACTED stands for"):
        restore(Edit(content=b"your pin is REDACTED"), recorded, shown)
