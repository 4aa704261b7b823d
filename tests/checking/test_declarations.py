"""Apps, blueprints, views and rules that are not what they seem."""

from __future__ import annotations

import pytest

from tests.checking.checked import findings_of, found

BLUEPRINT = "shop = Blueprint('shop', __name__)"


@pytest.mark.parametrize(
    ("cells", "finding"),
    [
        (["%%route /a\n'1'", "%%route /a\n'2'"], "info view-replaced 2:2"),
        (
            [f"@app.get('/a')\ndef a():\n    return '{n}'" for n in "12"],
            "info view-replaced 2:1",
        ),
        (["other = Flask('other')"], "info app-not-exported 2:1"),
        (["%flask_app other"], "info app-not-exported 2:1"),
        ([BLUEPRINT], "warning blueprint-not-registered 2:1"),
        (["%%route /<month:when>\nwhen"], "error converter-missing 2:2"),
        (["@app.get('/<month:when>')\ndef a(when):\n    return when"], "converter-missing 2:1"),
    ],
)
def test_a_declaration_that_is_not_what_it_seems_is_told(cells: list[str], finding: str) -> None:
    (told,) = found(*cells)
    assert told.endswith(finding)


@pytest.mark.parametrize(
    "cells",
    [
        ["%%route /a\n'1'", "%%route /b\n'2'"],
        ["%%route /a\n'1'", "%%route /a POST\n'2'"],
        ["%%route /a --endpoint x\n'1'", "%%route /b --endpoint x\n'2'"],
        [f"@app.{each}\ndef a():\n    return ''" for each in ("route('/a')", "post('/a')")],
        ["@app.get('/a')\n@app.post('/a')\ndef a():\n    return 'x'"],
        [f"%%route /a --subdomain {n} --endpoint {n}\n'{n}'" for n in "xy"],
        [f"@app.get('/a', host='{n}')\ndef {n}():\n    return '{n}'" for n in "xy"],
        [BLUEPRINT, "app.register_blueprint(shop)"],
        [BLUEPRINT, "for each in (shop,):\n    app.register_blueprint(each)"],
        ["%%route /<int:n>/<path:p>/<any(a,b):x>\np"],
        [
            "from werkzeug.routing import BaseConverter\nclass Month(BaseConverter): ...\n"
            "app.url_map.converters['month'] = Month",
            "%%route /<month:when>\nwhen",
        ],
    ],
)
def test_a_declaration_that_is_what_it_seems_is_no_finding(cells: list[str]) -> None:
    assert found(*cells) == []


def test_a_view_that_is_replaced_names_the_later_cell() -> None:
    (finding,) = findings_of("%%route /a\n'1'", "%%route /a\n'2'")
    assert finding.text == (
        "cell 3 (%%route /a) declares this again, and only the later one is exported."
    )
