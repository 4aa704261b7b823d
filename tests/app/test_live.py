from __future__ import annotations

import gc
import threading
import weakref
from typing import TYPE_CHECKING, Any

import flask
import pytest
from werkzeug.routing import BuildError

from nbflask.app import Flask, declarations

if TYPE_CHECKING:
    from pathlib import Path

    from .notebook import Cells

INDEX = "@app.route('/')\ndef index():\n    return 'old'\n"


def test_a_cell_run_again_replaces_its_view(cells: Cells) -> None:
    cells.run("a", INDEX)
    assert cells.get("/") == "old"
    cells.run("a", INDEX.replace("old", "new"))
    assert cells.get("/") == "new"


def test_a_view_may_be_renamed_at_its_rule(cells: Cells) -> None:
    cells.run("a", INDEX)
    cells.run("a", INDEX.replace("index", "home").replace("old", "new"))
    assert cells.get("/") == "new"
    assert [d.endpoint for d in declarations(cells.names["app"]) if d.rule == "/"] == ["home"]


def test_a_view_may_be_moved_to_another_rule(cells: Cells) -> None:
    cells.run("a", INDEX)
    cells.run("a", INDEX.replace("'/'", "'/home'"))
    assert (cells.get("/"), cells.get("/home")) == ("404", "old")


def test_a_rules_variable_may_be_renamed(cells: Cells) -> None:
    cells.run("a", "@app.route('/u/<name>')\ndef user(name):\n    return name\n")
    cells.run("a", "@app.route('/u/<who>')\ndef user(who):\n    return who.upper()\n")
    assert cells.get("/u/ada") == "ADA"


def test_fewer_routes_in_a_run_leave_fewer_in_the_app(cells: Cells) -> None:
    cells.run("a", "@app.route('/x')\n@app.route('/y')\ndef f():\n    return 'f'\n")
    cells.run("a", "@app.route('/y')\ndef f():\n    return 'f'\n")
    assert (cells.get("/x"), cells.get("/y")) == ("404", "f")


def test_a_declaration_is_in_force_within_its_cell(cells: Cells) -> None:
    cells.run("a", INDEX)
    again = INDEX.replace("old", "new") + "seen = app.test_client().get('/').text"
    cells.run("a", again)
    assert cells.names["seen"] == "new"


def test_what_a_cell_no_longer_declares_serves_until_it_ends(cells: Cells) -> None:
    cells.run("a", "@app.route('/u/<name>')\ndef user(name):\n    return name\n")
    cells.run(
        "a",
        "@app.route('/v/<who>')\ndef user(who):\n    return who.upper()\n"
        "client = app.test_client()\n"
        "seen = client.get('/u/ada').text, client.get('/v/ada').text\n",
    )
    assert cells.names["seen"] == ("ada", "ADA")
    assert cells.get("/u/ada") == "404"


FAILING = {
    "a view": INDEX.replace("old", "new"),
    "another rule": "@app.route('/u')\ndef u():\n    return 'u'\n",
    "a hook": "@app.before_request\ndef refuse():\n    return 'refused', 403\n",
    "an error handler": "@app.errorhandler(404)\ndef missing(e):\n    return 'missing'\n",
    "configuration": "app.config['SECRET_KEY'] = 'x'\n",
    "a template": "app.templates['t.html'] = 'new'\n",
    "a filter": "@app.template_filter()\ndef shout(s):\n    return s.upper()\n",
    "middleware": "app.wsgi_app = lambda e, s: [b'none']\n",
    "an attribute": "app.json = None\n",
    "an extension": "app.extensions['x'] = 1\n",
    "a blueprint": "app.register_blueprint(Blueprint('b', __name__))\n",
    "a view taken away": "app.view_functions.pop('index')\n",
    "hooks cleared": "app.before_request_funcs.setdefault(None, []).clear()\n",
}


def describe(app: Any) -> Any:
    """Give all that declarations could change, as values."""
    tables = [
        app.before_request_funcs, app.error_handler_spec, app.config, app.templates,
        app.extensions, app.blueprints, app.jinja_env.filters, app.view_functions,
    ]  # fmt: skip
    return (
        [repr(sorted(_plain(table).items(), key=repr)) for table in tables],
        [str(rule) for rule in app.url_map.iter_rules()],
        app.json,
        app.wsgi_app,
    )


def _plain(table: Any) -> dict[Any, Any]:
    plain = {k: _plain(v) if isinstance(v, dict) else v for k, v in dict(table).items()}
    return {k: v for k, v in plain.items() if v not in ({}, [])}


@pytest.mark.parametrize("source", FAILING.values(), ids=FAILING)
def test_a_cell_that_fails_changes_nothing(cells: Cells, source: str) -> None:
    cells.run("a", INDEX)
    before = describe(cells.names["app"])
    _, error = cells.attempt("b", source + "\n1/0")
    assert isinstance(error, ZeroDivisionError)
    assert describe(cells.names["app"]) == before
    assert cells.get("/") == "old"


@pytest.mark.parametrize("source", FAILING.values(), ids=FAILING)
def test_a_deleted_cell_takes_its_declarations_along(cells: Cells, source: str) -> None:
    cells.run("a", INDEX)
    before = describe(cells.names["app"])
    cells.run("b", source)
    cells.journal.forget(["b", "unknown"])
    assert describe(cells.names["app"]) == before
    assert cells.get("/") == "old"


def test_a_cell_that_declares_twice_the_same_is_refused_as_by_flask(cells: Cells) -> None:
    _, error = cells.attempt("a", INDEX + INDEX.replace("'/'", "'/b'"))
    assert isinstance(error, AssertionError)
    assert "overwriting an existing endpoint function: index" in str(error)


def test_the_later_of_two_cells_serves_and_the_user_is_told(cells: Cells) -> None:
    cells.run("a", INDEX)
    outcome = cells.run("b", INDEX.replace("index", "other").replace("old", "later"))
    assert outcome.notices == ("GET / is also declared by the cell 'a'. This cell serves it now.",)
    assert cells.get("/") == "later"
    cells.journal.forget(["b"])
    assert cells.get("/") == "old"


def test_two_cells_with_one_endpoint_keep_their_own_views(cells: Cells) -> None:
    cells.run("a", INDEX)
    outcome = cells.run("b", INDEX.replace("'/'", "'/b'").replace("old", "later"))
    assert outcome.notices == (
        "Endpoint 'index' is also declared by the cell 'a', at /. "
        "url_for() means this cell's view now; name one of them anew.",
    )
    assert (cells.get("/"), cells.get("/b")) == ("old", "later")
    cells.journal.forget(["b"])
    assert (cells.get("/"), cells.get("/b")) == ("old", "404")


def test_a_view_that_another_cell_has_wrapped_is_served_wrapped(cells: Cells) -> None:
    cells.run("a", INDEX)
    cells.run(
        "b",
        "inner = app.view_functions['index']\n"
        "app.view_functions['index'] = lambda: inner() + ', wrapped'\n",
    )
    assert cells.get("/") == "old, wrapped"
    cells.journal.forget(["b"])
    assert cells.get("/") == "old"


def test_methods_of_one_rule_may_come_from_two_cells(cells: Cells) -> None:
    cells.run("a", "@app.get('/x')\ndef show():\n    return 'shown'\n")
    outcome = cells.run("b", "@app.post('/x')\ndef save():\n    return 'saved'\n")
    assert outcome.notices == ()
    client = cells.names["app"].test_client()
    assert (client.get("/x").text, client.post("/x").text) == ("shown", "saved")
    assert {*client.put("/x").headers["Allow"].split(", ")} == {"GET", "HEAD", "OPTIONS", "POST"}


def test_cells_without_an_id_are_told_apart_by_what_they_declare(cells: Cells) -> None:
    cells.run(None, INDEX)
    outcome = cells.run(None, INDEX.replace("index", "home").replace("old", "renamed"))
    assert cells.get("/") == "renamed"
    assert outcome.notices == ("GET / is also declared by another cell. This cell serves it now.",)
    outcome = cells.run(None, INDEX.replace("index", "home").replace("'/'", "'/home'"))
    assert (cells.get("/"), cells.get("/home")) == ("404", "old")
    assert outcome.notices == ("Endpoint 'home' of another cell moved from / to /home.",)


def test_hooks_run_again_keep_their_place(cells: Cells) -> None:
    hook = "@app.before_request\ndef {0}():\n    g.setdefault('seen', []).append('{1}')\n"
    cells.run("a", hook.format("one", 1) + hook.format("two", 2))
    cells.run("b", hook.format("three", 3))
    cells.run("v", "@app.route('/seen')\ndef seen():\n    return ''.join(g.seen)\n")
    assert cells.get("/seen") == "123"
    cells.run("a", hook.format("one", "A") + hook.format("two", "B"))
    assert cells.get("/seen") == "AB3"
    cells.run("a", hook.format("other", "x") + hook.format("two", "y"))
    assert cells.get("/seen") == "xy3"
    cells.run("a", hook.format("two", "z"))
    assert cells.get("/seen") == "z3"
    cells.journal.forget(["a"])
    assert cells.get("/seen") == "3"


def test_a_lambda_hook_is_replaced_when_its_cell_ends(cells: Cells) -> None:
    for value in "12":
        cells.run("a", f"app.after_request(lambda r: r.headers.add('X', '{value}') or r)")
    response = cells.names["app"].test_client().get("/")
    assert response.headers.getlist("X") == ["2"]


def test_the_app_stays_one_object_when_its_cell_runs_again(cells: Cells) -> None:
    app = cells.names["app"]
    cells.run("a", INDEX)
    outcome = cells.run("app", "app = Flask(__name__)")
    assert cells.names["app"] is app
    assert cells.get("/") == "old"
    assert outcome.notices == (
        "The app is the same object as before, with what other cells declared on it. "
        "%flask_reset starts over.",
    )


def test_an_app_made_again_takes_other_arguments(cells: Cells, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello")
    app = cells.names["app"]
    source = f"app = Flask(__name__, static_folder={str(tmp_path)!r}, static_url_path='/files')"
    cells.run("a", INDEX)
    cells.run("app", source)
    assert cells.names["app"] is app
    assert (cells.get("/files/a.txt"), cells.get("/")) == ("hello", "old")
    _, error = cells.attempt("app", "app = Flask(__name__)\n1/0")
    assert isinstance(error, ZeroDivisionError)
    assert cells.get("/files/a.txt") == "hello"


def test_an_app_made_again_reads_its_config_from_its_new_folder(
    cells: Cells, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "settings.py").write_text(f"PLACE = {name!r}")
        folder = str(tmp_path / name)
        made = f"Flask('shop', instance_path={folder!r}, instance_relative_config=True)"
        cells.run("shop", f"shop = {made}\nshop.config.from_pyfile('settings.py')")
        assert cells.names["shop"].config["PLACE"] == name


def test_two_apps_of_one_cell_are_told_apart_by_their_order(cells: Cells) -> None:
    source = "one = Flask('one')\ntwo = Flask('two')\n"
    cells.run("apps", source)
    one, two = cells.names["one"], cells.names["two"]
    cells.run("apps", source)
    assert (cells.names["one"], cells.names["two"]) == (one, two)
    assert one is not two


def test_a_library_that_makes_apps_gets_new_ones(cells: Cells) -> None:
    cells.module("factory", "from nbflask.app import Flask\ndef make():\n    return Flask('f')\n")
    cells.run("a", "from factory import make\nmade = make()")
    first = cells.names["made"]
    cells.run("a", "from factory import make\nmade = make()")
    assert cells.names["made"] is not first


def test_what_an_import_declares_stays_when_its_cell_runs_again(
    cells: Cells, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "live_views.py").write_text(
        "from __main_app__ import app\n@app.route('/m')\ndef m():\n    return 'm'\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    cells.module("__main_app__", "")
    cells.run("a", "import sys\nsys.modules['__main_app__'].app = app\nimport live_views")
    cells.run("a", "import sys\nsys.modules['__main_app__'].app = app\nimport live_views")
    assert cells.get("/m") == "m"


def test_what_an_import_declares_stays_when_its_cell_fails_later(
    cells: Cells, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "live_pages.py").write_text(
        "from nbflask.app import Blueprint\npages = Blueprint('pages', __name__)\n"
        "@pages.route('/m')\ndef m():\n    return 'm'\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    cells.attempt("a", "from live_pages import pages\n1/0")
    cells.run("a", "from live_pages import pages\napp.register_blueprint(pages)")
    assert cells.get("/m") == "m"


def test_what_a_failing_import_has_declared_is_undone(
    cells: Cells, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    views = "from __main_app__ import app\n@app.route('/m')\ndef m():\n    return 'm'\n"
    (tmp_path / "live_half.py").write_text(f"{views}1/0\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    cells.module("__main_app__", "")
    cells.run("app", "import sys\nsys.modules['__main_app__'].app = app")
    _, error = cells.attempt("a", "import live_half")
    assert isinstance(error, ZeroDivisionError)
    assert cells.get("/m") == "404"


def test_middleware_of_a_cell_wraps_once(cells: Cells) -> None:
    cells.run(
        "class",
        "class Count:\n"
        "    def __init__(self, app, name): self.app, self.name = app, name\n"
        "    def __call__(self, environ, start):\n"
        "        environ['seen'] = environ.get('seen', '') + self.name\n"
        "        return self.app(environ, start)\n",
    )
    cells.run("v", "@app.route('/s')\ndef s():\n    return request.environ.get('seen', '-')\n")
    cells.run("a", "app.wsgi_app = Count(app.wsgi_app, 'a')\n")
    cells.run("b", "app.wsgi_app = Count(Count(app.wsgi_app, 'c'), 'b')\n")
    assert cells.get("/s") == "bca"
    cells.run("a", "app.wsgi_app = Count(app.wsgi_app, 'A')\n")
    cells.run("a", "app.wsgi_app = Count(app.wsgi_app, 'A')\n")
    assert cells.get("/s") == "bcA"
    cells.journal.forget(["a"])
    assert cells.get("/s") == "bc"
    cells.journal.forget(["b"])
    assert cells.get("/s") == "-"


def test_a_subclass_may_define_wsgi_app_as_a_method(cells: Cells) -> None:
    cells.run(
        "sub",
        "class Mine(Flask):\n"
        "    def wsgi_app(self, environ, start):\n"
        "        environ['mine'] = 'yes'\n"
        "        return super().wsgi_app(environ, start)\n"
        "mine = Mine(__name__)\n",
    )
    cells.run("v", "@mine.route('/')\ndef index():\n    return request.environ['mine']\n")
    assert cells.get("/", app="mine") == "yes"


def test_an_extension_may_be_set_up_again_by_its_cell(cells: Cells) -> None:
    source = (
        "class Extension:\n"
        "    def __init__(self, app):\n"
        "        if 'ext' in app.extensions:\n"
        "            raise RuntimeError('registered already')\n"
        "        app.extensions['ext'] = self\n"
        "        app.config.setdefault('EXT_SIZE', 3)\n"
        "        app.before_request_funcs.setdefault(None, []).append(self.hook)\n"
        "        app.teardown_appcontext(self.down)\n"
        "    def hook(self): g.calls = g.get('calls', 0) + 1\n"
        "    def down(self, error): pass\n"
        "extension = Extension(app)\n"
    )
    cells.run("v", "@app.route('/c')\ndef c():\n    return str(g.calls)\n")
    for _ in range(3):
        cells.run("ext", source)
    app = cells.names["app"]
    assert (cells.get("/c"), app.config["EXT_SIZE"]) == ("1", 3)
    assert app.extensions["ext"] is cells.names["extension"]
    assert len(app.teardown_appcontext_funcs) == 1
    assert isinstance(cells.attempt("other", "Extension(app)")[1], RuntimeError)


def test_configuration_goes_with_the_cell_that_set_it(cells: Cells) -> None:
    app = cells.names["app"]
    cells.run("a", "app.config['X'] = 1\napp.config.from_mapping(Y=2)\napp.secret_key = 'k'\n")
    cells.run("b", "app.config['X'] = 3\n")
    cells.run("a", "app.config['Y'] = 2\n")
    assert (app.config["X"], app.config["Y"], app.secret_key) == (3, 2, None)
    cells.journal.forget(["b"])
    assert "X" not in app.config


def test_a_cell_counts_its_configuration_from_the_start_each_time(cells: Cells) -> None:
    for _ in range(2):
        cells.run("a", "app.config['N'] = app.config.get('N', 0) + 1")
    assert cells.names["app"].config["N"] == 1


def test_what_a_view_sets_belongs_to_no_cell(cells: Cells) -> None:
    cells.run("a", "@app.route('/set')\ndef set_it():\n    app.config['SEEN'] = 1\n    return ''\n")
    cells.run("b", "app.test_client().get('/set')")
    cells.journal.forget(["b"])
    assert cells.names["app"].config["SEEN"] == 1


def test_templates_filters_and_globals_are_seen_by_the_next_rendering(cells: Cells) -> None:
    cells.run("v", "from flask import render_template\n"
              "@app.route('/t')\ndef t():\n    return render_template('t.html')\n")  # fmt: skip
    cells.run("t", "app.templates['t.html'] = \"{{ 'a'|loud }}{{ site }}\"")
    cells.run("f", "@app.template_filter()\ndef loud(s):\n    return s + '!'\n")
    cells.run("g", "app.jinja_env.globals['site'] = 1")
    assert cells.get("/t") == "a!1"
    cells.run("f", "@app.template_filter()\ndef loud(s):\n    return s + '?'\n")
    cells.run("g", "app.jinja_env.globals['site'] = 2")
    assert cells.get("/t") == "a?2"
    cells.run("t", "app.templates['t.html'] = 'new'")
    assert cells.get("/t") == "new"


def test_a_static_file_of_a_cell_comes_before_the_folder(cells: Cells) -> None:
    cells.run("s", "app.static_files['a/b.css'] = b'body {}'")
    response = cells.names["app"].test_client().get("/static/a/b.css")
    assert (response.data, response.mimetype) == (b"body {}", "text/css")
    etag = {"If-None-Match": response.headers["ETag"]}
    assert cells.get("/static/a/b.css", headers=etag) == "304"
    assert cells.get("/static/other.css") == "404"


def test_a_request_under_way_finishes_with_the_view_that_it_matched(cells: Cells) -> None:
    cells.run(
        "hook",
        "import threading\nentered, go_on = threading.Event(), threading.Event()\n"
        "@app.before_request\ndef wait():\n"
        "    if request.headers.get('Wait'):\n        entered.set()\n        go_on.wait(30)\n",
    )
    cells.run(
        "a",
        "@app.route('/u/<name>')\ndef user(name):\n"
        "    return name + ' at ' + url_for('user', name=name, page=2)\n",
    )
    answers: list[str] = []
    client = threading.Thread(
        target=lambda: answers.append(cells.get("/u/ada", headers={"Wait": "1"}))
    )
    client.start()
    cells.names["entered"].wait(30)
    cells.run("a", "@app.route('/u/<who>')\ndef user(who):\n    return who.upper()\n")
    assert cells.get("/u/ada") == "ADA"
    cells.journal.forget(["a"])
    cells.names["go_on"].set()
    client.join(30)
    assert answers == ["ada at /u/ada?page=2"]
    with cells.names["app"].test_request_context(), pytest.raises(BuildError):
        flask.url_for("user", name="ada")


def test_set_up_after_the_first_request_is_for_cells_only(cells: Cells) -> None:
    cells.run("a", INDEX)
    cells.get("/")
    with pytest.raises(AssertionError, match="can no longer be called"):
        cells.names["app"].add_url_rule("/late", view_func=lambda: "late", endpoint="late")
    cells.run("b", "app.add_url_rule('/late', view_func=lambda: 'late', endpoint='late')")
    assert cells.get("/late") == "late"


def test_a_context_pushed_by_hand_sees_later_cells(cells: Cells) -> None:
    cells.run("a", "context = app.test_request_context('/')\ncontext.push()\n")
    try:
        cells.run("b", INDEX)
        with_context = cells.names["url_for"]("index")
    finally:
        cells.run("c", "context.pop()")
    assert with_context == "/"


def test_a_withdrawn_endpoint_builds_no_url(cells: Cells) -> None:
    cells.run("a", INDEX)
    cells.journal.forget(["a"])
    with cells.names["app"].test_request_context(), pytest.raises(BuildError):
        flask.url_for("index")


def test_reset_withdraws_all_that_cells_declared(cells: Cells) -> None:
    before = describe(cells.names["app"])
    cells.run("a", INDEX + "app.config['X'] = 1")
    cells.run("b", "app.templates['t'] = ''")
    cells.journal.reset(cells.names["app"])
    assert describe(cells.names["app"]) == before


def test_an_app_is_freed_when_nothing_names_it(cells: Cells) -> None:
    cells.run("a", "other = Flask('other')\n@other.route('/')\ndef o():\n    return 'o'\n")
    gone = weakref.ref(cells.names.pop("other"))
    cells.run("a", "")
    del cells.names["o"]
    gc.collect()
    assert gone() is None


def test_outside_a_cell_the_class_is_flasks() -> None:
    app = Flask("plain")
    app.add_url_rule("/", "index", lambda: "plain")
    assert app.test_client().get("/").text == "plain"
    with pytest.raises(AssertionError, match="can no longer be called"):
        app.before_request(lambda: None)
