"""A request cell and its stored answer become a test that a colleague could have written."""

from __future__ import annotations

import pytest

from tests.export.testing.stored import LOAD, as_json, build, page, write_test_module


def test_an_answer_is_asserted_whole_where_it_is_short() -> None:
    text = write_test_module(
        LOAD,
        "%%route /hello/<name>\nf'Hello, {name}!'",
        ("%flask_get /hello/Ada", page("Hello, Ada!")),
    )
    assert text == (
        "def test_get_hello_ada(client):\n"
        '    response = client.get("/hello/Ada")\n'
        "    assert response.status_code == 200\n"
        '    assert response.mimetype == "text/html"\n'
        '    assert response.text == "Hello, Ada!"'
    )


def test_json_is_compared_as_json() -> None:
    text = write_test_module(
        LOAD,
        "%%route /items POST\nreturn request.json, 201",
        (
            "%flask_post /items --json '{\"a\": [true, null]}'",
            as_json({"a": [True, None]}, "201 CREATED"),
        ),
    )
    assert "def test_post_items_is_created(client):" in text
    assert 'response = client.post("/items", json={"a": [True, None]})' in text
    assert 'assert response.json == {"a": [True, None]}' in text


def test_requests_of_one_session_are_one_test_in_order() -> None:
    text = write_test_module(
        LOAD,
        "%%route /visits\nsession['n'] = session.get('n', 0) + 1\nstr(session['n'])",
        "%%route /\n'home'",
        "# Shop\n\n## Visits that count",
        ("%flask_get /visits", page("1")),
        ("%flask_get /", page("home")),
        ("%flask_get /visits", page("2")),
    )
    assert text.count("def test_") == 2
    flow = text[text.index("def test_visits_that_count(client):") :].partition("\n\n\n")[0]
    assert flow.index('response.text == "1"') < flow.index('response.text == "2"')
    assert "home" not in flow


def test_an_answer_older_than_its_view_is_left_out() -> None:
    text = write_test_module(
        LOAD,
        "%%route /a\n'old'",
        ("%flask_get /a", page("old")),
        "%%route /a\n'new'",
        ("%flask_get /a", page("new")),
    )
    assert "old" not in text
    assert 'response.text == "new"' in text


def test_what_only_a_kind_is_known_of_is_left_out_where_the_view_is_tested_in_full() -> None:
    cells = (
        LOAD,
        "%%template tea.html\nTea {{ number }}",
        "%%route /teas/<int:number> GET\nrender_template('tea.html', number=number)",
        ("%flask_get /teas/0", page("Tea 0")),
        "%%template tea.html\nTea No {{ number }}",
    )
    assert "def test_get_teas_0" in write_test_module(*cells)
    text = write_test_module(*cells, ("%flask_get /teas/1", page("Tea No 1")))
    assert "def test_get_teas_1" in text
    assert "/teas/0" not in text


def test_an_answer_older_than_the_data_is_left_out() -> None:
    text = write_test_module(
        LOAD,
        "prices = {'tea': 4}",
        "%%route /tea\nstr(prices['tea'])",
        ("%flask_get /tea", page("4")),
        "prices['tea'] = 5",
        ("%flask_get /tea", page("5")),
    )
    assert '"4"' not in text
    assert 'response.text == "5"' in text


def test_a_secret_of_a_request_is_read_from_the_environment() -> None:
    text = write_test_module(
        LOAD,
        "API_TOKEN = 'q8Zr4vTn2LxW7mKp'",
        "%%route /api\n"
        "if request.headers.get('Authorization') != f'Bearer {API_TOKEN}':\n    abort(401)\n'in'",
        ("%flask_get /api -H 'Authorization: Bearer q8Zr4vTn2LxW7mKp'", page("in")),
    )
    assert "q8Zr" not in text
    assert 'headers={"Authorization": f"Bearer {os.environ[' in text


def test_what_a_hook_counts_is_not_asserted() -> None:
    text = write_test_module(
        LOAD,
        "import itertools\nnumbers = itertools.count(1)",
        "%%before_request\ng.number = next(numbers)",
        "%%route /fail\nabort(500, 'no')",
        "%%errorhandler 500\nf'Sorry {g.number}', 500",
        ("%flask_get /fail", page("Sorry 1", "500 INTERNAL SERVER ERROR")),
    )
    assert "assert response.status_code == 500" in text
    assert "Sorry" not in text


def test_a_hook_that_may_answer_outdates_what_stands_above_it() -> None:
    text = write_test_module(
        LOAD,
        "%%route /a\n'open'",
        ("%flask_get /a", page("open")),
        "%%before_request\nif request.path == '/a':\n    return 'closed', 503",
        ("%flask_get /a", page("closed", "503 SERVICE UNAVAILABLE")),
    )
    assert "open" not in text
    assert 'response.text == "closed"' in text


SEND = "def send(event):\n    return app.test_client().post('/a', json=event).json"
SENT = ("send(card)", "{'n': 1}")


def test_a_value_that_two_tests_use_is_written_once() -> None:
    view = "%%route /a POST\nrequest.get_json()"
    text = write_test_module(LOAD, view, SEND, (f"card = {{'n': 1}}\n{SENT[0]}", SENT[1]), SENT)
    assert text.count("def test_") == 2
    assert text.count("card = ") == 1


def test_a_value_that_one_test_uses_stands_in_it() -> None:
    view = "%%route /a POST\nseen.append(request.get_json())\nseen[-1]"
    cells = (LOAD, "seen = []", view, SEND, (f"card = {{'n': 1}}\n{SENT[0]}", SENT[1]), SENT)
    text = write_test_module(*cells)
    assert text.count("def test_") == 1
    assert text.count("card = ") == text.count("    card = ") == 1


def test_a_value_that_a_test_changes_is_its_own() -> None:
    view = "%%route /a POST\nrequest.get_json()"
    changing = f"card = {{'n': 1}}\n{SENT[0]}\ncard['n'] = 2\nassert send(card) == {{'n': 2}}"
    text = write_test_module(LOAD, view, SEND, changing, SENT)
    assert "    card = " in text


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("# 13. Sessions", "Sessions"),
        ("# A model behind a **web page**!", "a model behind a web page"),
        ("# nbflask in ten minutes", "the app"),
        (f"# {'Long ' * 20}", "the app"),
    ],
)
def test_the_module_says_what_is_tested(title: str, said: str) -> None:
    files = build(title, LOAD, "%%route /\n'x'", ("%flask_get /", page("x"))).files
    assert files["tests/test_app.py"].startswith(f'"""Tests of {said}."""\n'.encode())
