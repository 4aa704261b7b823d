"""Templates and endpoints that are named, and not there."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from nbflask.checking import examine
from nbflask.export import read_notebook
from tests.checking.checked import APP, findings_of, found
from tests.export.written import document_of, notebook

if TYPE_CHECKING:
    from pathlib import Path

PAGE = "%%route /\nrender_template('page.html')"


@pytest.mark.parametrize(
    ("cells", "place"),
    [
        ([PAGE], "2:2"),
        (["%%route /\nx = 1\nreturn stream_template('page.html')"], "2:3"),
        ([PAGE, "%%template page.html\n<p>\n{% extends 'base.html' %}"], "3:3"),
        ([PAGE, "%%template page.html\n{% include 'base.html' %}"], "3:2"),
        ([PAGE, "%%template page.html\n{% import 'base.html' as b %}"], "3:2"),
        ([PAGE, "%%template page.html\n{% from 'base.html' import b %}"], "3:2"),
    ],
)
def test_a_template_that_nobody_gives_is_an_error(cells: list[str], place: str) -> None:
    assert found(*cells) == [f"error template-missing {place}"]


@pytest.mark.parametrize(
    "cells",
    [
        [PAGE, "%%template page.html\n<p>"],
        [PAGE, "%%template page.html\n{% include 'base.html' ignore missing %}"],
        [PAGE, "%%template page.html\n{% extends base %}"],
        ["%%route /\nrender_template_string('<p>')"],
        ["%%route /\nname = 'page.html'\nrender_template(name)"],
        [PAGE, "from jinja2 import DictLoader\napp.jinja_loader = DictLoader({})"],
        ["print(render_template('page.html'))"],
    ],
)
def test_a_template_that_may_be_there_is_no_finding(cells: list[str]) -> None:
    assert found(*cells) == []


def test_a_template_beside_the_notebook_stays_there(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").touch()
    assert found(PAGE, folder=tmp_path) == ["error file-beside-notebook 2:2"]


def test_a_template_that_the_notebook_takes_along_is_there(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").touch()
    document = document_of(APP, PAGE, metadata={"nbflask": {"files": ["templates/page.html"]}})
    path = tmp_path / "shop.ipynb"
    path.write_text(json.dumps(document))
    assert examine(read_notebook(path), folder=tmp_path) == ()


def test_a_template_that_is_nearly_there_is_offered() -> None:
    (finding,) = findings_of(PAGE, "%%template pages.html\n<p>")
    assert finding.remedy == (
        "Did you mean 'pages.html'? Or write it in a `%%template page.html` cell."
    )


def test_a_template_with_a_fault_is_an_error() -> None:
    cells = (PAGE, "%%template page.html\n<p>\n{% if x %}\n")
    assert found(*cells) == ["error template-not-readable 3:3"]
    assert found(PAGE, "%%template page.html\n{% for x in y %}{{ x }}{% endfor %}") == []


def test_tags_of_an_extension_are_no_fault() -> None:
    extension = "app.jinja_env.add_extension('my.Extension')"
    assert found(extension, PAGE, "%%template page.html\n{% mine %}") == []


BLUEPRINT = "shop = Blueprint('shop', __name__)\napp.register_blueprint(shop)"


@pytest.mark.parametrize(
    ("cells", "place"),
    [
        (["%%route /\nurl_for('missing')"], "2:2"),
        (["%%route /\nredirect(url_for('shop.cart'))"], "2:2"),
        ([BLUEPRINT, "%%route / --blueprint shop\nurl_for('shop.cart')"], "3:2"),
        ([PAGE, "%%template page.html\n<p>\n<a href=\"{{ url_for('missing') }}\">"], "3:3"),
        (["@app.get('/a')\ndef a():\n    return url_for('b')"], "2:3"),
        (["%%route /\nrender_template_string('{{ url_for(\"missing\") }}')"], "2:2"),
        (
            [
                "from flask_login import LoginManager\nmanager = LoginManager(app)\n"
                "manager.login_view = 'login'"
            ],
            "2:3",
        ),
    ],
)
def test_an_endpoint_that_no_view_has_is_an_error(cells: list[str], place: str) -> None:
    assert found(*cells) == [f"error endpoint-missing {place}"]


@pytest.mark.parametrize(
    "cells",
    [
        ["%%route /\nurl_for('index')"],
        ["%%route / --endpoint home\nurl_for('home')"],
        ["%%route /\nurl_for('static', filename='a.css')"],
        ["%%route /\nurl_for(request.endpoint)"],
        ["@app.get('/a')\ndef a():\n    return url_for('a')"],
        ["@app.get('/a', endpoint='b')\ndef a():\n    return url_for('b')"],
        [BLUEPRINT, "%%route /cart --blueprint shop\nurl_for('shop.cart') + url_for('.cart')"],
        ["def a():\n    return url_for('a')\napp.add_url_rule('/a', view_func=a)"],
        ["def a():\n    return url_for('b')\napp.add_url_rule('/a', 'b', a)"],
        [
            "from flask.views import View\nclass A(View):\n    def dispatch_request(self):\n"
            "        return url_for('b')\napp.add_url_rule('/a', view_func=A.as_view('b'))"
        ],
        ["from other import pages\napp.register_blueprint(pages)", "%%route /\nurl_for('pages.a')"],
        ["for n in 'ab':\n    app.add_url_rule('/' + n, n, str)", "%%route /\nurl_for('a')"],
    ],
)
def test_an_endpoint_that_may_be_there_is_no_finding(cells: list[str]) -> None:
    assert "endpoint-missing" not in str(found(*cells))


def test_the_name_that_a_view_got_by_its_method_is_offered() -> None:
    (finding,) = findings_of("%%route /add POST\nredirect(url_for('add'))")
    assert finding.remedy.startswith("Did you mean 'post_add'? Or declare a view of that name.")


def test_a_template_in_the_folder_of_a_package_is_there() -> None:
    view = "%%route /\nrender_template('blog/index.html')"
    source = notebook(APP, view)
    beside = replace(source, files={"shop/templates/blog/index.html": b"<p>"})
    assert [each.kind for each in examine(beside)] == []
    other = replace(source, files={"shop/templates/index.html": b"<p>"})
    assert [each.kind for each in examine(other)] == ["template-missing"]
