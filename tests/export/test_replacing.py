"""What a later cell says again, as the export's module says it once."""

from __future__ import annotations

import pytest

from nbflask.export import build_project
from nbflask.export.collecting import build_program
from nbflask.export.interpreting import interpret
from tests.export.written import exported_client, notebook

FLASK = "from flask import Flask\n\napp = Flask(__name__)"


def statements(*cells: str) -> list[str]:
    """Give what the export keeps of cells, apart from imports and what makes the app."""
    found = notebook(FLASK, *cells)
    pieces = build_program(found, interpret(found)).pieces
    return [each.statement.text for each in pieces if not each.is_import][1:]


def test_a_definition_takes_the_place_of_the_one_that_it_replaces() -> None:
    assert statements(
        "def price():\n    return 1",
        "@app.get('/')\ndef index():\n    return str(price())",
        "def price():\n    return 2",
    ) == ["def price():\n    return 2", "@app.get('/')\ndef index():\n    return str(price())"]


def test_a_definition_stays_below_what_it_needs_at_once() -> None:
    assert statements(
        "def price(rate=1):\n    return rate",
        "RATE = 2",
        "def price(rate=RATE):\n    return rate",
        "@app.get('/')\ndef index():\n    return str(price())",
    )[:2] == ["RATE = 2", "def price(rate=RATE):\n    return rate"]


def test_what_ends_an_object_that_views_use_stays_in_the_notebook() -> None:
    view = "@app.get('/')\ndef index():\n    return sensor.read()"
    kept = statements("sensor = Sensor()\nsensor.start()", view, "sensor.stop()")
    assert kept == ["sensor = Sensor()", "sensor.start()", view]


def test_an_object_that_is_ended_and_made_anew_is_made_once() -> None:
    view = "@app.get('/')\ndef index():\n    return sensor.read()"
    kept = statements("sensor = Sensor()", view, "sensor.stop()", "sensor = Sensor()")
    assert kept == ["sensor = Sensor()", view]


def test_what_ends_an_object_that_only_fills_a_database_is_kept() -> None:
    lines = ["PATH = 'a.db'", "with connect(PATH) as db:\n    db.fill()"]
    view = "@app.get('/')\ndef index():\n    return connect(PATH).read()"
    assert statements(*lines, view) == [*lines, view]


def test_a_function_that_a_decorator_of_the_notebook_keeps_is_needed() -> None:
    register = (
        "handlers = {}\n\n\ndef on(kind):\n    def register(handler):\n"
        "        handlers[kind] = handler\n        return handler\n\n    return register"
    )
    handler = "@on('paid')\ndef note(data):\n    return data"
    view = "@app.post('/')\ndef index():\n    return handlers['paid'](1)"
    assert handler in statements(register, handler, view)


def test_a_function_that_a_decorator_only_looks_at_is_not_needed() -> None:
    look = "def shown(function):\n    print(function)\n    return function"
    assert statements(look, "@shown\ndef one():\n    return 1") == []


def test_configuration_stands_below_the_app() -> None:
    view = "@app.get('/')\ndef index():\n    return app.config['NAME']"
    kept = statements(view, "name = 'x'", "app.config['NAME'] = name", "app.config['SIZE'] = 1")
    assert kept == [view, "name = 'x'", "app.config['NAME'] = name", "app.config['SIZE'] = 1"]
    assert statements(view, "app.config['SIZE'] = 1") == ["app.config['SIZE'] = 1", view]


def test_settings_that_are_merged_are_settings() -> None:
    merged = ["defaults = {'A': 1}", "app.config |= defaults", "app.config['B'] = app.config['A']"]
    assert statements(*merged) == merged
    text = build_project(notebook(FLASK, *merged)).files["app.py"].decode()
    assert text.index("app.config |= defaults") < text.index("app.config.update(config)")


def test_a_setting_that_is_set_again_is_set_once() -> None:
    assert statements(
        "app.config['NAME'] = 'x'\napp.config['SIZE'] = 1",
        "app.config['NAME'] = 'y'",
    ) == ["app.config['NAME'] = 'y'", "app.config['SIZE'] = 1"]


def test_a_function_that_is_registered_again_is_registered_once() -> None:
    register = "handlers = {}\n\n\ndef on(kind):\n    return handlers.setdefault(kind, [].append)"
    view = "@app.post('/')\ndef index():\n    return handlers['paid'](1)"
    first, second = (f"@on('paid')\ndef note(data):\n    return {each}" for each in (1, 2))
    assert statements(register, first, view, second)[2:] == [second, view]


def test_a_variable_stands_above_the_functions_that_use_it() -> None:
    view = "@app.get('/')\ndef index():\n    with lock:\n        return str(seen)"
    assert statements(view, "import threading\nseen = {}", "lock = threading.Lock()") == [
        *("seen = {}", "lock = threading.Lock()"),
        view,
    ]


VIEW = "@app.get('/')\ndef index():\n    return str(model)"


@pytest.mark.parametrize(
    "cells",
    [
        ["def train():\n    return SEED", VIEW, "SEED = 1", "model = train()"],
        [VIEW, "import os", "os.mkdir('a')", "model = open('a/b')"],
        ["def read():\n    return model", VIEW, "app.config['A'] = read()", "model = 2"],
    ],
)
def test_a_variable_stays_below_what_it_may_need(cells: list[str]) -> None:
    assert statements(*cells)[-1].startswith("model = ")


def test_a_blueprint_in_a_blueprint_is_registered_below_its_own_views() -> None:
    outer, inner = "api = Blueprint('api', __name__)", "v1 = Blueprint('v1', __name__)"
    view = "@v1.get('/')\ndef index():\n    return ''"
    nested, first = "api.register_blueprint(v1)", "app.register_blueprint(api)"
    health, second = "health = Blueprint('health', __name__)", "app.register_blueprint(health)"
    cells = (outer, first, inner, view, nested, health, second)
    kept = statements("from flask import Blueprint", *cells)
    assert kept == [outer, inner, view, nested, first, health, second]


def test_a_blueprints_handler_and_the_apps_are_two() -> None:
    handlers = [
        f"@shop.{method}(404)\ndef {method}_404(error):\n    return '{method}', 404"
        for method in ("errorhandler", "app_errorhandler")
    ]
    client = exported_client(
        f"{FLASK}\n\nshop = Blueprint('shop', __name__)",
        handlers[0],
        "@shop.get('/tea')\ndef tea():\n    abort(404)",
        handlers[1],
        "app.register_blueprint(shop)",
    )
    assert client.get("/tea").text == "errorhandler"
    assert client.get("/coffee").text == "app_errorhandler"


@pytest.mark.parametrize(
    ("app", "place"),
    [
        ("Flask(__name__, host_matching=True, static_host='a.test')", "host='{}.test'"),
        ("Flask(__name__, subdomain_matching=True)", "subdomain='{}'"),
        ("Flask(__name__, subdomain_matching=True)", "subdomain='{}'.lower()"),
    ],
)
def test_a_path_of_several_hosts_has_several_views(app: str, place: str) -> None:
    client = exported_client(
        f"from flask import Flask\n\napp = {app}",
        *(
            f"@app.get('/', {place.format(each)})\ndef view_{each}():\n    return '{each}'"
            for each in "ab"
        ),
    )
    client.application.config["SERVER_NAME"] = "test"
    answers = [client.get("/", base_url=f"http://{each}.test").text for each in "ab"]
    assert answers == ["a", "b"]


@pytest.mark.parametrize(
    "cell",
    [
        "class Item(MethodView):\n    def get(self):\n        return '{}'\n\n"
        "app.add_url_rule('/', view_func=Item.as_view('item'))",
        "def item():\n    return '{}'\napp.add_url_rule('/', view_func=item)",
        "app.add_url_rule('/', 'item', lambda: '{}')",
        "def missing(error):\n    return '{}'\napp.register_error_handler(404, missing)",
    ],
)
def test_what_is_declared_again_without_a_decorator_is_declared_once(cell: str) -> None:
    head = "from flask.views import MethodView"
    client = exported_client(head, FLASK, cell.format("former"), cell.format("latter"))
    assert client.get("/").text == "latter"


def test_a_view_of_several_rules_keeps_them() -> None:
    lines = ["def item():\n    return 'tea'"]
    lines += [f"app.add_url_rule({rule!r}, view_func=item)" for rule in ("/a", "/b")]
    assert statements("\n".join(lines)) == lines


def test_a_filter_that_is_added_again_is_added_once() -> None:
    cell = "app.add_template_filter(lambda text: '{}', 'loud')"
    assert statements(cell.format("former"), cell.format("latter")) == [cell.format("latter")]
