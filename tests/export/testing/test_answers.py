"""What is stored below a request cell is read back, and asserted as far as it is known."""

from __future__ import annotations

import pytest

from tests.export.testing.stored import LOAD, as_json, build, page, write_test_module

ANY = "%%route /<path:rest>\nrest.title()"
GET = "%flask_get /a"


@pytest.mark.parametrize(
    ("answer", "asserted", "is_absent"),
    [
        (page("a\n"), 'response.text == "a\\n"', "splitlines"),
        (page("a\nb"), 'response.text.splitlines() == ["a", "b"]', ""),
        (page("a\n… 1,000 more characters"), "response.status_code == 200", "response.text"),
        (page("<image/png, 90 bytes>", media_type="image/png"), '"image/png"', "text"),
        (page("x" * 900, media_type="text/plain"), "splitlines()) == 1", "\nassert x"),
        (as_json({"a": None}), 'response.json == {"a": None}', "text"),
        (as_json([{"n": n} for n in range(300)]), "len(response.json) == 300", "299"),
        ("200 OK\nX-Number: 1\nDate: …\n\n", 'response.headers["X-Number"] == "1"', "Date"),
        ("200 OK\nSet-Cookie: tea=black; Path=/\n\n", 'get_cookie("tea").value == "black"', ""),
        ("200 OK\nSet-Cookie: tea=; Max-Age=0; Path=/\n\n", 'get_cookie("tea") is None', ""),
        ("200 OK\nSet-Cookie: session=…; Path=/\n\n", "status_code == 200", "get_cookie"),
        ("204 NO CONTENT\nContent-Length: 0\n\n", "assert not response.data", "text"),
        ("302 FOUND\nLocation: /b\n\n", 'response.location == "/b"', "text"),
    ],
    ids=[
        *("a line end", "lines", "cut off", "a picture", "long", "JSON", "much JSON", "fields"),
        *("a cookie", "a deleted cookie", "a signed cookie", "nothing", "a redirect"),
    ],
)
def test_an_answer_is_asserted(answer: str, asserted: str, is_absent: str) -> None:
    text = write_test_module(LOAD, ANY, (GET, answer))
    assert asserted in text
    assert not is_absent or is_absent not in text


def test_of_a_long_page_the_headings_are_asserted() -> None:
    body = "<title>Teas</title>\n<h1>All teas</h1>\n" + "<p>tea</p>\n" * 40
    text = write_test_module(LOAD, ANY, (GET, page(body)))
    assert 'assert "<title>Teas</title>" in response.text' in text
    assert 'assert "<h1>All teas</h1>" in response.text' in text
    assert "<p>" not in text


def test_the_answers_of_a_cell_with_several_requests_are_told_apart() -> None:
    cell = "%%http\nGET /a\n###\nGET /b"
    text = write_test_module(LOAD, ANY, (cell, f"GET /a\n{page('one')}\n\nGET /b\n{page('two')}"))
    assert text.index('"/a"') < text.index('"one"') < text.index('"/b"') < text.index('"two"')


def failed(name: str) -> str:
    """Write the answer of an app that has no page for an exception."""
    fault = (
        "<!doctype html>\n<html lang=en>\n<title>500 Internal Server Error</title>\n"
        "<h1>Internal Server Error</h1>\n<p>It failed.</p>"
    )
    below = f"\n\nTraceback (most recent call last):\n  Cell 1\n{name}: it is so"
    return page(fault, "500 INTERNAL SERVER ERROR") + below


def test_an_exception_is_expected_where_the_view_raises_it() -> None:
    view = "%%route /a\nraise LookupError('it is so')"
    text = write_test_module(LOAD, view, (GET, failed("LookupError")))
    assert "with pytest.raises(LookupError):" in text


@pytest.mark.parametrize(
    "code", ["1 / 0", "raise LookupError(1 / 0)", "try:\n    1 / 0\nexcept KeyError:\n    raise"]
)
def test_of_an_exception_that_nobody_meant_there_is_a_note_and_no_test(code: str) -> None:
    project = build(LOAD, f"%%route /a\n{code}", (GET, failed("ZeroDivisionError")))
    assert "tests/test_app.py" not in project.files
    assert [each.text for each in project.notes] == [
        "No test is made of the requests of cell 3, because the app fails with ZeroDivisionError."
    ]


@pytest.mark.parametrize(
    "code", ["time.time()", "uuid.uuid4()", "random.random()", "os.environ['HOME']"]
)
def test_of_what_another_run_gives_the_kind_is_asserted(code: str) -> None:
    imports = "import os, random, time, uuid"
    text = write_test_module(LOAD, imports, f"%%route /a\nstr({code})", (GET, page("17")))
    assert "assert response.status_code == 200" in text
    assert "17" not in text


def test_the_answer_to_one_request_as_it_stands_on_the_wire_is_read() -> None:
    assert 'response.text == "ok"' in write_test_module(LOAD, ANY, ("%%http\nGET /a", page("ok")))
