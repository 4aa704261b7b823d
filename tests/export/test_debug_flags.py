"""What debugs and tests stays in the notebook."""

from __future__ import annotations

import pytest

from nbflask.export.collecting import build_program
from nbflask.export.interpreting import interpret
from nbflask.export.staying.debug_flags import without_debug_flags
from tests.export.written import notebook


def leave(*sources: str) -> tuple[str, list[str]]:
    """Give the statements that are kept behind the app's, and the notes."""
    source = notebook("from flask import Flask\napp = Flask(__name__)", *sources)
    program, notes = without_debug_flags(build_program(source, interpret(source)))
    return "\n".join(each.statement.text for each in program.pieces[2:]), [*map(str, notes)]


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("app.debug = True", ""),
        ("app.testing = True", ""),
        ("app.jinja_env.auto_reload = True", ""),
        ("app.config['TEMPLATES_AUTO_RELOAD'] = True", ""),
        ("%flask_config DEBUG=true A=1", "app.config['A'] = 1"),
        ("app.config.update(DEBUG=True, TESTING=True,)", ""),
        ("app.config.update(É='ü', DEBUG=True, A=1)", "app.config.update(É='ü', A=1)"),
        ("app.config.update(A=1, DEBUG=True, TESTING=True)", "app.config.update(A=1)"),
        ("app.config.update(DEBUG=True, TESTING=True, A=1)", "app.config.update(A=1)"),
        ("app.config.from_mapping({'DEBUG': True, 'A': 1})", "app.config.from_mapping({'A': 1})"),
        ("app.config.from_mapping({'DEBUG': True,})", "app.config.from_mapping({})"),
        ("app.config.setdefault('DEBUG', True)", ""),
        (
            "class Config:\n    DEBUG = True\n    A = 1\napp.config.from_object(Config)",
            "class Config:\n    A = 1\napp.config.from_object(Config)",
        ),
        (
            "class Config:\n    A = 1  # a\n    DEBUG = True\napp.config.from_object(Config)",
            "class Config:\n    A = 1  # a\napp.config.from_object(Config)",
        ),
        (
            "class Config:\n    A = 1; DEBUG = True\napp.config.from_object(Config)",
            "class Config:\n    A = 1; pass\napp.config.from_object(Config)",
        ),
        (
            "def set_up(app):\n    app.debug = True\nset_up(app)",
            "def set_up(app):\n    pass\nset_up(app)",
        ),
    ],
)
def test_a_flag_is_left_out(cell: str, kept: str) -> None:
    text, notes = leave(cell)
    assert text == kept
    assert notes[0].startswith("cell 2 (")
    assert notes[0].endswith("debugs, and tests set TESTING.")


QUIET = "from flask.logging import default_handler\nimport logging\n"


@pytest.mark.parametrize(
    "cell",
    [
        f"{QUIET}app.logger.removeHandler(default_handler)",
        f"{QUIET}app.logger.addHandler(logging.NullHandler())",
        "app.logger.disabled = True",
        f"{QUIET}app.logger.setLevel(logging.CRITICAL)",
    ],
)
def test_a_log_that_a_notebook_silences_is_on_where_it_is_served(cell: str) -> None:
    text, notes = leave(cell)
    assert "logger" not in text
    assert [each.endswith("the log says why a request failed.") for each in notes] == [True]


@pytest.mark.parametrize(
    "handler",
    ["app.logger.addHandler(logging.StreamHandler())", "logging.basicConfig(level='INFO')"],
)
def test_the_logs_handler_goes_where_another_takes_its_place(handler: str) -> None:
    cell = f"app.logger.removeHandler(default_handler)\n{handler}"
    text, notes = leave(QUIET + cell)
    assert text.endswith(cell)
    assert notes == []


@pytest.mark.parametrize(
    "cell",
    [
        "app.config['PROPAGATE_EXCEPTIONS'] = False",
        "app.config.update(A=1)",
        "debug = dict(A=1)\napp.config['A'] = debug",
    ],
)
def test_what_is_no_flag_stays(cell: str) -> None:
    assert leave(cell) == (cell, [])
