"""``%flask_session`` in a shell: what a cell shows and keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flask
import pytest

import nbflask
from nbflask.errors import AppError
from nbflask.inspector.sessions.desk import Written
from nbflask.inspector.sessions.page import SessionsPage
from nbflask.inspector.sessions.store import NO_KEY

if TYPE_CHECKING:
    from tests.magics.shell import Shell

VIEWS = """
@app.get('/set/<key>/<value>')
def set_key(key, value):
    session[key] = value
    return ''

@app.get('/read')
def read():
    return dict(session)
"""


@pytest.fixture
def with_views(shell: Shell) -> Shell:
    shell.run(VIEWS, cell_id="views")
    return shell


def test_the_sessions_are_a_table_without_secrets(with_views: Shell) -> None:
    with_views.run("%flask_get /set/lang/fr")
    with_views.run("%flask_get /set/api_token/s3cret-0123")
    assert with_views.run("%flask_session").text == (
        "Sessions of app (SecureCookieSessionInterface)\n"
        "client                    key        type  value       note\n"
        '1 This notebook\'s client  api_token  str   "REDACTED"\n'
        '1 This notebook\'s client  lang       str   "fr"'
    )


def test_an_edit_in_python_is_seen_by_the_next_cell(with_views: Shell) -> None:
    with_views.run("%flask_get /set/lang/fr")
    ran = with_views.run("import nbflask\nnbflask.session().set('lang', 'de')")
    assert ran.result is Written.CLIENT
    assert ran.text == "Saved. The next request of this notebook's client sends it."
    assert with_views.run("r = %flask_get /read\nr.json").result == {"lang": "de"}


def test_an_edit_waits_from_cell_to_cell(with_views: Shell) -> None:
    with_views.run("other = app.test_client(); other.get('/set/lang/fr')")
    with_views.run("import nbflask\nnbflask.session(number=2).set('lang', 'de')")
    ran = with_views.run("s = %flask_session --client 2\ns.chosen.pending is not None")
    assert ran.result is True
    assert with_views.run("other.get('/read').json").result == {"lang": "de"}


def test_another_app_has_its_own(with_views: Shell) -> None:
    with_views.run("%flask_app shop")
    with_views.run("%flask_config SECRET_KEY=a-key-of-the-tests")
    assert with_views.run("%flask_session").text == (
        "Sessions of shop (SecureCookieSessionInterface)\n"
        "client                    key  type  value  note\n"
        "1 This notebook's client                    no session"
    )
    assert "Sessions of app " in with_views.run("%flask_session --app app").text


def test_without_a_key_the_remedy_is_told(shell: Shell) -> None:
    shell.run("%flask_app shop")
    assert shell.run("%flask_session").text == f"Sessions of shop (NullSession)\n{NO_KEY}"
    shell.run("%flask_config --rotate-key")
    assert "SecureCookieSessionInterface" in shell.run("%flask_session").text


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (
            "%flask_session --client 5",
            "SessionError: Client 5 of app is not known. The clients are: 1.",
        ),
        ("%flask_session --client one", "OptionError"),
        ("%flask_session --app nope", "AppError"),
    ],
)
def test_what_is_not_there_is_said_in_a_line(shell: Shell, line: str, error: str) -> None:
    assert shell.run(line).error.startswith(error)


def test_a_cell_that_runs_again_shows_one_widget(shell: Shell) -> None:
    shell.run("s = %flask_session")
    for _ in range(2):
        shell.run("bundle = s._repr_mimebundle_()", cell_id="shows")
    assert len(shell.notebook.shown.all(SessionsPage)) == 1
    data = shell.names["bundle"][0]
    assert "application/vnd.jupyter.widget-view+json" in data
    assert "Sessions of app" in data["text/plain"]
    assert "Sessions of app" in data["text/html"]


def test_outside_a_notebook_an_app_is_recorded_from_then_on() -> None:
    app = flask.Flask("shop")
    app.secret_key = "a-key-of-the-tests"
    app.get("/set")(lambda: flask.session.update(lang="fr") or "")
    sessions = nbflask.session(app)
    # Left attached, it would go on noting what other tests log.
    with sessions.desk.recorder:
        app.test_client().get("/set")
        assert sessions.data == {"lang": "fr"}
        assert nbflask.session(app).desk.recorder is sessions.desk.recorder
    with pytest.raises(AppError, match=r"Write nbflask.session\(app\)"):
        nbflask.session()
