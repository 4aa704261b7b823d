"""An answer is asserted as far as it holds in the project, and no further."""

from __future__ import annotations

import pytest

from tests.export.testing.stored import LOAD, as_json, build, page, write_test_module

A = "%%route /a\n'a'"
ASK_A = ("%flask_get /a", page("a"))
IS_TOLD = 'assert response.text == "a"'


@pytest.mark.parametrize(
    "hook",
    [
        "if request.path.startswith('/admin'):\n    abort(403)",
        "if request.method not in ('GET', 'HEAD') and request.path != '/login':\n    abort(403)",
        "is_spared = request.endpoint in ('a', 'b')\nif not is_spared:\n    return 'closed', 503",
        "if current_app.config.get('CLOSED'):\n    return 'closed', 503",
        "if request.blueprint:\n    return 'closed', 503",
        "if request.endpoint == 'a':\n    return\nreturn 'closed', 503",
        "g.user = request.headers.get('X-User')",
    ],
)
def test_a_later_hook_that_leaves_the_request_alone_outdates_nothing(hook: str) -> None:
    assert IS_TOLD in write_test_module(LOAD, A, ASK_A, f"%%before_request\n{hook}")


@pytest.mark.parametrize(
    "hook",
    [
        "if request.path.startswith('/a'):\n    abort(403)",
        "if request.headers.get('X-User') != 'Ada':\n    return 'closed', 503",
        "if not current_app.config.get('OPEN'):\n    return 'closed', 503",
        "if request.endpoint != 'b':\n    return 'closed', 503",
    ],
)
def test_a_later_hook_that_may_answer_outdates_the_answer(hook: str) -> None:
    assert write_test_module(LOAD, A, ASK_A, f"%%before_request\n{hook}") == ""


def test_a_later_hook_that_gives_the_view_a_value_outdates_the_answer() -> None:
    view = "%%route /a\ng.get('name', 'a')"
    assert write_test_module(LOAD, view, ASK_A, "%%before_request\ng.name = 'b'") == ""


def test_a_later_hook_that_changes_responses_leaves_that_the_request_is_sent() -> None:
    text = write_test_module(
        LOAD,
        "%%route /n POST\nsession['n'] = session.get('n', 0) + 1\nstr(session['n'])",
        ("%flask_post /n", page("1")),
        "%%after_request\nresponse.set_data(response.data.upper())\nreturn response",
        ("%flask_post /n", page("2")),
    )
    assert text.count('client.post("/n")') == 2
    assert 'response.text == "1"' not in text
    assert 'response.text == "2"' in text


def test_a_template_that_is_changed_later_leaves_status_and_media_type() -> None:
    text = write_test_module(
        LOAD,
        "%%template a.html\nold",
        "%%route /a\nrender_template('a.html')",
        ("%flask_get /a", page("old")),
        "%%template a.html\nnew",
    )
    assert "assert response.status_code == 200" in text
    assert 'assert response.mimetype == "text/html"' in text
    assert "old" not in text


def test_the_handler_of_a_code_comes_before_that_of_all_errors() -> None:
    asked = ("%flask_get /a", page("no a", "404 NOT FOUND"))
    cells = (LOAD, "%%route /a\nabort(404)", "%%errorhandler 404\n'no a', 404", asked)
    for_all = "%%errorhandler HTTPException\n'no', error.code"
    assert 'assert response.text == "no a"' in write_test_module(*cells, for_all)
    assert write_test_module(*cells, "%%errorhandler 404\n'none', 404") == ""


@pytest.mark.parametrize(("limit", "is_told"), [(4, False), (5, True)])
def test_a_later_limit_outdates_what_is_larger(limit: int, is_told: bool) -> None:
    text = write_test_module(
        LOAD,
        "%%route /size POST\nstr(len(request.get_data()))",
        ("%flask_post /size -d 12345", page("5")),
        f"app.config['MAX_CONTENT_LENGTH'] = {limit}",
    )
    assert ('assert response.text == "5"' in text) is is_told


def test_sessions_are_told_apart_by_their_keys() -> None:
    text = write_test_module(
        LOAD,
        "%%route /visits\nsession['n'] = session.get('n', 0) + 1\nstr(session['n'])",
        "%%route /cart/<item> POST\nsession['cart'] = item\nsession['cart']",
        ("%flask_get /visits", page("1")),
        ("%flask_post /cart/tea", page("tea")),
        ("%flask_get /visits", page("2")),
    )
    assert text.count("def test_") == 2


def test_a_view_that_clears_the_session_belongs_to_all_who_use_it() -> None:
    text = write_test_module(
        LOAD,
        "%%route /visits\nsession['n'] = session.get('n', 0) + 1\nstr(session['n'])",
        "%%route /logout POST\nsession.clear()\n'bye'",
        ("%flask_get /visits", page("1")),
        ("%flask_post /logout", page("bye")),
        ("%flask_get /visits", page("1")),
    )
    assert text.count("def test_") == 1


def test_after_a_replay_nobody_knows_the_state() -> None:
    text = write_test_module(
        LOAD,
        "n = []",
        "%%route /n POST\nn.append(1)\nstr(len(n))",
        ("%flask_post /n", page("1")),
        "%flask_replay 1 --yes",
        ("%flask_post /n", page("3")),
    )
    assert '"1"' in text
    assert '"3"' not in text


def test_an_answer_that_is_older_than_an_item_of_the_data_is_left_out() -> None:
    text = write_test_module(
        LOAD,
        "prices = {'tea': 4, 'milk': 1}",
        "%%route /<name>\nstr(prices[name])",
        ("%flask_get /tea", page("4")),
        "prices['tea'] = 5",
        ("%flask_get /milk", page("1")),
    )
    assert '"4"' not in text
    assert 'response.text == "1"' in text


def test_a_request_that_is_sent_again_is_told_once() -> None:
    assert write_test_module(LOAD, A, ASK_A, ASK_A).count("def test_") == 1


def test_a_view_that_calls_any_other_changes_what_any_other_does() -> None:
    text = write_test_module(
        LOAD,
        "n = []",
        "%%route /n POST\nn.append(1)\nstr(len(n))",
        "%%route /other POST\ncurrent_app.view_functions['post_n']()",
        ("%flask_post /other", page("1")),
        ("%flask_post /n", page("2")),
    )
    assert text.count("def test_") == 1


def test_what_plain_flask_has_not_is_not_tested() -> None:
    project = build(LOAD, "%%route /a\nstr(len(app.static_files))", ("%flask_get /a", page("0")))
    assert "tests/test_app.py" not in project.files
    assert any("`app.static_files` is another in the project" in n.text for n in project.notes)


def test_objects_that_are_made_and_constants_outlast_no_request() -> None:
    text = write_test_module(
        LOAD,
        "LABELS = {'a': 'A'}",
        "class Wrong(Exception):\n    def __init__(self, name):\n        self.name = name",
        "%%errorhandler Wrong\nerror.name, 400",
        "%%route /<name> POST\nif name not in LABELS:\n    raise Wrong(name)\nLABELS[name]",
        ("%flask_post /a", page("A")),
        ("%flask_post /b", page("b", "400 BAD REQUEST")),
    )
    assert text.count("def test_") == 2


def test_a_cell_that_was_run_again_later_outdates_what_stands_between() -> None:
    project = build(LOAD, A, ASK_A)
    assert b"def test_get_a" in project.files["tests/test_app.py"]
    again = build(LOAD, A, ASK_A, runs=(1, 5, 3))
    assert "tests/test_app.py" not in again.files


def test_a_redirect_that_is_followed_is_judged_where_it_ends() -> None:
    answer = f"302 FOUND -> /b\n{page('old')}"
    cells = (LOAD, "%%route /b\n'old'", "%%route /a\nredirect(url_for('b'))")
    asked = ("%flask_get /a --follow", answer)
    text = write_test_module(*cells, asked)
    assert 'client.get("/a", follow_redirects=True)' in text
    assert 'assert response.request.path == "/b"' in text
    assert 'assert response.text == "old"' in text
    assert write_test_module(*cells, asked, "%%route /b\n'new'") == ""


def test_a_response_that_is_read_from_a_file_is_closed() -> None:
    text = write_test_module(LOAD, "%%static a.css\na {}", ("%flask_get /static/a.css", CSS))
    assert 'with client.get("/static/a.css") as response:' in text


CSS = page("a {}\n", media_type="text/css; charset=utf-8")


@pytest.mark.parametrize(
    ("cell", "asked", "expected"),
    [
        (
            "%%route /a\n'a'",
            ("%flask_get /b", page("", "404 NOT FOUND")),
            "get_b_is_not_found",
        ),
        (
            "%%route /a\n'a'",
            ("%flask_post /a", "405 METHOD NOT ALLOWED\nAllow: GET, HEAD, OPTIONS\n\n"),
            "post_a_is_not_allowed",
        ),
        (
            "%%route /a/\n'a'",
            ("%flask_get /a", "308 PERMANENT REDIRECT\nLocation: http://localhost/a/\n\n"),
            "get_a_redirects_to_a",
        ),
        (
            "api = Blueprint('api', __name__, url_prefix='/api')\n\n\n@api.get('/a')\n"
            "def a():\n    return {'a': 1}\n\n\napp.register_blueprint(api)",
            ("%flask_get /api/a", as_json({"a": 1})),
            "get_api_a",
        ),
        (
            "@app.route('/a', defaults={'page': 1})\n@app.route('/a/<int:page>')\n"
            "def a(page):\n    return str(page)",
            ("%flask_get /a", page("1")),
            "get_a",
        ),
    ],
    ids=["no view", "another method", "a slash", "a blueprint", "a default"],
)
def test_a_path_leads_where_werkzeug_says(cell: str, asked: tuple[str, str], expected: str) -> None:
    assert f"def test_{expected}(client):" in write_test_module(LOAD, cell, asked)


def test_where_an_extension_may_answer_nobody_knows() -> None:
    cells = (
        "from flask_admin import Admin\nadmin = Admin(app)",
        ("%flask_get /b", page("no", "404 NOT FOUND")),
    )
    assert write_test_module(LOAD, *cells) == ""


REGISTER = """
handlers = {}

def on(kind):
    def register(handler):
        handlers[kind] = handler
        return handler
    return register
"""


def test_an_answer_is_left_out_whose_registered_function_was_mended_since() -> None:
    text = write_test_module(
        LOAD,
        REGISTER,
        "@on('a')\ndef note():\n    return 'old'",
        "%%route /<kind>\nhandlers[kind]()",
        ("%flask_get /a", page("old")),
        "@on('a')\ndef note():\n    return 'new'",
        ("%flask_get /a?again", page("new")),
    )
    assert '"old"' not in text
    assert 'response.text == "new"' in text


@pytest.mark.parametrize(("kind", "is_told"), [("Lock()", True), ("active_count()", False)])
def test_a_lock_leaves_answers_as_they_are(kind: str, is_told: bool) -> None:
    made = f"import threading\nlock = threading.{kind}\nseen = []"
    view = "%%route /\nwith lock:\n    seen.append(1)\nstr(len(seen))"
    text = write_test_module(LOAD, made, view, ("%flask_get /", page("1")))
    assert ('assert response.text == "1"' in text) is is_told
