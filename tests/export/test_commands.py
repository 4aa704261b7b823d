"""The commands that an app adds to ``flask``, in its README."""

from __future__ import annotations

import ast

import click
import pytest
from flask import Flask

from nbflask.export import build_project
from nbflask.export.around.commands import find_commands
from tests.export.written import notebook

TEXT = """
import click
from flask import Blueprint
from flask.cli import AppGroup

teas = Blueprint("teas", __name__)
users = AppGroup("user")

@app.cli.command("init-db")
def fill():
    'Make the tables.'

@app.cli.command()
def empty_all_command(): ...

@teas.cli.command("brew")
@click.argument("tea")
@click.argument("minutes")
def brew(tea, minutes): ...

@users.command("add")
@click.option("--admin")
def add(admin): ...

@click.command("grow")
def grow(): ...

@click.command("other")
def other(): ...

app.register_blueprint(teas)
app.cli.add_command(users)
app.cli.add_command(grow)
"""


def test_the_commands_that_code_names_are_those_that_flask_has() -> None:
    app = Flask("shop")
    exec(compile(TEXT, "shop", "exec"), {"app": app, "__name__": "shop"})  # noqa: S102  (ours)
    there = set()
    for name, command in app.cli.commands.items():
        inner = command.commands if isinstance(command, click.Group) else {}
        there |= {f"{name} {each}" for each in inner} or {name}
    told = find_commands(ast.parse(TEXT).body)
    assert {each.line.partition(" TEA")[0] for each in told} == there
    assert [each.line for each in told if "brew" in each.line] == ["teas brew TEA MINUTES"]
    assert [each.purpose for each in told if each.purpose] == ["Make the tables."]


@pytest.mark.parametrize("form", ["@app.cli.command('init-db')", "%%module shop.py"])
def test_a_readme_names_them(form: str) -> None:
    view = f"{form}\ndef fill():\n    'Make the tables.'\n    print('done')"
    if form.startswith("%"):
        view = (
            f"{form}\nimport click\nfrom flask import Flask\n\n\n@click.command('init-db')\n"
            "def fill():\n    'Make the tables.'\n\n\ndef create_app():\n"
            "    app = Flask(__name__)\n    app.cli.add_command(fill)\n    return app"
        )
        cells = (view, "from shop import create_app\napp = create_app()")
    else:
        cells = ("%load_ext nbflask", view)
    readme = build_project(notebook(*cells)).files["README.md"].decode()
    assert "$ flask --app wsgi init-db  # Make the tables.\n" in readme
