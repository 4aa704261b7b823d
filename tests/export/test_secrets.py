"""Secrets of a notebook are read from the environment by its project, and written nowhere."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from nbflask.export import build_project
from nbflask.export.collecting import build_program
from nbflask.export.environment import read_from_environment
from nbflask.export.interpreting import interpret
from nbflask.export.secrecy.secrets import Vault
from nbflask.export.statements import parse_statements
from tests.export.written import notebook

if TYPE_CHECKING:
    from nbflask.export.project import Project

LOAD = "%load_ext nbflask"
SECRET = "c4nary-of-the-notebook"
GITHUB = "ghp_" + "a1B2" * 9


def export(*sources: str) -> Project:
    """Export a notebook of cells."""
    return build_project(notebook(LOAD, *sources))


def code(*sources: str) -> str:
    """Give the module of a notebook whose view uses what its cells define."""
    return export(*sources).files["app.py"].decode()


def environment(*sources: str) -> tuple[str, ...]:
    """Give the variables that a notebook's project reads."""
    source = notebook(LOAD, *sources)
    return read_from_environment(build_program(source, interpret(source)))[0].environment


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        (f"app.secret_key = {SECRET!r}", 'app.secret_key = os.environ["SECRET_KEY"]'),
        ("app.secret_key = 'dev'", 'app.secret_key = os.environ["SECRET_KEY"]'),
        ("app.secret_key = b'dev'", 'app.secret_key = os.environ["SECRET_KEY"].encode()'),
        (
            "import os\napp.config['SECRET_KEY'] = os.urandom(16)",
            'app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]',
        ),
        ("app.config['X_TOKEN'] = 'x'", 'app.config["X_TOKEN"] = os.environ["X_TOKEN"]'),
        ("app.config.update(A=1, API_KEY='ä')", 'update(A=1, API_KEY=os.environ["API_KEY"])'),
        ("app.config.from_mapping(API_KEY='x')", 'from_mapping(API_KEY=os.environ["API_KEY"])'),
        ("app.config.update({'API_KEY': 'x'})", 'update({"API_KEY": os.environ["API_KEY"]})'),
        ("app.config.setdefault('API_KEY', 'x')", '("API_KEY", os.environ["API_KEY"])'),
        ("%flask_config STRIPE_KEY=x", 'app.config["STRIPE_KEY"] = os.environ["STRIPE_KEY"]'),
        (
            "import os\napp.config['API_KEY'] = os.environ.get('API_KEY', 'x')",
            'app.config["API_KEY"] = os.environ["API_KEY"]',
        ),
        (
            "import os\napp.config['API_KEY'] = os.getenv('MY_KEY') or 'x'",
            'app.config["API_KEY"] = os.environ["MY_KEY"]',
        ),
        (
            "app.config['SQLALCHEMY_DATABASE_URI'] = 'postgresql://ada:pw@db/shop'",
            '["SQLALCHEMY_DATABASE_URI"] = os.environ["SQLALCHEMY_DATABASE_URI"]',
        ),
    ],
)
def test_a_settings_secret_is_read_from_the_environment(cell: str, line: str) -> None:
    assert line in code(cell)


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        (f"api_key = {SECRET!r}", 'api_key = os.environ["API_KEY"]'),
        (f"x = {{'apiKey': {SECRET!r}}}", 'x = {"apiKey": os.environ["API_KEY"]}'),
        (f"x = {GITHUB!r}", 'x = os.environ["X"]'),
        (f"x = [{GITHUB!r}]", 'x = [os.environ["X"]]'),
        (f"def x(a, password={SECRET!r}): pass", 'def x(a, password=os.environ["PASSWORD"]):'),
        (f"é, token = 'ö', {SECRET!r}\nx = token", 'é, token = "ö", os.environ["TOKEN"]'),
        (f"import hmac\nx = hmac.new(b'{SECRET}')", 'hmac.new(os.environ["HMAC_SECRET"].encode())'),
        (f"x = lambda t: t['X-Token'] == {SECRET!r}", 't["X-Token"] == os.environ["X_TOKEN"]'),
        ("import os\nh = ''\nx = f'redis://:tig3rrr@{h}/0'", 'x = os.environ["X"]'),
    ],
)
def test_a_secret_in_code_is_read_from_the_environment(cell: str, line: str) -> None:
    used = "api_key" if "api_key" in cell else "x"
    assert line in code(cell, f"%%route /\nstr({used})")


@pytest.mark.parametrize(
    "cell",
    [
        "key = 'Oslo'",
        "session_key = 'cart'",
        "x = {'password': 'Write a password.'}",
        "x = {'token_type': 'bearer'}",
        "password = ''",
        "x = 'https://ada@example.org/'",
        "PASSWORD_FIELD = 'pw'",
        "api_key = None",
        "token = f'{user}-{number}'",
        "token = ','",
    ],
)
def test_what_is_no_secret_stays(cell: str) -> None:
    (statement,) = parse_statements(cell)
    assert Vault().hide(statement) is statement


def test_the_value_is_written_nowhere() -> None:
    project = export(
        f"api_key = {SECRET!r}  # is {SECRET}",
        f"# Shop\n\nThe key is {SECRET}.",
        f"%%template a.html\n<b>{SECRET}</b>",
        f"%%static a.js\nkey = '{SECRET}'",
        f'def help():\n    """Say {SECRET}."""\n    return "My {SECRET}", f"{SECRET}{{api_key}}"',
        f"%%route /\nmatch request.path:\n    case '{SECRET}': ...\nx = '{SECRET}'\nstr(help())",
    )
    texts = {name: data.decode() for name, data in project.files.items()}
    assert [name for name, text in texts.items() if SECRET in text] == []
    assert "f\"My {os.environ['API_KEY']}\"" in texts["app.py"]
    assert 'x = os.environ["API_KEY"]' in texts["app.py"]
    assert '"""Say REDACTED."""' in texts["app.py"]
    assert texts["templates/a.html"] == "<b>REDACTED</b>\n"
    assert any("static/a.js held a secret" in each.text for each in project.notes)
    ast.parse(texts["app.py"])


def test_a_test_reads_it_from_the_environment() -> None:
    vault = Vault(variables=("API_KEY",), names={SECRET: "API_KEY"})
    text = (
        f'"""Tests."""\n\nimport pytest\n\n\ndef test(client):\n    client.get("/", x="{SECRET}")\n'
    )
    assert vault.hide_known(text) == (
        '"""Tests."""\n\nimport os\nimport pytest\n\n\n'
        'def test(client):\n    client.get("/", x=os.environ["API_KEY"])\n'
    )
    assert vault.hide_known("x = 1\n") == "x = 1\n"


def test_two_values_of_one_name_get_two_variables() -> None:
    cell = "x = [{'password': 'first-0ne'}, {'password': 'second-0ne'}]"
    names = environment(cell, f"app.secret_key = {SECRET!r}", "%%route /\nstr(x)")
    assert names == ("SECRET_KEY", "PASSWORD", "PASSWORD_2")


def test_a_variable_says_whose_the_secret_is() -> None:
    hashed = "generate_password_hash('second-0ne')"
    cell = f"x = {{'ada': {{'password': 'first-0ne'}}, 'bob': {{'password': {hashed}}}}}"
    imported = "from werkzeug.security import generate_password_hash"
    names = environment(f"{imported}\n{cell}", "%%route /\nstr(x)")
    assert names == ("ADA_PASSWORD", "BOB_PASSWORD")


def test_a_variable_that_a_cell_sets_is_the_environments() -> None:
    text = code(
        f"import os\nos.environ['API_KEY'] = {SECRET!r}", "%%route /\nos.environ['API_KEY']"
    )
    assert text.count("os.environ") == 1


@pytest.mark.parametrize(
    "cells",
    [
        ("%%route /\nsession['n'] = 1\n'x'",),
        ("%%route /\nflash('x')\n'x'",),
        ("from flask_login import LoginManager\nLoginManager(app)", "%%route /\n'x'"),
        ("%%template a.html\n{{ get_flashed_messages() }}", "%%route /\n'x'"),
    ],
)
def test_the_notebooks_own_key_becomes_the_environments(cells: tuple[str, ...]) -> None:
    text = code(*cells)
    made, _, rest = text.partition("app = Flask(__name__)\n")
    assert rest.lstrip().startswith('app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]\n')
    assert "SECRET_KEY" not in made


def test_an_app_without_sessions_needs_no_key() -> None:
    assert environment("%%route /\n'x'") == ()
    assert environment("%%route /\nenviron = request.environ\nenviron['PATH_INFO']") == ()
    assert environment("session = []", "%%route /\nstr(session)") == ()
