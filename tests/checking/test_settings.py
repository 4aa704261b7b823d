"""Secrets in cells, debug, and settings for tests."""

from __future__ import annotations

import pytest

from tests.checking.checked import findings_of, found


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("x = 1\napp.secret_key = 'f3b1a9c2d4'", 2),
        ("app.config['SECRET_KEY'] = 'f3b1a9c2d4'", 1),
        ("%flask_config SECRET_KEY=f3b1a9c2d4", 1),
        ("%%route /\nAPI_TOKEN = 'f3b1a9c2d4'\nAPI_TOKEN", 2),
    ],
)
def test_a_secret_in_a_cell_is_a_warning(source: str, line: int) -> None:
    assert f"warning secret-in-cell 2:{line}" in found(source)


@pytest.mark.parametrize(
    "source",
    [
        "import os\napp.secret_key = os.environ['SECRET_KEY']",
        "%%route /\npassword = request.form['password']\npassword",
        "app.config['SESSION_COOKIE_NAME'] = 'tea'",
        "%%template page.html\n<input name=password>",
    ],
)
def test_what_only_names_a_secret_is_no_finding(source: str) -> None:
    assert "secret" not in str(found(source))


def test_no_finding_holds_the_secret() -> None:
    findings = findings_of("app.secret_key = 'f3b1a9c2d4'", "%flask_config API_KEY=f3b1a9c2d4")
    assert len(findings) == 2
    assert "f3b1a9c2d4" not in "".join(f"{each.text}{each.remedy}" for each in findings)


def test_a_key_that_each_worker_makes_is_a_warning() -> None:
    cell = "import secrets\napp.secret_key = secrets.token_hex()"
    assert found(cell) == ["warning secret-made-at-start 2:2"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("os.environ.get('HOOK_SECRET') or secrets.token_hex()", True),
        ("os.getenv('HOOK_SECRET', secrets.token_urlsafe())", True),
        ("os.environ.get('HOOK_SECRET') or ''", False),
        ("os.environ.get('WORKER_NAME') or secrets.token_hex()", False),
    ],
)
def test_a_secret_that_is_made_up_where_none_is_set_is_a_warning(
    value: str, expected: bool
) -> None:
    cell = f"import os, secrets\napp.config['HOOK'] = {value}"
    assert ("warning secret-made-at-start 2:2" in found(cell)) is expected


def test_a_secret_in_a_file_is_a_warning() -> None:
    token = "ghp_" + "a1B2c3D4e5" * 4
    cell = f"%%static app.js\n// x\nconst token = '{token}'"
    assert found(cell) == ["warning secret-in-file 2:3"]


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("app.debug = True", "debug-left-on"),
        ("app.config['DEBUG'] = True", "debug-left-on"),
        ("app.config.update(DEBUG=True)", "debug-left-on"),
        ("app.config.from_mapping({'DEBUG': True})", "debug-left-on"),
        ("%flask_config DEBUG=true", "debug-left-on"),
        ("app.config['DEBUG'] = 1", "debug-left-on"),
        ("DEBUG = True\napp.config['DEBUG'] = DEBUG", "debug-left-on"),
        ("app.config['SQLALCHEMY_ECHO'] = True", "debug-left-on"),
        ("app.testing = True", "setting-for-tests"),
        ("app.config['TESTING'] = True", "setting-for-tests"),
        ("app.config['WTF_CSRF_ENABLED'] = False", "setting-for-tests"),
        (
            "class Config:\n    DEBUG = True\napp.config.from_object(Config)",
            "debug-left-on",
        ),
    ],
)
def test_a_setting_that_only_trying_needs_is_a_warning(source: str, kind: str) -> None:
    kinds = [each.kind for each in findings_of(source)]
    assert kinds == [kind]


@pytest.mark.parametrize(
    "source",
    [
        "app.config['DEBUG'] = False",
        "app.config['WTF_CSRF_ENABLED'] = True",
        "def log(debug=True):\n    return debug\napp.config['A'] = log(debug=True)",
        "%%route /\nrender_template_string('x', debug=True)",
    ],
)
def test_a_setting_for_visitors_is_no_finding(source: str) -> None:
    assert found(source) == []


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("%%route /\nbreakpoint()\n'x'", 2),
        ("%%route /\nimport pdb; pdb.set_trace()\n'x'", 2),
        (
            "from werkzeug.debug import DebuggedApplication\n"
            "app.wsgi_app = DebuggedApplication(app.wsgi_app, evalex=True)",
            2,
        ),
    ],
)
def test_a_debugger_in_the_app_is_an_error(source: str, line: int) -> None:
    assert found(source) == [f"error debugger-called 2:{line}"]


def test_a_function_that_is_called_like_a_debugger_is_none() -> None:
    assert "debugger-called" not in str(
        found("def breakpoint():\n    return 1", "%%route /\nstr(breakpoint())")
    )
