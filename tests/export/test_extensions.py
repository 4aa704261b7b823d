"""Extensions are the module's, and are given the app by its factory."""

from __future__ import annotations

import pytest

from tests.export.test_module import LOAD, write

MODEL = "class Item(db.Model):\n    id = db.Column(db.Integer, primary_key=True)"
DATABASE = "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy(app, session_options={})"


def test_a_database_is_made_without_the_app_that_its_models_do_not_need() -> None:
    text = write(
        LOAD,
        DATABASE,
        MODEL,
        "with app.app_context():\n    db.create_all()",
        "%%route /\nstr(Item.query.count())",
        "app.config['SQLALCHEMY_DATABASE_URI'] = 'sqlite://'",
    )
    outside, _, inside = text.partition("def create_app(")
    assert "\ndb = SQLAlchemy(session_options={})\n" in outside
    assert "\nclass Item(db.Model):\n" in outside
    order = ["SQLALCHEMY_DATABASE_URI", "update(config)", "db.init_app(app)", "create_all", "@app."]
    places = [inside.index(each) for each in order]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("cell", "making", "joining"),
    [
        (
            "from flask_login import LoginManager\nx = LoginManager(app)",
            "x = LoginManager()",
            "x.init_app(app)",
        ),
        (
            "from flask_migrate import Migrate\ndb = object()\nx = Migrate(app, db)",
            "x = Migrate()",
            "x.init_app(app, db)",
        ),
        (
            "from flask_caching import Cache\n# Fast.\nx = Cache(app=app, config={'A': 1})",
            '# Fast.\nx = Cache(config={"A": 1})',
            "x.init_app(app)",
        ),
    ],
)
def test_what_an_extension_is_told_goes_where_it_keeps_it(
    cell: str, making: str, joining: str
) -> None:
    outside, _, inside = write(LOAD, cell, "%%route /\nreturn str(x)").partition("def create_app(")
    assert f"{making}\n" in outside
    assert f"    {joining}\n" in inside


@pytest.mark.parametrize(
    "cell",
    [
        "from flask_caching import Cache\nx = Cache(app, False)",
        "from flask_unheard_of import Thing\nx = Thing(app)",
        "from flask_sqlalchemy import SQLAlchemy\napp.app_context().push()\nx = SQLAlchemy(app)\n"
        "names = x.session.scalars('select 1').all()",
    ],
)
def test_what_may_need_the_app_at_once_is_made_with_it(cell: str) -> None:
    assert "init_app" not in write(LOAD, cell, "%%route /\nreturn str(x) + str(names)")


def test_what_an_extension_is_asked_at_once_waits_for_the_app() -> None:
    cell = "from flask_caching import Cache\nx = Cache(app)\nx.add('a', 1)"
    text = write(LOAD, cell, "%%route /\nreturn str(x)")
    assert text.index("create_app") < text.index("x.init_app(app)") < text.index('x.add("a", 1)')
