"""Python of cells that tries the app is carried over: asserts, what is shown, test functions."""

from __future__ import annotations

import pytest

from tests.export.testing.stored import LOAD, build, page, write_test_module

HELLO = "%%route /hello/<name>\nf'Hello, {name}!'"
VISITS = "%%route /visits\nsession['n'] = session.get('n', 0) + 1\nstr(session['n'])"


def test_a_cell_of_asserts_is_a_test_named_by_its_heading() -> None:
    text = write_test_module(
        LOAD,
        HELLO,
        "# Shop\n\n### 2. Greetings",
        "client = app.test_client()\n"
        'assert client.get("/hello/Ada").text == "Hello, Ada!"\n'
        'assert client.get("/nowhere").status_code == 404',
    )
    assert text == (
        "def test_greetings(client):\n"
        '    assert client.get("/hello/Ada").text == "Hello, Ada!"\n'
        '    assert client.get("/nowhere").status_code == 404'
    )


def test_without_a_heading_a_test_is_named_by_what_is_asked() -> None:
    text = write_test_module(LOAD, HELLO, 'assert app.test_client().get("/hello/Ada").text')
    assert text.startswith("def test_hello_ada(app):")


def test_what_a_cell_shows_is_asserted() -> None:
    text = write_test_module(
        LOAD,
        HELLO,
        (
            'response = app.test_client().get("/hello/Ada")\nresponse.status, response.text',
            "('200 OK', 'Hello, Ada!')",
        ),
    )
    assert "assert response.status_code == 200" in text
    assert 'assert response.text == "Hello, Ada!"' in text


def test_what_a_cell_displays_is_left_out_and_its_requests_are_sent() -> None:
    text = write_test_module(
        LOAD,
        VISITS,
        "with app.test_client() as client:\n"
        "    display(client.get('/visits'))\n"
        "    assert client.get('/visits').text == '2'\n"
        "    display(client)\n"
        "display('done')",
    )
    assert "display" not in text
    assert "pass" not in text
    assert text.count("client.get('/visits')".replace("'", '"')) == 2


def test_what_is_asserted_already_is_not_asserted_again_as_shown() -> None:
    text = write_test_module(
        LOAD,
        HELLO,
        (
            'response = app.test_client().get("/hello/Ada")\n'
            "assert response.status_code == 200\n"
            "response.status, response.text",
            "('200 OK', 'Hello, Ada!')",
        ),
    )
    assert text.count("status_code == 200") == 1
    assert 'assert response.text == "Hello, Ada!"' in text


def test_asserts_of_what_only_the_notebook_has_are_no_tests_of_the_project() -> None:
    text = write_test_module(
        LOAD,
        HELLO,
        "def double(number):\n    return 2 * number",
        "with app.app_context():\n    assert double(2) == 4",
    )
    assert text == ""


def test_what_a_cell_prints_is_asserted() -> None:
    text = write_test_module(
        LOAD,
        HELLO,
        (
            "client = app.test_client()\n"
            'print(client.get("/hello/Ada").text)\n'
            'print(client.get("/nowhere").status, "x" in client.get("/hello/x").text)',
            "",
            "Hello, Ada!\n404 NOT FOUND True\n",
        ),
    )
    assert 'assert client.get("/hello/Ada").text == "Hello, Ada!"' in text
    assert 'assert client.get("/nowhere").status_code == 404' in text
    assert 'assert "x" in client.get("/hello/x").text' in text
    assert "print" not in text


def test_what_changes_from_run_to_run_is_not_asserted_as_it_was_shown() -> None:
    text = write_test_module(
        LOAD,
        "%%route /now\nimport time\nstr(time.time())",
        ('app.test_client().get("/now").text', "'1700000000.0'"),
    )
    assert "1700000000" not in text


def test_cells_that_share_a_client_s_session_are_one_test() -> None:
    text = write_test_module(
        LOAD,
        VISITS,
        'client = app.test_client()\nassert client.get("/visits").text == "1"',
        'assert client.get("/visits").text == "2"',
        'client = app.test_client()\nassert client.get("/visits").text == "1"',
    )
    first, second = text.split("\n\n\n")
    assert first.index('== "1"') < first.index('== "2"')
    assert second.endswith('(client):\n    assert client.get("/visits").text == "1"')


def test_a_python_client_has_not_the_cookies_of_the_notebook_s_own() -> None:
    text = write_test_module(
        LOAD,
        VISITS,
        ("%flask_get /visits", page("1")),
        'client = app.test_client()\nassert client.get("/visits").text == "1"',
    )
    assert text.count("def test_") == 2


def test_a_response_that_a_cell_keeps_is_asserted_in_the_same_test() -> None:
    text = write_test_module(
        LOAD, HELLO, "response = %flask_get /hello/Ada", 'assert response.text == "Hello, Ada!"'
    )
    assert 'response = client.get("/hello/Ada")' in text
    assert 'assert response.text == "Hello, Ada!"' in text


def test_asserts_older_than_their_view_are_left_out_with_a_note() -> None:
    project = build(
        LOAD,
        "%%route /a\n'old'",
        'assert app.test_client().get("/a").text == "old"',
        "%%route /a\n'new'",
    )
    assert "tests/test_app.py" not in project.files
    assert [each.text for each in project.notes] == [
        "No test is made of what cell 3 asserts, because cell 4 changes the answer since."
    ]


def test_a_statement_that_asks_the_inspector_is_left_out_and_the_rest_kept() -> None:
    text = write_test_module(
        LOAD,
        HELLO,
        "import nbflask\n"
        'assert app.test_client().get("/hello/Ada").status_code == 200\n'
        "assert nbflask.requests()[-1].response.status_code == 200",
    )
    assert "nbflask" not in text
    assert 'assert app.test_client().get("/hello/Ada").status_code == 200' in text


def test_test_functions_go_over_as_they_are_with_fixtures() -> None:
    text = write_test_module(
        LOAD,
        HELLO,
        "import pytest",
        '@pytest.mark.parametrize("name", ["Ada", "Bob"])\n'
        "def test_everybody_is_greeted(name):\n"
        "    client = app.test_client()  # a comment\n"
        '    assert name in client.get(f"/hello/{name}").text',
    )
    assert text == (
        "import pytest\n\n\n"
        '@pytest.mark.parametrize("name", ["Ada", "Bob"])\n'
        "def test_everybody_is_greeted(app, name):\n"
        "    client = app.test_client()  # a comment\n"
        '    assert name in client.get(f"/hello/{name}").text'
    )


def test_what_is_for_pytest_is_no_part_of_the_app() -> None:
    project = build(
        LOAD,
        HELLO,
        "import ipytest\nimport pytest\nipytest.autoconfig()",
        "%%ipytest\n"
        "@pytest.fixture\ndef name():\n    return 'Ada'\n\n\n"
        "class TestGreeting:\n"
        "    def test_it(self, name):\n        assert app.test_client().get(f'/hello/{name}').text",
    )
    code, tests = (project.files[each].decode() for each in ("app.py", "tests/test_app.py"))
    assert "pytest" not in code
    assert "TestGreeting" not in code
    assert "ipytest" not in tests
    assert "@pytest.fixture\ndef name():" in tests
    assert "def test_it(self, app, name):" in tests


def test_functions_that_tests_call_come_along_and_take_fixtures() -> None:
    text = write_test_module(
        LOAD,
        HELLO,
        "def greet(name):\n    return app.test_client().get(f'/hello/{name}').text",
        "def test_ada():\n    assert greet('Ada') == 'Hello, Ada!'",
        "class TestOthers:\n    def test_bob(self):\n        assert greet('Bob')",
    )
    assert "def greet(app, name):" in text
    assert "def test_ada(app):\n    assert greet(app, " in text
    assert "def test_bob(self, app):\n        assert greet(app, " in text


def test_names_of_the_app_s_module_are_imported_from_it() -> None:
    text = write_test_module(
        LOAD,
        "def double(number):\n    return 2 * number",
        "%%route /double/<int:number>\nstr(double(number))",
        'assert double(2) == 4\nassert app.test_client().get("/double/2").text == "4"',
    )
    assert text.startswith("from app import double\n")


def test_a_test_function_that_needs_the_notebook_is_left_out_with_a_note() -> None:
    project = build(
        LOAD,
        HELLO,
        "import nbflask",
        "def test_it():\n"
        "    app.test_client().get('/hello/Ada')\n    assert nbflask.requests()[-1].status",
    )
    texts = [each.text for each in project.notes]
    assert "`test_it` is no test of the project, because it uses 'nbflask'." in texts


def test_a_test_function_that_changes_what_others_read_is_left_out() -> None:
    project = build(
        LOAD,
        "notes = []",
        "%%route /notes\nstr(len(notes))",
        "%%route /notes POST\nnotes.append(1)\nstr(len(notes))",
        ("%flask_get /notes", page("0")),
        "def test_add():\n    assert app.test_client().post('/notes').text == '1'",
    )
    assert b"def test_add" not in project.files["tests/test_app.py"]
    assert any("it changes 'notes', which others read" in each.text for each in project.notes)


def test_what_no_assert_needs_is_in_no_test() -> None:
    text = write_test_module(
        LOAD,
        HELLO,
        "def show(client):\n    print(session, client)",
        'client = app.test_client()\nassert client.get("/hello/Ada").text == "Hello, Ada!"\n'
        "with client:\n    show(client)\n    print(session)",
    )
    assert text == (
        'def test_hello_ada(client):\n    assert client.get("/hello/Ada").text == "Hello, Ada!"'
    )


def test_an_expected_failure_is_answered_and_not_raised() -> None:
    text = write_test_module(
        LOAD,
        "%%route /fail\n1 / 0",
        'assert app.test_client().get("/fail").status_code == 500',
    )
    assert 'monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)' in text


def test_what_sends_a_request_and_asserts_nothing_is_no_test() -> None:
    assert write_test_module(LOAD, HELLO, 'app.test_client().get("/hello/Ada")') == ""


GUARDED = (
    LOAD,
    "API_KEY = 'q8Zr4vTn2LxW7mKp'",
    "%%route /a\nif request.headers.get('X-API-Key') != API_KEY:\n    abort(401)\n'in'",
)


def test_a_secret_of_the_app_is_read_from_the_environment_in_asserts_too() -> None:
    text = write_test_module(
        *GUARDED,
        "headers = {'X-API-Key': 'q8Zr4vTn2LxW7mKp'}\n"
        "assert app.test_client().get('/a', headers=headers).text == 'in'",
    )
    assert text.startswith("import os\n\n\ndef test_a(app):\n")
    assert 'headers = {"X-API-Key": os.environ["API_KEY"]}' in text


@pytest.mark.parametrize(
    "cell",
    [
        "assert app.test_client().get('/a', headers={'X-API-Key': KEY}).status_code == 401",
        "def test_it():\n    assert app.test_client().get('/a', headers={'X-API-Key': KEY})",
    ],
    ids=["asserts", "a function"],
)
def test_a_secret_that_the_app_has_no_use_for_is_in_no_test(cell: str) -> None:
    project = build(*GUARDED, cell.replace("KEY}", "'ghp_abcdefghijklmnopqrstuvwxyz0123456789'}"))
    assert not any(b"ghp_" in content for content in project.files.values())
    assert any(
        "because it sends a secret that the app does not hold" in n.text for n in project.notes
    )


def test_what_a_cell_asserts_of_its_own_request_is_a_test() -> None:
    text = write_test_module(
        LOAD,
        HELLO,
        "r = %flask_get /hello/Ada\nassert r.status_code == 200\nassert r.text == 'Hello, Ada!'",
    )
    assert text == (
        "def test_hello_ada(client):\n"
        '    r = client.get("/hello/Ada")\n\n'
        "    assert r.status_code == 200\n"
        '    assert r.text == "Hello, Ada!"'
    )


def test_requests_and_asserts_of_a_cell_stay_in_their_order() -> None:
    text = write_test_module(
        LOAD,
        HELLO,
        "name = 'Ada'\nr = %flask_get /hello/Ada\nsaid = r.text\nassert name in said\n"
        "r = %flask_get /hello/Bob\nassert r.text != said",
    )
    lines = [each.strip() for each in text.splitlines() if each.strip()]
    assert lines[lines.index('r = client.get("/hello/Ada")') :] == [
        'r = client.get("/hello/Ada")',
        "said = r.text",
        "assert name in said",
        'r = client.get("/hello/Bob")',
        "assert r.text != said",
    ]
