"""The filters and tests of Jinja that templates use."""

from __future__ import annotations

import pytest

from tests.checking.checked import findings_of, found

TEMPLATE = "%%template a.html\n<p>\n{{ x | money }}"
VIEW = "%%route /\nrender_template('a.html', x=1)"


def test_filters_and_tests_that_nobody_gives_are_told() -> None:
    assert found(TEMPLATE, VIEW) == ["error filter-missing 2:3"]
    text = "%%route /\nrender_template_string('{% if 1 is cheap %}{% endif %}')"
    (finding,) = findings_of(text)
    assert finding.text == "A template uses the test 'cheap', which nobody gives."
    (finding,) = findings_of("%%route /\nrender_template_string('{{ 1 | uper }}')")
    assert finding.remedy.startswith("Did you mean 'upper'?")


@pytest.mark.parametrize(
    "source",
    [
        "%%template_filter money\ndef write(x):\n    return x",
        "@app.template_filter()\ndef money(x):\n    return x",
        "@app.template_filter\ndef money(x):\n    return x",
        "def write(x):\n    return x\n\napp.add_template_filter(write, 'money')",
        "def money(x):\n    return x\n\napp.add_template_filter(money)",
        "app.jinja_env.filters['money'] = str",
        "import flask_moment\nflask_moment.Moment(app)",
        "%%module shop.py\nfrom flask import Blueprint\nbp = Blueprint('shop', __name__)\n"
        "@bp.app_template_filter('money')\ndef write(x):\n    return x",
    ],
)
def test_what_is_given_anywhere_is_no_finding(source: str) -> None:
    assert not [each for each in found(source, TEMPLATE, VIEW) if "filter-missing" in each]


def test_a_modules_template_has_the_filters_of_plain_cells() -> None:
    module = (
        "%%module shop/views.py\nfrom flask import render_template_string\n"
        "def show():\n    return render_template_string('{{ 1 | money }}')"
    )
    given = "@app.template_filter()\ndef money(x):\n    return x"
    assert not [each for each in found(module, given) if "filter-missing" in each]
    assert found(module, "app.extensions['a'] = 1") == ["error filter-missing 2:4"]
