"""Clients that cells make, under whatever name, are those of the tests."""

from __future__ import annotations

from tests.export.testing.stored import LOAD, build, write_test_module

HELLO = "%%route /hello/<name>\nf'Hello, {name}!'"
VISITS = "%%route /visits\nsession['n'] = session.get('n', 0) + 1\nstr(session['n'])"
MADE = "c = app.test_client()"


def test_a_client_of_an_earlier_cell_is_made_in_the_test() -> None:
    text = write_test_module(
        LOAD,
        HELLO,
        (f'{MADE}\nc.get("/hello/Ada").text', "'Hello, Ada!'"),
        ('c.get("/hello/Bob").text', "'Hello, Bob!'"),
    )
    first, second = text.split("\n\n\n")
    assert first.partition("\n")[2] == (
        '    c = app.test_client()\n    assert c.get("/hello/Ada").text == "Hello, Ada!"'
    )
    assert second == (
        "def test_hello_bob(app):\n"
        "    c = app.test_client()\n"
        '    assert c.get("/hello/Bob").text == "Hello, Bob!"'
    )


def test_a_client_that_a_cell_makes_alone_is_made_in_each_test() -> None:
    text = write_test_module(
        LOAD,
        HELLO,
        MADE,
        'assert c.get("/hello/Ada").status_code == 200',
        "# Others\n",
        'assert c.get("/hello/Bob").status_code == 200',
    )
    assert text.count("def test_") == text.count(MADE) == 2


def test_cells_that_share_a_client_s_session_are_one_test_with_one_client() -> None:
    text = write_test_module(
        LOAD,
        VISITS,
        MADE,
        'assert c.get("/visits").text == "1"',
        'assert c.get("/visits").text == "2"',
        MADE,
        'assert c.get("/visits").text == "1"',
    )
    (counted, anew) = text.split("\n\n\n")
    assert counted.count(MADE) == anew.count(MADE) == 1
    assert counted.index('text == "1"') < counted.index('text == "2"')
    assert 'text == "1"' in anew


def test_a_function_that_uses_such_a_client_stays_behind() -> None:
    ask = "def ask(name):\n    return c.get(f'/hello/{name}').text"
    project = build(LOAD, HELLO, MADE, ask, "assert ask('Ada') == 'Hello, Ada!'")
    assert "tests/test_app.py" not in project.files
    assert any("uses 'c'" in each.text or "uses 'ask'" in each.text for each in project.notes)
