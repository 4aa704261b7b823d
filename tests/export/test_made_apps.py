"""What makes an app besides ``Flask(__name__)``, and apps that are parts of another."""

from __future__ import annotations

import pytest

from nbflask.export.collecting import build_program
from nbflask.export.interpreting import interpret
from nbflask.export.module import write_module
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


def write(*sources: str) -> str:
    """Give the module of the notebook's app."""
    source = notebook(*sources)
    return write_module(build_program(source, interpret(source))).text
