from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .notebook import Cells

VIEW = "@shop.route('/cart')\ndef cart():\n    return '{}'\n"


@pytest.fixture
def shop(cells: Cells) -> Cells:
    """Give a notebook with a blueprint, made, filled and registered by three cells."""
    cells.run("make", "shop = Blueprint('shop', __name__, url_prefix='/shop')")
    cells.run("fill", VIEW.format("old"))
    cells.run("register", "app.register_blueprint(shop)")
    return cells


def test_a_registered_blueprint_follows_its_cells(shop: Cells) -> None:
    assert shop.get("/shop/cart") == "old"
    shop.run("fill", VIEW.format("new"))
    assert shop.get("/shop/cart") == "new"
    shop.run("more", "@shop.route('/pay')\ndef pay():\n    return 'paid'\n")
    assert shop.get("/shop/pay") == "paid"
    shop.journal.forget(["more"])
    assert shop.get("/shop/pay") == "404"


def test_hooks_and_handlers_of_a_registered_blueprint_are_live(shop: Cells) -> None:
    shop.run("hook", "@shop.before_request\ndef stop():\n    return 'stopped'\n")
    assert shop.get("/shop/cart") == "stopped"
    shop.run(
        "hook",
        "@shop.before_request\ndef stop():\n    1 / 0\n"
        "@shop.errorhandler(ZeroDivisionError)\ndef zero(e):\n    return 'zero'\n",
    )
    assert shop.get("/shop/cart") == "zero"
    shop.journal.forget(["hook"])
    assert shop.get("/shop/cart") == "old"
    assert len(shop.names["app"].before_request_funcs["shop"]) == 0


@pytest.mark.parametrize("cell", ["make", "fill", "register"])
def test_each_cell_of_a_blueprint_may_run_again_at_any_time(shop: Cells, cell: str) -> None:
    sources = {
        "make": "shop = Blueprint('shop', __name__, url_prefix='/shop')",
        "fill": VIEW.format("old"),
        "register": "app.register_blueprint(shop)",
    }
    for _ in range(2):
        shop.run(cell, sources[cell])
        assert shop.get("/shop/cart") == "old"
    assert [str(rule) for rule in shop.names["app"].url_map.iter_rules("shop.cart")] == [
        "/shop/cart"
    ]


def test_a_blueprint_may_be_registered_elsewhere(shop: Cells) -> None:
    shop.run("register", "app.register_blueprint(shop, url_prefix='/store')")
    assert (shop.get("/shop/cart"), shop.get("/store/cart")) == ("404", "old")
    shop.run("make", "shop = Blueprint('shop', __name__, url_prefix='/s')")
    assert shop.get("/store/cart") == "old"
    shop.run("register", "app.register_blueprint(shop)")
    assert (shop.get("/store/cart"), shop.get("/s/cart")) == ("404", "old")


def test_other_arguments_of_a_blueprint_reach_the_app(shop: Cells) -> None:
    shop.run("make", "shop = Blueprint('shop', __name__, url_prefix='/s')")
    assert (shop.get("/shop/cart"), shop.get("/s/cart")) == ("404", "old")
    shop.run("fill", VIEW.format("new"))
    assert shop.get("/s/cart") == "new"


def test_a_withdrawn_registration_takes_the_blueprint_from_the_app(shop: Cells) -> None:
    shop.journal.forget(["register"])
    assert shop.get("/shop/cart") == "404"
    assert "shop" not in shop.names["app"].blueprints
    shop.run("again", "app.register_blueprint(shop)")
    assert shop.get("/shop/cart") == "old"


def test_a_cell_that_fails_leaves_a_registered_blueprint_as_it_was(shop: Cells) -> None:
    for cell in ("fill", "other", "register"):
        shop.attempt(cell, VIEW.format("new").replace("cart", "cart") + "\n1/0")
        assert shop.get("/shop/cart") == "old"
    shop.attempt("make", "shop = Blueprint('shop', __name__, url_prefix='/s')\n1/0")
    assert (shop.get("/shop/cart"), shop.get("/s/cart")) == ("old", "404")


def test_a_nested_blueprint_is_live(shop: Cells) -> None:
    shop.run("child", "api = Blueprint('api', __name__, url_prefix='/api')")
    shop.run("nest", "shop.register_blueprint(api)")
    shop.run("view", "@api.route('/v')\ndef v():\n    return url_for('.v')\n")
    assert shop.get("/shop/api/v") == "/shop/api/v"
    shop.run("nest", "shop.register_blueprint(api, url_prefix='/other')")
    assert (shop.get("/shop/api/v"), shop.get("/shop/other/v")) == ("404", "/shop/other/v")


def test_a_name_that_is_taken_by_another_cell_is_refused_as_by_flask(shop: Cells) -> None:
    _, error = shop.attempt("other", "app.register_blueprint(Blueprint('shop', __name__))")
    assert isinstance(error, ValueError)
    assert "'shop' is already registered for a different blueprint" in str(error)


def test_one_blueprint_may_be_registered_under_two_names(shop: Cells) -> None:
    shop.run("second", "app.register_blueprint(shop, name='b', url_prefix='/b')")
    shop.run("fill", VIEW.format("new"))
    assert (shop.get("/shop/cart"), shop.get("/b/cart")) == ("new", "new")
    shop.journal.forget(["second"])
    assert (shop.get("/shop/cart"), shop.get("/b/cart")) == ("new", "404")


ONE_CELL = """
bp = Blueprint('bp', __name__)
@bp.route('/x')
def x(): return url_for('.x')
@bp.before_app_request
def before(): g.counted = g.get('counted', 0) + 1
@bp.errorhandler(404)
def missing(error): return 'missing', 404
app.register_blueprint(bp, url_prefix='/bp')
"""


def test_a_blueprint_may_be_made_filled_and_registered_by_one_cell(cells: Cells) -> None:
    cells.run("count", "@app.route('/n')\ndef n(): return str(g.counted)")
    for _ in range(3):
        cells.run("bp", ONE_CELL)
        assert cells.get("/bp/x") == "/bp/x"
        assert cells.get("/n") == "1"
        rules = [rule.rule for rule in cells.names["app"].url_map.iter_rules()]
        assert rules.count("/bp/x") == 1
    cells.attempt("bp", ONE_CELL + "1/0")
    assert cells.get("/bp/x") == "/bp/x"


def test_a_factory_may_be_called_again(cells: Cells) -> None:
    cells.run(
        "define",
        "def create_app():\n"
        "    app = Flask('made')\n"
        "    bp = Blueprint('bp', __name__)\n"
        "    @bp.route('/')\n"
        "    def x(): return 'x'\n"
        "    app.register_blueprint(bp)\n"
        "    return app",
    )
    for _ in range(3):
        cells.run("app", "app = create_app()")
        assert cells.get("/") == "x"


NESTING = {
    "make": "outer = Blueprint('outer', __name__)\ninner = Blueprint('inner', __name__)",
    "view": "@inner.route('/x')\ndef x(): return url_for('.x')",
    "nest": "outer.register_blueprint(inner, url_prefix='/inner')",
    "register": "app.register_blueprint(outer, url_prefix='/outer')",
}


@pytest.mark.parametrize("again", [*NESTING, "all"])
def test_each_cell_of_a_nested_blueprint_runs_again(cells: Cells, again: str) -> None:
    for cell, source in NESTING.items():
        cells.run(cell, source)
    for cell in NESTING if again == "all" else [again] * 2:
        cells.run(cell, NESTING[cell])
        assert cells.get("/outer/inner/x") == "/outer/inner/x"
        rules = [rule.rule for rule in cells.names["app"].url_map.iter_rules()]
        assert rules.count("/outer/inner/x") == 1


def test_a_nested_blueprint_goes_with_the_cell_that_nested_it(cells: Cells) -> None:
    for cell, source in NESTING.items():
        cells.run(cell, source)
    cells.journal.forget(["nest"])
    assert cells.get("/outer/inner/x") == "404"
    cells.run("nest", NESTING["nest"])
    assert cells.get("/outer/inner/x") == "/outer/inner/x"
