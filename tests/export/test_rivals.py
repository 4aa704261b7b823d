"""Views of a notebook that claim the same, as its exported app serves them."""

from __future__ import annotations

import pytest

from tests.export.test_replacing import statements
from tests.export.written import exported_client

FLASK = "from flask import Flask, url_for\n\napp = Flask(__name__)"


def view(*decorators: str, name: str = "thing", answer: str = "''") -> str:
    lines = [f"@app.{each}" for each in decorators]
    return "\n".join([*lines, f"def {name}():", f"    return {answer}"])


@pytest.mark.parametrize("head", [[], ["%load_ext nbflask"]])
def test_a_view_that_is_defined_again_for_another_rule_leaves_the_first_its_own(
    head: list[str],
) -> None:
    client = exported_client(
        *head,
        FLASK,
        view("get('/old')", answer="'old'"),
        view("get('/new')", answer="'new ' + url_for('thing')"),
    )
    assert [client.get(path).text for path in ("/old", "/new")] == ["old", "new /new"]


def test_an_endpoint_that_is_declared_again_is_the_later_views() -> None:
    cells = [f"%%route /{each} --endpoint thing\n'{each} ' + url_for('thing')" for each in "ab"]
    client = exported_client("%load_ext nbflask", *cells)
    assert [client.get(path).text for path in ("/a", "/b")] == ["a /b", "b /b"]


def test_a_path_of_a_host_and_of_all_has_two_views() -> None:
    cells = ["%%route / --subdomain api\n'api'", "%%route /\n'home'"]
    making = "app = Flask(__name__, subdomain_matching=True)\napp.config['SERVER_NAME'] = 'a.test'"
    client = exported_client("%load_ext nbflask", making, *cells)
    answers = [client.get("/", base_url=f"http://{each}a.test").text for each in ("api.", "")]
    assert answers == ["api", "home"]


@pytest.mark.parametrize(
    ("former", "left"),
    [
        (["get('/a')", "get('/b')"], ["@app.get('/b')"]),
        (["route('/a', methods=['GET', 'POST'])"], ["@app.route('/a', methods=['POST'])"]),
        (["route('/a', methods=['GET'])", "post('/a')"], ["@app.post('/a')"]),
    ],
)
def test_what_is_left_of_a_view_keeps_what_no_later_one_declares(
    former: list[str], left: list[str]
) -> None:
    (first, second) = statements(view(*former), view("get('/a')", name="other"))
    assert first.split("\n")[:-2] == left
    assert second.startswith("@app.get('/a')\ndef other")


def test_views_of_one_name_on_several_apps_have_names_and_endpoints_of_their_own() -> None:
    text = "@{}.get('/{}')\ndef index():\n    return url_for('{}')"
    cells = [text.format("app", "a", "index"), text.format("shop", "b", ".index")]
    making = "from flask import Blueprint, url_for\nshop = Blueprint('shop', __name__)"
    register = "app.register_blueprint(shop)"
    client = exported_client(FLASK, making, *cells, register)
    assert [client.get(path).text for path in ("/a", "/b")] == ["/a", "/b"]
    (first, second) = (each for each in statements(making, *cells, register) if "def" in each)
    assert "def index()" in first
    assert second.startswith("@shop.get('/b', endpoint='index')\ndef shop_index():")
