"""How an export's statements stand below one another."""

from __future__ import annotations

import ast

import pytest

from nbflask.export import build_project
from nbflask.export.layout import write_comment
from tests.export.test_module import LOAD, write, write_inside
from tests.export.written import notebook

FLASK = "from flask import Flask\n\napp = Flask(__name__)"


@pytest.mark.parametrize(
    ("heading", "comment"),
    [
        ("1. A page at /about", "A page at /about"),
        ("Step 2: Guests", "Guests"),
        ("The **data** of [ours](data.ipynb)", "The data of ours"),
        ("Exercises", ""),
        ("Try it", ""),
        ("See it live", ""),
        ("Plain Flask is enough", ""),
        ("Flask-Login: users", "Flask-Login: users"),
        ("Your data as an API", "Data as an API"),
        ("Exceptions of your own", "Exceptions"),
        ("What you see", ""),
        ("jsonify", "jsonify"),
        ("How good is it?", "How good is it?"),
        ("Why?", ""),
        ("Which of hooks, middleware and signals?", ""),
        ("In another notebook", ""),
        ("2024 in numbers", "2024 in numbers"),
    ],
)
def test_a_heading_is_a_comment_where_it_says_something_of_the_code(
    heading: str, comment: str
) -> None:
    assert write_comment(heading) == comment


def test_statements_that_stood_together_stand_together() -> None:
    cell = "app = Flask(__name__)\na = 1\nb = 2\n\nc = 3\n\n\n@app.get('/')\ndef index():\n"
    assert "a = 1\nb = 2\n\nc = 3\n" in write(f"{cell}    return str(a + b + c)")


def test_a_heading_stands_above_the_first_of_its_statements() -> None:
    views = [f"%%route /{name}\nreturn '{name}'" for name in "abc"]
    text = write_inside(views[0], "# 1\n## 1. More", views[1], views[2])
    assert text.count("# More") == 1
    assert text.index("def a(") < text.index("# More") < text.index("def b(")


def test_an_empty_line_parts_a_section_from_its_first_statement() -> None:
    view = "%%route /\nreturn str(price(2))"
    cells = ("# 1\n## Prices", "\n# In euros.\ndef price(x): return x", "# 1\n## Pages", view)
    text = write(LOAD, *cells)
    assert "# Prices\n\n\n# In euros.\ndef price(x):" in text
    assert '\n\n    # Pages\n\n    @app.get("/")' in text


def test_a_section_without_a_comment_ends_those_above_it() -> None:
    views = [f"%%route /{name}\nreturn '{name}'" for name in "abc"]
    text = write_inside("# 1\n## A form", views[0], "# 1\n## Try it", views[1])
    assert "# A form" not in text
    text = write_inside("# 1\n## Try it", views[0], "# 1\n## A form", views[1], views[2])
    assert text.index("def a(") < text.index("# A form") < text.index("def b(")


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("A filter", ["%%template_filter euro\nreturn f'{value} EUR'"]),
        ("Context processors", ["%%context_processor\nreturn {'name': 'Tea'}"]),
        ("Error handlers", ["%%errorhandler 404\nreturn 'none', 404"]),
        ("Variables", ["%%template a.html\n{{ a }}", "%%route /a\nrender_template('a.html')"]),
        ("Filters and tags", ["%%template a.html\nA", "%%route /a\nrender_template('a.html')"]),
    ],
)
def test_a_heading_that_teaches_flask_or_jinja_is_no_comment(
    heading: str, cells: list[str]
) -> None:
    assert f"# {heading}" not in write(LOAD, f"# 1\n## {heading}", *cells)


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("Prices as texts", ["%%template_filter euro\nreturn f'{value} EUR'"]),
        ("Tags", ["%%route /tags\nreturn ['tea']"]),
        ("The page", ["%%template a.html\nA", "%%route /a\nrender_template('a.html')"]),
    ],
)
def test_a_heading_that_names_a_part_of_the_app_is_a_comment(
    heading: str, cells: list[str]
) -> None:
    assert f"# {heading}" in write(LOAD, f"# 1\n## {heading}", *cells)


def test_what_sets_the_app_up_ends_no_section() -> None:
    view = "%%route /form\nreturn 'form'"
    joining = "api = Blueprint('api', __name__)\napp.register_blueprint(api)"
    text = write_inside("# 1\n## A form", view, "# 1\n## Try it", joining)
    assert text.startswith("# A form")


def test_a_long_line_has_its_comment_above() -> None:
    comment = "# What the visitors called their files; a real app has a table in a database."
    cell = f"names = []  {comment}"
    assert f"{comment}\nnames = []\n" in write(LOAD, cell, "%%route /\nreturn names")


def test_a_function_that_a_signal_holds_weakly_is_the_modules() -> None:
    cell = "@request_started.connect_via(app)\ndef note(sender):\n    app.logger.info('asked')"
    text = write(LOAD, "from flask import request_started", cell)
    assert "create_app" not in text
    assert "\n@request_started.connect_via(app)\ndef note(sender):\n" in text


@pytest.mark.parametrize(
    "title",
    ['The """best""" app', 'The "best" app', 'Four """" and ""', r"C:\new \d", r'\ """\d"""'],
)
def test_a_title_of_any_characters_is_the_docstring(title: str) -> None:
    text = build_project(notebook(f"# {title}", FLASK)).files["app.py"]
    assert ast.get_docstring(ast.parse(text)) == f"{title}."


def test_a_backslash_in_a_title_stands_in_a_raw_docstring() -> None:
    text = build_project(notebook(r"# C:\new", FLASK)).files["app.py"].decode()
    assert text.startswith('r"""C:\\new."""\n')


def test_a_section_is_no_title_and_the_file_s_name_stands_for_one() -> None:
    view = "@app.get('/')\ndef index():\n    return 'tea'"
    files = build_project(notebook("## Menu", FLASK, view, name="tea_shop")).files
    assert files["app.py"].startswith(b'"""Tea shop."""\n')
    assert files["README.md"].startswith(b"# Tea shop\n")


def test_a_section_that_a_factory_divides_is_told_once() -> None:
    helper = "def brew():\n    return 'tea'"
    views = [f"@app.get('/{name}')\ndef {name}():\n    return brew()" for name in ("hot", "iced")]
    text = write(FLASK, "## Brewing", helper, views[0], "## Serving", views[1])
    assert "# Brewing\n\n\ndef brew():" in text
    assert (text.count("# Brewing"), text.count("# Serving")) == (1, 1)


@pytest.mark.parametrize(
    ("first", "second", "count"),
    [
        ("with app.app_context():\n    db.create_all()", "with app.app_context():\n    ", 1),
        ("with app.app_context():\n    db.session.add(1)", "with app.app_context():\n    ", 2),
        ("with app.app_context():\n    db.create_all()", "with app.app_context() as c:\n    ", 2),
        ("with app.app_context():\n    db.create_all()", "# b\nwith app.app_context():\n    ", 2),
        ("with app.app_context():\n    db.create_all()", "with app.app_context(): ", 2),
    ],
)
def test_blocks_of_one_context_are_one_where_the_first_makes_tables(
    first: str, second: str, count: int
) -> None:
    db = "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy(app)"
    text = write_inside(db, first, f"\n{second}db.session.commit()")
    assert text.count("with app.app_context()") == count
    assert text.index(first.partition("\n")[2].strip()) < text.index("db.session.commit()")
