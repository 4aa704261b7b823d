"""Views whose parameters are not what their rules give them."""

from __future__ import annotations

import pytest

from tests.checking.checked import findings_of, found


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("@app.get('/u/<int:id>')\ndef u(name):\n    return name", "`u()` needs 'name', which"),
        ("@app.get('/u/<int:id>')\ndef u():\n    return ''", "`u()` takes no 'id', which the rule"),
        ("@app.get('/u')\ndef u(*, name):\n    return name", "`u()` needs 'name', which the rule"),
    ],
)
def test_a_view_that_no_request_can_call_is_an_error(source: str, text: str) -> None:
    (finding,) = findings_of(source)
    assert (finding.kind, finding.level) == ("view-parameters", "error")
    assert finding.text.startswith(text)
    module = f"%%module shop.py\nfrom flask import Flask\napp = Flask(__name__)\n{source}"
    assert "error view-parameters 2:5" in found(module, "from shop import app")[0]


@pytest.mark.parametrize(
    "source",
    [
        "@app.get('/u/<id>')\ndef u(id, page=1):\n    return id",
        "@app.get('/u/<id>')\ndef u(**given):\n    return given",
        "@app.get('/', defaults={'page': 1})\n@app.get('/<int:page>')\ndef u(page):\n    return ''",
        "from flask_sock import Sock\nsock = Sock(app)\n\n@sock.route('/e')\n"
        "def echo(socket):\n    socket.send('')",
        "import functools\ndef first(view):\n    return functools.partial(view, 1)\n\n"
        "@app.get('/')\n@first\ndef u(one):\n    return str(one)",
        "@app.url_value_preprocessor\ndef pull(endpoint, values):\n    values.pop('lang')\n\n"
        "@app.get('/<lang>')\ndef u():\n    return ''",
    ],
)
def test_a_view_that_gets_what_it_takes_is_no_finding(source: str) -> None:
    assert [each for each in found(source) if "view-parameters" in each] == []
