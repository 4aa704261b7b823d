"""A request cell becomes the call of a test client that a person would have written."""

from __future__ import annotations

import pytest

from tests.export.testing.stored import LOAD, build, page, write_test_module

ANY = "%%route /a GET POST PUT\n'ok'"
OK = page("ok")


@pytest.mark.parametrize(
    ("cell", "call"),
    [
        ("%flask_get '/a?q=x y'", 'client.get("/a?q=x y")'),
        ("%flask_get /a -H 'X-User: Ada'", 'client.get("/a", headers={"X-User": "Ada"})'),
        ("%flask_post /a -d t=1 -d t=2 -d u=", 'data={"t": ["1", "2"], "u": ""}'),
        ("%flask_post /a --json '[1, null]'", 'client.post("/a", json=[1, None])'),
        ("%%flask_put /a\nDear Ada", 'client.put( "/a", data="Dear Ada"'),
        ("%flask_post /a -F 'f=x;filename=x.txt'", '{"f": (io.BytesIO(b"x"), "x.txt")}'),
        ("%%http\nPOST /a\nContent-Type: text/csv\n\na,b", 'content_type="text/csv"'),
    ],
    ids=["a query", "a field", "a form", "JSON", "a text", "a file", "http"],
)
def test_a_request_is_written_as_a_call(cell: str, call: str) -> None:
    is_several = cell.startswith("%%http")
    text = write_test_module(LOAD, ANY, (cell, f"POST /a\n{OK}" if is_several else OK))
    assert call in text.replace("\n        ", " ").replace("'", '"')


@pytest.mark.parametrize(
    ("view", "is_plain"),
    [
        ("frame = {}\nprint(frame.data)\n'ok'", True),
        ("form.name.data\n'ok'", True),
        ("request.data\n'ok'", False),
        ("asked = request\nasked.data\n'ok'", False),
    ],
)
def test_json_is_written_as_such_where_no_view_reads_its_bytes(view: str, is_plain: bool) -> None:
    cells = ("form = object()", f"%%route /b POST\n{view}")
    document = ", ".join(f'"feature {number}": {number}.5' for number in range(8))
    ask = (f"%%flask_post /b\n{{{document}}}", OK)
    text = write_test_module(LOAD, *cells, ask)
    assert ("        json={\n" in text) is is_plain
    assert ("content_type=" in text) is not is_plain
    if is_plain:
        assert max(map(len, text.splitlines())) <= 88


def test_a_cookie_of_one_request_is_not_sent_with_the_next() -> None:
    text = write_test_module(
        LOAD,
        "%%route /a\nsession['n'] = request.cookies.get('n', '0')\nsession['n']",
        ("%flask_get /a -b n=1", page("1")),
        ("%flask_get /a", page("0")),
    )
    lines = [line.strip() for line in text.splitlines() if "cookie" in line or "get(" in line]
    assert lines == [
        'client.set_cookie("n", "1")',
        'response = client.get("/a")',
        'client.delete_cookie("n")',
        'response = client.get("/a")',
    ]


def test_a_password_of_the_notebook_s_own_is_test_data() -> None:
    text = write_test_module(
        LOAD,
        "%%route /in POST\nif request.form['password'] != 'cat':\n    abort(403)\n'in'",
        ("%flask_post /in -d password=cat", page("in")),
    )
    assert 'data={"password": "cat"}' in text


def test_a_password_that_is_refused_is_another_one_in_the_test() -> None:
    text = write_test_module(
        LOAD,
        "%%route /in POST\nif request.form['password'] != 'cat':\n    abort(403)\n'in'",
        ("%flask_post /in -d password=hunter2", page("no", "403 FORBIDDEN")),
    )
    assert 'data={"password": "wrong"}' in text


def test_basic_authentication_is_written_as_user_and_password() -> None:
    text = write_test_module(
        LOAD,
        "%%route /in\nif request.authorization.password != 'cat':\n    abort(401)\n'in'",
        ("%flask_get /in -u ada:cat", page("in")),
    )
    assert 'client.get("/in", auth=("ada", "cat"))' in text


@pytest.mark.parametrize(
    "cell",
    [
        "%flask_post /a -d password=q8Zr4vTn2LxW",
        "%flask_get /a -u ada:q8Zr4vTn2LxW",
        "%flask_get /a -H 'Authorization: Bearer q8Zr4vTn2LxW'",
        "%flask_get /a -b token=q8Zr4vTn2LxW",
        "%flask_get '/a?api_key=q8Zr4vTn2LxW'",
        '%flask_post /a --json \'{"login": {"password": "q8Zr4vTn2LxW"}}\'',
    ],
    ids=["a form", "a user", "a bearer", "a cookie", "a query", "JSON"],
)
def test_a_secret_that_the_app_does_not_hold_is_in_no_test(cell: str) -> None:
    project = build(LOAD, ANY, (cell, OK))
    assert not any(b"q8Zr4vTn2LxW" in content for content in project.files.values())
    assert any("it sends a secret that the app does not hold" in n.text for n in project.notes)
