"""What a cell says that was edited and not run since, no stored answer can tell."""

from __future__ import annotations

import pytest

from tests.export.testing.stored import LOAD, as_json, page, write_test_module

BASE = (
    "%%template base.html\n<title>{% block title %}Shop{% endblock %}</title>\n"
    "{% block body %}{% endblock %}"
)
INDEX = (
    '%%template index.html\n{{% extends "base.html" %}}\n{{% block title %}}Teas{{% endblock %}}\n'
    "{{% block body %}}<h1>{}</h1>{{% endblock %}}"
)
VIEW = "%%route /\nrender_template('index.html', name='Ada')"
GET = "%flask_get /"


def rendered(title: str, heading: str) -> str:
    return page(f"<title>{title}</title>\n<h1>{heading}</h1>")


@pytest.mark.parametrize(
    ("written", "title", "heading", "is_told"),
    [
        ("All teas", "Teas", "All teas", True),
        ("All the teas", "Teas", "All teas", False),
        ("Teas", "Sorts", "Teas", False),
        ("Hello {{ name }}!", "Teas", "Hello Ada!", True),
        ("Goodbye {{ name }}!", "Teas", "Hello Ada!", False),
        ("{% if name %}Yes{% else %}No{% endif %}", "Teas", "Yes", True),
        ("Tea &amp; more", "Teas", "Tea &amp; more", True),
    ],
)
def test_a_heading_that_no_template_has_is_not_asserted(
    written: str, title: str, heading: str, *, is_told: bool
) -> None:
    text = write_test_module(
        LOAD, BASE, INDEX.format(written), VIEW, (GET, rendered(title, heading))
    )
    assert "response.status_code == 200" in text
    assert ("<h1>" in text) is is_told


@pytest.mark.parametrize(
    ("body", "said", "is_told"),
    [
        ("'Hello'", "Hello", True),
        ("'Hi'", "Hello", False),
        ("f'Hello, {request.method}'", "Hello, GET", True),
        ("f'Hi, {request.method}'", "Hello, GET", False),
        ("if request.args:\n    return 'Hi'\nreturn 'Hello', 200", "Hello", True),
        ("if request.args:\n    return 'Hi'\nreturn str(request.method)", "Hello", True),
        ("'<b>{x}</b>'", "<b>{x}</b>", True),
    ],
)
def test_a_text_that_the_view_does_not_return_is_not_asserted(
    body: str, said: str, *, is_told: bool
) -> None:
    text = write_test_module(LOAD, f"%%route /\n{body}", (GET, page(said)))
    assert "response.status_code == 200" in text
    assert ("response.text" in text) is is_told


@pytest.mark.parametrize(
    ("body", "is_told"),
    [
        ("{'error': 'no title'}, 400", True),
        ("{'error': 'a title, please'}, 400", False),
        ("jsonify(error='a title, please'), 400", False),
        ("{'error': str(request.args)}, 400", True),
        ("{'error': f'no {request.args}'}, 400", True),
    ],
)
def test_an_error_s_text_that_no_code_has_is_not_asserted(body: str, *, is_told: bool) -> None:
    answer = as_json({"error": "no title"}, "400 BAD REQUEST")
    text = write_test_module(LOAD, f"%%route /\nreturn {body}", (GET, answer))
    assert "response.status_code == 400" in text
    assert ("response.json" in text) is is_told
