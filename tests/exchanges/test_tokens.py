"""A value is found by name wherever a request carries it, and replaced there alone."""

from __future__ import annotations

import pytest

from nbflask.exchanges.drafts import Draft
from nbflask.exchanges.fields import Fields
from nbflask.exchanges.tokens import find_values, replace_values

MULTIPART = (
    b'--x\r\nContent-Disposition: form-data; name="token"\r\n\r\n%b\r\n'
    b'--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nold \xff\r\n--x--\r\n'
)


@pytest.mark.parametrize(
    ("media_type", "content", "expected"),
    [
        ("application/x-www-form-urlencoded", b"a=%20old&token=old&b", b"a=%20old&token=n+w&b"),
        ("application/json", b'{"a": "older",  "t":["x"], "token":"old"}', None),
        ("application/vnd.api+json", b'[{"token": "old"}]', b'[{"token": "n w"}]'),
        ("multipart/form-data; boundary=x", MULTIPART % b"old", MULTIPART % b"n w"),
        ("text/plain", b"token=old", b"token=old"),
        ("application/json", b"{broken", b"{broken"),
    ],
)
def test_a_value_is_replaced_in_the_content(
    media_type: str, content: bytes, expected: bytes | None
) -> None:
    if expected is None:
        expected = content.replace(b'"old"', b'"n w"')
    draft = Draft(
        method="POST",
        target="/p?q=old&r=%6Fld&s=olds",
        headers=Fields([("Content-Type", media_type), ("X-Token", "old"), ("X-Other", "old!")]),
        content=content,
    )
    changed = replace_values(draft, {"old": "n w"})
    assert changed.content == expected
    assert changed.target == "/p?q=n+w&r=n+w&s=olds"
    assert tuple(changed.headers)[1:] == (("X-Token", "n w"), ("X-Other", "old!"))


def test_values_are_found_by_their_names() -> None:
    draft = Draft(
        method="POST",
        target="/p?q=1",
        headers=Fields([("Content-Type", "application/json"), ("Cookie", "c=2")]),
        content=b'{"a": {"b": "3"}, "n": 4, "l": [{"c": "5"}]}',
    )
    assert tuple(find_values(draft)) == (
        ("Content-Type", "application/json"),
        ("q", "1"),
        ("b", "3"),
        ("c", "5"),
    )
