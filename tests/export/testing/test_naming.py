"""Names of tests read as sentences, and no two are alike."""

from __future__ import annotations

import re

import pytest

from tests.export.testing.stored import LOAD, page, write_test_module

ANY = "%%route /<path:rest> GET POST\n'ok'"


@pytest.mark.parametrize(
    ("cell", "answer", "name"),
    [
        ("%flask_get /a/b-c", page("ok"), "get_a_b_c"),
        ("%flask_get /Größe", page("ok"), "get_groe"),
        ("%flask_post /a", page("", "201 CREATED"), "post_a_is_created"),
        ("%flask_get /a", page("", "418 I'M A TEAPOT"), "get_a_answers_418"),
        ("%flask_get /a", "302 FOUND\nLocation: /\n\n", "get_a_redirects_to_start_page"),
    ],
    ids=["a path", "letters", "a status", "another status", "a redirect"],
)
def test_a_request_s_test_says_what_is_asked_and_how_it_ends(
    cell: str, answer: str, name: str
) -> None:
    assert f"def test_{name}(client):" in write_test_module(LOAD, ANY, (cell, answer))


def test_requests_of_one_path_are_told_by_what_they_ask_with() -> None:
    text = write_test_module(
        LOAD,
        ANY,
        ("%flask_get /a", page("ok")),
        ("%flask_get /a?page=2", page("ok")),
        ("%flask_post /a -d tea=green", page("ok")),
        ("%flask_post /a -d tea=black", page("ok")),
        ("%flask_post /a", page("ok")),
    )
    assert re.findall(r"def test_(\w+)", text) == [
        "get_a",
        "get_a_page_2",
        "post_a",
        "post_a_with_tea_black",
        "post_a_2",
    ]


def test_a_flow_is_named_by_its_section_without_number_and_markup() -> None:
    text = write_test_module(
        LOAD,
        "%%route /n POST\nsession['n'] = session.get('n', 0) + 1\nstr(session['n'])",
        "# Shop\n\n## 3. The **visitor's** `n`",
        ("%flask_post /n", page("1")),
        ("%flask_post /n", page("2")),
    )
    assert "def test_the_visitor_n(client):" in text


def test_a_flow_of_several_sections_is_named_by_its_routes() -> None:
    text = write_test_module(
        LOAD,
        "%%route /notes/<note> POST\nsession[note] = 1\n'kept'",
        "%%route /archive\nstr(len(session))",
        "# Shop\n\n## Notes",
        ("%flask_post /notes/tea", page("kept")),
        ("%flask_post /notes/milk", page("kept")),
        "# Shop\n\n## An archive",
        ("%flask_get /archive", page("2")),
    )
    assert re.findall(r"def test_(\w+)", text) == ["notes_and_archive"]


def test_flows_of_one_section_are_named_by_their_routes() -> None:
    text = write_test_module(
        LOAD,
        ANY,
        "# Shop\n\n## The client",
        "client = app.test_client()\nassert client.get('/items/tea').text == 'ok'\n"
        "assert client.get('/items/milk').text == 'ok'",
        "client = app.test_client()\nassert client.get('/basket').text == 'ok'",
    )
    assert re.findall(r"def test_(\w+)", text) == ["items", "basket"]


def test_what_a_test_function_is_called_no_other_is() -> None:
    text = write_test_module(
        LOAD,
        ANY,
        ("%flask_get /a", page("ok")),
        "def test_get_a():\n    assert app.test_client().get('/a').text == 'ok'",
    )
    assert re.findall(r"def test_(\w+)", text) == ["get_a_2", "get_a"]
