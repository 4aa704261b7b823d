"""An export says of which cells no test is made, and why, in a line for each reason."""

from __future__ import annotations

from tests.export.testing.stored import LOAD, build, page

VIEW = "%%route /{0}\n'{0}'"
TWO = (
    "%%http\nGET /a\n###\nGET /b",
    "GET /a\n" + page("a") + "\n\nGET /b\n" + page("b"),
)
SINCE = "because cell {} changes the answer since."


def notes_of(*cells: str | tuple[str, ...]) -> list[str]:
    return [each.text for each in build(*cells).notes if "No test" in each.text]


def test_cells_with_one_reason_share_a_line() -> None:
    later = "%%route /a\n'c'"
    show = ("app.test_client().get('/a').text", "'a'")
    asked = ("%flask_get /a?n=1", page("a"))
    assert notes_of(LOAD, VIEW.format("a"), show, asked, later) == [
        f"No test is made of the requests of cells 3, 4, {SINCE.format(5)}"
    ]


def test_a_cell_of_whose_requests_one_is_tested_is_not_given_up_whole() -> None:
    views = VIEW.format("a"), VIEW.format("b")
    assert notes_of(LOAD, *views, TWO, "%%route /a\n'c'") == [
        f"No test is made of some of the requests of cell 4, {SINCE.format(5)}"
    ]


def test_what_shows_nothing_of_the_app_and_asserts_nothing_is_not_missed() -> None:
    assert notes_of(LOAD, VIEW.format("a"), ("app.import_name", "'__main__'"), "1 + 1") == []


def test_an_answer_that_was_not_stored_is_missed() -> None:
    assert notes_of(LOAD, VIEW.format("a"), "%flask_get /a") == [
        "No test is made of the requests of cell 3, because nothing that is stored of them can "
        "be asserted."
    ]


def test_a_cell_that_calls_a_test_is_not_missed() -> None:
    test = "def test_a():\n    assert app.test_client().get('/a').text == 'a'"
    call = ("test_a()\nprint('passed')", "", "passed\n")
    assert notes_of(LOAD, VIEW.format("a"), test, call) == []
