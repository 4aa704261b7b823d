"""What makes an app besides ``Flask(__name__)``, and apps that are parts of another."""

from __future__ import annotations

import pytest

from nbflask.export.collecting import build_program
from nbflask.export.interpreting import interpret
from nbflask.export.module import write_module
from nbflask.export.rules import list_declared_rules
from tests.export.written import notebook


@pytest.mark.parametrize(
    "cells",
    [
        ["class Shop(Flask):\n    pass", "app = Shop(__name__)"],
        ["def make() -> Flask:\n    return build('a')", "app = make()"],
        ["def make():\n    return Flask('a')", "app = make()"],
    ],
)
def test_an_app_is_found_whatever_makes_it(cells: list[str]) -> None:
    text = write(*cells, "@app.get('/')\ndef index():\n    return 'x'")
    assert "app = " in text
    assert "def index" in text


def test_an_app_that_a_middleware_mounts_leaves_with_its_views() -> None:
    text = write(
        "admin = Flask('admin')",
        "@admin.get('/')\ndef status():\n    return 'admin'",
        "other = Flask('other')",
        "@other.get('/')\ndef stay():\n    return 'other'",
        "app = Flask(__name__)",
        "from werkzeug.middleware.dispatcher import DispatcherMiddleware\n"
        "app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {'/admin': admin})",
    )
    assert "def status" in text
    assert "stay" not in text


def test_what_magics_declare_on_a_mounted_app_leaves_with_it() -> None:
    cells = (
        "%flask_app admin",
        "%%route /stats\n'numbers'",
        "%%template stats.html\n<p>{{ n }}",
        "%flask_app other",
        "%%route /stats\n'stays'",
        "%flask_app app",
        "%%route /\n'home'",
        "from werkzeug.middleware.dispatcher import DispatcherMiddleware\n"
        "app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {'/admin': admin})",
    )
    source = notebook("%load_ext nbflask", *cells)
    program = build_program(source, interpret(source))
    text = write_module(program).text
    assert '@admin.get("/stats")\ndef stats():\n    return "numbers"' in text
    assert "stays" not in text
    assert [each.name for each in program.files] == ["stats.html"]
    assert program.others == ("other",)
    assert [each.rule for each in list_declared_rules(source)] == ["/", "/static/<path:filename>"]


def write(*sources: str) -> str:
    """Give the module of the notebook's app."""
    source = notebook(*sources)
    return write_module(build_program(source, interpret(source))).text
