"""The doctor: nothing is said of a healthy notebook, and each mistake is named with its remedy."""

from __future__ import annotations

from dataclasses import replace
from importlib import metadata
from typing import TYPE_CHECKING

import pytest

import nbflask
from nbflask.notebook.doctor import Finding
from tests.magics.conftest import jupyter_data, shell

if TYPE_CHECKING:
    from pathlib import Path

    from nbflask.magics.display.diagnosis import Diagnosis
    from tests.magics.shell import Shell

__all__ = ["jupyter_data", "shell"]

HOME = "%%route /\n'home'"

HEALTHY = (
    "%%template base.html\n{% block body %}{% endblock %}",
    "%%template hello.html\n{% extends 'base.html' %}{% include 'side.html' ignore missing %}",
    "%%route /hello/<name>\nsession['name'] = name\nrender_template('hello.html', name=name)",
    "shop = Blueprint('shop', __name__)",
    "@shop.get('/')\ndef items():\n    return render_template(request.args['template'])",
    "app.register_blueprint(shop, url_prefix='/shop')",
    "class Config:\n    ITEMS = 3\n\nclass Request(Flask.request_class):\n    pass",
    "app.config.from_object(Config)",
    "from werkzeug.exceptions import abort\nfrom werkzeug.utils import redirect",
    "site = Flask('site')\nsite.get('/help')(lambda: 'help')",
    "%flask_app app",
    "%flask_get /hello/Ada",
    "%flask_run --no-preview",
)


def problems(shell: Shell) -> list[tuple[str, str, str]]:
    ran = shell.run("%flask_doctor --problems")
    assert ran.error == ""
    diagnosis: Diagnosis = ran.result
    return [(each.subject, each.found, each.remedy) for each in diagnosis.problems]


def test_of_a_healthy_notebook_nothing_is_to_be_mended(shell: Shell) -> None:
    for cell in HEALTHY:
        assert shell.run(cell).error == ""
    diagnosis: Diagnosis = shell.run("%flask_doctor").result
    assert diagnosis.problems == ()
    assert repr(diagnosis).splitlines()[0] == "Nothing to mend."
    assert 'class="nbflask-problems"' not in diagnosis._repr_html_()
    # What a notebook stores of it is the same on each machine.
    assert shell.run("%flask_doctor --problems").text == "Nothing to mend."


def test_proxies_are_not_asked_what_they_stand_for(shell: Shell) -> None:
    cells = (
        "from werkzeug.local import LocalProxy\nfrom flask import views\nasked = []",
        "class Page(views.View):\n    own = session\n    def dispatch_request(self):\n"
        "        return 'page'\n\napp.add_url_rule('/', view_func=Page.as_view('page'))",
        "g = LocalProxy(lambda: asked.append('g'))",
    )
    for cell in cells:
        assert shell.run(cell).error == ""
    assert problems(shell) == [
        (
            "name 'g'",
            "is a LocalProxy of the notebook, no longer Flask's",
            "Give that another name, and write `from flask import g`.",
        )
    ]
    assert shell.names["asked"] == []


def test_an_object_that_fails_when_it_is_looked_at_leaves_the_rest(shell: Shell) -> None:
    shell.run("@app.get('/')\ndef loop(): return 'x'\n\nloop.__wrapped__ = loop")
    shell.run("%flask_config DEBUG=true")
    subjects = [subject for subject, *_ in problems(shell)]
    assert "templates" in subjects
    assert len(subjects) == 2


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        pytest.param(
            ["pass"],
            [("app 'app'", "has no routes", "Write a `%%route /` cell.")],
            id="no routes",
        ),
        pytest.param(
            [HOME, "shop = Flask('shop')\nshop.debug = True", "%flask_app app"],
            [
                ("app 'shop'", "has no routes", "Write a `%%route / --app shop` cell."),
                (
                    "app 'shop'",
                    "DEBUG is on",
                    "Run `%flask_config DEBUG=false --app shop` before anybody else uses the app.",
                ),
            ],
            id="an app that is not the current one",
        ),
        pytest.param(
            [HOME, "shop = Blueprint('shop', __name__)"],
            [
                (
                    "blueprint 'shop'",
                    "on no app, so nothing of it is served",
                    "Write `app.register_blueprint(shop)`.",
                )
            ],
            id="a blueprint on no app",
        ),
        pytest.param(
            ["import flask.app", "app = flask.app.Flask('app')", "app.route('/')(lambda: 'home')"],
            [
                (
                    "app 'app'",
                    "made before `%load_ext nbflask`, so cells cannot change it while it runs",
                    "Run the cell that makes it again.",
                )
            ],
            id="an app that was made before",
        ),
        pytest.param(
            [HOME, "%flask_config DEBUG=true"],
            [
                (
                    "app 'app'",
                    "DEBUG is on",
                    "Run `%flask_config DEBUG=false` before anybody else uses the app.",
                )
            ],
            id="debug",
        ),
        pytest.param(
            [HOME, "%flask_config APPLICATION_ROOT=/shop"],
            [
                (
                    "app 'app'",
                    "APPLICATION_ROOT is '/shop', so the session's cookie is for pages below it "
                    "alone",
                    "Leave it at '/': the app is told its prefix with each request.",
                )
            ],
            id="an application root",
        ),
        pytest.param(
            [HOME, "app.config['TRUSTED_HOSTS'] = ['shop.example']"],
            [
                (
                    "app 'app'",
                    "TRUSTED_HOSTS is ['shop.example'], so requests under Jupyter's address are "
                    "refused (400)",
                    "Leave it unset in the notebook, and set it where the app is deployed.",
                )
            ],
            id="trusted hosts",
            marks=pytest.mark.skipif(
                metadata.version("flask") < "3.1", reason="Flask 3.1 is the first to look at them"
            ),
        ),
        pytest.param(
            ["%%route /\nsession['a'] = 1\n'home'", "%flask_config SECRET_KEY=null"],
            [
                (
                    "app 'app'",
                    "has no secret key, and its views use the session",
                    "Run `%flask_config --rotate-key`, or set its secret_key.",
                )
            ],
            id="no secret key, but a session",
        ),
        pytest.param([HOME, "%flask_config SECRET_KEY=null"], [], id="no secret key, no session"),
        pytest.param(
            [
                "app = Flask('app', subdomain_matching=True)",
                HOME,
                "%flask_config SERVER_NAME=shop.example",
            ],
            [
                (
                    "app 'app'",
                    "SERVER_NAME is 'shop.example', so pages under Jupyter's address are not found "
                    "(404)",
                    "Leave it unset in the notebook, and set it where the app is deployed.",
                )
            ],
            id="a server name that others are not of",
        ),
        pytest.param(
            ["%%route /\nflash('hello')\n'home'", "%flask_config SESSION_COOKIE_SECURE=true"],
            [
                (
                    "app 'app'",
                    "SESSION_COOKIE_SECURE is on, and the pages come by http: browsers may keep no "
                    "session",
                    "Run `%flask_config SESSION_COOKIE_SECURE=false` here; set it where https is.",
                )
            ],
            id="a secure cookie by http",
        ),
        pytest.param(
            ["%%route / \nrender_template('helo.html')", "%%template hello.html\nHello"],
            [
                (
                    "app 'app'",
                    "the view 'index' names the template 'helo.html', which is not there",
                    "Did you mean 'hello.html'? Or write it in a `%%template helo.html` cell.",
                )
            ],
            id="a template that is not there",
        ),
        pytest.param(
            [HOME, "%%template page.html\n{% extends 'base.html' %}"],
            [
                (
                    "app 'app'",
                    "the template 'page.html' extends the template 'base.html', which is not there",
                    "Write it in a `%%template base.html` cell.",
                )
            ],
            id="a parent that is not there",
        ),
        pytest.param(
            [HOME, "session = {}"],
            [
                (
                    "name 'session'",
                    "is a dict of the notebook, no longer Flask's",
                    "Give that another name, and write `from flask import session`.",
                )
            ],
            id="a variable in the place of Flask's",
        ),
        pytest.param(
            ["%%route /request\ndef request():\n    return 'home'"],
            [
                (
                    "name 'request'",
                    "is the view of the notebook, no longer Flask's",
                    "Give that another name, and write `from flask import request`.",
                )
            ],
            id="a view in the place of Flask's",
        ),
        pytest.param(
            ["@app.get('/')\ndef list():\n    return 'home'"],
            [
                (
                    "name 'list'",
                    "is a view, so cells cannot use Python's list()",
                    "Call the view otherwise, then run `del list`.",
                )
            ],
            id="a view in the place of a builtin",
        ),
        pytest.param(
            ["json = Flask('json')", "json.route('/')(lambda: 'home')", "del app"],
            [
                (
                    "app 'json'",
                    "has the name of a module, which cells can then not use by it",
                    "Give it to a variable of another name, such as 'app'.",
                )
            ],
            id="an app in the place of a module",
        ),
        pytest.param(
            [HOME, "%flask_run --no-preview", "other, app = app, __import__('string')"],
            [
                (
                    "name 'app'",
                    "was an app's, and is now the module 'string'",
                    "Give that another name, and run the cell that makes the app again.",
                )
            ],
            id="a module in the place of an app",
        ),
    ],
)
def test_a_mistake_is_named_with_its_remedy(
    shell: Shell, cells: list[str], found: list[tuple[str, str, str]]
) -> None:
    for cell in cells:
        assert shell.run(cell).error == ""
    assert problems(shell) == found


@pytest.mark.parametrize(
    ("path", "name"), [("flask.py", "flask.py"), ("jinja2/__init__.py", "jinja2"), ("json.py",) * 2]
)
def test_a_file_that_stands_for_a_module_is_named(
    shell: Shell, tmp_path: Path, path: str, name: str
) -> None:
    shell.run(HOME)
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).touch()
    (tmp_path / "test").mkdir()
    (tmp_path / "app.py").touch()
    module = name.removesuffix(".py")
    assert problems(shell) == [
        (
            f"file {name!r}",
            f"stands for the module {module!r} wherever that is imported from here",
            "Rename it, and restart the kernel.",
        )
    ]


def test_a_notebook_that_is_called_as_a_module_is_named(shell: Shell) -> None:
    shell.run(HOME)
    notebook = shell.notebook
    notebook.surroundings = replace(notebook.surroundings, notebook="/home/ann/flask.ipynb")
    assert [each[0] for each in problems(shell)] == ["notebook 'flask.ipynb'"]


def test_the_token_of_a_link_is_not_shown(shell: Shell) -> None:
    shell.run("%flask_run --no-preview")
    text = shell.run("%flask_doctor").text
    token = shell.notebook.url().partition("=")[2]
    assert token
    assert token not in text
    assert "/?nbflask_token=… (a port of this machine, as no Jupyter server is there)" in text


def test_python_is_given_what_a_cell_shows(shell: Shell) -> None:
    diagnosis = nbflask.doctor()
    assert repr(diagnosis) == shell.run("%flask_doctor").text
    assert diagnosis.problems == (
        Finding(
            about="apps",
            subject="app 'app'",
            found="has no routes",
            remedy="Write a `%%route /` cell.",
        ),
    )
    html = diagnosis._repr_html_()
    assert "<td>Write a <code>%%route /</code> cell.</td>" in html
