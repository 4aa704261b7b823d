"""The module that an app leaves the notebook as."""

from __future__ import annotations

from textwrap import dedent

import pytest

from nbflask.errors import NotebookError
from nbflask.export import build_project
from nbflask.export.collecting import build_program
from nbflask.export.interpreting import interpret
from nbflask.export.module import write_module
from tests.export.written import notebook

LOAD = "%load_ext nbflask"


def write(*sources: str, app: str | None = None) -> str:
    """Give the module of a notebook, without its docstring."""
    source = notebook(*sources)
    text = write_module(build_program(source, interpret(source), app)).text
    return text.partition('"""\n\n')[2]


def write_inside(*sources: str) -> str:
    """Give what stands in the module's factory, as if it stood in the module."""
    return dedent(write(LOAD, *sources).partition("app.config.update(config)\n\n")[2])


def test_a_body_becomes_a_function_with_its_decorator() -> None:
    assert write(LOAD, "%%route /hello/<name>\nreturn f'Hello, {name}!'") == dedent(
        '''\
        from collections.abc import Mapping
        from typing import Any

        from flask import Flask


        def create_app(config: Mapping[str, Any] | None = None) -> Flask:
            """Build the app.

            :param config: Settings that override the app's own.
            """
            app = Flask(__name__)

            if config is not None:
                app.config.update(config)

            @app.get("/hello/<name>")
            def hello_name(name: str):
                return f"Hello, {name}!"

            return app
        '''
    )


def test_a_class_that_needs_the_app_keeps_it_in_the_module() -> None:
    text = write(
        "from flask_tables import Tables",
        LOAD,
        "tables = Tables(app)",
        "class Item(tables.Model):\n    id = tables.Column()",
        "%%route /\nstr(Item.count())",
    )
    assert "\napp = Flask(__name__)\n\ntables = Tables(app)\n" in text
    assert "create_app" not in text


def test_an_app_of_many_lines_stays_in_the_module() -> None:
    body = "\n".join(f"x = {line}" for line in range(20))
    assert "create_app" not in write(LOAD, *(f"%%route /{n}\n{body}\nstr(x)" for n in range(7)))


def test_the_last_expressions_answer() -> None:
    text = write_inside("%%route /<int:n>\nif n > 2:\n    'many'\nelse:\n    # Ünï.\n    ä = 1; ä")
    assert "        return 'many'".replace("'", '"') in text
    assert "return ä" in text
    assert "def index_n(n: int)" in text


@pytest.mark.parametrize(
    ("line", "decorator"),
    [
        ("/a", '@app.get("/a")'),
        ("/a POST", '@app.post("/a")'),
        ("/a get post", '@app.route("/a", methods=["GET", "POST"])'),
        ("/a HEAD", '@app.route("/a", methods=["HEAD"])'),
        ("/a --endpoint x", '@app.get("/a")\ndef x():'),
        ("/a --endpoint x.y", '@app.get("/a", endpoint="x.y")\ndef a():'),
        ("/a --defaults '{\"n\": 1}'", '@app.get("/a", defaults={"n": 1})'),
        ("/a --no-strict-slashes", '@app.get("/a", strict_slashes=False)'),
    ],
)
def test_the_line_becomes_the_decorator(line: str, decorator: str) -> None:
    assert decorator in write_inside(f"%%route {line}\n'x'")


def test_a_function_keeps_its_decorators_and_comments() -> None:
    text = write_inside(
        "from functools import lru_cache",
        "%%route /\n# The start.\n@lru_cache\ndef start():\n    return 'x'",
    )
    assert '@app.get("/")\n# The start.\n@lru_cache\ndef start():' in text


def test_a_view_is_named_so_that_it_hides_nothing() -> None:
    text = write_inside("items = []", "%%route /items\nitems", "%%route /list\nlist(items)")
    assert '@app.get("/items", endpoint="items")\ndef get_items():\n    return items' in text
    assert '@app.get("/list", endpoint="list")\ndef get_list():\n    return list(items)' in text


def test_a_view_does_not_hide_the_app_that_the_extension_makes() -> None:
    text = write_inside("%%route /app\n'x'")
    assert "def get_app():" in text
    assert "return app" in text


def test_a_view_may_be_named_as_an_app_that_stays_behind() -> None:
    text = write_inside("shop = Flask('shop')", "%flask_app app", "%%route /shop\n'tea'")
    assert '@app.get("/shop")\ndef shop():' in text


def test_what_a_later_cell_declares_again_is_the_later_cells() -> None:
    text = write(
        LOAD,
        "%%route /\n'old'",
        "def helper(): return 1",
        "%%route /\nhelper()",
        "def helper(): return 2",
        "%%errorhandler 404\n'a', 404",
        "%%errorhandler 404\n'b', 404",
    )
    assert "old" not in text
    assert text.count("def index") == text.count("def helper") == 1
    assert "return 2" in text
    assert text.count("errorhandler") == 1


def test_only_what_the_app_needs_leaves_the_notebook() -> None:
    text = write(
        "import json, math",
        "from statistics import mean, median",
        LOAD,
        "prices = [1, 2]",
        "exploring = mean(prices)\nprint(exploring)",
        "def vat(x):\n    return x * RATE",
        "def unused(): return math.pi",
        "RATE = 1.2",
        "prices.append(3)",
        "%%route /\nstr(vat(median(prices)))",
    )
    assert "math" not in text
    assert "mean," not in text
    assert "exploring" not in text
    assert "unused" not in text
    assert text.index("RATE = 1.2") < text.index("def vat")
    assert "prices.append(3)" in text


def test_imports_of_a_body_stand_at_the_top() -> None:
    text = write(LOAD, "%%route /\nimport random\nfrom os import path\nrandom.choice(path.sep)")
    assert text.startswith(
        "import random\nfrom collections.abc import Mapping\nfrom os import path"
    )
    assert "    import" not in text


def test_a_stream_is_a_generator_in_its_view() -> None:
    text = write(LOAD, "%%route /stream\nfor n in range(3):\n    yield str(n)")
    assert "from flask import Flask, stream_with_context" in text
    assert "    return stream_with_context(generate())" in text


def test_hooks_get_names_of_their_own() -> None:
    text = write_inside(
        "%%before_request\ng.user = 'Ada'\ng.other = 1",
        "%%before_request\ng.third, g.fourth = 1, 2",
        "%%after_request\nresponse.headers['X'] = g.user",
        "%%template_filter shout\nvalue.upper()",
    )
    assert "@app.before_request\ndef before_request():\n    g.user" in text
    assert "def before_request_2():\n    g.third" in text
    assert "    return response\n" in text
    assert "@app.template_filter()\ndef shout(value):\n    return value.upper()" in text


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("%%context_processor\n{'csrf_token': str}", "inject_csrf_token"),
        ("%%context_processor\nreturn dict(shop=1, teas=2)", "inject_shop_and_teas"),
        ("%%context_processor\nreturn {'a': 1, 'b': 2, 'c': 3}", "context_processor"),
        ("%%before_request\ng.user = 'Ada'", "set_user"),
        ("%%before_request\nif not request.args.get('key'):\n    abort(401)", "check_key"),
        ("%%before_request\nif not request.args.get('key'):\n    print()", "before_request"),
        ("%%after_request\nresponse.headers['X-Shop'] = 'tea'", "set_x_shop"),
        (
            "%%after_request\nresponse.headers['X-Shop'] = 'tea'\nresponse.set_cookie('a')",
            "after_request",
        ),
        ("%%teardown_request\nif db := g.pop('db', None):\n    db.close()", "close_db"),
        ("%%teardown_request\ng.pop('db', None)", "teardown_request"),
    ],
)
def test_a_hook_is_called_by_what_it_does_where_that_is_plain(cell: str, name: str) -> None:
    assert f"\ndef {name}(" in write_inside(cell)


def test_a_hook_takes_no_name_from_the_notebook() -> None:
    cells = ("def set_user(): return 1", "%%before_request\ng.user = set_user()")
    assert "def before_request():\n    g.user = set_user()" in write_inside(*cells)


def test_names_changed_in_place_are_declared_global() -> None:
    assert "    global count\n    count += 1\n    return str(count)" in write_inside(
        "count = 0", "%%route /\ncount += 1\nstr(count)"
    )


def test_sections_are_comments() -> None:
    text = write("# Shop", LOAD, "# ## nothing", "%%route /\n'x'")
    assert "Shop" not in text


def test_another_apps_views_stay_in_the_notebook() -> None:
    cells = (
        "from flask import Flask",
        "app = Flask(__name__)",
        "%%route /\n'mine'",
        "other = Flask('other')",
        "%%route /x\n'theirs'",
    )
    assert "theirs" not in write(*cells)
    assert "mine" not in write(*cells, app="other")
    with pytest.raises(NotebookError, match=r"has no app 'othr'\. Did you mean 'other'\?"):
        write(*cells, app="othr")


def test_a_setting_that_needs_a_folder_is_overridden_too() -> None:
    cell = (
        "from pathlib import Path\nfolder = Path(app.instance_path)\nfolder.mkdir(exist_ok=True)\n"
        "app.config['PLACE'] = folder"
    )
    text = write(LOAD, "%%before_request\nNone", cell)
    order = ["before_request", "folder.mkdir", 'config["PLACE"]', "config.update(config)"]
    assert [text.index(each) for each in order] == sorted(text.index(each) for each in order)


def test_another_app_is_named() -> None:
    cell = "from flask import Flask\nshop = Flask(__name__)"
    project = build_project(notebook(LOAD, "%%route /\n'x'", cell))
    told = "The app 'shop' is not exported. `--app shop` exports it, without this one."
    assert [str(each) for each in project.notes] == [told]
    # What the extension made, and nobody used, is none.
    assert build_project(notebook(LOAD, cell)).notes == ()


def test_a_notebook_without_an_app_is_refused() -> None:
    with pytest.raises(NotebookError, match="The notebook 'shop' makes no Flask app"):
        write("x = 1")
